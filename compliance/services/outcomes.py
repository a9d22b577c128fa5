"""What officers made of flags, told to the sellers who knew of them."""

from __future__ import annotations

from datetime import date
from typing import Final

from compliance import selectors
from compliance.models import Appeal, Flag, FlagEvent, Severity
from compliance.services import letters
from compliance.words.statements import SELLER_DECIDED
from marketplace.kernel.clock import now

_TOLD_OF: Final = frozenset({("catalog", "product"), ("accounts", "seller")})  # not what is found on who buys


def tell_seller(flag: Flag, outcome: str, reason: str, until: date | None = None) -> None:
    """The members of the seller get a letter with the outcome, `upheld`, `released` or `waived`, and the reason.

    None of what they never knew of, nor where another letter says it: the answer to an appeal, the state of the seller.
    """
    is_own = (flag.content_type.app_label, flag.content_type.model) in _TOLD_OF
    if flag.seller is None or not is_own or flag.rule.startswith(SELLER_DECIDED):
        return
    if flag.appeals.filter(state=Appeal.State.OPEN).exists() or not (outcome == Flag.Status.UPHELD or _is_known(flag)):
        return
    moment = now()
    for reader in selectors.members_of(flag.seller):
        letters.post(
            key=f"decided.{flag.pk}.{moment:%Y%m%d%H%M%S%f}.{reader.pk}", kind="flag_decided", to=reader.email,
            language=reader.language,
            params={"flag": flag.pk, "outcome": outcome, "reason": reason.strip(), "until": until and until.isoformat()},
        )  # fmt: skip


def _is_known(flag: Flag) -> bool:
    """Whether the flag has restricted something, or its seller was asked."""
    return (
        flag.severity in (Severity.CRITICAL, Severity.BLOCK)
        or flag.events.filter(kind__in=(FlagEvent.Kind.UPHELD, FlagEvent.Kind.ASKED)).exists()
    )

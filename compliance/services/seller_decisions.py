"""Decisions on who may sell as flags on the papers of a seller: stated with reasons, open to appeal, gone with the decision.

They stand on the papers and not on the seller, so that orders which are paid can still be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from accounts.models import Seller, User
from compliance import selectors
from compliance.models import Flag, FlagEvent, SellerVerification, StatementOfReasons, VerificationEvent
from compliance.screening import BLOCK, Finding
from compliance.services import statements
from compliance.services.findings import record_findings
from compliance.services.steps import move
from compliance.words.statements import SELLER_DECIDED
from marketplace.kernel.clock import now

# Regulation (EU) 2022/2065, article 30 (7): who is refused for want of papers, or suspended, may complain as under article 20.
_GROUNDS: Final[Mapping[str, str]] = {
    Seller.Status.REFUSED: "Regulation (EU) 2022/2065, article 30 (1)",
    Seller.Status.SUSPENDED: "",  # the terms of the marketplace, which the statement names
}


def is_one(flag: Flag) -> bool:
    """Whether the flag is a decision on who may sell."""
    return flag.rule.partition(":")[0] == SELLER_DECIDED


def standing(papers: SellerVerification) -> QuerySet[Flag]:
    """The decision by which the seller may not sell, while it stands."""
    return selectors.open_flags_on(papers).filter(rule__startswith=SELLER_DECIDED)


def held(seller: Seller) -> list[Flag]:
    """The decision that stands, locked until the transaction ends; call it before the seller is locked, as appeals do."""
    papers = SellerVerification.objects.filter(seller=seller).first()
    return list(standing(papers).select_for_update(of=("self",)).order_by("pk")) if papers else []


def state(*, event: VerificationEvent, seller: Seller, actor: User) -> StatementOfReasons | None:
    """The seller has the statement of why they may not sell, which goes out with the letter of the step, and can appeal."""
    finding = Finding(SELLER_DECIDED, BLOCK, {"facts": event.reason}, _GROUNDS[event.after], str(event.pk))
    flags = record_findings(
        subject=event.verification, findings=[finding], actor=actor, seller=seller, label=seller.name, checks=()
    )
    flag = next(flag for flag in flags if flag.rule == f"{SELLER_DECIDED}:{event.pk}")
    move(
        flag, FlagEvent.Kind.UPHELD, actor, event.reason,
        status=Flag.Status.UPHELD, reason=event.reason, officer=actor, closed_at=now(),
    )  # fmt: skip
    restriction = StatementOfReasons.Restriction.SUSPENDED
    return statements.state(flag, restriction=restriction, by_person=True, is_sent=False)


def end(*, papers: SellerVerification, actor: User, reason: str) -> None:
    """The decision stands no more: the seller may sell, or fill in the papers, again. The seller is locked."""
    for flag in standing(papers):
        move(flag, FlagEvent.Kind.MENDED, actor, reason, status=Flag.Status.MENDED, closed_at=now())

"""What officers make of flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from compliance import selectors
from compliance.deadlines import limits
from compliance.models import Flag, FlagApproval, FlagEvent, StatementOfReasons
from compliance.services import approvals, letters, outcomes, statements, verification
from compliance.services.steps import given, locked, move, refuse_while_waiting, to_decide
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

MOST_AT_ONCE: Final = 500
_MEANWHILE = _("This flag has been taken or decided meanwhile.")


# Who works on it --------------------------------------------------------------------------------------------


def take_flag(*, flag: Flag, actor: User) -> Flag:
    """The officer works on the flag; nobody else may decide it. Raises `Refused`."""
    with transaction.atomic():
        flag = locked(flag, actor)
        if flag.status == Flag.Status.TAKEN and flag.officer_id == actor.pk:
            return flag
        if flag.status != Flag.Status.OPEN:
            raise Refused("flag_not_open", _MEANWHILE)
        return move(flag, FlagEvent.Kind.TAKEN, actor, status=Flag.Status.TAKEN, officer=actor)


def give_back_flag(*, flag: Flag, actor: User, reason: str) -> Flag:
    """The flag is open again for any officer. Raises `Refused`."""
    with transaction.atomic():
        flag = to_decide(flag, actor, reason)
        return move(flag, FlagEvent.Kind.GIVEN_BACK, actor, reason, status=Flag.Status.OPEN, officer=None)


def escalate_flag(*, flag: Flag, actor: User, reason: str) -> Flag:
    """The flag comes first in the queue, is nobody's, and every officer gets a letter; also one that another has taken.

    Raises `Refused`: "not_allowed", "reason_missing", "flag_not_open", "decision_waits".
    """
    with transaction.atomic():
        flag = locked(flag, actor)
        reason = given(reason)
        if flag.status not in Flag.UNDECIDED:
            raise Refused("flag_not_open", _MEANWHILE)
        refuse_while_waiting(flag)
        moment = now()
        move(
            flag, FlagEvent.Kind.ESCALATED, actor, reason, status=Flag.Status.OPEN, officer=None, escalated_at=moment
        )  # fmt: skip
        for officer in selectors.officers().exclude(pk=actor.pk):
            letters.post(
                key=f"escalated.{flag.pk}.{moment:%Y%m%d%H%M%S}.{officer.pk}", kind="flag_escalated", to=officer.email,
                language=officer.language, params={"flag": flag.pk, "by": str(actor), "reason": reason},
            )  # fmt: skip
        return flag


# Decisions --------------------------------------------------------------------------------------------------
# `seen` is the state in which the officer saw the flag, see `steps.to_decide`.


def release_flag(*, flag: Flag, actor: User, reason: str, seen: str | None = None) -> Flag:
    """The officer found nothing wrong: the flag is not raised again on the same facts. Raises `Refused`.

    A flag that needs four eyes stays as it is until a second officer confirms: see `services.approvals`. What the price
    at the door refuses by the same rule is refused here, "refused_at_the_door"; a waiver of it is, too.
    """
    with transaction.atomic():
        flag = to_decide(flag, actor, reason, upheld=True, seen=seen)
        if selectors.needs_second_officer(flag):
            return approvals.propose(flag, FlagApproval.Decision.RELEASE, actor, reason)
        return approvals.release(flag, actor, reason)


def waive_flag(*, flag: Flag, actor: User, reason: str, until: date | None, seen: str | None = None) -> Flag:
    """The finding is right and let pass until the end of the day `until`; then the flag stands again.

    Raises `Refused`, "waiver_end_missing", "waiver_end_past" and "waiver_too_long" among others. A flag that needs
    four eyes stays as it is until a second officer confirms.
    """
    with transaction.atomic():
        flag = to_decide(flag, actor, reason, upheld=True, seen=seen)
        until = _end_of_waiver(until)
        if selectors.needs_second_officer(flag):
            return approvals.propose(flag, FlagApproval.Decision.WAIVE, actor, reason, until)
        return approvals.waive(flag, actor, reason, until)


def _end_of_waiver(until: date | None) -> date:
    field = "until"
    if until is None:
        raise Refused("waiver_end_missing", _("Say until when the flag is waived."), field=field)
    if until <= today():
        raise Refused("waiver_end_past", _("The waiver has to end on a later day than today."), field=field)
    longest = limits()["waiver_longest"]
    if until > today() + timedelta(days=longest):
        message = _("A waiver ends within %(days)s days.") % {"days": longest}
        raise Refused("waiver_too_long", message, field=field)
    return until


def uphold_flag(*, flag: Flag, actor: User, reason: str, seen: str | None = None) -> Flag:
    """The officer confirms the finding: it holds its subject until it is mended, and the seller is told why.

    Raises `Refused`.
    """
    with transaction.atomic():
        flag = _uphold(to_decide(flag, actor, reason, seen=seen), actor, reason)
        if statements.state(flag, by_person=True) is None:
            outcomes.tell_seller(flag, Flag.Status.UPHELD, reason)
        return flag


def _uphold(flag: Flag, actor: User, reason: str) -> Flag:
    move(
        flag, FlagEvent.Kind.UPHELD, actor, reason,
        status=Flag.Status.UPHELD, reason=reason.strip(), officer=actor, closed_at=now(),
    )  # fmt: skip
    return flag


def suspend_seller(*, flag: Flag, actor: User, reason: str, seen: str | None = None) -> Flag:
    """The flag is upheld and its seller may not sell any more; the seller is told why.

    Raises `Refused`: "no_seller", and what `verification.set_seller_state` refuses.
    """
    with transaction.atomic():
        flag = to_decide(flag, actor, reason, upheld=True, seen=seen)
        if flag.seller is None:
            raise Refused("no_seller", _("This flag stands on nothing of a seller."))
        if flag.status != Flag.Status.UPHELD:
            _uphold(flag, actor, reason)
            statements.state(flag, by_person=True)
        verification.set_seller_state(
            seller=flag.seller, state=Seller.Status.SUSPENDED, actor=actor, reason=reason.strip()
        )
        move(flag, FlagEvent.Kind.SUSPENDED, actor, reason)
        statements.state(
            flag, restriction=StatementOfReasons.Restriction.SUSPENDED, by_person=True, reason=reason.strip()
        )
        return flag


# Many at once -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several flags: decided, waiting for a second officer, or refused, with the reason."""

    done: tuple[Flag, ...]
    waiting: tuple[Flag, ...]
    refused: tuple[tuple[Flag, Any], ...]


_WITH_REASON: Final = ("reason",)
_AS_SEEN: Final = ("reason", "seen")
BULK: Final[dict[str, tuple[Callable[..., Flag], tuple[str, ...]]]] = {
    "take": (take_flag, ()),
    "give_back": (give_back_flag, _WITH_REASON),
    "release": (release_flag, _AS_SEEN),
    "waive": (waive_flag, ("reason", "until", "seen")),
    "uphold": (uphold_flag, _AS_SEEN),
    "escalate": (escalate_flag, _WITH_REASON),
}


def decide_flags(
    *, flags: Iterable[Flag], decision: str, actor: User, reason: str = "", until: date | None = None,
    seen: Mapping[int, str] | None = None,
) -> Outcome:  # fmt: skip
    """The decision of `BULK` on each flag in turn, each a step of its own with the same reason.

    `seen` are the states in which the officer saw flags, by their keys; others were seen as they are given.
    One that is refused leaves the others alone. Raises `Refused`, and changes nothing: "nothing_chosen", "too_many"
    (than `MOST_AT_ONCE`), "reason_missing" and what is wrong with the day of a waiver; KeyError for no decision.
    """
    (_decide, names), chosen = BULK[decision], list(flags)
    if not chosen:
        raise Refused("nothing_chosen", _("Choose at least one flag."))
    if len(chosen) > MOST_AT_ONCE:
        raise Refused("too_many", _("Choose at most %(count)s flags at once.") % {"count": MOST_AT_ONCE})
    if "reason" in names:
        given(reason)
    if "until" in names:
        _end_of_waiver(until)
    return _decided_in_turn(chosen, decision, actor, {"reason": reason, "until": until}, seen or {})


def _decided_in_turn(
    flags: Iterable[Flag], decision: str, actor: User, details: Mapping[str, Any], seen: Mapping[int, str]
) -> Outcome:
    decide, names = BULK[decision]
    done: list[Flag] = []
    waiting: list[Flag] = []
    refused: list[tuple[Flag, Any]] = []
    for flag in flags:
        given_now = {**details, "seen": seen.get(flag.pk)}
        try:
            decided = decide(flag=flag, actor=actor, **{name: given_now[name] for name in names})
        except Refused as refusal:
            refused.append((flag, refusal.message))
        else:
            (waiting if _waits(decided, decision) else done).append(decided)
    return Outcome(tuple(done), tuple(waiting), tuple(refused))


def _waits(flag: Flag, decision: str) -> bool:
    return decision in {"release", "waive"} and flag.is_live

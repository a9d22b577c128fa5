"""Four eyes: what one officer proposes for a grave flag, another confirms or rejects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance import selectors
from compliance.fingerprints import facts_of
from compliance.models import Appeal, Flag, FlagApproval, FlagEvent, StatementOfReasons
from compliance.services import letters, outcomes, seller_decisions, verification
from compliance.services.steps import given, locked, move, record
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

REFUSED_AT_THE_DOOR = _(
    "The price at the door refuses these goods by the same rule, so they can't be let go here. If their code or facts are"
    " wrong, the seller corrects them; if the rule is wrong, change the rule."
)
_MEANWHILE = _("This decision has been taken or withdrawn meanwhile.")


def propose(
    flag: Flag, decision: FlagApproval.Decision, actor: User, reason: str, until: date | None = None,
    appeal: Appeal | None = None,
) -> Flag:  # fmt: skip
    """The decision waits for a second officer, and the others are told; the locked flag stands as before until then."""
    _refuse_what_the_price_refuses(flag)
    approval = FlagApproval.objects.create(
        flag=flag, decision=decision, waived_until=until, reason=given(reason), proposed_by=actor, proposed_at=now(),
        fingerprint=facts_of(flag), appeal=appeal,
    )  # fmt: skip
    taken = {} if flag.status == Flag.Status.UPHELD else {"status": Flag.Status.TAKEN, "officer": actor}
    move(flag, FlagEvent.Kind.PROPOSED, actor, reason, **taken)
    for officer in selectors.officers().exclude(pk=actor.pk):
        letters.post(
            key=f"proposed.{approval.pk}.{officer.pk}", kind="flag_proposed", to=officer.email,
            language=officer.language, params={"flag": flag.pk, "by": str(actor), "reason": reason.strip()},
        )  # fmt: skip
    return flag


def confirm_decision(*, approval: FlagApproval, actor: User, reason: str = "") -> Flag:
    """A second officer agrees, and the decision takes effect.

    Raises `Refused`: "not_allowed", "approval_over", "same_officer", "flag_not_open", "facts_changed",
    "waiver_end_past".
    """
    with transaction.atomic():
        flag, approval = _waiting(approval, actor)
        if not flag.is_live:
            raise Refused("flag_not_open", _("The flag no longer stands, so there is nothing to confirm."))
        if approval.fingerprint != facts_of(flag):
            raise Refused("facts_changed", _("The facts have changed since. Reject, and have it decided anew."))
        if approval.waived_until is not None and approval.waived_until <= today():
            raise Refused("waiver_end_past", _("The waiver has to end on a later day than today."))
        _close(approval, FlagApproval.Verdict.CONFIRMED, actor, reason)
        why = reason.strip() or approval.reason
        if approval.waived_until is not None:
            return waive(flag, actor, why, approval.waived_until, officer=approval.proposed_by)
        release(flag, actor, why, officer=approval.proposed_by)
        if approval.appeal is not None:
            grant(approval.appeal, flag, approval.proposed_by, approval.reason)
        return flag


def reject_decision(*, approval: FlagApproval, actor: User, reason: str) -> Flag:
    """A second officer disagrees: the flag stands, and the one who proposed goes on with it.

    Raises `Refused`: "not_allowed", "reason_missing", "approval_over", "same_officer".
    """
    with transaction.atomic():
        reason = given(reason)
        flag, approval = _waiting(approval, actor)
        _close(approval, FlagApproval.Verdict.REJECTED, actor, reason)
        move(flag, FlagEvent.Kind.REJECTED, actor, reason)
        return flag


def withdraw_decision(*, approval: FlagApproval, actor: User) -> Flag:
    """The officer who proposed takes it back. Raises `Refused`: "not_allowed", "approval_over", "other_officer"."""
    with transaction.atomic():
        flag, approval = _waiting(approval, actor, second=False)
        if approval.proposed_by_id != actor.pk:
            raise Refused("other_officer", _("Only the officer who proposed it can withdraw it."))
        _close(approval, FlagApproval.Verdict.WITHDRAWN, None, "")
        record(flag, FlagEvent.Kind.WITHDRAWN, actor, "")
        return flag


def renew(flags: Iterable[tuple[Flag, str]]) -> None:
    """What was proposed on earlier facts of locked flags, each told beside it, rests on their facts as told now."""
    before = {flag.pk: (flag, proposed_on) for flag, proposed_on in flags if flag.is_live}
    for approval in FlagApproval.objects.filter(flag__in=before, verdict=FlagApproval.Verdict.WAITING):
        flag, proposed_on = before[approval.flag_id]
        if approval.fingerprint == proposed_on:
            approval.fingerprint = facts_of(flag)
            approval.save(update_fields=["fingerprint"])


def end(flag_ids: Sequence[int], moment: datetime) -> None:
    """What waits for a second officer on locked flags that were closed otherwise, at the moment, is over."""
    waiting = FlagApproval.objects.filter(flag__in=flag_ids, verdict=FlagApproval.Verdict.WAITING)
    waiting.update(verdict=FlagApproval.Verdict.WITHDRAWN, decided_at=moment)


# What takes effect ------------------------------------------------------------------------------------------


def release(flag: Flag, actor: User, reason: str, *, officer: User | None = None) -> Flag:
    """The locked flag is released; `officer` is who answers for it, the actor unless another proposed it."""
    _refuse_what_the_price_refuses(flag)
    outcomes.tell_seller(flag, Flag.Status.RELEASED, reason)
    move(
        flag, FlagEvent.Kind.RELEASED, actor, reason,
        status=Flag.Status.RELEASED, reason=reason.strip(), officer=officer or actor, closed_at=now(),
    )  # fmt: skip
    if seller_decisions.is_one(flag):
        verification.let_back(flag=flag, actor=officer or actor, reason=reason)
    return flag


def waive(flag: Flag, actor: User, reason: str, until: date, *, officer: User | None = None) -> Flag:
    """The locked flag is waived until the end of a day; `officer` as in `release`.

    Raises `Refused("not_to_be_waived")` for a decision on who may sell.
    """
    if seller_decisions.is_one(flag):
        message = _("A decision on who may sell is not waived. Reinstate the seller, or let them try again.")
        raise Refused("not_to_be_waived", message)
    _refuse_what_the_price_refuses(flag)
    outcomes.tell_seller(flag, Flag.Status.WAIVED, reason, until)
    return move(
        flag, FlagEvent.Kind.WAIVED, actor, reason,
        status=Flag.Status.WAIVED, reason=reason.strip(), officer=officer or actor, closed_at=now(), waived_until=until,
    )  # fmt: skip


def _refuse_what_the_price_refuses(flag: Flag) -> None:
    """Raises `Refused`, "refused_at_the_door", where a listing would be shown and could not be bought."""
    if selectors.is_refused_at_the_door(flag):
        raise Refused("refused_at_the_door", REFUSED_AT_THE_DOOR)


def grant(appeal: Appeal, flag: Flag, officer: User, answer: str) -> None:
    """The appeal is decided for the seller, who gets the answer and may sell again if it was that; the flag is released."""
    appeal.state, appeal.decided_by, appeal.decided_at = Appeal.State.REVERSED, officer, now()
    appeal.answer = answer.strip()
    appeal.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    record(flag, FlagEvent.Kind.APPEAL_DECIDED, officer, answer)
    if flag.statements.filter(restriction=StatementOfReasons.Restriction.SUSPENDED).exists():
        verification.let_back(flag=flag, actor=officer, reason=answer)
    letters.post(
        key=f"appeal.{appeal.pk}", kind="appeal_decided", to=appeal.author.email, language=appeal.author.language,
        params={"flag": flag.pk, "appeal": appeal.pk},
    )  # fmt: skip


# Locks ------------------------------------------------------------------------------------------------------


def _waiting(approval: FlagApproval, actor: User, *, second: bool = True) -> tuple[Flag, FlagApproval]:
    """Flag and decision as they are now, locked in this order; with `second` for another officer than proposed it."""
    flag = locked(approval.flag, actor)
    approval = FlagApproval.objects.select_for_update(of=("self",)).select_related("appeal__author", "proposed_by").get(
        pk=approval.pk
    )  # fmt: skip
    if approval.verdict != FlagApproval.Verdict.WAITING:
        raise Refused("approval_over", _MEANWHILE)
    if second and approval.proposed_by_id == actor.pk:
        raise Refused("same_officer", _("Another officer than the one who proposed it has to agree."))
    return flag, approval


def _close(approval: FlagApproval, verdict: FlagApproval.Verdict, actor: User | None, reason: str) -> None:
    changes: dict[str, Any] = {"verdict": verdict, "decided_by": actor, "decided_at": now(),
                               "verdict_reason": reason.strip()}  # fmt: skip
    for name, value in changes.items():
        setattr(approval, name, value)
    approval.save(update_fields=list(changes))

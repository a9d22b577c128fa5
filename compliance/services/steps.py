"""One step in the life of a flag: what it changes on the flag, the row that says so, and who may make it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance import selectors
from compliance.fingerprints import state_of
from compliance.models import Flag, FlagApproval, FlagEvent
from compliance.services.rechecks import FLAG, ask_for_recheck
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused

AUTOMATIC = "screening"
_MEANWHILE = _("This flag has been taken or decided meanwhile.")


# Steps ------------------------------------------------------------------------------------------------------


def step(flag: Flag, kind: FlagEvent.Kind, actor: User | None, why: str = "", **changes: Any) -> Flag:
    """The flag has the `changes`, and a row says by whom and why."""
    for name, value in changes.items():
        setattr(flag, name, value)
    flag.save(update_fields=list(changes))
    record(flag, kind, actor, why)
    return flag


def move(flag: Flag, kind: FlagEvent.Kind, actor: User | None, why: str = "", **changes: Any) -> Flag:
    """A `step` that somebody or the clock makes, and not screening: those above are told to look at the subject."""
    step(flag, kind, actor, why, **changes)
    ask_for_recheck(topic=FLAG, keys=[flag.pk])
    return flag


def record(flag: Flag, kind: FlagEvent.Kind, actor: User | None, reason: str) -> None:
    """A row says that the step was made; nothing on the flag changes."""
    FlagEvent.objects.create(
        flag=flag,
        kind=kind,
        actor=actor,
        actor_label=str(actor)[:150] if actor else AUTOMATIC,
        reason=reason.strip(),
        params=flag.params,
        at=now(),
    )


# Who may make them ------------------------------------------------------------------------------------------


def locked(flag: Flag, actor: User) -> Flag:
    """The flag as it is now, locked until the transaction ends, for an officer. Raises `Refused`."""
    if not selectors.may_review(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    return locked_row(flag)


def locked_row(flag: Flag) -> Flag:
    """The flag as it is now, locked until the transaction ends."""
    return Flag.objects.select_for_update(of=("self",)).get(pk=flag.pk)


def to_decide(flag: Flag, actor: User, reason: str, *, upheld: bool = False, seen: str | None = None) -> Flag:
    """The locked flag, which this officer may decide now; with `upheld` one that was upheld before as well.

    `seen` is the state in which the officer saw the flag (`fingerprints.state_of`), that of the flag given when left out:
    nobody undoes what a colleague decided meanwhile, or decides on facts that they have not seen. Raises `Refused`:
    "not_allowed", "reason_missing", "flag_taken", "flag_not_open", "facts_changed", "decision_waits", "appeal_open".
    """
    seen = seen or state_of(flag)
    flag = locked(flag, actor)
    given(reason)
    if flag.status in {Flag.Status.TAKEN, Flag.Status.ASKED} and flag.officer_id not in {None, actor.pk}:
        raise Refused("flag_taken", _("Another officer works on this flag."))
    if flag.status not in (Flag.LIVE if upheld else Flag.UNDECIDED):
        raise Refused("flag_not_open", _MEANWHILE)
    refuse_unseen(flag, seen)
    refuse_while_waiting(flag)
    if flag.appeals.filter(state="open").exists():
        raise Refused("appeal_open", _("The seller has appealed. Decide the appeal."))
    return flag


def refuse_unseen(flag: Flag, seen: str) -> None:
    """Raises `Refused` when the locked flag was decided, or its facts have changed, since it was in the state `seen`."""
    state = state_of(flag)
    if seen.partition(".")[0] != state.partition(".")[0]:
        raise Refused("flag_not_open", _MEANWHILE)
    if seen != state:
        raise Refused("facts_changed", _("The facts have changed since you opened this flag. Please look at it again."))


def refuse_while_waiting(flag: Flag) -> None:
    """Raises `Refused` while a decision on the flag waits for a second officer."""
    if flag.approvals.filter(verdict=FlagApproval.Verdict.WAITING).exists():
        raise Refused("decision_waits", _("A decision on this flag waits for a second officer."))


def given(reason: str) -> str:
    """The reason without space around it. Raises `Refused` when nothing is left."""
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", _("Give a reason for your decision."), field="reason")
    return reason

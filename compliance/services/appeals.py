"""Sellers' complaints against decisions (Regulation (EU) 2022/2065, article 20)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance import selectors
from compliance.models import Appeal, Flag, FlagApproval, FlagEvent
from compliance.services import approvals, letters
from compliance.services.dialogue import kept, refuse_long, refuse_stranger
from compliance.services.steps import given, locked, locked_row, record, refuse_while_waiting
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused


def lodge_appeal(*, flag: Flag, actor: User, text: str, upload: Any = None) -> Appeal:
    """The seller's complaint waits for an officer who did not decide the flag; all of those get a letter.

    Raises `Refused`: "not_allowed", "text_missing", "message_too_long", "nothing_to_appeal", "appeal_open", and what
    `documents.keep_document` refuses.
    """
    refuse_stranger(flag, actor)
    if not text.strip():
        raise Refused("text_missing", _("Say why the decision is wrong."), field="text")
    refuse_long(text)
    _refuse_needless(Flag.objects.get(pk=flag.pk))
    document = kept(flag, actor, upload)
    with transaction.atomic():
        flag = locked_row(flag)
        _refuse_needless(flag)
        appeal = Appeal.objects.create(flag=flag, author=actor, text=text.strip(), document=document, lodged_at=now())
        record(flag, FlagEvent.Kind.APPEALED, actor, text)
        for officer in selectors.officers().exclude(pk__in=deciders(flag)):
            letters.post(
                key=f"lodged.{appeal.pk}.{officer.pk}", kind="appeal_lodged", to=officer.email,
                language=officer.language, params={"appeal": appeal.pk},
            )  # fmt: skip
        return appeal


def _refuse_needless(flag: Flag) -> None:
    if not selectors.holds(flag):
        raise Refused("nothing_to_appeal", _("This flag restricts nothing, so there is nothing to appeal."))
    if flag.appeals.filter(state=Appeal.State.OPEN).exists():
        raise Refused("appeal_open", _("You have appealed already. We decide as soon as we can."))


def decide_appeal(*, appeal: Appeal, actor: User, answer: str, reverse: bool) -> Appeal:
    """The decision is reversed and the flag released, or it stands; the seller gets the answer.

    Where two officers have to agree before the flag is let go, a reversal waits for the second one. Raises `Refused`:
    "not_allowed", "reason_missing", "appeal_over", "same_officer", "decision_waits".
    """
    with transaction.atomic():
        flag = locked(appeal.flag, actor)
        answer = given(answer)
        appeal = Appeal.objects.select_for_update(of=("self",)).select_related("author").get(pk=appeal.pk)
        if appeal.state != Appeal.State.OPEN:
            raise Refused("appeal_over", _("This appeal has been decided meanwhile."))
        if actor.pk in deciders(flag):
            raise Refused("same_officer", _("An officer who did not take the decision has to decide the appeal."))
        refuse_while_waiting(flag)
        if reverse and flag.is_live and selectors.needs_second_officer(flag):
            approvals.propose(flag, FlagApproval.Decision.RELEASE, actor, answer, appeal=appeal)
        elif reverse:
            if flag.is_live:
                approvals.release(flag, actor, answer)
            approvals.grant(appeal, flag, actor, answer)
        else:
            _confirm(appeal, flag, actor, answer)
        return appeal


def deciders(flag: Flag) -> set[int]:
    """The keys of the officers who decided on the flag so far."""
    kinds = (FlagEvent.Kind.UPHELD, FlagEvent.Kind.SUSPENDED, FlagEvent.Kind.REJECTED)
    return {key for key in flag.events.filter(kind__in=kinds).values_list("actor", flat=True) if key is not None}


def _confirm(appeal: Appeal, flag: Flag, actor: User, answer: str) -> None:
    appeal.state, appeal.decided_by, appeal.decided_at, appeal.answer = Appeal.State.CONFIRMED, actor, now(), answer
    appeal.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    record(flag, FlagEvent.Kind.APPEAL_DECIDED, actor, answer)
    letters.post(
        key=f"appeal.{appeal.pk}", kind="appeal_decided", to=appeal.author.email, language=appeal.author.language,
        params={"flag": flag.pk, "appeal": appeal.pk},
    )  # fmt: skip

"""Who may sell: the one place where a seller's state changes, each change with a reason that stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from accounts.selectors import may_act_for
from compliance import selectors
from compliance.models import Flag, SellerVerification, VerificationEvent
from compliance.selectors import sellers
from compliance.services import documents, letters, sanctions, seller_decisions
from compliance.services.rechecks import SELLER, ask_for_recheck
from compliance.services.steps import AUTOMATIC, given
from compliance.traders.states import MEMBER, OFFICER, OVER, may_go
from compliance.words.traders import missing_words
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

State = Seller.Status


class PapersMissing(Refused):
    """Something has to be known first; `missing` are its stable names (`compliance.traders.papers`)."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        words = "; ".join(missing_words(missing))
        super().__init__("papers_missing", _("This is still missing: %(things)s.") % {"things": words})
        self.missing = missing


# The papers of a seller -------------------------------------------------------------------------------------


def verification_of(seller: Seller) -> SellerVerification:
    """The papers of the seller; an empty folder is made where there is none yet."""
    return SellerVerification.objects.get_or_create(seller=seller)[0]


def locked(seller: Seller) -> tuple[Seller, SellerVerification]:
    """The seller and the papers as they are now, the seller locked until the transaction ends.

    Rows that point at the seller, such as a flag of a screening, can still be written meanwhile.
    """
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    verification = verification_of(seller)
    verification.seller = seller
    return seller, verification


# Steps ------------------------------------------------------------------------------------------------------


def set_seller_state(*, seller: Seller, state: str, actor: User, reason: str) -> VerificationEvent:
    """The seller is in `state` from now on, the step is written down, and its members get a letter.

    Call inside a transaction to make it part of a larger step. Raises `Refused`: "not_allowed"; "reason_missing";
    "state_changed" when the state of now has no way to `state`; before an approval also "papers_missing" (`PapersMissing`)
    and "seller_flagged".
    """
    reason = given(reason)
    with transaction.atomic():
        seller, verification = locked(seller)
        before, after = State(seller.status), State(state)
        _refuse_way(before, after, actor, seller)
        if after == State.APPROVED:
            refuse_unready(verification)
        seller.status = after
        seller.save(update_fields=["status"])
        _note_decision(verification, after, actor, reason)
        documents.keep_after_end(seller=seller, ended_on=verification.ended_on)
        event = record(verification, before, after, actor, reason)
        if after not in OVER:
            seller_decisions.end(papers=verification, actor=actor, reason=reason)
        ask_for_recheck(topic=SELLER, keys=[seller.pk])
        _write_to_members(event, seller)
        return event


def record(
    verification: SellerVerification, before: str, after: str, actor: User | None, reason: str
) -> VerificationEvent:
    """A row says that the step was made, by whom and why."""
    return VerificationEvent.objects.create(
        verification=verification, before=before, after=after, actor=actor,
        actor_label=actor.get_full_name()[:150] if actor else AUTOMATIC, reason=reason, at=now(),
    )  # fmt: skip


def refuse_unready(verification: SellerVerification) -> None:
    """Raises `Refused` while something is missing, or a critical flag such as a hit on a list of sanctions stands."""
    missing = sellers.missing_papers(verification)
    if missing:
        raise PapersMissing(missing)
    if sellers.critical_flags(verification.seller).exists():
        message = _("A critical flag stands on this seller. It has to be decided first, by two officers.")
        raise Refused("seller_flagged", message)


def _refuse_way(before: State, after: State, actor: User, seller: Seller) -> None:
    is_officer = sellers.may_verify(actor) or (after == State.SUSPENDED and selectors.may_review(actor))
    is_member = may_act_for(actor, seller) and not actor.is_superuser
    if not (is_officer or is_member):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    if (is_officer and may_go(before, after, OFFICER)) or (is_member and may_go(before, after, MEMBER)):
        return
    if is_member and may_go(before, after, OFFICER):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    words = {"state": before.label}
    raise Refused("state_changed", _("This cannot be done any more. The seller's state is now: %(state)s.") % words)


_DECIDED: Final = frozenset({State.APPROVED, State.REFUSED, State.SUSPENDED})


def _note_decision(verification: SellerVerification, after: State, actor: User, reason: str) -> None:
    """Keeps with the papers what was decided last; a refusal ends the relation, anything else lets it go on."""
    values: dict[str, Any] = {"ended_on": today() if after == State.REFUSED else None}
    if after in _DECIDED:
        values |= {"decided_at": now(), "decided_by": actor, "reason": reason, "changed_at": None}
    if after == State.IN_REVIEW:
        values |= {"submitted_at": now(), "reason": ""}
    if after == State.ONBOARDING:
        values |= {"reason": reason if sellers.may_verify(actor) else "", "erased_at": None}
    for name, value in values.items():
        setattr(verification, name, value)
    verification.save(update_fields=list(values))


def _write_to_members(event: VerificationEvent, seller: Seller) -> None:
    for member in selectors.members_of(seller):
        letters.post(
            key=f"seller.{event.pk}.{member.pk}", kind="seller_state", to=member.email, language=member.language,
            params={"event": event.pk},
        )  # fmt: skip


# Officers ---------------------------------------------------------------------------------------------------

DECISIONS: Final[Mapping[str, State]] = {
    "approve": State.APPROVED,
    "return": State.ONBOARDING,
    "refuse": State.REFUSED,
    "suspend": State.SUSPENDED,
    "reinstate": State.APPROVED,
    "reopen": State.ONBOARDING,
}


def decide_seller(
    *, seller: Seller, decision: str, actor: User, reason: str, seen: datetime | None = None
) -> VerificationEvent:
    """An officer's decision, a key of `DECISIONS`, on the papers that were sent at `seen`.

    Who is refused or suspended is told why in a statement of reasons, and can appeal; an invitation is just taken back.
    Names are looked up in the lists of sanctions of this moment before a seller may sell, and what is found stays a flag
    even when the decision is refused for it. Raises `Refused`: "not_allowed", "papers_changed", and what
    `set_seller_state` refuses.
    """
    if not sellers.may_verify(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    given(reason)
    state = DECISIONS[decision]
    if state == State.APPROVED:
        sanctions.screen_seller(seller=seller)
    with transaction.atomic():
        seller_decisions.held(seller)
        seller, verification = locked(seller)
        if seen is not None and verification.submitted_at != seen:
            message = _("The seller has sent the papers again since you opened this page. Please look at them again.")
            raise Refused("papers_changed", message)
        event = set_seller_state(seller=seller, state=state, actor=actor, reason=reason)
        if state in OVER and event.before != State.INVITED:
            seller_decisions.state(event=event, seller=seller, actor=actor)
        return event


def let_back(*, flag: Flag, actor: User, reason: str) -> None:
    """The decision that the flag stated is reversed: who was suspended may sell again, who was refused tries again.

    Nothing when another decision stands, or the seller is back already. Raises what `set_seller_state` refuses.
    """
    papers = SellerVerification.objects.select_related("seller").filter(seller=flag.seller_id).first()
    back = {State.SUSPENDED: State.APPROVED, State.REFUSED: State.ONBOARDING}
    if papers is not None and papers.seller.status in back and not seller_decisions.standing(papers).exists():
        state = back[State(papers.seller.status)]
        set_seller_state(seller=papers.seller, state=state, actor=actor, reason=reason)


def confirm_changes(*, seller: Seller, actor: User, reason: str) -> VerificationEvent:
    """An officer has looked at what an approved seller changed, and it stays approved.

    Raises `Refused`: "not_allowed", "reason_missing", "nothing_changed", and what `refuse_unready` refuses.
    """
    if not sellers.may_verify(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    reason = given(reason)
    sanctions.screen_seller(seller=seller)
    with transaction.atomic():
        seller, verification = locked(seller)
        if verification.changed_at is None:
            raise Refused("nothing_changed", _("Nothing has changed since the last decision."))
        refuse_unready(verification)
        verification.changed_at = None
        verification.save(update_fields=["changed_at"])
        return record(verification, seller.status, seller.status, actor, reason)


def end_relation(*, seller: Seller, actor: User, reason: str) -> VerificationEvent:
    """A seller who may not sell any more has left: from today on the time counts for which the papers are kept.

    Raises `Refused`: "not_allowed", "reason_missing", "still_selling", "already_ended".
    """
    if not sellers.may_verify(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))
    reason = given(reason)
    with transaction.atomic():
        seller, verification = locked(seller)
        if seller.status not in OVER:
            raise Refused("still_selling", _("Suspend the seller first."))
        if verification.ended_on is not None:
            raise Refused("already_ended", _("The relation to this seller has already ended."))
        verification.ended_on = today()
        verification.save(update_fields=["ended_on"])
        documents.keep_after_end(seller=seller, ended_on=verification.ended_on)
        return record(verification, seller.status, seller.status, actor, reason)

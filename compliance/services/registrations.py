"""The numbers under which sellers are registered: entered with their proof, checked by officers, replaced and ended.

A number counts only when it is valid. One that is to take the place of another is checked beside it, and waits beside it
for its first day, so that what is renewed in time never stops to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from accounts.selectors import may_act_for
from compliance import selectors
from compliance.models import EvidenceDocument, Registration, RegistrationEvent
from compliance.registrations import KINDS, Kind, Malformed, Scheme, checked, country_of
from compliance.services import letters
from compliance.services.rechecks import SELLER, ask_for_recheck
from compliance.services.steps import AUTOMATIC, given
from compliance.words import registrations as words
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

State = Registration.State
OFFICER: Final = "officer"
_CLOSED_TO: Final = frozenset({Seller.Status.INVITED, Seller.Status.REFUSED})


@dataclass(frozen=True, slots=True)
class Claim:
    """A number as it is told: what it is for, and from when to when it holds (days included, None: not told)."""

    kind: str
    number: str
    country: str = ""
    stream: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    document: EvidenceDocument | None = None


# Entering -----------------------------------------------------------------------------------------------------


def claim_registration(*, seller: Seller, claim: Claim, actor: User) -> Registration:
    """The number is kept and waits for a check: by the service that knows its kind, or by an officer.

    One that was waiting for the same is taken back; one that counts goes on counting until the new one is valid. Raises
    `Refused`: "not_allowed", "papers_closed", "unknown_kind", "wrong_country", "no_register"; "wrong_shape",
    "wrong_check_digit", "wrong_place" (field "number"); "wrong_days", "already_over" (field "expires_on"); "proof_missing",
    "document_of_another" (field "document"); "already_there".
    """
    if not (may_act_for(actor, seller) or selectors.may_verify(actor)):
        raise Refused("not_allowed", _("You cannot enter numbers for this seller."))
    kind, country, stream = _place_of(claim)
    number = _number_of(kind, country, stream, claim.number)
    _refuse_days(claim.valid_from, claim.expires_on)
    _refuse_document(seller, claim.document)
    if kind.needs_proof and claim.document is None:
        raise Refused("proof_missing", _("Add a proof, such as the letter of the authority."), field="document")
    with transaction.atomic():
        seller = Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
        if seller.status in _CLOSED_TO:
            raise Refused("papers_closed", _("Numbers cannot be entered at the moment."))
        same = Registration.objects.filter(seller=seller, kind=kind.name, country=country, stream=stream)
        _refuse_again(same, number, claim)
        if kind.name != "other":
            for waiting in same.select_for_update().filter(state__in=(State.CLAIMED, State.PENDING)):
                step(waiting, State.INVALID, actor=actor, reason=words.WITHDRAWN, due_at=None)
        registration = Registration(
            seller=seller, kind=kind.name, country=country, stream=stream, number=number, document=claim.document,
            valid_from=claim.valid_from, expires_on=claim.expires_on, created_at=now(),
            due_at=now() if kind.asked_of else None,
        )  # fmt: skip
        step(registration, State.PENDING if kind.asked_of else State.CLAIMED, actor=actor, reason=words.CLAIMED)
        return registration


def _place_of(claim: Claim) -> tuple[Kind, str, str]:
    kind = KINDS.get(claim.kind)
    if kind is None:
        raise Refused("unknown_kind", _("Choose what the number is for."), field="kind")
    try:
        country = country_of(kind, claim.country)
    except ValueError as error:
        message = _("Choose a country in which there are numbers of this kind.")
        raise Refused("wrong_country", message, field="country") from error
    return kind, country, claim.stream.strip() if kind.name == "epr" else ""


def _number_of(kind: Kind, country: str, stream: str, text: str) -> str:
    scheme, example = None, ""
    if kind.name == "epr":
        row = selectors.scheme_for(country, stream, today())
        if row is None:
            unknown = _("We know no register for these goods in this country. Choose another stream or country.")
            raise Refused("no_register", unknown, field="stream")
        scheme, example = Scheme(row.number_pattern, row.check_digit), row.example
    try:
        return checked(kind.name, country, text, scheme)
    except Malformed as fault:
        message = words.number_fault(fault.code, kind.name, example)
        raise Refused(fault.code, message, field="number") from fault


def _refuse_days(valid_from: date | None, expires_on: date | None) -> None:
    if expires_on is None:
        return
    if valid_from is not None and expires_on < valid_from:
        raise Refused("wrong_days", _("The last day is before the first."), field="expires_on")
    if expires_on < today():
        raise Refused("already_over", _("This day is over. Enter the number that holds now."), field="expires_on")


def _refuse_document(seller: Seller, document: EvidenceDocument | None) -> None:
    if document is None:
        return
    is_own = document.seller_id == seller.pk and document.deleted_at is None
    if not is_own or document.kind != EvidenceDocument.Kind.REGISTRATION:
        raise Refused("document_of_another", _("This document cannot be used here."), field="document")


def _refuse_again(same: Any, number: str, claim: Claim) -> None:
    held = same.filter(number=number, state__in=Registration.FOUND_VALID)
    if held.filter(valid_from=claim.valid_from, expires_on=claim.expires_on).exists():
        raise Refused("already_there", _("This number is registered already, with the same days."), field="number")


# Deciding -----------------------------------------------------------------------------------------------------


def verify_registration(
    *, registration: Registration, actor: User, reason: str, document: EvidenceDocument | None = None,
    expires_on: date | None = None,
) -> Registration:  # fmt: skip
    """An officer has seen the proof: the number counts from its first day on, and one that it replaces ends then.

    `document` and `expires_on` take the place of what was told, None leaves it. Raises `Refused`: "not_allowed",
    "reason_missing", "state_changed", "proof_missing", "document_of_another", "already_over", "wrong_days".
    """
    _refuse_others(actor)
    reason = given(reason)
    with transaction.atomic():
        held = _locked(registration, State.CLAIMED, State.PENDING, State.INVALID)
        _refuse_document(held.seller, document)
        held.document = document or held.document
        held.expires_on = expires_on or held.expires_on
        if held.document is None:
            raise Refused("proof_missing", _("Add the proof that you have seen."), field="document")
        _refuse_days(held.valid_from, held.expires_on)
        count_from_first_day(
            held, actor=actor, reason=reason, verified_by=actor, checked_at=now(), checked_with=OFFICER, last_error=""
        )
        return held


def reject_registration(*, registration: Registration, actor: User, reason: str) -> Registration:
    """An officer finds that the number is not the seller's or not valid: it does not count from now on.

    Raises `Refused`: "not_allowed", "reason_missing", "state_changed".
    """
    _refuse_others(actor)
    reason = given(reason)
    with transaction.atomic():
        held = _locked(registration, State.CLAIMED, State.PENDING, *Registration.FOUND_VALID)
        step(
            held, State.INVALID, actor=actor, reason=reason, verified_by=actor, checked_at=now(), checked_with=OFFICER,
            due_at=None, lease_until=None,
        )  # fmt: skip
        return held


def end_registration(*, registration: Registration, actor: User, reason: str) -> Registration:
    """The registration is over before its last day: told by the seller or an officer. One not yet checked is taken back.

    Raises `Refused`: "not_allowed", "reason_missing", "state_changed".
    """
    if not (may_act_for(actor, registration.seller) or selectors.may_verify(actor)):
        raise Refused("not_allowed", _("You cannot change numbers of this seller."))
    with transaction.atomic():
        held = _locked(registration, State.CLAIMED, State.PENDING, *Registration.FOUND_VALID)
        if held.state in Registration.FOUND_VALID:
            step(held, State.ENDED, actor=actor, reason=given(reason), due_at=None, lease_until=None)
        else:
            step(held, State.INVALID, actor=actor, reason=words.WITHDRAWN, due_at=None, lease_until=None)
        return held


def _refuse_others(actor: User) -> None:
    if not selectors.may_verify(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))


def _locked(registration: Registration, *states: State) -> Registration:
    """The row as it is now, locked until the transaction ends. Raises `Refused` unless it is in one of the states.

    The seller is locked first, as in every change of a seller's numbers, so that two never wait for each other.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=registration.seller_id)
    held = Registration.objects.select_for_update(of=("self",)).select_related("seller").get(pk=registration.pk)
    if held.state not in states:
        label = held.get_state_display()
        raise Refused(
            "state_changed", _("This cannot be done any more. The state is now: %(state)s.") % {"state": label}
        )
    return held


# Steps --------------------------------------------------------------------------------------------------------


def count_from_first_day(registration: Registration, *, actor: User | None, reason: str, **told: Any) -> None:
    """The number, found valid, counts from its first day on and takes the place of the one before.

    Before that day it waits, and the one before goes on counting. Call inside a transaction, with the seller locked;
    `told` goes to `step`.
    """
    waits = registration.valid_from is not None and registration.valid_from > today()
    _take_place(registration, State.UPCOMING if waits else State.VALID, actor=actor, reason=reason, **told)


def begin_registrations(on: date) -> int:
    """The upcoming numbers whose first day is `on`, or was before, take the place of those before; how many did."""
    due = Registration.objects.filter(state=State.UPCOMING, valid_from__lte=on).order_by("seller", "pk")
    return sum(_begin(registration) for registration in due)


def _begin(registration: Registration) -> bool:
    with transaction.atomic():
        try:
            held = _locked(registration, State.UPCOMING)
        except Refused:
            return False  # rejected or ended meanwhile
        _take_place(held, State.VALID, actor=None, reason=words.BEGUN)
    return True


def _take_place(registration: Registration, state: State, *, actor: User | None, **told: Any) -> None:
    """The number is in the state from now on, and the one that was in it until now for the same has ended."""
    same = Registration.objects.filter(
        seller=registration.seller_id, kind=registration.kind, country=registration.country, stream=registration.stream
    ).exclude(Q(pk=registration.pk) | Q(kind=Registration.Kind.OTHER))
    for held in same.select_for_update().filter(state=state):
        step(held, State.ENDED, actor=actor, reason=words.REPLACED, due_at=None, lease_until=None)
    step(registration, state, actor=actor, **told)


def step(
    registration: Registration, after: State, *, actor: User | None, reason: str, label: str = AUTOMATIC, **values: Any
) -> RegistrationEvent:
    """The registration goes to a state, with the step written down, listings looked at again and members told.

    Call inside a transaction, with the row locked. `label` says who it was where it was no user; `values` are further
    columns.
    """
    before = registration.state if registration.pk else ""
    registration.state, registration.reason = after, reason[:400]
    for name, value in values.items():
        setattr(registration, name, value)
    registration.save()
    event = RegistrationEvent.objects.create(
        registration=registration, before=before, after=after, actor=actor,
        actor_label=actor.get_full_name()[:150] if actor else label, reason=reason[:400], at=now(),
    )  # fmt: skip
    ask_for_recheck(topic=SELLER, keys=[registration.seller_id])
    if is_news(event):
        for member in selectors.members_of(registration.seller):
            letters.post(
                key=f"registration.{event.pk}.{member.pk}", kind="registration_step", to=member.email,
                language=member.language, params={"event": event.pk},
            )  # fmt: skip
    return event


def is_news(event: RegistrationEvent) -> bool:
    """Whether a step tells the seller something: what others decided, and not what follows from what they did."""
    told = (*Registration.FOUND_VALID, State.INVALID)
    return event.after in told and event.reason not in (words.WITHDRAWN, words.BEGUN)

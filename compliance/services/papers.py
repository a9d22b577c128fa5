"""A seller's members tell who they are: papers are saved piece by piece, sent for review, taken back, erased in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller, User
from accounts.selectors import may_act_for
from compliance import vault
from compliance.deadlines import limits
from compliance.models import BeneficialOwner, EvidenceDocument, SellerVerification, VerificationEvent
from compliance.selectors import sellers
from compliance.selectors.reports import needs_papers_of
from compliance.services import sanctions, verification
from compliance.services.rechecks import SELLER, ask_for_recheck
from compliance.services.verification import PapersMissing, State
from compliance.traders.bank import tidy_account
from compliance.traders.papers import CERTIFICATE
from compliance.traders.retention import kept_until
from compliance.traders.states import TO_BE_FILLED
from compliance.words.traders import changed_reason
from marketplace.kernel.clock import now, today
from marketplace.kernel.errors import Refused

OF_SELLER: Final = ("legal_name", "street_address", "postal_code", "city", "country_area", "email", "phone")
OF_PAPERS: Final = (
    "is_person", "person_name", "birth_date", "trade_register", "register_number", "tax_country", "tax_number",
    "bank_holder", "bank_country", "wants_to_sell_in",
)  # fmt: skip
DOCUMENTS: Final[Mapping[str, EvidenceDocument.Kind]] = {
    "identity_document": EvidenceDocument.Kind.IDENTITY,
    "register_document": EvidenceDocument.Kind.REGISTER,
    "bank_document": EvidenceDocument.Kind.BANK,
}
_YOUNGEST: Final = 16
MOST_OWNERS: Final = 25


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """A beneficial owner as told; the share is in percent."""

    name: str
    country: str
    birth_date: date | None = None
    share_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a seller's member told. `values` has keys of `OF_SELLER` and `OF_PAPERS`; what is not in it stays as it is.

    `bank_account` is the number in the clear, "" to keep the one there is. `documents` are keys of `DOCUMENTS` with
    documents of the seller. `owners` None keeps them. `certifies` signs the certificate of today.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    bank_account: str = ""
    documents: Mapping[str, EvidenceDocument] = field(default_factory=dict)
    owners: Sequence[OwnerFacts] | None = None
    certifies: bool = False


def save_papers(*, seller: Seller, actor: User, told: Told) -> SellerVerification:
    """What was told is kept, complete or not; the same again changes nothing.

    What an approved seller changes is kept at once, names are looked up again, and an officer is asked to look. Raises
    `Refused`: "not_allowed", "papers_closed", "bank_account_invalid", "bank_country_missing", "birth_date_invalid",
    "shares_invalid", "too_many_owners", "document_of_another".
    """
    _refuse_stranger(actor, seller)
    with transaction.atomic():
        seller, papers = verification.locked(seller)
        if seller.status not in TO_BE_FILLED:
            raise Refused("papers_closed", _("The papers cannot be changed at the moment."))
        changed = _take_values(seller, papers, told)
        changed += _take_account(papers, told)
        changed += _take_documents(seller, papers, told)
        changed += _take_owners(papers, told)
        if told.certifies and papers.self_certified_version != CERTIFICATE:
            papers.self_certified_version, papers.self_certified_at, papers.self_certified_by = (
                CERTIFICATE,
                now(),
                actor,
            )
            changed.append("certificate")
        if not changed:
            return papers
        if seller.status != State.ONBOARDING:
            papers.changed_at = now()
            verification.record(papers, seller.status, seller.status, actor, changed_reason(changed))
        papers.save()
        seller.save(update_fields=list(OF_SELLER))
        ask_for_recheck(topic=SELLER, keys=[seller.pk])
    if seller.status != State.ONBOARDING:
        sanctions.screen_seller(seller=seller, actor=actor)
    return papers


def submit_papers(*, seller: Seller, actor: User) -> VerificationEvent:
    """The papers go to the officers, and the names in them are looked up in the lists of sanctions.

    Raises `PapersMissing` with the list of what is missing, and what `set_seller_state` refuses.
    """
    _refuse_stranger(actor, seller)
    with transaction.atomic():
        seller, papers = verification.locked(seller)
        missing = sellers.missing_papers(papers)
        if missing and seller.status == State.ONBOARDING:
            raise PapersMissing(missing)
        event = verification.set_seller_state(seller=seller, state=State.IN_REVIEW, actor=actor, reason="papers_sent")
    sanctions.screen_seller(seller=seller, actor=actor)
    return event


def take_back_papers(*, seller: Seller, actor: User) -> VerificationEvent:
    """The papers can be changed again, and nobody decides on them. Raises what `set_seller_state` refuses."""
    _refuse_stranger(actor, seller)
    return verification.set_seller_state(seller=seller, state=State.ONBOARDING, actor=actor, reason="papers_taken_back")


def _refuse_stranger(actor: User, seller: Seller) -> None:
    if not may_act_for(actor, seller):
        raise Refused("not_allowed", _("Only a member of the seller may do this."))


# Taking in --------------------------------------------------------------------------------------------------


def _take_values(seller: Seller, papers: SellerVerification, told: Told) -> list[str]:
    changed = []
    for name, value in told.values.items():
        holder: Any = seller if name in OF_SELLER else papers
        if name not in (*OF_SELLER, *OF_PAPERS):
            raise ValueError(f"{name} is not one of the papers")
        if getattr(holder, name) != value:
            setattr(holder, name, value)
            changed.append(name)
    _refuse_birth_date(papers.birth_date, "birth_date")
    return changed


def _refuse_birth_date(born_on: date | None, name: str) -> None:
    if born_on is not None and not today().year - 120 <= born_on.year <= today().year - _YOUNGEST:
        raise Refused("birth_date_invalid", _("Please check the date of birth."), field=name)


def _take_account(papers: SellerVerification, told: Told) -> list[str]:
    if not told.bank_account.strip():
        return []
    if not papers.bank_country:
        raise Refused("bank_country_missing", _("Choose the country of the bank."), field="bank_country")
    number = tidy_account(told.bank_account, papers.bank_country)
    if number == sellers.bank_account_of(papers):
        return []
    papers.bank_account = vault.seal_text(number)
    return ["bank_account"]


def _take_documents(seller: Seller, papers: SellerVerification, told: Told) -> list[str]:
    changed = []
    for name, document in told.documents.items():
        if document.seller_id != seller.pk or document.kind != DOCUMENTS[name]:
            raise Refused("document_of_another", _("This document cannot be used here."), field=name)
        if getattr(papers, f"{name}_id") != document.pk:
            setattr(papers, name, document)
            changed.append(name)
    return changed


def _take_owners(papers: SellerVerification, told: Told) -> list[str]:
    if told.owners is None:
        return []
    if len(told.owners) > MOST_OWNERS:
        message = _("At most %(count)s owners can be named.") % {"count": MOST_OWNERS}
        raise Refused("too_many_owners", message, field="owners")
    if sum((owner.share_percent or Decimal(0) for owner in told.owners), Decimal(0)) > 100:
        raise Refused("shares_invalid", _("The shares add up to more than 100 percent."), field="owners")
    for owner in told.owners:
        _refuse_birth_date(owner.birth_date, "owners")
    held = [
        OwnerFacts(owner.name, owner.country, owner.birth_date, owner.share_percent) for owner in papers.owners.all()
    ]
    if sorted(held, key=repr) == sorted(told.owners, key=repr):
        return []
    papers.owners.all().delete()
    BeneficialOwner.objects.bulk_create(
        BeneficialOwner(
            verification=papers, name=owner.name, country=owner.country, birth_date=owner.birth_date,
            share_percent=owner.share_percent,
        )
        for owner in told.owners
    )  # fmt: skip
    return ["owners"]


# The end ----------------------------------------------------------------------------------------------------

_EMPTY: Final[Mapping[str, Any]] = {
    "person_name": "", "birth_date": None, "trade_register": "", "register_number": "", "tax_country": "",
    "tax_number": "", "bank_holder": "", "bank_country": "", "bank_account": "", "wants_to_sell_in": [],
    "self_certified_version": "",
}  # fmt: skip


def erase_expired(on: date) -> int:
    """What was known of sellers whose time was over before the day `on` is erased; the steps stay. How many there were.

    As long as a report on sellers of their time here is still to be closed, it is kept. The seller's own row stays too:
    orders and invoices name who sold.
    """
    ended = SellerVerification.objects.filter(ended_on__isnull=False, erased_at=None).order_by("pk")
    months, erased = limits()["papers_kept_after_end"], 0
    for papers in ended.select_related("seller"):
        if papers.ended_on is None or kept_until(papers.ended_on, months) >= on:
            continue
        if not needs_papers_of(papers.seller, papers.ended_on):
            erased += _erase(papers.seller)
    return erased


def _erase(seller: Seller) -> bool:
    with transaction.atomic():
        seller, papers = verification.locked(seller)
        if papers.ended_on is None or papers.erased_at is not None:
            return False
        for name, value in _EMPTY.items():
            setattr(papers, name, value)
        papers.erased_at = now()
        papers.save()
        papers.owners.all().delete()
        verification.record(papers, seller.status, seller.status, None, "papers_erased")
        return True

"""Reads: the papers of sellers, what is missing, and the facts on which a seller is screened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet

from accounts.address_rules import countries, rules
from accounts.models import Seller, User
from compliance import vault
from compliance.models import (
    Flag,
    Registration,
    SellerStanding,
    SellerThreshold,
    SellerVerification,
    Severity,
    VerificationEvent,
)
from compliance.registrations.reminders import SOON
from compliance.screening.facts import PartyFacts, SellerFacts
from compliance.selectors.sanctions import Sought, matches_of
from compliance.thresholds import is_current
from compliance.traders import papers as pure
from compliance.traders.bank import masked
from marketplace.kernel import clock


def may_verify(viewer: Any) -> bool:
    """Whether the viewer decides who may sell. Who acts for a seller does not, whatever else they may do."""
    if not (isinstance(viewer, User) and viewer.is_active and viewer.has_perm("compliance.verify_sellers")):
        return False
    return viewer.is_superuser or not viewer.seller_ids


def verifications_for(viewer: Any) -> QuerySet[SellerVerification]:
    """The papers that a viewer may see: all for officers, a seller's own for its members."""
    found = SellerVerification.objects.select_related("seller")
    if may_verify(viewer):
        return found
    if not (isinstance(viewer, User) and viewer.is_active):
        return found.none()
    return found.filter(seller__in=viewer.seller_ids)


def review_counts_of_sellers() -> dict[str, int]:
    """How many sellers wait for a decision, and how many changed something after it. One query."""
    return SellerVerification.objects.aggregate(
        in_review=Count("pk", filter=Q(seller__status=Seller.Status.IN_REVIEW)),
        changed=Count("pk", filter=Q(changed_at__isnull=False)),
    )


# Papers -----------------------------------------------------------------------------------------------------


def papers_of(verification: SellerVerification) -> pure.Papers:
    """What is known of the trader, as plain values."""
    seller = verification.seller
    country = seller.home_country
    return pure.Papers(
        is_person=verification.is_person,
        legal_name=seller.legal_name,
        street_address=seller.street_address,
        city=seller.city,
        postal_code=seller.postal_code,
        country=country,
        needs_postal_code=country in countries() and "postal_code" in rules(country).required_fields,
        email=seller.email,
        phone=seller.phone,
        person_name=verification.person_name,
        birth_date=verification.birth_date.isoformat() if verification.birth_date else "",
        identity_document=verification.identity_document_id is not None,
        trade_register=verification.trade_register,
        register_number=verification.register_number,
        register_document=verification.register_document_id is not None,
        bank_holder=verification.bank_holder,
        bank_country=verification.bank_country,
        bank_account=verification.bank_account,
        bank_document=verification.bank_document_id is not None,
        owners=tuple(
            pure.Owner(
                owner.name,
                owner.country,
                owner.birth_date.isoformat() if owner.birth_date else "",
                format(owner.share_percent, "f") if owner.share_percent is not None else "",
            )
            for owner in verification.owners.all()
        ),
        certificate=verification.self_certified_version,
    )


def missing_papers(verification: SellerVerification) -> tuple[str, ...]:
    """The stable names of what is missing before the seller may be approved."""
    return pure.missing(papers_of(verification))


def bank_account_of(verification: SellerVerification) -> str:
    """The number itself, for a payout. Nothing that is shown holds it: see `masked_account`. Raises `Unavailable`."""
    return vault.unseal_text(verification.bank_account)


def masked_account(verification: SellerVerification) -> str:
    """The end of the number behind dots, "" when there is none. Raises `Unavailable`."""
    return masked(bank_account_of(verification))


def steps_of(verification: SellerVerification) -> QuerySet[VerificationEvent]:
    """What happened to the papers, the first step first."""
    return verification.events.select_related("actor")


# Screening --------------------------------------------------------------------------------------------------


def seller_facts(sellers: Iterable[Seller]) -> dict[int, SellerFacts]:
    """What checks look at, by the key of the seller: papers, the names of all who stand behind them, registrations.

    A handful of queries and one search in the lists of sanctions, however many sellers.
    """
    found = {seller.pk: seller for seller in sellers}
    papers = {
        row.seller_id: row
        for row in SellerVerification.objects.filter(seller__in=found).prefetch_related("owners")
    }  # fmt: skip
    people = {key: _people(seller, papers.get(key)) for key, seller in found.items()}
    matches = matches_of({each for of_seller in people.values() for each in of_seller})
    expiring, reached = _expiring(found), _reached(found)
    return {
        key: SellerFacts(
            name=seller.name,
            country=seller.home_country,
            status=seller.status,
            missing=frozenset(_missing(seller, papers.get(key))),
            parties=tuple(
                PartyFacts(each.name, each.country, matches=tuple(match.as_fact() for match in matches[each]))
                for each in people[key]
            ),
            expiring=tuple(expiring.get(key, ())),
            reached=tuple(reached.get(key, ())),
            region=seller.country_area,
            postal_code=seller.postal_code,
        )
        for key, seller in found.items()
    }


def _missing(seller: Seller, verification: SellerVerification | None) -> tuple[str, ...]:
    """A seller of whom there are no papers yet lacks what a company lacks."""
    if verification is not None:
        verification.seller = seller
    return missing_papers(verification) if verification else pure.missing(pure.Papers(country=seller.home_country))


def _people(seller: Seller, verification: SellerVerification | None) -> tuple[Sought, ...]:
    """The names behind a seller, each once: the brand, the legal name, the person in charge, the owners."""
    country = seller.home_country
    found = [Sought(seller.legal_name, country), Sought(seller.name, country)]
    if verification is not None:
        found.append(Sought(verification.person_name, country, verification.birth_date))
        found.append(Sought(verification.bank_holder, verification.bank_country or country))
        found += [Sought(owner.name, owner.country, owner.birth_date) for owner in verification.owners.all()]
    kept: dict[str, Sought] = {}
    for each in found:
        held = kept.get(each.name)
        if each.name and (held is None or (held.born_on is None and each.born_on is not None)):
            kept[each.name] = each
    return tuple(kept.values())


def _expiring(sellers: Iterable[int]) -> dict[int, list[tuple[str, str, str, date]]]:
    found: dict[int, list[tuple[str, str, str, date]]] = {}
    rows = Registration.objects.ending(date.min, clock.today() + SOON).filter(seller__in=sellers)
    for row in rows.order_by("expires_on", "pk"):
        if row.expires_on is not None:
            found.setdefault(row.seller_id, []).append((row.kind, row.country, row.stream, row.expires_on))
    return found


def _reached(sellers: Iterable[int]) -> dict[int, list[tuple[str, str, str, date, str]]]:
    """The thresholds that sellers have reached in a period that still matters, with their law and its source."""
    rules = {code: (law, source) for code, law, source in SellerThreshold.objects.values_list("code", "law", "source")}
    found: dict[int, list[tuple[str, str, str, date, str]]] = {}
    for row in SellerStanding.objects.filter(seller__in=sellers, due_on__isnull=False).order_by("code", "period"):
        if row.due_on is not None and row.code in rules and is_current(row.period, clock.today()):
            law, source = rules[row.code]
            found.setdefault(row.seller_id, []).append((row.code, law, row.period, row.due_on, source))
    return found


def critical_flags(seller: Seller) -> QuerySet[Flag]:
    """The critical flags that stand on the seller itself, hits on lists of sanctions among them."""
    kind = ContentType.objects.get_for_model(Seller)
    return Flag.objects.filter(
        content_type=kind, object_id=str(seller.pk), status__in=Flag.LIVE, severity=Severity.CRITICAL
    )

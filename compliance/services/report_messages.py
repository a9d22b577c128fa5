"""The message on sellers that goes with a report, and how the one of a closed report is kept.

It is made of what is known of sellers when it is asked for. What an authority got must not change afterwards, nor need the
papers of a seller who has left: closing a report keeps its message, encrypted, for it holds bank accounts and birth dates.
"""

from __future__ import annotations

import hashlib
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Seller
from compliance import vault
from compliance.deadlines import limits
from compliance.models import Registration, Report, ReportMessage, SellerVerification
from compliance.reports.dpi import Operator, Place, SellerIdentity, dpi_message
from compliance.reports.terms import SELLERS
from compliance.selectors.reports import span_of
from compliance.selectors.rules import rule_book
from compliance.selectors.sellers import bank_account_of
from compliance.traders.retention import kept_until
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable


def message_of(report: Report) -> bytes:
    """The XML of the sellers who are to be reported: as it was kept when the report was closed, else `made_now`.

    Raises `Refused`: what `made_now` raises, "message_erased" when its time was over; `Unavailable` when no key opens what
    was kept, or it was changed.
    """
    kept = ReportMessage.objects.filter(report=report).first()
    if kept is None:
        return made_now(report)
    if not kept.content:
        raise Refused("message_erased", _("The message was erased when the time for which the law keeps it was over."))
    content = vault.unseal(kept.content.encode("ascii"))
    if hashlib.sha256(content).hexdigest() != kept.digest:
        raise Unavailable(f"The message of the report {report} is not the one that was kept.")
    return content


def keep_message(report: Report) -> None:
    """The message of a report on sellers that is being closed is kept as it is now. Raises what `made_now` raises."""
    if report.terms.get("figures") != SELLERS:
        return
    content = made_now(report)
    ReportMessage.objects.create(
        report=report, content=vault.seal(content).decode("ascii"), digest=hashlib.sha256(content).hexdigest()
    )


def erase_expired(on: date) -> int:
    """Messages whose time was over before the day `on` are empty; their digests stay. How many there were."""
    months, erased = limits()["report_message_kept"], 0
    for kept in ReportMessage.objects.exclude(content="").select_related("report").order_by("pk"):
        if kept_until(span_of(kept.report)[1].last, months) < on:
            erased += ReportMessage.objects.filter(pk=kept.pk).update(content="")
    return erased


def made_now(report: Report) -> bytes:
    """The message, made of what is known of sellers and operator now.

    Raises `Refused`: "operator_unknown" (OPERATOR doesn't say who reports), "sellers_incomplete" (it names those of whom
    something is missing without which the schema has no place for them).
    """
    terms, period = span_of(report)
    operator = _operator(terms.jurisdiction)
    rows = [row for row in report.figures.get("sellers", ()) if row["reported"]]
    identities = seller_identities([row["seller"] for row in rows])
    lacking = [
        f"{row['name']} ({', '.join(identities[row['seller']].missing())})"
        for row in rows
        if identities[row["seller"]].missing()
    ]
    if lacking:
        message = _("The message can't be made: something is missing of %(sellers)s.")
        raise Refused("sellers_incomplete", message % {"sellers": ", ".join(dict.fromkeys(lacking))})
    return dpi_message(
        operator, [(identities[row["seller"]], row) for row in rows], year=period.last.year,
        reference=report.digest[:24], made_at=report.made_at or clock.now(), is_final=report.state == Report.State.CLOSED,
    )  # fmt: skip


def seller_identities(keys: list[int]) -> dict[int, SellerIdentity]:
    """Who these sellers are, by key. Three queries. Raises `Unavailable` when a bank account can't be opened."""
    papers = {row.seller_id: row for row in SellerVerification.objects.filter(seller__in=keys)}
    numbers: dict[tuple[int, str], str] = {}
    for row in Registration.objects.filter(seller__in=keys, kind=Registration.Kind.VAT, state=Registration.State.VALID):
        numbers.setdefault((row.seller_id, row.country), row.number)
    return {
        seller.pk: _identity(seller, papers.get(seller.pk), numbers) for seller in Seller.objects.filter(pk__in=keys)
    }


def _identity(seller: Seller, papers: SellerVerification | None, numbers: dict[tuple[int, str], str]) -> SellerIdentity:
    country = seller.home_country
    place = Place(seller.street_address, seller.postal_code, seller.city, seller.country_area, country)
    is_person = papers is not None and papers.is_person
    return SellerIdentity(
        key=seller.pk,
        is_person=is_person,
        name=(papers.person_name if papers is not None and is_person else "") or seller.legal_name,
        place=place,
        tax_country=(papers.tax_country if papers is not None else "") or country,
        tax_number=papers.tax_number if papers is not None else "",
        vat_number=numbers.get((seller.pk, country), ""),
        register_number=papers.register_number if papers is not None else "",
        birth_date=papers.birth_date if papers is not None else None,
        account=bank_account_of(papers) if papers is not None else "",
        account_holder=papers.bank_holder if papers is not None else "",
    )


def _operator(jurisdiction: str) -> Operator:
    facts: dict[str, str] = settings.OPERATOR
    if not all(facts.get(name, "").strip() for name in ("name", "city", "country_code")):
        raise Refused("operator_unknown", _("The setting OPERATOR does not say who runs the marketplace and where."))
    country = facts["country_code"]
    place = Place(facts.get("street_address", ""), facts.get("postal_code", ""), facts["city"], "", country)
    return Operator(
        name=facts["name"],
        business_name="Sampan",
        tax_number=facts.get("tax_number", ""),
        register_number=facts.get("register", ""),
        place=place,
        is_resident=jurisdiction in rule_book(clock.today()).groups_of(country),
    )

"""Reads of periodic reports: which there are, which rule each follows, and the sums of their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Seller
from compliance.models import (
    Regime,
    Report,
    ReportLine,
    ReportRule,
    SellerLine,
    SellerThreshold,
    Status,
    TaxRate,
    VerificationEvent,
    VolumeLine,
)
from compliance.reports.figures import Sums
from compliance.reports.periods import SHAPES, Period, parse_period
from compliance.reports.sellers import QuarterSums
from compliance.reports.terms import ReportTerms
from compliance.selectors.rules import rule_book
from marketplace.kernel.errors import Refused

LINE_MODELS: dict[str, type[ReportLine | VolumeLine | SellerLine]] = {
    "tax": ReportLine,
    "volumes": VolumeLine,
    "sellers": SellerLine,
}


def report_rules(on: date) -> list[ReportRule]:
    """The rules of periodic reports that count on a day, by the short name of the report."""
    holds = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
    return list(ReportRule.objects.filter(holds).exclude(status=Status.PENDING).order_by("kind"))


def report_terms(kind: str, name: str) -> tuple[ReportTerms, Period]:
    """The rule that a report follows for the period written as `name`, and that period.

    The rule of the last day of the period counts. Raises `Refused`: "unknown_report", "bad_period" (not a period of the
    length that the rule asks for), "no_report_then" (no rule asks for the report then).
    """
    rules = list(ReportRule.objects.filter(kind=kind).exclude(status=Status.PENDING).order_by("-effective_from"))
    if not rules:
        kinds = ", ".join(sorted(set(ReportRule.objects.exclude(status=Status.PENDING).values_list("kind", flat=True))))
        message = _("There is no report “%(kind)s”. There are: %(kinds)s.")
        raise Refused("unknown_report", message % {"kind": kind, "kinds": kinds or "—"}, field="kind")
    period = None
    for rule in rules:
        try:
            period = parse_period(name, rule.length)
        except ValueError:
            continue
        if rule.effective_from <= period.last and (rule.effective_to is None or rule.effective_to >= period.last):
            return ReportTerms.from_values(
                {field.name: getattr(rule, field.name) for field in rule._meta.fields}
            ), period
    if period is None:
        words = {"name": name, "example": SHAPES[rules[0].length], "kind": kind}
        message = _("“%(name)s” is not a period of the report %(kind)s. Write it as in %(example)s.")
        raise Refused("bad_period", message % words, field="period")
    message = _("Nobody asks for the report %(kind)s for %(name)s.")
    raise Refused("no_report_then", message % {"kind": kind, "name": name}, field="period")


def span_of(report: Report) -> tuple[ReportTerms, Period]:
    """The rule and the period of a report, as they were when it was requested."""
    terms = ReportTerms.from_values(report.terms)
    return terms, parse_period(report.period, terms.length)


def report_for(kind: str, period: str) -> Report | None:
    """The report of a kind for a period, if it was ever requested."""
    return Report.objects.filter(kind=kind, period=period).first()


def closed_periods(kind: str) -> frozenset[str]:
    """The periods for which the report of a kind is closed."""
    return frozenset(Report.objects.filter(kind=kind, state=Report.State.CLOSED).values_list("period", flat=True))


def needs_papers_of(seller: Seller, ended_on: date) -> bool:
    """Whether a report on a year in which the seller sold, until the relation ended, is still to be closed.

    Which years those are follows from the steps: from the first one at which the seller could sell.
    """
    sold = Q(before=Seller.Status.APPROVED) | Q(after=Seller.Status.APPROVED)
    first = VerificationEvent.objects.filter(sold, verification__seller=seller).order_by("at", "pk").first()
    if first is None:
        return False
    began = first.at if first.before != Seller.Status.APPROVED else seller.created_at
    days = [date(year, 12, 31) for year in range(began.year, ended_on.year + 1)]
    return any(
        str(last.year) not in closed_periods(rule.kind)
        for last in days
        for rule in report_rules(last)
        if rule.figures == ReportRule.Figures.SELLERS
        and rule.jurisdiction in rule_book(last).groups_of(seller.home_country)
    )


def lines_of(report: Report) -> QuerySet[Any]:
    """The lines of a report, of whichever table its figures come from."""
    model = LINE_MODELS[report.terms["figures"]]
    return model._default_manager.filter(report=report)


def counted_already(report: Report, sources: Iterable[str]) -> frozenset[str]:
    """Which of these sources a closed report of the same kind has counted. One query by an index."""
    rows = LINE_MODELS[report.terms["figures"]]._default_manager.filter(report_kind=report.kind, is_final=True)
    return frozenset(rows.filter(source__in=list(sources)).values_list("source", flat=True))


def tax_rates_by_code() -> dict[str, tuple[str, Decimal]]:
    """For each row of tax rates, ended ones too, the country that it is of and the percentage."""
    return {code: (country, pct) for code, country, pct in TaxRate.objects.values_list("code", "country", "pct")}


def untaxed_regimes() -> frozenset[str]:
    """The regimes under which nobody charges tax, so that no return counts what was sold under them."""
    return frozenset(Regime.objects.filter(tax_mode=Regime.TaxMode.NONE).values_list("code", flat=True))


def seller_thresholds(law: str, jurisdiction: str, on: date) -> list[SellerThreshold]:
    """The rows that say from when on a law wants a seller to be reported, on a day."""
    holds = Q(effective_from__lte=on) & (Q(effective_to__isnull=True) | Q(effective_to__gte=on))
    rows = SellerThreshold.objects.filter(holds, law=law, jurisdiction=jurisdiction)
    return list(rows.exclude(status=Status.PENDING).order_by("code"))


# Sums -------------------------------------------------------------------------------------------------------


def tax_sums(report: Report) -> Iterator[Sums]:
    """The sums of the lines of a return that share kind, country, rate, departure and corrected period."""
    shared = ("kind", "country", "rate_pct", "sent_from", "corrected_period")
    rows = ReportLine.objects.filter(report=report).order_by(*shared).values_list(*shared)
    for row in rows.annotate(Count("pk"), Sum("base"), Sum("tax")):
        yield Sums(*row)


def rates_used(report: Report, most: int = 60) -> list[dict[str, str]]:
    """The rates by which supplies of the period were changed: units of the return's currency for one, with their day."""
    rows = ReportLine.objects.filter(report=report).exclude(kind=ReportLine.Kind.CORRECTION)
    shared = ("original_currency", "exchange_rate", "rated_on")
    found = (
        rows.exclude(original_currency=report.terms["currency"])
        .order_by(*shared)
        .values_list(*shared)
        .distinct()[:most]
    )
    return [{"currency": code, "rate": f"{rate:f}", "on": on.isoformat()} for code, rate, on in found]


def has_foreign_lines(report: Report) -> bool:
    """Whether something in the return was charged in another currency than its own."""
    return ReportLine.objects.filter(report=report).exclude(original_currency=report.terms["currency"]).exists()


def seller_sums(report: Report) -> Iterator[QuarterSums]:
    """The sums of the lines of a report on sellers by seller, currency and quarter."""
    shared = ("seller_id", "currency", "quarter", "corrected_period")
    rows = SellerLine.objects.filter(report=report).order_by(*shared).values_list(*shared)
    for row in rows.annotate(Sum("activities"), Sum("consideration"), Sum("fees"), Sum("taxes")):
        yield QuarterSums(*row)


def volume_sums(report: Report, *shared: str) -> list[dict[str, Any]]:
    """Pieces and grams by the columns `shared`, and in how many pieces the weight is unknown."""
    rows = VolumeLine.objects.filter(report=report).order_by(*shared).values(*shared)
    unknown = Sum("pieces", filter=Q(grams__isnull=True), default=0)
    return list(rows.annotate(pieces_=Sum("pieces"), grams_=Sum("grams", default=Decimal(0)), unknown=unknown))

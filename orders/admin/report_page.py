"""What the pages of periodic reports show: figures in the reader's language, each leading to the lines behind it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from accounts.admin_fields import country_name, money_cell
from compliance.models import Report
from compliance.reports.periods import containing
from compliance.reports.terms import SELLERS, TAX
from compliance.selectors.reports import report_rules
from compliance.services import report_files as files
from marketplace.kernel import clock
from orders.selectors import first_paid_on

State = Report.State
_FILES: dict[str, str | Promise] = {
    files.CSV: _("Figures as CSV"),
    files.JSON: _("Report as JSON"),
    files.LINES: _("All lines as CSV"),
    files.XML: _("Message as XML"),
}
_PROVISIONAL: dict[str, str | Promise] = {
    "period_not_over": _("The period is not over. The figures are those up to the moment at which they were added up."),
    "rate_not_published": _(
        "The exchange rate that the law names has not been published yet. The figures stand on the latest one."
    ),
}
_STREAMS: dict[str, str | Promise] = {
    "packaging": _("Packaging"),
    "weee": _("Electrical equipment"),
    "battery": _("Batteries"),
    "textiles": _("Textiles"),
    "furniture": _("Furniture"),
    "toys": _("Toys"),
    "sport": _("Sports goods"),
    "diy": _("Do-it-yourself goods"),
    "paper": _("Printed paper"),
}
_TABLES = {TAX: "reportline", SELLERS: "sellerline"}


def name_of(report: Report) -> str:
    """The name of a report as its rule had it when it was made."""
    name = report.terms.get("name")
    return gettext(name) if name else report.kind


def summary_of(report: Report) -> SafeString | str:
    """The one figure that says most: what is to be paid, how many sellers are reported, how much was put on markets."""
    if report.state not in (State.READY, State.CLOSED):
        return "—"
    figures, form = report.figures, report.terms.get("figures")
    if form == TAX:
        return _money(figures["totals"]["payable"], figures["currency"])
    if form == SELLERS:
        reported = figures["totals"]["reported"]
        return ngettext("%(count)d seller is reported", "%(count)d sellers are reported", reported) % {
            "count": reported
        }
    rows = len(figures["rows"])
    return ngettext("%(count)d row", "%(count)d rows", rows) % {"count": rows}


def due_reports() -> list[dict[str, Any]]:
    """For each report that is asked for today its last period that is over, when it is due and how it stands.

    None is late that ended before the first sale.
    """
    today, first = clock.today(), first_paid_on()
    rules = report_rules(today)
    wanted = [(rule, containing(today, rule.length).before) for rule in rules]
    kept = {(each.kind, each.period): each for each in Report.objects.filter(kind__in=[rule.kind for rule in rules])}
    found = []
    for rule, period in wanted:
        if rule.effective_from > period.last:
            continue
        report = kept.get((rule.kind, period.name))
        due_on = period.due_on(rule.due_months, rule.due_days)
        is_closed = report is not None and report.state == State.CLOSED
        found.append(
            {"kind": rule.kind, "name": gettext(rule.name), "period": period.name, "due_on": due_on, "report": report,
             "is_late": first is not None and first <= period.last and due_on < today and not is_closed}
        )  # fmt: skip
    return sorted(found, key=lambda row: (row["due_on"], row["kind"]))


def context(report: Report) -> dict[str, Any]:
    """The variables of `admin/compliance/report/page.html` beside the reader's rights."""
    figures, form = report.figures, report.terms.get("figures", "")
    is_made = report.state in (State.READY, State.CLOSED)
    shown: dict[str, Any] = {
        "report": report,
        "name": name_of(report),
        "title": f"{name_of(report)} · {report.period}",
        "is_moving": report.state in (State.REQUESTED, State.RUNNING),
        "percent": min(100, round(100 * report.rows_done / report.rows_total)) if report.rows_total else 0,
        "is_made": is_made,
        "provisional": [_PROVISIONAL[reason] for reason in figures.get("provisional", ()) if reason in _PROVISIONAL],
        "files": [(reverse("admin:compliance_report_file", args=[report.pk, name]), _FILES[name], name)
                  for name in files.forms_of(report)] if is_made else [],
        "all_lines": _lines(report),
    }  # fmt: skip
    if is_made:
        make = {TAX: _tax, SELLERS: _sellers}.get(form, _volumes)
        shown |= make(report, figures)
    return shown


def _tax(report: Report, figures: Mapping[str, Any]) -> dict[str, Any]:
    currency = figures["currency"]

    def money(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
        return {name: _money(row[name], currency) for name in names}

    return {
        "tax_rows": [
            {"country": country_name(row["country"]), "rate": row["rate_pct"], "lines": row["lines"],
             "address": _lines(report, country=row["country"], rate_pct=row["rate_pct"], kind__in="supply,refund")}
            | money(row, "base", "tax", "refunded_tax")
            for row in figures["rows"]
        ],
        "dispatch": [
            {"sent_from": country_name(row["sent_from"]), "country": country_name(row["country"]), "rate": row["rate_pct"]}
            | money(row, "base", "tax")
            for row in figures["dispatch"]
        ],
        "corrections": [
            {"period": row["period"], "country": country_name(row["country"]), "lines": row["lines"],
             "address": _lines(report, country=row["country"], corrected_period=row["period"])} | money(row, "base", "tax")
            for row in figures["corrections"]
        ],
        "balances": [
            {"country": country_name(row["country"])} | money(row, "tax", "corrections", "balance", "payable")
            for row in figures["countries"]
        ],
        "totals": money(figures["totals"], "base", "tax", "corrections", "payable"),
        "rates": figures["rates"],
        "currency": currency,
    }  # fmt: skip


def _volumes(report: Report, figures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "volumes": [
            row
            | {
                "place": country_name(row["country"]),
                "stream_name": _STREAMS.get(row["stream"], row["stream"]),
                "address": _lines(report, country=row["country"], stream=row["stream"], material=row["material"]),
            }
            for row in figures["rows"]
        ],
        "has_volumes": True,
    }


def _sellers(report: Report, figures: Mapping[str, Any]) -> dict[str, Any]:
    def quarters(row: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {"activities": each["activities"], "consideration": _money(each["consideration"], row["currency"])}
            for each in row["quarters"]
        ]

    return {
        "sellers": [
            {
                "name": row["name"], "reported": row["reported"], "sales": row["sales"], "quarters": quarters(row),
                "amount": _money(row["amount"], figures["currency"]), "address": _lines(report, seller__id__exact=row["seller"]),
            }
            for row in figures["sellers"]
        ],
        "seller_corrections": [
            row | {"consideration": _money(row["consideration"], row["currency"])} for row in figures["corrections"]
        ],
        "thresholds": figures["thresholds"],
        "has_sellers": True,
    }  # fmt: skip


def _lines(report: Report, **filters: Any) -> str:
    """The address of the list of the lines behind a figure."""
    table = _TABLES.get(report.terms.get("figures", ""), "volumeline")
    words = urlencode({"report__id__exact": report.pk} | filters)
    return f"{reverse(f'admin:compliance_{table}_changelist')}?{words}"


def _money(amount: str, currency: str) -> SafeString | str:
    return money_cell(Money(Decimal(amount), currency))

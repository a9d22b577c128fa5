"""The page that shows, above the form of a rule, what the typed row would change; the whole of it as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from compliance.admin.rules import RuleAdmin
from compliance.models import RULE_MODELS
from compliance.rules.reach import SCREENED_BY
from marketplace.kernel import clock
from marketplace.kernel.spreadsheet import harmless
from marketplace.rule_preview import MOST_PRICES, NOT_SENT, Preview, Shift, middle, preview, typed_row

MOST_SHOWN: Final = 100
STATUSES = {
    "quoted": pgettext_lazy("price at the door", "Final"),
    "estimate": pgettext_lazy("price at the door", "Estimate"),
    "unknown": pgettext_lazy("price at the door", "Not known"),
    "blocked": pgettext_lazy("price at the door", "Blocked"),
    NOT_SENT: pgettext_lazy("price at the door", "Not sent there"),
}


def preview_page(request: HttpRequest, table: str, key: int | None = None) -> HttpResponse:
    """The form with its faults, or with what the row in it would change. Nothing is saved.

    With `as=csv` in the address every change as a file. A page that is asked for without a form leads to the form.
    """
    rules = _table(table)
    row = rules.get_object(request, str(key)) if key is not None else None
    if key is not None and row is None:
        raise Http404
    if not (rules.has_add_permission(request) if row is None else rules.has_change_permission(request, row)):
        raise PermissionDenied
    if request.method != "POST":
        name = f"admin:compliance_{table}_"
        return HttpResponseRedirect(reverse(f"{name}add") if row is None else reverse(f"{name}change", args=[row.pk]))
    form = rules.typed_form(request, row)
    if not form.is_valid():
        return rules.typed_view(request, key, {})
    today = clock.today()
    typed = typed_row(form.instance, today)
    found = preview(typed, today, get_language() or "en")
    if request.GET.get("as") == "csv":
        return _file(found, table)
    context = _shown(found) | {"leaves_a_hole": typed.leaves_a_hole(today), "is_pending": not form.instance.counts}
    context |= {"is_priceless": typed.is_priceless, "is_screening": typed.table in SCREENED_BY}
    return rules.typed_view(request, key, {"preview": context})


def _table(name: str) -> RuleAdmin:
    for model in RULE_MODELS.values():
        rules = admin.site._registry.get(model)
        if model._meta.model_name == name and isinstance(rules, RuleAdmin):
            return rules
    raise Http404


# What the page shows ------------------------------------------------------------------------------------------


def _shown(found: Preview) -> dict[str, Any]:
    return {
        "found": found,
        "looked_at": _number(found.looked_at),
        "without_figure": _number(found.without_figure),
        "listings": _number(found.listings),
        "on_sale": _number(found.on_sale),
        "total": _number(len(found.shifts)),
        "cap": _number(MOST_PRICES),
        "file_attrs": {"formaction": "?as=csv"},
        "rises": _spread(found.rises),
        "falls": _spread(found.falls[::-1]),
        "sums": [(each, _number(each.count), signed_percent(each.percent)) for each in found.sums],
        "rows": [_row(shift) for shift in found.shifts[:MOST_SHOWN]],
    }


def _spread(percents: list[Decimal]) -> dict[str, Any]:
    """How many there are, the one in the middle and the largest, which comes last."""
    largest = percents[-1] if percents else None
    return {
        "count": _number(len(percents)),
        "any": bool(percents),
        "median": signed_percent(middle(percents)),
        "largest": signed_percent(largest),
    }


def _row(shift: Shift) -> dict[str, Any]:
    before, after = shift.totals
    return {
        "id": shift.listing.id,
        "name": shift.listing.name,
        "seller": shift.listing.seller,
        "destination": shift.destination,
        "before": before,
        "after": after,
        "difference": shift.difference,
        "percent": signed_percent(shift.percent),
        "statuses": [_status(each) for each in (shift.before, shift.after)],
        "tone": "" if not shift.percent else "rule-rise" if shift.percent > 0 else "rule-fall",
    }


def _status(price: Any) -> str:
    status = price.status if price is not None else NOT_SENT
    if price is not None and price.total is not None and price.collected == "on_delivery":
        return _("%(status)s, part of it on delivery") % {"status": STATUSES[status]}
    return str(STATUSES[status])


def signed_percent(value: Decimal | None) -> str:
    """A difference as readers of the active language write it, with a sign and two decimals; "" for None."""
    if value is None:
        return ""
    pattern = _locale().percent_formats[None].pattern.replace("#,##0", "#,##0.00")
    text = format_percent(abs(value) / 100, format=pattern, locale=_locale(), numbering_system="latn")
    return f"{'−' if value < 0 else '+'}{text}"


def _number(value: int) -> str:
    return format_decimal(value, locale=_locale(), numbering_system="latn")


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))


# The file -----------------------------------------------------------------------------------------------------


def _file(found: Preview, table: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["listing", "address", "name", "seller", "destination", "currency", "before", "after", "difference",
         "percent", "status_before", "status_after"]
    )  # fmt: skip
    writer.writerows(_cells(shift) for shift in found.shifts)
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="change-{table}-{found.on.isoformat()}.csv"'
    return answer


def _cells(shift: Shift) -> Iterable[object]:
    listing = shift.listing
    amounts = [money.amount if money is not None else "" for money in (*shift.totals, shift.difference)]
    percent = shift.percent
    return [
        listing.id,
        harmless(listing.slug),
        harmless(listing.name),
        harmless(listing.seller),
        shift.destination,
        shift.currency,
        *amounts,
        round(percent, 2) if percent is not None else "",
        *shift.statuses,
    ]

"""The prices of one variant at all doors as a table: in words, in order, and as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from moneyed import Money

from accounts.address_rules import country_choices
from accounts.admin_fields import country_name
from catalog.selectors.door_prices import NO_RATE, NO_SERVICE, DoorPrice
from compliance.landed_cost.assessment import BLOCKED, CHECKOUT, ESTIMATE, NOBODY, ON_DELIVERY, QUOTED, UNKNOWN
from compliance.words.explain import explain, percent_text
from marketplace.kernel.money import round_amount

STATUSES: dict[str, str | Promise] = {
    QUOTED: pgettext_lazy("price at the door", "Final"),
    ESTIMATE: pgettext_lazy("price at the door", "Estimate"),
    UNKNOWN: gettext_lazy("Duty and tax unknown"),
    BLOCKED: pgettext_lazy("price at the door", "Blocked"),
    NO_SERVICE: gettext_lazy("No service"),
    NO_RATE: gettext_lazy("No exchange rate"),
}
_COLOURS = {QUOTED: "success", ESTIMATE: "info", UNKNOWN: "warning", BLOCKED: "danger"}
_COLLECTORS: dict[str, str | Promise] = {
    CHECKOUT: gettext_lazy("The shop, with the order"),
    ON_DELIVERY: gettext_lazy("The carrier, on delivery"),
    NOBODY: pgettext_lazy("who collects", "Nobody"),
}
_SOLD = frozenset({QUOTED, ESTIMATE, UNKNOWN})
_ORDER = {QUOTED: 0, ESTIMATE: 0, UNKNOWN: 1, BLOCKED: 2, NO_SERVICE: 3, NO_RATE: 3}
_COMMON = frozenset({"carrier_fee_possible"})  # said of every parcel that a carrier collects for
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One destination: amounts in the currency of its shoppers, `total_home` and `margin` in the seller's.

    Amounts are None where there are none to name. `buffer` is how much of `goods` was added for the exchange rate.
    """

    code: str
    name: str
    ship_from: str
    status: str
    status_text: str
    reason: str
    collects: str
    total: Money | None
    total_home: Money | None
    goods: Money | None
    buffer: Money | None
    shipping: Money | None
    duty: Money | None
    tax: Money | None
    fees: Money | None
    added_pct: Decimal | None
    margin: Money | None
    margin_pct: Decimal | None

    @property
    def colour(self) -> str:
        """The colour of the label of its status."""
        return _COLOURS.get(self.status, "default")

    @property
    def added_text(self) -> str:
        """What comes on top in percent, as the reader writes it."""
        return "" if self.added_pct is None else percent_text(self.added_pct)

    @property
    def margin_text(self) -> str:
        """The margin in percent, as the reader writes it."""
        return "" if self.margin_pct is None else percent_text(self.margin_pct)


def rows(found: Iterable[DoorPrice], price: Money, cost: Decimal | None) -> list[Row]:
    """The destinations in words; `cost` is what a piece costs the seller, in the currency of `price`, None if unknown."""
    margin = None if cost is None else Money(price.amount - cost, price.currency)
    return [_row(each, price, margin) for each in found]


def _row(each: DoorPrice, price: Money, margin: Money | None) -> Row:
    assessment = each.assessment
    shown = assessment if assessment is not None and each.status in _SOLD else None
    known = shown if shown is not None and shown.is_complete else None
    sold = margin if each.status in _SOLD else None
    return Row(
        code=each.country,
        name=country_name(each.country),
        ship_from=country_name(each.ship_from),
        status=each.status,
        status_text=str(STATUSES[each.status]),
        reason=_reason(each),
        collects=str(_COLLECTORS[shown.collected]) if shown else "",
        total=known.total if known else None,
        total_home=each.total_home,
        goods=shown.goods if shown else None,
        buffer=shown.buffer if shown else None,
        shipping=shown.shipping + shown.insurance if shown else None,
        duty=known.duty if known else None,
        tax=known.tax if known else None,
        fees=known.fees if known else None,
        added_pct=_one_place(each.added_pct),
        margin=sold,
        margin_pct=_one_place(sold.amount / price.amount * 100) if sold is not None and price.amount else None,
    )


def _one_place(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _reason(each: DoorPrice) -> str:
    if each.status == NO_SERVICE:
        return _("None of our services takes it there.")
    if each.status == NO_RATE:
        return _("An exchange rate is missing.")
    if each.assessment is None or each.status == QUOTED:
        return ""
    words = explain(each.assessment)
    told = [sentence.text for sentence in words.warnings if sentence.code not in _COMMON]
    return " ".join(told) or words.status.text


def chosen(table: list[Row], *, status: str, sort: str) -> list[Row]:
    """The rows of one status ("" for all) by name, or the cheapest first and those without a total last."""
    kept = [row for row in table if status in ("", row.status)]
    if sort == "total":
        return sorted(kept, key=lambda row: (_ORDER[row.status], _amount(row.total_home), row.name))
    places = {code: place for place, (code, _name) in enumerate(country_choices(get_language() or "en"))}
    return sorted(kept, key=lambda row: places.get(row.code, len(places)))


def _amount(money: Money | None) -> Decimal:
    return Decimal(0) if money is None else money.amount


# Files ----------------------------------------------------------------------------------------------------------


def _header(currency: str) -> list[str]:
    return [
        pgettext("column", "Country"), _("Country code"), _("Sent from"), pgettext("column", "Status"), _("Reason"),
        _("Who collects"), pgettext("column", "Currency"), _("At the door"), _("Goods"),
        _("of which reserve for the exchange rate"), _("Shipping"), _("Customs duty"), _("Tax"), _("Fees"), _("On top in percent"),
        _("At the door in %(currency)s") % {"currency": currency},
        _("Margin in %(currency)s") % {"currency": currency}, _("Margin in percent"),
    ]  # fmt: skip


def _cells(row: Row) -> list[Any]:
    currency = row.goods.currency.code if row.goods is not None else ""
    figures = (row.total, row.goods, row.buffer, row.shipping, row.duty, row.tax, row.fees)
    return [
        row.name, row.code, row.ship_from, row.status_text, row.reason, row.collects, currency,
        *(_figure(money) for money in figures), row.added_pct, _figure(row.total_home), _figure(row.margin), row.margin_pct,
    ]  # fmt: skip


def _figure(money: Money | None) -> Decimal | None:
    return None if money is None else round_amount(money.amount, money.currency.code)


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula, behind an apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(table: Sequence[Row], title: str, currency: str, on: date) -> bytes:
    """The table as CSV in UTF-8, a line with the listing and the day before it; numbers have a point."""
    text = io.StringIO()
    file = csv.writer(text)
    file.writerow([harmless(title), on.isoformat()])
    file.writerow(_header(currency))
    for row in table:
        file.writerow(["" if cell is None else harmless(cell) for cell in _cells(row)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Sequence[Row], title: str, currency: str, on: date) -> bytes:
    """The table as a workbook of one sheet, figures as numbers."""
    from openpyxl import Workbook  # eight megabytes that a web process can do without until somebody asks
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.append([harmless(title), on])
    sheet.append(_header(currency))
    for row in table:
        sheet.append([harmless(cell) for cell in _cells(row)])
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B3"
    for column, width in {"A": 28, "D": 16, "E": 48, "F": 24}.items():
        sheet.column_dimensions[column].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

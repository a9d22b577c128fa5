"""Reads a product export of Spree, and the file of translations beside it.

The first row of a slug is the product, with its texts and, where variants follow, no price; each further row is a
variant. A row whose SKU came before says no more than its price in another currency. Weights have their unit in a
column of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.feeds import cells
from catalog.feeds.cells import BadRow
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedText, FeedVariant, RowError, Translated
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html

_STATUSES = {"active": True, "draft": False, "archived": False, "paused": False, "": True}


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is one of Spree's products."""
    return {"slug", "sku", "name", "price"} <= names


def matches_translations(names: frozenset[str]) -> bool:
    """Whether a file with these columns has translations of products of Spree."""
    return {"slug", "locale", "name"} <= names


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    return ((row["slug"], line, row) for line, row in table.rows)


def listings(table: Table, *, currency: str, on: date) -> Iterator[FeedListing | RowError]:
    """The listings of a file and, in their places, why others were left out."""
    for slug, rows in grouped(keyed(table)):
        try:
            yield _listing(slug, rows, currency)
        except BadRow as bad:
            yield RowError(bad.line, slug, bad.reason)


def translations(table: Table, *, currency: str, on: date) -> Iterator[Translated | RowError]:
    """The texts of a file of translations; a locale that is none of our languages is left out with the reason."""
    codes = {code for code, _name in settings.LANGUAGES}
    for line, row in table.rows:
        slug, locale = row["slug"], row["locale"].lower()
        language = next((code for code in (locale, locale.partition("-")[0]) if code in codes), "")
        if not slug or not row["name"]:
            yield RowError(line, slug, _("The title is missing.") if slug else _("The handle is missing."))
        elif not language:
            yield RowError(line, slug, _("The shop has no texts in “%(code)s”.") % {"code": locale[:20]})
        else:
            text = FeedText(language, row["name"][:255], clean_html(row.get("description", "")))
            yield Translated(slug, (text,), line)


def _listing(slug: str, rows: list[tuple[int, Row]], currency: str) -> FeedListing:
    line, first = rows[0]
    cells.handle(line, slug)
    said = first.get("currency", "").upper() or currency
    if first.get("digital", "").lower() == "true":
        raise BadRow(line, _("Only goods that are sent can be sold here, no downloads and no services."))
    status = first.get("status", "").lower()
    if status not in _STATUSES:
        raise BadRow(line, _("“%(text)s” is not a status.") % {"text": status[:40]})
    options = _options(rows)
    rows, prices = _apart(rows, said)
    sold = rows[1:] or rows
    variants = [
        replace(_variant(number, row, len(options), said), prices=tuple(prices.get(row.get("sku", ""), ())))
        for number, row in sold
    ]
    cells.check_variants(variants, line)
    pictures = (row.get(f"image{number}_src", "") for _line, row in rows for number in (1, 2, 3))
    return FeedListing(
        handle=slug,
        title=cells.title(line, first["name"]),
        description=clean_html(first.get("description", "")),
        brand=first.get("brand_name", "")[:120],
        kind=first.get("category1", "").rpartition("->")[2].strip()[:120],
        live=_STATUSES[status],
        options=options,
        variants=tuple(variants),
        images=tuple(cells.images(line, pictures)),
        line=line,
        currency=said,
    )


def _apart(
    rows: list[tuple[int, Row]], currency: str
) -> tuple[list[tuple[int, Row]], dict[str, list[tuple[str, Decimal]]]]:
    """The rows of product and variants, and by SKU the prices in other currencies that further rows add."""
    own: list[tuple[int, Row]] = []
    prices: dict[str, list[tuple[str, Decimal]]] = {}
    for line, row in rows:
        code = row.get("currency", "").upper() or currency
        if code == currency:
            own.append((line, row))
        elif price := cells.amount(line, row["price"], code):
            prices.setdefault(row.get("sku", ""), []).append((code, price))
    return own, prices


def _options(rows: list[tuple[int, Row]]) -> tuple[str, ...]:
    """The names of the choices, as the first row that has one says them."""
    row = next((row for _line, row in rows if row.get("option1_name")), {})
    names = [row.get(f"option{number}_name", "")[:120] for number in (1, 2, 3)]
    return tuple(name for name in names if name)


def _variant(line: int, row: Row, options: int, currency: str) -> FeedVariant:
    price = cells.amount(line, row["price"], currency)
    if not price:
        raise BadRow(line, _("The price is missing."))
    is_counted = row.get("track_inventory", "").lower() != "false"
    is_sold_on = row.get("inventory_backorderable", "").lower() == "true"
    return FeedVariant(
        values=cells.choices(line, [row.get(f"option{number}_value", "") for number in range(1, options + 1)]),
        price=price,
        compare_at=cells.before(price, cells.amount(line, row.get("compare_at_price", ""), currency)),
        sku=cells.sku(line, row.get("sku", "")),
        gtin=cells.gtin(row.get("barcode", "")),
        weight_grams=cells.grams(line, row.get("weight", ""), row.get("weight_unit", "") or "lb"),
        pieces=cells.pieces(line, row.get("inventory_count", "") or "0") if is_counted and not is_sold_on else None,
        image=row.get("image1_src", ""),
        line=line,
    )

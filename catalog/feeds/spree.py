"""Reads a product export of Spree, and the file of translations beside it.

The first row of a slug is the product, with its texts and, where variants follow, no price; each further row is a
variant. A row whose SKU came before says no more than its price in another currency. Weights have their unit in a
column of their own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.conf import settings

from catalog.feeds import cells, days
from catalog.feeds.bad_rows import BadListing, BadRow, Gathering, Rows, cell, left_out, overlong, read_listings
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedText, FeedVariant, LeftOut, Translated
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html
from marketplace.kernel.sentences import sentence as _

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


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out."""
    return read_listings(table, grouped(keyed(table)), lambda slug, rows: _listing(slug, rows, currency, on))


def translations(table: Table, *, currency: str, on: date) -> Generator[Translated | LeftOut]:
    """The texts of a file of translations; a locale that is none of our languages is left out with the reason."""
    codes = {code for code, _name in settings.LANGUAGES}
    for line, row in table.rows:
        try:
            yield _translated(table, line, row, codes)
        except BadListing as bad:
            yield left_out(row["slug"], bad)


def _translated(table: Table, line: int, row: Row, codes: set[str]) -> Translated:
    slug, locale = row["slug"], row["locale"].lower()
    language = next((code for code in (locale, locale.partition("-")[0]) if code in codes), "")
    with Gathering() as bad:
        bad.add(overlong(table, [line]))
        if not slug:
            bad.add([BadRow(line, _("The handle is missing."), "slug")])
        if not row["name"]:
            bad.add([BadRow(line, _("The title is missing."), "name")])
        if not language:
            message = _("The shop has no texts in “%(code)s”.") % {"code": locale[:20]}
            bad.add([BadRow(line, message, "locale", row["locale"])])
    text = FeedText(language, row["name"][:255], clean_html(row.get("description", "")))
    return Translated(slug, (text,), line)


def _listing(slug: str, rows: Rows, currency: str, on: date) -> FeedListing:
    line, first = rows[0]
    said = first.get("currency", "").upper() or currency
    if first.get("digital", "").lower() == "true":
        message = _("Only goods that are sent can be sold here, no downloads and no services.")
        raise BadRow(line, message, "digital", first["digital"])
    options = _options(rows)
    with Gathering() as bad:
        bad.cell(cells.handle, line, first, "slug")
        title = bad.cell(cells.title, line, first, "name")
        live = bad.cell(cells.status, line, first, "status", _STATUSES)
        is_offered = bad.part(days.is_within, line, first, "available_on", "discontinue_on", on)
        rows, prices = _apart(rows, said, bad)
        variants = [
            replace(one, prices=tuple(prices.get(one.sku, ())))
            for one in bad.each(_variant, rows[1:] or rows, len(options), said)
        ]
        cells.check_variants(variants, line, bad)
        urls = (row.get(f"image{number}_src", "") for _line, row in rows for number in (1, 2, 3))
        pictures = tuple(cells.images(line, urls))
    return FeedListing(
        handle=slug,
        title=title,
        description=clean_html(first.get("description", "")),
        brand=first.get("brand_name", "")[:120],
        kind=first.get("category1", "").rpartition("->")[2].strip()[:120],
        live=live and is_offered,
        options=options,
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=said,
    )


def _apart(rows: Rows, currency: str, bad: Gathering) -> tuple[Rows, dict[str, list[tuple[str, Decimal]]]]:
    """The rows of product and variants, and by SKU the prices in other currencies that further rows add."""
    own: Rows = []
    prices: dict[str, list[tuple[str, Decimal]]] = {}
    for line, row in rows:
        code = row.get("currency", "").upper() or currency
        if code == currency:
            own.append((line, row))
        elif price := bad.cell(cells.amount, line, row, "price", code):
            prices.setdefault(row.get("sku", "").lstrip("'"), []).append((code, price))
    return own, prices


def _options(rows: Rows) -> tuple[str, ...]:
    """The names of the choices, as the first row that has one says them."""
    row = next((row for _line, row in rows if row.get("option1_name")), {})
    names = [row.get(f"option{number}_name", "")[:120] for number in (1, 2, 3)]
    return tuple(name for name in names if name)


def _variant(line: int, row: Row, options: int, currency: str) -> FeedVariant:
    names = [f"option{number}_value" for number in range(1, options + 1)]
    is_counted = row.get("track_inventory", "").lower() != "false"
    is_sold_on = row.get("inventory_backorderable", "").lower() == "true"
    with Gathering() as bad:
        values = bad.part(cells.choices, line, [row.get(name, "") for name in names], names)
        price = bad.cell(cells.price, line, row, "price", currency)
        compare_at = bad.cell(cells.amount, line, row, "compare_at_price", currency)
        sku = bad.cell(cells.sku, line, row, "sku")
        weight = bad.cell(cells.grams, line, row, "weight", row.get("weight_unit", "") or "lb")
        pieces = bad.part(_pieces, line, row) if is_counted and not is_sold_on else None
    return FeedVariant(
        values=values,
        price=price,
        compare_at=cells.before(price, compare_at),
        sku=sku,
        gtin=cells.gtin(row.get("barcode", "")),
        weight_grams=weight,
        pieces=pieces,
        image=row.get("image1_src", ""),
        line=line,
    )


def _pieces(line: int, row: Row) -> int:
    return cell(cells.pieces, line, row, "inventory_count") if row.get("inventory_count") else 0

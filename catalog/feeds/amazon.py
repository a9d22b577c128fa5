"""Reads a file in the shape of Amazon's inventory templates: the names of the columns stand in the third line, those of
unified templates in the fifth (`amazon_names`).

A parent row has no price; its children name it in parent_sku and differ in what the variation theme says.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalog.feeds import cells, days
from catalog.feeds.amazon_names import earlier_names, language_of
from catalog.feeds.bad_rows import Gathering, Rows, cell, read_listings
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedVariant, LeftOut
from catalog.feeds.tables import TEMPLATE_KEY, TEMPLATE_MARK, UNIFIED_KEY, Row, Table
from catalog.markup import clean_html, is_markup, paragraphs
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

_THEMES = {"color": "color_name", "size": "size_name", "material": "material_type", "style": "style_name"}
# What stands in update_delete where a listing is to go, in the templates of Amazon's countries.
_GONE = frozenset(
    {"delete", "löschen", "löschung", "supprimer", "suppression", "eliminar", "cancella", "削除", "删除", "حذف"}
)
_THEME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}")
_IMAGES = ("main_image_url", *(f"other_image_url{number}" for number in range(1, 9)))
_EXAMPLE = "ABC123"  # the SKU of the row that shows how a unified template is filled in
_SALE = ("sale_from_date", "sale_end_date")
_BULLETS = tuple(f"bullet_point{number}" for number in range(1, 6))


def matches(names: frozenset[str]) -> bool:
    """Whether a file whose first line has these cells is a template of Amazon."""
    return bool(names & {TEMPLATE_KEY, UNIFIED_KEY}) or any(name.startswith(TEMPLATE_MARK) for name in names)


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells). Raises `Refused("not_an_amazon_file")`."""
    rows = table.rows
    if UNIFIED_KEY in table.names:
        earlier, language = earlier_names(table.names), {"language": language_of(table.names)}
        rows = ((line, language | {earlier.get(name, name): text for name, text in row.items()}) for line, row in rows)
        rows = ((line, row) for line, row in rows if row[TEMPLATE_KEY] != _EXAMPLE)
    elif TEMPLATE_KEY not in table.names:
        raise Refused("not_an_amazon_file", _("The line with the names of the columns was not found."))
    return ((row.get("parent_sku") or row[TEMPLATE_KEY] or f"line {line}", line, row) for line, row in rows)


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out. Raises `Refused("not_an_amazon_file")`."""
    return read_listings(
        table, grouped(keyed(table)), lambda sku, rows: _listing(sku, rows, currency, on),
        {earlier: name for name, earlier in earlier_names(table.names).items()},
    )  # fmt: skip


def _listing(sku: str, rows: Rows, currency: str, on: date) -> FeedListing:
    line, first = next(((line, row) for line, row in rows if row[TEMPLATE_KEY] == sku), rows[0])
    children = [(number, row) for number, row in rows if row.get("parent_sku") and not _is_gone(row)]
    theme = [word.lower() for word in _THEME_WORD.findall(first.get("variation_theme", ""))] if children else []
    columns = [_THEMES[word] for word in theme if word in _THEMES][:3]
    sold = children or [(line, first)]
    urls = (row.get(name, "") for _line, row in [(line, first), *sold] for name in _IMAGES)
    with Gathering() as bad:
        bad.cell(cells.handle, line, first, "parent_sku" if first.get("parent_sku") else TEMPLATE_KEY)
        title = bad.cell(cells.title, line, first, "item_name")
        variants = bad.each(_variant, sold, columns, currency, on)
        cells.check_variants(variants, line, bad)
        pictures = tuple(cells.images(line, urls))
    bullets = "".join(f"<li>{text}</li>" for name in _BULLETS if (text := first.get(name, "")))
    text = first.get("product_description", "")
    description = (text if is_markup(text) else paragraphs(text)) + (f"<ul>{bullets}</ul>" if bullets else "")
    kind = first.get("item_type", "") or first.get("feed_product_type", "")
    return FeedListing(
        handle=sku,
        title=title,
        description=clean_html(description),
        brand=first.get("brand_name", "")[:120],
        kind=kind.replace("-", " ").replace("_", " ")[:120],
        live=not _is_gone(first),
        options=tuple(column.partition("_")[0].capitalize() for column in columns),
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=currency,
        origin=first.get("country_of_origin", ""),
        language=first.get("language", ""),
    )


def _is_gone(row: Row) -> bool:
    return row.get("update_delete", "").lower() in _GONE


def _variant(line: int, row: Row, columns: list[str], currency: str, on: date) -> FeedVariant:
    with Gathering() as bad:
        values = bad.part(cells.choices, line, [row.get(column, "") for column in columns], columns)
        regular = bad.cell(cells.price, line, row, "standard_price", currency)
        listed = bad.cell(cells.amount, line, row, "list_price", currency)
        sale = bad.cell(cells.amount, line, row, "sale_price", currency)
        sku = bad.cell(cells.sku, line, row, TEMPLATE_KEY)
        weight = bad.part(_grams, line, row)
        pieces = bad.cell(cells.pieces, line, row, "quantity") if row.get("quantity") else None
        is_on_sale = sale is not None and bad.part(days.is_within, line, row, *_SALE, on)
    variant = FeedVariant(
        values=values,
        price=regular,
        compare_at=cells.before(regular, listed),
        sku=sku,
        gtin=cells.gtin(row.get("external_product_id", "")),
        weight_grams=weight,
        pieces=pieces,
        image=row.get("main_image_url", ""),
        line=line,
    )
    return variant if sale is None or not is_on_sale else _lowered(variant, sale)


def _lowered(variant: FeedVariant, sale: Decimal) -> FeedVariant:
    return replace(variant, price=sale, compare_at=cells.before(sale, variant.price))


def _grams(line: int, row: Row) -> int | None:
    for name in ("website_shipping_weight", "item_weight"):
        if row.get(name):
            return cell(cells.grams, line, row, name, row.get(f"{name}_unit_of_measure", "").lower() or "g")
    return None

"""Reads a product export of Bagisto (CSV, Excel or XML): one row for each product and language.

A configurable product names its variants with their choices in one cell; they are rows of their own with the SKU of
the product beside them. The unit of weight stands nowhere in the file, so a weight is not taken from it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date
from decimal import Decimal

from django.conf import settings

from catalog.feeds import cells, days
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, cell, read_listings
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedText, FeedVariant, LeftOut
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html
from marketplace.kernel.sentences import sentence as _

_SOLD = frozenset({"simple", "configurable"})
_KNOWN = _SOLD | {"bundle", "grouped", "downloadable", "virtual", "booking"}
_SALE = ("special_price_from", "special_price_to")
_NOT_A_CHOICE = frozenset({"sku"})


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is one of Bagisto."""
    return {"sku", "type", "attribute_family_code", "url_key"} <= names


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    return ((row.get("parent_sku") or row.get("sku") or f"line {line}", line, row) for line, row in table.rows)


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out. `on` decides which sales are under way."""
    return read_listings(table, grouped(keyed(table)), lambda sku, rows: _listing(sku, rows, currency, on))


def _listing(sku: str, rows: Rows, currency: str, on: date) -> FeedListing:
    own = [(line, row) for line, row in rows if row.get("sku", "") == sku]
    if not own:
        raise BadRow(rows[0][0], _("The product that this variation belongs to is not in the file."))
    line, first = own[0]
    kind = first.get("type", "").lower()
    if kind not in _SOLD:
        message = (
            _("Products of the kind “%(kind)s” can't be sold here.")
            if kind in _KNOWN
            else _("“%(kind)s” is not a kind of product.")
        )
        raise BadRow(line, message % {"kind": kind[:40]}, "type", kind)
    chosen = _configured(first.get("configurable_variants", "")) if kind == "configurable" else {}
    options = tuple(dict.fromkeys(name for choices in chosen.values() for name in choices))[:3]
    sold = _sold(sku, rows, chosen) if kind == "configurable" else {sku: (line, first)}
    urls = [url.strip() for _line, row in rows for url in row.get("images", "").split(",")]
    with Gathering() as bad:
        bad.part(cells.handle, line, sku)
        title = bad.cell(cells.title, line, first, "name")
        live = bad.cell(cells.yes, line, first, "status")
        variants = bad.each(_variant, sold.values(), chosen, options, currency, on)
        cells.check_variants(variants, line, bad)
        pictures = tuple(cells.images(line, urls))
    remarks = [_("Its weight is not taken over, for the file does not say in which unit it is.")]
    return FeedListing(
        handle=sku,
        title=title,
        description=_description(first),
        brand="",
        kind=first.get("categories", "").split(",")[0].rpartition("/")[2].strip()[:120],
        live=live,
        options=tuple(name.replace("_", " ").capitalize()[:120] for name in options),
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=currency,
        texts=tuple(_texts(own[1:])),
        remarks=tuple(remarks if any(row.get("weight") for _line, row in sold.values()) else ()),
    )


def _description(row: Row) -> str:
    texts = dict.fromkeys(text for text in (row.get("short_description", ""), row.get("description", "")) if text)
    return clean_html("\n".join(texts))


def _texts(rows: list[tuple[int, Row]]) -> Iterator[FeedText]:
    """The further rows of the product itself: its texts in other languages."""
    codes = {code for code, _name in settings.LANGUAGES}
    for _line, row in rows:
        locale = row.get("locale", "").replace("_", "-").lower()
        language = {"zh-cn": "zh-hans", "zh": "zh-hans"}.get(locale, locale.partition("-")[0])
        if language in codes and row.get("name"):
            yield FeedText(language, row["name"][:255], _description(row))


def _configured(text: str) -> dict[str, dict[str, str]]:
    """The choices of each variant by its SKU: "sku=A,color=Red,size=M|sku=B,color=Red,size=L"."""
    found = {}
    for part in text.split("|"):
        pairs = dict(pair.split("=", 1) for pair in part.split(",") if "=" in pair)
        if pairs.get("sku"):
            found[pairs["sku"]] = {name: value for name, value in pairs.items() if name not in _NOT_A_CHOICE}
    return found


def _sold(sku: str, rows: list[tuple[int, Row]], chosen: dict[str, dict[str, str]]) -> dict[str, tuple[int, Row]]:
    """The variants that the product names, each in the first language in which it stands in the file."""
    found: dict[str, tuple[int, Row]] = {}
    for line, row in rows:
        if row.get("sku", "") != sku and row.get("sku", "") in chosen:
            found.setdefault(row.get("sku", ""), (line, row))
    return found


def _variant(
    line: int, row: Row, chosen: dict[str, dict[str, str]], options: tuple[str, ...], currency: str, on: date
) -> FeedVariant:
    chosen_here = chosen.get(row.get("sku", ""), {})
    with Gathering() as bad:
        values = bad.part(cells.choices, line, [chosen_here.get(name, "") for name in options])
        regular = bad.cell(cells.price, line, row, "price", currency)
        special = bad.cell(cells.amount, line, row, "special_price", currency)
        sku = bad.cell(cells.sku, line, row, "sku")
        pieces = bad.part(_pieces, line, row)
        is_on_sale = special is not None and bad.part(days.is_within, line, row, *_SALE, on)
    is_lower = special is not None and special < regular and is_on_sale
    price: Decimal = special if is_lower and special is not None else regular
    return FeedVariant(
        values=values,
        price=price,
        compare_at=cells.before(price, regular),
        sku=sku,
        gtin="",
        weight_grams=None,
        pieces=pieces,
        image=row.get("images", "").split(",")[0].strip(),
        line=line,
    )


def _pieces(line: int, row: Row) -> int | None:
    """What lies in all warehouses together: "default=100,east=5"."""
    if row.get("manage_stock") and not cell(cells.yes, line, row, "manage_stock"):
        return None
    return cell(_in_all, line, row, "inventories")


def _in_all(line: int, text: str) -> int:
    counts = [pair.partition("=")[2].strip() for pair in text.split(",") if "=" in pair]
    return sum(cells.pieces(line, count) for count in counts)

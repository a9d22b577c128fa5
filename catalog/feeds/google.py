"""Reads a product feed for Google Merchant Center: XML (RSS or Atom) or tab-separated text.

Items of one item_group_id are the variants of one listing; what tells them apart are colour, size, material, pattern
and the like. Prices carry their currency, weights their unit. Another country's feed of the same goods may give
another currency: the price of each item counts.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from catalog.availability import LONGEST_LEAD
from catalog.feeds import cells, days
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, cell, read_listings
from catalog.feeds.choices import DETAIL, details_of, with_details, without_ending
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedVariant, LeftOut
from catalog.feeds.markup_tables import SEVERAL
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html, is_markup, paragraphs
from marketplace.kernel.sentences import sentence as _

_PRICE = re.compile(r"([\d.,]+)\s*([A-Za-z]{3})|([A-Za-z]{3})\s*([\d.,]+)")
_WEIGHT = re.compile(r"([\d.,]+)\s*([A-Za-z]+)")
_LANGUAGES = ("language", "lang", "content_language")
_TOLD_APART = ("color", "size", "material", "pattern", "age_group", "gender")
_ON_SALE = frozenset(
    {"", "in stock", "available", "available for order", "limited availability", "preorder", "backorder"}
)
Terms = tuple[tuple[str, Any], ...]  # as `FeedVariant` has them
_SOLD_OUT = frozenset({"out of stock", "sold out", "discontinued", "mark as sold", "archived"})


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is a feed for Google."""
    names = frozenset(name.replace(" ", "_") for name in names)
    return {"id", "title", "price"} <= names and bool(names & {"availability", "link", "image_link"})


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    rows = (
        (line, with_details({name.replace(" ", "_"): text for name, text in row.items()})) for line, row in table.rows
    )
    return ((row.get("item_group_id") or row.get("id") or f"line {line}", line, row) for line, row in rows)


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a feed and, in their places, why others were left out. `on` decides which sales are under way."""

    def read(handle: str, rows: Rows) -> FeedListing:
        return _listing(handle, rows, currency, on)

    columns = {name.replace(" ", "_"): name for name in table.names}
    return read_listings(table, grouped(keyed(table)), read, columns)


def _listing(handle: str, rows: Rows, currency: str, on: date) -> FeedListing:
    line, first = rows[0]
    said = _currency(rows, currency)
    names = _told_apart(rows)
    urls = [
        url.strip()
        for _line, row in rows
        for name in ("image_link", "additional_image_link")
        for url in re.split(rf"[,{SEVERAL}]\s*(?=https?:)", row.get(name, ""))
    ]
    with Gathering() as bad:
        bad.cell(cells.handle, line, first, "item_group_id" if first.get("item_group_id") else "id")
        title = bad.cell(_title, line, first, "item_group_title" if first.get("item_group_title") else "title", first)
        variants = bad.each(_variant, rows, names, said, on)
        cells.check_variants(variants, line, bad)
        pictures = tuple(cells.images(line, urls))
    text = first.get("description", "") or first.get("summary", "") or first.get("content", "")
    kind = first.get("product_type", "") or first.get("google_product_category", "")
    return FeedListing(
        handle=handle,
        title=title,
        description=clean_html(text) if is_markup(text) else paragraphs(text),
        brand=first.get("brand", "")[:120],
        kind=kind.partition(SEVERAL)[0].rpartition(">")[2].strip()[:120],
        live=first.get("excluded_destination", "") == "",
        options=tuple(_option(name)[:120] for name in names),
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=said,
        origin=first.get("country_of_origin", ""),
        hs_code=first.get("hs_code", ""),
        language=next((first[name] for name in _LANGUAGES if first.get(name)), ""),
    )


def _told_apart(rows: Rows) -> list[str]:
    """What the items of a group differ in; where it is none of what Google knows, their titles if these all differ."""
    details = dict.fromkeys(name for _line, row in rows for name in row if name.startswith(DETAIL))
    possible = (*_TOLD_APART, *details)
    names = [name for name in possible if len({row.get(name, "") for _line, row in rows}) > 1][:3]
    titles = {row.get("title", "") for _line, row in rows}
    return names or (["title"] if len(rows) > 1 and len(titles) == len(rows) else [])


def _option(name: str) -> str:
    if name == "title":
        return gettext("Choice")
    return name.removeprefix(DETAIL) if name.startswith(DETAIL) else name.replace("_", " ").capitalize()


def _title(line: int, text: str, row: Row) -> str:
    """The title without the choices of this variant that stand behind it."""
    return cells.title(line, without_ending(text, (choice for _name, choice in details_of(row))))


def _currency(rows: Rows, currency: str) -> str:
    """The currency of the first price that can be read."""
    for line, row in rows:
        with suppress(BadRow):
            return _money(line, row.get("price", ""), currency)[1]
    return currency


def _money(line: int, text: str, currency: str) -> tuple[Decimal | None, str]:
    """An amount with its currency: "15.00 USD", or a bare one in the currency of the seller."""
    if not text:
        return None, currency
    found = _PRICE.fullmatch(text)
    if found is None:
        return cells.amount(line, text, currency), currency
    number, code = (found[1], found[2]) if found[1] else (found[4], found[3])
    return cells.amount(line, number, code.upper()), code.upper()


def _variant(line: int, row: Row, names: list[str], currency: str, on: date) -> FeedVariant:
    weighed = "shipping_weight" if row.get("shipping_weight") else "product_weight"
    with Gathering() as bad:
        regular = bad.cell(_price, line, row, "price", currency)
        sale = bad.cell(_reduced, line, row, "sale_price", currency)
        values = bad.part(cells.choices, line, [row.get(name, "") for name in names], names)
        sku = bad.cell(cells.sku, line, row, "id")
        weight = bad.cell(_grams, line, row, weighed)
        terms = bad.part(_terms, line, row, on)
        pieces = bad.part(_pieces, line, row) if not _is_ahead(terms) else 0
        is_on_sale = sale is not None and bad.cell(_is_under_way, line, row, "sale_price_effective_date", on)
    price = sale if sale is not None and sale < regular and is_on_sale else regular
    return FeedVariant(
        values=values,
        price=price,
        compare_at=cells.before(price, regular),
        sku=sku,
        gtin=cells.gtin(row.get("gtin", "")),
        weight_grams=weight,
        pieces=pieces,
        image=row.get("image_link", "").partition(SEVERAL)[0],
        line=line,
        terms=terms,
    )


def _price(line: int, text: str, currency: str) -> Decimal:
    price, said = _money(line, text, currency)
    if price is None:
        raise BadRow(line, _("The price is missing."))
    if said != currency:
        raise BadRow(line, _("The variants of one product have prices in several currencies."))
    return price


def _reduced(line: int, text: str, currency: str) -> Decimal | None:
    price, said = _money(line, text, currency)
    if said != currency:
        raise BadRow(line, _("The reduced price is in another currency than the price."))
    return price


def _grams(line: int, text: str) -> int | None:
    weight = _WEIGHT.fullmatch(text)
    return cells.grams(line, weight[1], weight[2]) if weight else None


def _is_under_way(line: int, text: str, on: date) -> bool:
    """Whether a day lies within "2026-11-01T00:00+0100/2026-11-30T23:59+0100"; always where nothing is said."""
    begins, _stroke, ends = text.partition("/" if text.count("/") == 1 else " / ")
    return days.is_within(line, {"begins": begins, "ends": ends}, "begins", "ends", on)


def _terms(line: int, row: Row, on: date) -> Terms:
    """The terms of what is ordered before it is there: a pre-order until a day, a backorder made to order within days.

    A pre-order ends with "in stock". A day that has come is no term, nor is a backorder of which no day is said.
    """
    word = _word(row.get("availability", ""))
    if word not in ("preorder", "backorder"):
        return (("available_on", None),) if word == "in stock" else ()
    if word == "preorder":
        sent_on = cell(days.pre_order, line, row, "availability_date", on)
    else:
        sent_on = cell(days.day, line, row, "availability_date")
    if sent_on is None and word == "preorder":
        raise BadRow(line, _("A pre-order needs the day from which it is sent."), "availability_date")
    if sent_on is None or sent_on <= on:
        return ()
    lead_days = min((sent_on - on).days, LONGEST_LEAD) if word == "backorder" else None
    return (
        ("available_on", None if lead_days else sent_on), ("lead_days", lead_days), ("order_limit", _quantity(line, row)),
    )  # fmt: skip


def _is_ahead(terms: Terms | None) -> bool:
    return any(value is not None for _name, value in terms or ())


def _pieces(line: int, row: Row) -> int | None:
    """How many there are, where the feed says it; else only whether there are any."""
    return _quantity(line, row) if cell(_is_there, line, row, "availability") else 0


def _quantity(line: int, row: Row) -> int | None:
    names = (name for name in ("quantity_to_sell_on_facebook", "sell_on_google_quantity", "quantity") if row.get(name))
    return next((cell(cells.pieces, line, row, name) for name in names), None)


def _word(text: str) -> str:
    """A word for whether an article can be ordered; it may also be one of schema.org, "https://schema.org/InStock"."""
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.rpartition("/")[2]).replace("_", " ").replace("-", " ").lower()
    return {"pre order": "preorder", "back order": "backorder"}.get(word, word)


def _is_there(line: int, text: str) -> bool:
    """Whether an article can be ordered."""
    word = _word(text)
    if word in _ON_SALE | _SOLD_OUT:
        return word in _ON_SALE
    message = _("“%(text)s” is not an availability: use in_stock, out_of_stock, preorder or backorder.")
    raise BadRow(line, message % {"text": text[:40]})

"""Reads a product export of Medusa, of its first and its second version: one row a variant, a column a currency.

Weights are in grams. A price for one region, "Price Europe [EUR]", is that of another shop and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from datetime import date

from catalog.feeds import cells
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, cell, read_listings
from catalog.feeds.grouping import grouped
from catalog.feeds.listing import FeedListing, FeedVariant, LeftOut
from catalog.feeds.tables import Row, Table
from catalog.markup import clean_html
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

_PRICE = re.compile(r"(?:variant )?price ([a-z]{3})")
_STATUSES = {"published": True, "draft": False, "proposed": False, "rejected": False, "": True}


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is one of Medusa."""
    return {"product handle", "product title", "variant title"} <= names


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    return ((row.get("product handle") or cells.key_from(row["product title"]), line, row) for line, row in table.rows)


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out.

    Raises `Refused("currency_not_in_file")` when the file has prices in other currencies alone.
    """
    prices = {found[1].upper(): name for name in table.names if (found := _PRICE.fullmatch(name))}
    if currency not in prices:
        message = _("The file has no prices in %(currency)s, only in %(others)s.")
        others = ", ".join(sorted(prices)) or "-"
        raise Refused("currency_not_in_file", message % {"currency": currency, "others": others})
    return read_listings(table, grouped(keyed(table)), lambda handle, rows: _listing(handle, rows, prices, currency))


def _listing(handle: str, rows: Rows, prices: dict[str, str], currency: str) -> FeedListing:
    line, first = rows[0]
    if first.get("product is giftcard", "").lower() == "true":
        raise BadRow(line, _("Gift cards can't be sold here."), "product is giftcard", first["product is giftcard"])
    options = _options(rows)
    with Gathering() as bad:
        live = bad.cell(cells.status, line, first, "product status", _STATUSES)
        bad.part(cells.handle, line, handle)
        title = bad.cell(cells.title, line, first, "product title")
        variants = bad.each(_variant, rows, options, prices, currency)
        cells.check_variants(variants, line, bad)
        pictures = tuple(cells.images(line, _pictures(rows)))
    remarks = [_("How many pieces there are is not in the file.")] if _counts_without_number(first) else []
    return FeedListing(
        handle=handle,
        title=title,
        description=clean_html(first.get("product description", "").replace("\\n", "<br>")),
        brand="",
        kind=_kind(first),
        live=live,
        options=options,
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=currency,
        hs_code=_first(rows, "hs code"),
        origin=_first(rows, "origin country"),
        remarks=tuple(remarks),
    )


def _first(rows: list[tuple[int, Row]], name: str) -> str:
    """What the product, or else the first of its variants, says."""
    said = (row.get(f"{part} {name}", "") for part in ("product", "variant") for _line, row in rows)
    return next((text for text in said if text), "")


def _option(row: Row, number: int, part: str) -> str:
    return row.get(f"variant option {number} {part}", "") or row.get(f"option {number} {part}", "")


def _options(rows: list[tuple[int, Row]]) -> tuple[str, ...]:
    names = [_option(rows[0][1], number, "name")[:120] for number in (1, 2, 3)]
    return tuple(name for name in names if name)


def _kind(row: Row) -> str:
    kind = row.get("product type", "") or row.get("product category 1", "") or row.get("product collection title", "")
    return kind.rpartition("->")[2].strip()[:120]


def _pictures(rows: list[tuple[int, Row]]) -> Iterator[str]:
    for _line, row in rows:
        yield row.get("product thumbnail", "")
        for number in range(1, 21):
            yield row.get(f"product image {number}", "") or row.get(f"image {number} url", "")


def _variant(line: int, row: Row, options: tuple[str, ...], prices: dict[str, str], currency: str) -> FeedVariant:
    said = [_option(row, number, "value") for number in (1, 2, 3) if _option(row, number, "name")]
    with Gathering() as bad:
        amount = bad.cell(cells.price, line, row, prices[currency], currency)
        others = {code: bad.cell(cells.amount, line, row, name, code) for code, name in sorted(prices.items())
                  if code != currency}  # fmt: skip
        values = bad.part(cells.choices, line, said[: len(options)])
        sku = bad.cell(cells.sku, line, row, "variant sku")
        weighed = "variant weight" if row.get("variant weight") else "product weight"
        weight = bad.cell(cells.grams, line, row, weighed)
        pieces = bad.part(_pieces, line, row)
    codes = (row.get(f"variant {name}", "") for name in ("ean", "upc", "barcode"))
    return FeedVariant(
        values=values,
        price=amount,
        compare_at=None,
        sku=sku,
        gtin=next((code for text in codes if (code := cells.gtin(text))), ""),
        weight_grams=weight,
        pieces=pieces,
        keeps_pieces=_counts_without_number(row),
        image="",
        line=line,
        prices=tuple((code, price) for code, price in others.items() if price is not None),
    )


def _counts_without_number(row: Row) -> bool:
    return _is_counted(row) and "variant inventory quantity" not in row


def _is_counted(row: Row) -> bool:
    is_managed = row.get("variant manage inventory", "").lower() == "true"
    return is_managed and row.get("variant allow backorder", "").lower() != "true"


def _pieces(line: int, row: Row) -> int | None:
    if not _is_counted(row):
        return None
    name = "variant inventory quantity"
    return cell(cells.pieces, line, row, name) if row.get(name) else 0

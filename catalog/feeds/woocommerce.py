"""Reads a product export of WooCommerce.

A variable product and its variations are rows of their own, joined by the column Parent, which names the SKU or
"id:44" of the product. The unit of weight stands in the name of its column. A variation that leaves an attribute
empty stands for every value of it that no other variation has.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date

from catalog.feeds import cells, days
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, cell, read_listings
from catalog.feeds.grouping import Seen, grouped
from catalog.feeds.listing import FeedListing, FeedVariant, LeftOut
from catalog.feeds.tables import Row, Table
from catalog.feeds.woocommerce_names import english, in_english, parts, without_shortcodes
from catalog.markup import clean_html
from marketplace.kernel.sentences import sentence as _

_WEIGHT = re.compile(r"weight \((\w+)\)")
_SOLD = frozenset({"simple", "variable", "variation"})
_NOT_SENT = frozenset({"virtual", "downloadable"})
_ATTRIBUTES = range(1, 21)
_MOST_OPTIONS = 3
_SALE = ("date sale price starts", "date sale price ends")
Choices = dict[str, str]


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is one of WooCommerce."""
    told = names | {*english(names).values()}
    return "regular price" in told and bool(told & {"sku", "id", "type"})


def listings(table: Table, *, currency: str, on: date) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out. `on` decides which sales are under way."""
    columns = {meant: name for name, meant in english(table.names).items()}
    table = in_english(table)
    weight = next((name for name in table.names if _WEIGHT.fullmatch(name)), "")
    unit = weight[8:-1] if weight else "g"

    def read(key: str, rows: Rows) -> FeedListing:
        return _listing(key, rows, (weight, unit), currency, on)

    return read_listings(table, grouped(_keyed(table)), read, columns)


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    return _keyed(in_english(table))


def _keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    by_id = Seen()
    for line, row in table.rows:
        own = row.get("sku", "").lstrip("'")
        number = f"id:{row['id']}" if row.get("id") else ""
        if "variation" in _types(row):
            parent = row.get("parent", "")
            yield by_id.get(parent) or parent or own or f"line {line}", line, row
            continue
        key = own or number or cells.key_from(row.get("name", "")) or f"line {line}"
        if number:
            by_id.add(number, key)
        yield key, line, row


def _is_published(line: int, text: str) -> bool:
    """Whether a product is on sale; -1 is what only the shop's own people see."""
    return text != "-1" and cells.yes(line, text)


def _types(row: Row) -> frozenset[str]:
    words = frozenset(word.strip().lower() for word in row.get("type", "").split(","))
    return words - {""} or frozenset({"simple"})


def _listing(key: str, rows: Rows, weight: tuple[str, str], currency: str, on: date) -> FeedListing:
    products = [(line, row) for line, row in rows if "variation" not in _types(row)]
    if not products:
        raise BadRow(rows[0][0], _("The product that this variation belongs to is not in the file."))
    line, first = products[-1]  # a product that stands in the file twice is what its last row says
    _check_kind(line, _types(first))
    variations = [(number, row) for number, row in rows if "variation" in _types(row)]
    offered = _offered(first, variations) if "variable" in _types(first) else {}
    if len(offered) > _MOST_OPTIONS:
        raise BadRow(line, _("A listing may have %(most)d choices at most.") % {"most": _MOST_OPTIONS})
    sold = [(number, _with_weight(row, first, weight[0])) for number, row in variations] if offered else [(line, first)]
    urls = [url for row in (first, *(row for _number, row in variations)) for url in parts(row.get("images", ""))]
    with Gathering() as bad:
        bad.part(cells.handle, line, key)
        title = bad.cell(cells.title, line, first, "name")
        is_published = "published" not in first or bad.cell(_is_published, line, first, "published")
        named = bad.each(_named, sold, weight, currency, on)
        variants = list(_variants(named, offered, bad))
        cells.check_variants(variants, line, bad)
        pictures = tuple(cells.images(line, urls))
    texts = [text for text in (first.get("short description", ""), first.get("description", "")) if text]
    return FeedListing(
        handle=key,
        title=title,
        description=clean_html("\n".join(_lines(text) for text in dict.fromkeys(texts))),
        brand=first.get("brands", "")[:120],
        kind=_kind(first.get("categories", "")),
        live=is_published and first.get("visibility in catalog", "visible") != "hidden",
        options=tuple(offered),
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=currency,
    )


def _check_kind(line: int, types: frozenset[str]) -> None:
    if types & _NOT_SENT:
        message = _("Only goods that are sent can be sold here, no downloads and no services.")
        raise BadRow(line, message, "type", ", ".join(sorted(types & _NOT_SENT)))
    unknown = types - _SOLD
    if unknown:
        message = _("Products of the kind “%(kind)s” can't be sold here.")
        kinds = ", ".join(sorted(unknown))
        raise BadRow(line, message % {"kind": kinds[:60]}, "type", kinds)


def _lines(text: str) -> str:
    return without_shortcodes(text).replace("\\n", "<br>")


def _kind(categories: str) -> str:
    """The last step of the first path: "Clothing > Hoodies, Sale" is Hoodies."""
    return next(iter(parts(categories)), "").rpartition(">")[2].strip()[:120]


def _offered(row: Row, variations: Rows) -> dict[str, list[str]]:
    """The attributes of a product with their values, in their order; of several, those that its variations name."""
    named = {
        variation.get(f"attribute {number} name", "")[:120] for _line, variation in variations for number in _ATTRIBUTES
    }
    found = {}
    for number in _ATTRIBUTES:
        name, values = row.get(f"attribute {number} name", ""), row.get(f"attribute {number} value(s)", "")
        if name and values:
            found[name[:120]] = list(dict.fromkeys(parts(values)))
    return {name: values for name, values in found.items() if name in named} or found


def _chosen(row: Row) -> Choices:
    found = {}
    for number in _ATTRIBUTES:
        name, value = row.get(f"attribute {number} name", ""), row.get(f"attribute {number} value(s)", "")
        if name and value:
            found[name[:120]] = value.replace("\\,", ",")
    return found


def _named(line: int, row: Row, weight: tuple[str, str], currency: str, on: date) -> tuple[FeedVariant, Choices]:
    return _variant(line, row, weight, currency, on), _chosen(row)


def _variants(
    named: list[tuple[FeedVariant, Choices]], offered: dict[str, list[str]], bad: Gathering
) -> Iterator[FeedVariant]:  # fmt: skip
    """The variants, the fully named ones first come, first served; then what the half-named ones leave open."""
    taken: set[tuple[str, ...]] = set()
    for variant, chosen in sorted(named, key=lambda each: sum(name not in each[1] for name in offered)):
        every = [[chosen[name]] if name in chosen else values for name, values in offered.items()]
        for values in itertools.product(*every):
            is_open = any(name not in chosen for name in offered)
            if is_open and values in taken:
                continue
            taken.add(values)
            sku = f"{variant.sku}-{len(taken)}" if is_open and variant.sku else variant.sku
            bad.part(cells.choices, variant.line, values)
            yield replace(variant, values=values, sku=sku)


def _with_weight(row: Row, parent: Row, name: str) -> Row:
    """A variation that says nothing of its weight has that of the product."""
    return row if row.get(name) or not parent.get(name) else {**row, name: parent[name]}


def _variant(line: int, row: Row, weight: tuple[str, str], currency: str, on: date) -> FeedVariant:
    with Gathering() as bad:
        regular = bad.cell(cells.price, line, row, "regular price", currency)
        sale = bad.cell(cells.amount, line, row, "sale price", currency)
        sku = bad.cell(cells.sku, line, row, "sku")
        grams = bad.cell(cells.grams, line, row, *weight)
        pieces = bad.part(_pieces, line, row)
        is_on_sale = sale is not None and bad.part(days.is_within, line, row, *_SALE, on)
    price, said = (sale, regular) if sale is not None and is_on_sale else (regular, None)
    return FeedVariant(
        values=(),
        price=price,
        compare_at=cells.before(price, said),
        sku=sku,
        gtin=cells.gtin(row.get("gtin, upc, ean, or isbn", "")),
        weight_grams=grams,
        pieces=pieces,
        image=next(iter(parts(row.get("images", ""))), ""),
        line=line,
    )


def _pieces(line: int, row: Row) -> int | None:
    """How many there are; None where the shop does not count them or sells on without."""
    said = row.get("in stock?", "") not in {"", "backorder"}
    is_there = cell(cells.yes, line, row, "in stock?") if said else True
    if row.get("backorders allowed?", "").lower() in {"1", "notify", "yes"}:
        return None
    text = row.get("stock", "")
    if text in {"parent", ""}:
        return None if is_there else 0
    return cell(cells.pieces, line, row, "stock")

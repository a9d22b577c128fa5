"""The formats that the shop reads, and which of them a file is, told by its columns."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy

from catalog.feeds import amazon, bagisto, cells, google, medusa, plain, shopify, spree, woocommerce
from catalog.feeds import shopify_inventory as inventory
from catalog.feeds.listing import FeedListing, LeftOut, Stocked, Translated
from catalog.feeds.remains import mended
from catalog.feeds.tables import LONGEST_CELL, Row, Table, further, line_by_line, open_table
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

Items = Generator[FeedListing | Translated | Stocked | LeftOut, None, None]
AUTO: Final = "auto"
PLAIN: Final = "plain"
_MOST_TWICE: Final = 20  # names of columns that are said to stand there twice
_STRICT: Final = frozenset(
    {"bagisto", "shopify-inventory", "spree", "spree-translations"}
)  # whose readers need every column they tell by


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its key, what sellers read for it, whether columns are its own, how a table of it is read, and which
    listing each of its rows belongs to, as (key, line, cells).
    """

    key: str
    label: Any
    matches: Callable[[frozenset[str]], bool]
    listings: Callable[..., Items]
    keyed: Callable[..., Iterator[tuple[str, int, Row]]]


def _shopify(table: Table, *, currency: str, on: date) -> Items:
    return shopify.listings(table, currency=currency)


# In the order in which a file is held against them; a plain table is what is left.
FORMATS: Final[Mapping[str, Format]] = {
    each.key: each
    for each in (
        Format("shopify-inventory", gettext_lazy("Inventory of Shopify"), inventory.matches, inventory.listings, line_by_line),
        Format("shopify", gettext_lazy("Product export of Shopify"), shopify.matches, _shopify, shopify.keyed),
        Format("medusa", gettext_lazy("Product export of Medusa"), medusa.matches, medusa.listings, medusa.keyed),
        Format("bagisto", gettext_lazy("Product export of Bagisto"), bagisto.matches, bagisto.listings, bagisto.keyed),
        Format("woocommerce", gettext_lazy("Product export of WooCommerce"), woocommerce.matches, woocommerce.listings, woocommerce.keyed),
        Format("amazon", gettext_lazy("Inventory template of Amazon"), amazon.matches, amazon.listings, amazon.keyed),
        Format("spree", gettext_lazy("Product export of Spree"), spree.matches, spree.listings, spree.keyed),
        Format("spree-translations", gettext_lazy("Translations of Spree"), spree.matches_translations, spree.translations, line_by_line),
        Format("google", gettext_lazy("Feed for Google Merchant Center"), google.matches, google.listings, google.keyed),
        Format(PLAIN, gettext_lazy("Any other table, by the names of its columns"), lambda names: False, plain.listings, plain.keyed),
    )
}  # fmt: skip


def recognised(table: Table) -> Format:
    """The format of a table. Raises `Refused("unknown_format")` when nothing in it looks like listings."""
    found = _found(table.names)
    if found is not None:
        return found
    message = _("We don't know what this file is: we found no columns with titles and prices in it.")
    raise Refused("unknown_format", message)


def _found(names: tuple[str, ...]) -> Format | None:
    known = frozenset(names)
    of_its_own = next((each for each in FORMATS.values() if each.matches(known)), None)
    if of_its_own is None and {*plain.NEEDED} <= {*plain.guess(names)}:
        return FORMATS[PLAIN]
    return of_its_own


def open_listings(
    stream: IO[bytes],
    *,
    format: str = AUTO,
    mapping: Mapping[str, str] | None = None,
    longest: int = LONGEST_CELL,
    encoding: str = "",
) -> Table:
    """The table of listings in a file: of a workbook the first sheet that has the columns of `mapping` or is of the
    format, else one of any format that says itself what it is, else one whose columns have usual names, else the first.

    Raises as `open_table` does.
    """

    def rank(names: tuple[str, ...]) -> int:
        if mapping is not None and set(_lowered(mapping).values()) <= set(names):
            return 0
        found = _found(names)
        if found is None:
            return 4
        return 1 if found.key == format else 3 if found.key == PLAIN else 2

    return mended(open_table(stream, longest=longest, encoding=encoding, rank=rank))


def _lowered(mapping: Mapping[str, str]) -> dict[str, str]:
    return {field: column.strip().lower() for field, column in mapping.items()}


def open_feed(
    stream: IO[bytes],
    *,
    format: str,
    currency: str,
    on: date,
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
) -> tuple[Format, Items]:
    """What a file is, and its listings, read as they are asked for.

    `format` is a key of `FORMATS` or "auto". `mapping` is for plain tables: {field: column}. `currency` is that of
    prices that name none; `on` decides which sales are under way; `encoding` is that of
    text, if somebody knows it. Raises `Refused` for a file that can't be read.
    """
    table = open_listings(stream, format=format, mapping=mapping, encoding=encoding)
    if mapping is not None:
        columns = _lowered(mapping)
        items: Items = plain.listings(table, currency=currency, on=on, mapping=columns)
        return FORMATS[PLAIN], _remarked(items, (*table.unread, *_twice(table, columns)))
    found = recognised(table) if format == AUTO else FORMATS[format]
    if found.key in _STRICT and not found.matches(frozenset(table.names)):
        message = _("This is no file of this kind: %(kind)s. Columns that it has to have are missing.")
        raise Refused("columns_missing", message % {"kind": found.label})
    items = found.listings(table, currency=currency, on=on)
    of_plain = plain.guess(table.names) if found.key == PLAIN else None
    more = plain.unread(table.names) if of_plain is not None else ()
    return found, _remarked(items, (*table.unread, *_twice(table, of_plain), *more))


def _twice(table: Table, columns: Mapping[str, str] | None) -> Iterator[str]:
    """A sentence on each name that several columns have, of which one counts; `columns` are those of a plain table."""
    read = frozenset(columns.values()) if columns is not None else frozenset(table.repeated)
    for name, count in islice(((name, table.repeated[name]) for name in table.repeated if name in read), _MOST_TWICE):
        if columns is None or (
            name != columns.get("images") and not any(further(name, number) in read for number in range(2, count + 1))
        ):
            message = _("%(count)s columns are called “%(name)s”: the first of them counts.")
            yield message % {"count": count, "name": name[:60]}


def _remarked(items: Items, unread: tuple[str, ...]) -> Items:
    """The listings without numbers that are none; the first of them says what of the file is not read."""
    with closing(items):
        for item in items:
            if not isinstance(item, FeedListing):
                yield item
                continue
            listing = cells.sound(item)
            yield replace(listing, remarks=(*unread, *listing.remarks)) if unread else listing
            unread = ()

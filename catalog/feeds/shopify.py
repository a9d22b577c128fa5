"""Reads a product export of Shopify: the rows of one handle, one after another, are one listing.

The first row of a handle has its texts; further rows add a variant (they have option values or a price) or only a
picture. A weight of 0 means unknown. A compare-at price that is not above the price says nothing and is dropped.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import IO

from django.utils.translation import gettext

from catalog.feeds import cells
from catalog.feeds.bad_rows import BadRow, Gathering, Rows, cell, read_listings
from catalog.feeds.grouping import Seen, neighbours
from catalog.feeds.listing import FeedImage, FeedListing, FeedVariant, LeftOut
from catalog.feeds.tables import Row, Table, csv_table
from catalog.markup import clean_html
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.typed_numbers import whole_number

_COLUMNS = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "vendor": ("vendor",),
    "kind": ("type",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift": ("gift card",),
    "sent": ("variant requires shipping", "requires shipping"),
    "path": ("product category",),
    "sku": ("variant sku", "sku"),
    "gtin": ("variant barcode", "barcode"),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price"),
    "image": ("image src", "product image url"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "variant_image": ("variant image", "variant image url"),
    **{f"name{n}": (f"option{n} name",) for n in (1, 2, 3)},
    **{f"value{n}": (f"option{n} value",) for n in (1, 2, 3)},
}
_NEEDED = ("handle", "title", "price")


def read(stream: IO[str], *, currency: str) -> Iterator[FeedListing | LeftOut]:
    """The listings of a text opened with `newline=""`; see `listings`."""
    return listings(csv_table(stream), currency=currency)


def matches(names: frozenset[str]) -> bool:
    """Whether a file with these columns is one of Shopify."""
    return bool(names & {"handle", "url handle"}) and bool(names & {"variant price", "option1 name", "option1 value"})


def listings(table: Table, *, currency: str) -> Generator[FeedListing | LeftOut]:
    """The listings of a file and, in their places, why others were left out.

    Raises `Refused("not_a_shopify_file")` before the first listing when needed columns are missing, and
    `Refused("damaged_file")` where the file can't be read on.
    """
    seen = Seen()

    def read(handle: str, rows: Rows) -> FeedListing:
        if not seen.add(handle):
            message = _("This handle came before. The rows of one product must stand together.")
            raise BadRow(rows[0][0], message, "handle", handle)
        return _listing(handle, rows, currency)

    return read_listings(table, neighbours(keyed(table)), read, _columns(table))


def keyed(table: Table) -> Iterator[tuple[str, int, Row]]:
    """The rows with the key of the listing that each belongs to: (key, line, cells)."""
    return ((row["handle"], line, row) for line, row in _rows(table))


def _columns(table: Table) -> dict[str, str]:
    return {key: alias for key, aliases in _COLUMNS.items() for alias in aliases if alias in table.names}


def _rows(table: Table) -> Iterator[tuple[int, Row]]:
    names = _columns(table)
    missing = [_COLUMNS[key][0] for key in _NEEDED if key not in names]
    if missing:
        message = _("This is not a product export of Shopify: the columns %(names)s are missing.")
        raise Refused("not_a_shopify_file", message % {"names": ", ".join(missing)})
    for line, row in table.rows:
        yield line, {key: row[name] for key, name in names.items()}


def _listing(handle: str, rows: Rows, currency: str) -> FeedListing:
    line, first = rows[0]
    if first.get("gift", "").lower() == "true":
        raise BadRow(line, _("Gift cards can't be sold here."), "gift", first["gift"])
    options = _options(first)
    with Gathering() as bad:
        bad.cell(cells.handle, line, first, "handle")
        title = bad.cell(cells.title, line, first, "title")
        live = bad.part(_is_live, line, first)
        variants = bad.each(_variant, (one for one in rows if _is_variant(one[1])), options, currency)
        cells.check_variants(variants, line, bad)
        pictures = tuple(_images(rows, bad))
    return FeedListing(
        handle=handle,
        title=title,
        description=clean_html(first.get("body", "")),
        brand=first.get("vendor", "")[:120],
        kind=(first.get("kind", "") or first.get("path", "").rpartition(">")[2].strip())[:120],
        live=live,
        options=options,
        variants=tuple(variants),
        images=pictures,
        line=line,
        currency=currency,
        remarks=(_("How many pieces there are is not in the file."),) if _counts_without_number(first) else (),
    )


def _options(first: Row) -> tuple[str, ...]:
    """The names of the choices; none for the single variant that Shopify calls "Default Title"."""
    if first.get("name1", "").lower() == "title" and first.get("value1", "").lower() == "default title":
        return ()
    names = [first.get(f"name{n}", "")[:120] for n in (1, 2, 3)]
    values = [first.get(f"value{n}", "") for n in (1, 2, 3)]
    used = [bool(name or value) for name, value in zip(names, values, strict=True)]
    return tuple(name or gettext("Choice") for name, one in zip(names, used, strict=True) if one)


def _is_variant(row: Row) -> bool:
    return bool(row["price"]) or any(row.get(f"value{n}") for n in (1, 2, 3))


def _variant(line: int, row: Row, options: tuple[str, ...], currency: str) -> FeedVariant:
    names = [f"value{n}" for n in range(1, len(options) + 1)]
    with Gathering() as bad:
        values = bad.part(cells.choices, line, [row.get(name, "") for name in names], names)
        price = bad.cell(cells.price, line, row, "price", currency)
        compare_at = bad.cell(cells.amount, line, row, "compare_at", currency)
        sku = bad.cell(cells.sku, line, row, "sku")
        weight = bad.cell(cells.grams, line, row, "grams")
        pieces = bad.part(_pieces, line, row)
        if row.get("sent", "").lower() == "false":
            message = _("Only goods that are sent can be sold here, no downloads and no services.")
            bad.add([BadRow(line, message, "sent", row["sent"])])
    return FeedVariant(
        values=values,
        price=price,
        compare_at=cells.before(price, compare_at),
        sku=sku,
        gtin=cells.gtin(row.get("gtin", "")),
        weight_grams=weight,
        pieces=pieces,
        keeps_pieces=_counts_without_number(row),
        image=row.get("variant_image", ""),
        line=line,
    )


def _is_counted(row: Row) -> bool:
    return bool(row.get("tracker")) and row.get("policy", "").lower() not in {"continue", "true"}


def _counts_without_number(row: Row) -> bool:
    """Whether the pieces lie in several places, of which the export of products says nothing."""
    return _is_counted(row) and "quantity" not in row


def _pieces(line: int, row: Row) -> int | None:
    if not _is_counted(row):
        return None
    return cell(cells.pieces, line, row, "quantity") if row.get("quantity") else 0


def _is_live(line: int, first: Row) -> bool:
    status = first.get("status", "").lower() or "active"
    if status not in {"active", "draft", "archived", "unlisted"}:
        message = _("“%(text)s” is not a status: use active, draft or archived.") % {"text": status[:40]}
        raise BadRow(line, message, "status", first["status"])
    return status == "active" and first.get("published", "").lower() != "false"


def _images(rows: Rows, bad: Gathering) -> Iterator[FeedImage]:
    known: set[str] = set()
    for line, row in rows:
        for key in ("image", "variant_image"):
            url = row.get(key, "")
            if not url or url in known:
                continue
            if not cells.is_web_address(url):
                bad.add([BadRow(line, _("“%(text)s” is not an address of a picture.") % {"text": url[:60]}, key, url)])
                continue
            known.add(url)
            if len(known) > cells.MOST_IMAGES:
                raise BadRow(line, _("A listing may have %(most)d pictures at most.") % {"most": cells.MOST_IMAGES})
            place = whole_number(row.get("image_position", ""))
            place = place if place is not None and place < 1000 else len(known)
            yield FeedImage(url, place if key == "image" else len(known) + 100, row.get("image_alt", "")[:300])

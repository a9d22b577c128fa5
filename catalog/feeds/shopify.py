"""Reads a product export of Shopify: the rows of one handle, one after another, are one listing.

The first row of a handle has its texts; further rows add a variant (they have option values or a price) or only a
picture. A weight of 0 means unknown. A compare-at price that is not above the price says nothing and is dropped.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import IO
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from catalog.feeds.listing import FeedImage, FeedListing, FeedVariant, RowError
from catalog.markup import clean_html
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import minor_digits

_COLUMNS = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "vendor": ("vendor",),
    "kind": ("type",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift": ("gift card",),
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
_AMOUNT = re.compile(r"^\d{1,12}(\.\d{1,6})?$")
_THOUSANDS = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$")
_MOST_VARIANTS, _MOST_IMAGES, _MOST_CELL = 250, 50, 1_000_000
Row = dict[str, str]


class _Bad(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def read(stream: IO[str], *, currency: str) -> Iterator[FeedListing | RowError]:
    """The listings of a file and, in their places, why others were left out.

    `stream` must be opened with `newline=""`. Raises `Refused("not_a_shopify_file")` before the first listing
    when needed columns are missing, and `Refused("damaged_file")` where the file can't be read on.
    """
    seen: set[str] = set()
    for handle, rows in _groups(_rows(stream)):
        line = rows[0][0]
        if handle in seen:
            yield RowError(line, handle, _("This handle came before. The rows of one product must stand together."))
            continue
        seen.add(handle)
        try:
            yield _listing(handle, rows, currency)
        except _Bad as bad:
            yield RowError(bad.line, handle, bad.reason)


def _rows(stream: IO[str]) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(stream)
    try:
        header = next(reader, [])
        names = [name.lstrip("\ufeff").strip().lower() for name in header]
        places = {key: names.index(alias) for key, aliases in _COLUMNS.items() for alias in aliases if alias in names}
        missing = [_COLUMNS[key][0] for key in _NEEDED if key not in places]
        if missing:
            message = _("This is not a product export of Shopify: the columns %(names)s are missing.")
            raise Refused("not_a_shopify_file", message % {"names": ", ".join(missing)})
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count = len(cells)
                yield (
                    line,
                    {
                        key: cells[place].strip().replace("\x00", "") if place < count else ""
                        for key, place in places.items()
                    },
                )
            line = reader.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        message = _("The file can't be read beyond line %(line)d: it is damaged or not in UTF-8.")
        raise Refused("damaged_file", message % {"line": reader.line_num}) from error


def _groups(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[str, list[tuple[int, Row]]]]:
    group: list[tuple[int, Row]] = []
    handle = ""
    for line, row in rows:
        if group and row["handle"] != handle:
            yield handle, group
            group = []
        handle = row["handle"]
        group.append((line, row))
    if group:
        yield handle, group


def _listing(handle: str, rows: list[tuple[int, Row]], currency: str) -> FeedListing:
    line, first = rows[0]
    if not handle:
        raise _Bad(line, _("The handle is missing."))
    if len(handle) > 255:
        raise _Bad(line, _("The handle is longer than 255 characters."))
    if not first["title"]:
        raise _Bad(line, _("The title is missing."))
    if len(first["title"]) > 255:
        raise _Bad(line, _("The title is longer than 255 characters."))
    if first.get("gift", "").lower() == "true":
        raise _Bad(line, _("Gift cards can't be sold here."))
    options = _options(first)
    variants = [_variant(number, row, options, currency) for number, row in rows if _is_variant(row)]
    if not variants:
        raise _Bad(line, _("The listing has no variant with a price."))
    _check_variants(variants)
    return FeedListing(
        handle=handle,
        title=first["title"],
        description=clean_html(first.get("body", "")),
        brand=first.get("vendor", "")[:120],
        kind=first.get("kind", "")[:120],
        live=_is_live(line, first),
        options=options,
        variants=tuple(variants),
        images=tuple(_images(rows)),
        line=line,
        currency=currency,
    )


def _options(first: Row) -> tuple[str, ...]:
    """The names of the choices; none for the single variant that Shopify calls "Default Title"."""
    if first.get("name1", "").lower() == "title" and first.get("value1", "").lower() == "default title":
        return ()
    names = [first.get(f"name{n}", "")[:120] for n in (1, 2, 3)]
    values = [first.get(f"value{n}", "") for n in (1, 2, 3)]
    used = [bool(name or value) for name, value in zip(names, values, strict=True)]
    return tuple(name or _("Choice") for name, one in zip(names, used, strict=True) if one)


def _is_variant(row: Row) -> bool:
    return bool(row["price"]) or any(row.get(f"value{n}") for n in (1, 2, 3))


def _variant(line: int, row: Row, options: tuple[str, ...], currency: str) -> FeedVariant:
    values = tuple(row.get(f"value{n}", "") for n in range(1, len(options) + 1))
    if not all(values):
        raise _Bad(line, _("A choice has no value."))
    if any(len(value) > 255 for value in values):
        raise _Bad(line, _("A choice is longer than 255 characters."))
    price = _amount(line, row["price"], currency)
    if price is None:
        raise _Bad(line, _("The price is missing."))
    before = _amount(line, row.get("compare_at", ""), currency)
    sku = row.get("sku", "").lstrip("'")
    if len(sku) > 120:
        raise _Bad(line, _("The SKU is longer than 120 characters."))
    gtin = row.get("gtin", "").lstrip("'").replace(" ", "")
    return FeedVariant(
        values=values,
        price=price,
        compare_at=before if before is not None and before > price else None,
        sku=sku,
        gtin=gtin if gtin.isascii() and gtin.isdigit() and len(gtin) in {8, 12, 13, 14} else "",
        weight_grams=_grams(line, row.get("grams", "")),
        pieces=_pieces(line, row),
        image=row.get("variant_image", ""),
        line=line,
    )


def _amount(line: int, text: str, currency: str) -> Decimal | None:
    if not text:
        return None
    plain = text.replace(",", "") if _THOUSANDS.match(text) else text
    if not _AMOUNT.match(plain):
        raise _Bad(line, _("“%(text)s” is not a price.") % {"text": text[:40]})
    amount = Decimal(plain)
    if amount != round(amount, minor_digits(currency)):
        raise _Bad(line, _("%(currency)s has no amount as fine as “%(text)s”.") % {"currency": currency, "text": text})
    return amount


def _grams(line: int, text: str) -> int | None:
    if not text:
        return None
    try:
        grams = Decimal(text)
    except InvalidOperation:
        raise _Bad(line, _("“%(text)s” is not a weight in grams.") % {"text": text[:40]}) from None
    if not grams.is_finite() or not 0 <= grams < 10_000_000:
        raise _Bad(line, _("“%(text)s” is not a weight in grams.") % {"text": text[:40]})
    return max(round(grams), 1) if grams else None


def _pieces(line: int, row: Row) -> int | None:
    if not row.get("tracker") or row.get("policy", "").lower() in {"continue", "true"}:
        return None
    text = row.get("quantity", "") or "0"
    if not re.fullmatch(r"-?\d{1,9}(\.0+)?", text):
        raise _Bad(line, _("“%(text)s” is not a number of pieces.") % {"text": text[:40]})
    return max(int(Decimal(text)), 0)


def _is_live(line: int, first: Row) -> bool:
    status = first.get("status", "").lower() or "active"
    if status not in {"active", "draft", "archived"}:
        raise _Bad(line, _("“%(text)s” is not a status: use active, draft or archived.") % {"text": status[:40]})
    return status == "active" and first.get("published", "").lower() != "false"


def _check_variants(variants: list[FeedVariant]) -> None:
    if len(variants) > _MOST_VARIANTS:
        raise _Bad(
            variants[_MOST_VARIANTS].line, _("A listing may have %(most)d variants at most.") % {"most": _MOST_VARIANTS}
        )
    combinations: set[tuple[str, ...]] = set()
    numbers: set[str] = set()
    for variant in variants:
        if variant.values in combinations:
            raise _Bad(variant.line, _("Two variants have the same choices."))
        if variant.sku and variant.sku in numbers:
            raise _Bad(variant.line, _("The SKU “%(sku)s” stands on two variants.") % {"sku": variant.sku})
        combinations.add(variant.values)
        numbers.add(variant.sku)


def _images(rows: list[tuple[int, Row]]) -> Iterator[FeedImage]:
    known: set[str] = set()
    for line, row in rows:
        for key in ("image", "variant_image"):
            url = row.get(key, "")
            if not url or url in known:
                continue
            if not _is_web_address(url):
                raise _Bad(line, _("“%(text)s” is not an address of a picture.") % {"text": url[:60]})
            known.add(url)
            if len(known) > _MOST_IMAGES:
                raise _Bad(line, _("A listing may have %(most)d pictures at most.") % {"most": _MOST_IMAGES})
            position = row.get("image_position", "")
            place = int(position) if position.isdigit() and len(position) < 4 else len(known)
            yield FeedImage(url, place if key == "image" else len(known) + 100, row.get("image_alt", "")[:300])


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= 1000
    except ValueError:
        return False

"""What options and choices are called in the languages that our own table has columns for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F

from catalog.feeds.listing import FeedListing, FeedName
from catalog.models import Option, OptionValue, Product
from catalog.services.import_rows import SUFFIXES

_COLUMNS = [f"name_{suffix}" for suffix in SUFFIXES.values()]
Named = Option | OptionValue


def are_kept(product: Product, one: FeedListing) -> bool:
    """Whether a listing that was read whole calls its choices so already. No query."""
    return not one.names or not any(_told(product.its_options, one.names, product.source_language))


def take_over(*, listings: Sequence[FeedListing], products: Mapping[str, int]) -> None:
    """The choices are called what the listings say. At most four queries, none where they say nothing."""
    said = {products[one.handle]: one.names for one in listings if one.names}
    if not said:
        return
    options: dict[int, list[Any]] = {}
    own = F("product__source_language")
    for option in Option.objects.filter(product__in=said).annotate(own=own).prefetch_related("values"):
        option.its_values = list(option.values.all())
        options.setdefault(option.product_id, []).append(option)
    changed: set[Named] = set()
    for key, names in said.items():
        of_it = options.get(key, [])
        for row, column, text in _told(of_it, names, of_it[0].own) if of_it else ():
            setattr(row, column, text)
            changed.add(row)
    Option.objects.bulk_update([row for row in changed if isinstance(row, Option)], _COLUMNS)
    OptionValue.objects.bulk_update([row for row in changed if isinstance(row, OptionValue)], _COLUMNS)


def _told(options: Sequence[Option], names: Sequence[FeedName], own: str) -> Iterator[tuple[Named, str, str | None]]:
    """The rows, columns and texts of what is called otherwise; in the listing's own language a choice is its code."""
    rows: dict[tuple[int, str], Named] = {}
    for option in options:
        rows[option.position, ""] = option
        rows |= {(option.position, value.code): value for value in option.its_values}
    for one in names:
        row, column = rows.get((one.place, one.code)), f"name_{SUFFIXES[one.language]}"
        text = one.text or (one.code if one.language == own else "")
        if row is not None and (getattr(row, column) or "") != text:
            yield row, column, text or None

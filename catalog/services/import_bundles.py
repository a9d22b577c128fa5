"""What the bundles of our own table consist of, named by SKU, or by handle and choices where there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from django.db import IntegrityError
from django.db.models import Q

from catalog.feeds.listing import FeedListing, FeedVariant, RowError
from catalog.feeds.overflow import Overflow
from catalog.feeds.own_cells import PARTS, part_text, variant_name
from catalog.models import BundlePart, Product, Variant
from catalog.services import market_prices
from marketplace.kernel.sentences import sentence as _

T = TypeVar("T")


def bundles_last(feed: Iterable[T]) -> Iterator[T]:
    """What is in a feed, with the listings that have bundles after what these consist of."""
    bundles: Overflow[T] = Overflow()
    for item in feed:
        if isinstance(item, FeedListing) and any(variant.parts for variant in item.variants):
            bundles.append(item)
        else:
            yield item
    yield from bundles


def say_parts(read: Iterable[FeedListing]) -> bool:
    """Whether any of the listings says what it consists of, or that it is no bundle."""
    return any(variant.parts is not None for one in read for variant in one.variants)


def are_kept(variant: Variant, source: FeedVariant) -> bool:
    """Whether a variant that was read whole consists of that already. No query."""
    if source.parts is None:
        return True
    said = {name: pieces for pieces, name in source.parts}
    held = [(row.quantity, said.get(row.part.sku) or said.get(_name(row.part))) for row in variant.its_parts]
    return len(held) == len(said) and all(quantity == pieces for quantity, pieces in held)


def names_of(products: Sequence[Product]) -> dict[str, tuple[str, str]]:
    """The variants that the listings have now, by what a bundle may call them: handle and SKU. One query, none for none."""
    if not products:
        return {}
    rows = Variant.objects.filter(product__in=[product.pk for product in products])
    whole = rows.select_related("product", "value1", "value2", "value3")
    return {_name(variant): (variant.product.handle, variant.sku) for variant in whole}


def wrong_parts(
    *, seller_id: int, read: Sequence[FeedListing], coming: Collection[str] = ()
) -> Mapping[str, list[RowError]]:
    """What is wrong with the parts of the listings, by handle: they are neither in the shop, nor `coming`, nor among
    the listings.
    """
    named = {name for one in read for variant in one.variants for _pieces, name in variant.parts or ()}
    if not named:
        return {}
    known = {*_found(seller_id, named), *(named & set(coming))}
    wrong: dict[str, list[RowError]] = {}
    while True:
        beside = {name for one in read if one.handle not in wrong for name in _names(one)}
        found = {one.handle: bad for one in read if (bad := _wrong(one, known | beside))}
        if found.keys() == wrong.keys():
            return wrong
        wrong = found


def take_over(*, listings: Sequence[FeedListing], seller_id: int) -> None:
    """The variants consist of what the listings say. At most five queries, none where they say nothing.

    The variants are written already. Raises `IntegrityError` where a part is none.
    """
    said = {(one.handle, variant.values): variant.parts for one in listings for variant in one.variants
            if variant.parts is not None}  # fmt: skip
    if not said:
        return
    variants = market_prices.variants_of(seller_id, {handle for handle, _values in said})
    parts = _found(seller_id, {name for each in said.values() for _pieces, name in each})
    wanted: dict[tuple[int, int], int] = {}
    for key, each in said.items():
        if not all(name in parts for _pieces, name in each):
            raise IntegrityError("a part of a bundle is not there")
        wanted |= {(variants[key], parts[name]): pieces for pieces, name in each}
    bundles = {variants[key] for key in said if key in variants}
    held = {(row.bundle_id, row.part_id): row for row in BundlePart.objects.filter(bundle__in=bundles)}
    BundlePart.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    changed = [row for key, row in held.items() if wanted.get(key, row.quantity) != row.quantity]
    for row in changed:
        row.quantity = wanted[row.bundle_id, row.part_id]
    BundlePart.objects.bulk_update(changed, ["quantity"])
    BundlePart.objects.bulk_create(
        BundlePart(bundle_id=bundle, part_id=part, quantity=pieces)
        for (bundle, part), pieces in wanted.items()
        if (bundle, part) not in held
    )


def _wrong(one: FeedListing, known: set[str]) -> list[RowError]:
    message = _("You have no variant “%(name)s” that could be in a bundle.")
    return [
        RowError(variant.line, one.handle, message % {"name": name}, PARTS, part_text(pieces, name))
        for variant in one.variants
        for pieces, name in variant.parts or ()
        if name not in known or name in (variant.sku, variant_name(one.handle, "", variant.values))
    ][:1]


def _names(one: FeedListing) -> Iterator[str]:
    for variant in one.variants:
        if not variant.parts:
            yield variant_name(one.handle, "", variant.values)
            yield variant.sku


def _name(variant: Variant) -> str:
    return variant_name(variant.product.handle, "", (value.code for value in variant.choices))


def _found(seller_id: int, named: Iterable[str]) -> dict[str, int]:
    """The keys of the seller's variants that are no bundles, by what they may be named."""
    handles = {handle for name in named for handle in accumulate(name.split(" / "), lambda one, two: f"{one} / {two}")}
    meant = Q(sku__in=[*named]) | Q(product__handle__in=handles)
    rows = Variant.objects.filter(meant, seller=seller_id, parts=None)
    whole = list(rows.select_related("product", "value1", "value2", "value3"))
    by_choices = {_name(variant): variant.pk for variant in whole}
    return by_choices | {variant.sku: variant.pk for variant in whole if variant.sku}

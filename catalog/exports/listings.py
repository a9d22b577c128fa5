"""Listings in batches, with everything that files say of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from catalog.models import BundlePart, Product, ProductImage, ScheduledPriceItem, StockLevel, Variant
from catalog.selectors.price_terms import terms_of_rows

BATCH = 500
_OF_SALES = ("starts_at", "ends_at", "schedule__price", "schedule__percent")


def bundles_last(products: QuerySet[Product]) -> Iterator[Product]:
    """The products for their seller, those with bundles after what these may consist of."""
    has_bundles = Exists(BundlePart.objects.filter(bundle__product=OuterRef("pk"), bundle__is_active=True))
    for some in (products.exclude(has_bundles), products.filter(has_bundles)):
        yield from whole_listings(some, for_their_seller=True)


def whole_listings(
    products: QuerySet[Product], *, terms_at: datetime | None = None, for_their_seller: bool = False
) -> Iterator[Product]:
    """The products with seller, category, answers, options, pictures, and variants with their choices and stock.

    Twelve queries at most for five hundred products; never more of them in memory. With `terms_at` the variants have `terms`,
    what their prices at that moment depend on, as text, `starts_at` and `ends_at` of the scheduled price that they have
    now, and of the next one that is to come `next_starts_at`, `next_ends_at`, and its `next_price` or `next_percent`.
    `for_their_seller` there are prices in markets and by quantity too, and pictures that could not be fetched; that takes
    two queries more.
    """
    stock = StockLevel.objects.select_related("warehouse").order_by("pk")
    further = ("market_prices", "price_tiers") if for_their_seller else ()
    variants = Variant.objects.select_related("value1", "value2", "value3").prefetch_related(
        Prefetch("stock_levels", queryset=stock),
        Prefetch("parts__part", queryset=Variant.objects.select_related("product", "value1", "value2", "value3")),
        "parts__part__stock_levels__warehouse",
        *further,
    )
    if terms_at is not None:
        planned = ScheduledPriceItem.objects.filter(variant=OuterRef("pk"), is_open=True)
        running = planned.filter(applied_at__isnull=False)
        coming = planned.filter(applied_at=None, starts_at__gt=terms_at).order_by("starts_at")
        sales = {name: Subquery(running.values(name)[:1]) for name in ("starts_at", "ends_at")}
        sales |= {f"next_{name.rpartition('__')[2]}": Subquery(coming.values(name)[:1]) for name in _OF_SALES}
        variants = variants.annotate(terms=terms_of_rows(terms_at), **sales)
    pictures = ProductImage.objects.all()
    if not for_their_seller:
        pictures = pictures.exclude(state=ProductImage.State.FAILED)
    whole = products.select_related("seller", "category", "attributes").prefetch_related(
        "options", Prefetch("variants", queryset=variants), Prefetch("images", queryset=pictures)
    )
    last = 0
    while batch := list(whole.order_by("pk").filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk

"""Listings in batches, with everything that files say of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet

from catalog.models import Product, ProductImage, StockLevel, Variant

BATCH = 500


def whole_listings(products: QuerySet[Product]) -> Iterator[Product]:
    """The products with seller, category, options, pictures, and variants with their choices and stock.

    Eight queries for five hundred products; never more of them in memory.
    """
    stock = StockLevel.objects.select_related("warehouse").order_by("pk")
    variants = Variant.objects.select_related("value1", "value2", "value3").prefetch_related(
        Prefetch("stock_levels", queryset=stock)
    )
    pictures = ProductImage.objects.exclude(state=ProductImage.State.FAILED)
    whole = products.select_related("seller", "category").prefetch_related(
        "options", Prefetch("variants", queryset=variants), Prefetch("images", queryset=pictures)
    )
    last = 0
    while batch := list(whole.order_by("pk").filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk

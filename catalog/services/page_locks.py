"""Locks on the rows of listings, taken in one order by everything that changes several of them at once.

Listings come before their variants, as an import writes them, variants before their stock, and everything in the order
of its keys. Of two pages of the admin that are sent at once the second so reads what the first wrote. Call inside a
transaction. Orders may name locked rows meanwhile; what is promised of locked stock waits.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from catalog.models import Product, StockLevel, Variant


def lock_listing(*, product_id: int) -> None:
    """The listing and its variants are this transaction's."""
    _lock(Product.objects.filter(pk=product_id))
    _lock(Variant.objects.filter(product=product_id))


def lock_listings_of(*, variant_ids: Collection[int]) -> None:
    """The listings of the variants are this transaction's, before it takes the variants themselves."""
    _lock(Product.objects.filter(pk__in=Variant.objects.filter(pk__in=variant_ids).values("product")))


def lock_variant(*, variant_id: int) -> None:
    """The variant with its listing and its stock is this transaction's."""
    lock_listings_of(variant_ids=[variant_id])
    _lock(Variant.objects.filter(pk=variant_id))
    _lock(StockLevel.objects.filter(variant=variant_id))


def lock_stock(*, level_id: int) -> None:
    """The pieces in one warehouse are this transaction's."""
    _lock(StockLevel.objects.filter(pk=level_id))


def _lock(rows: QuerySet[Any]) -> None:
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))

"""Locks on the rows that one page of the admin writes, so that of two that are sent at once the second reads the first.

Variants come before their listing, as with scheduled prices, and everything in the order of its keys. Call inside a
transaction. Orders may name locked rows meanwhile; what is promised of the stock waits.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from catalog.models import Product, StockLevel, Variant


def lock_listing(*, product_id: int) -> None:
    """The listing and its variants are this transaction's."""
    _lock(Variant.objects.filter(product=product_id))
    _lock(Product.objects.filter(pk=product_id))


def lock_variant(*, variant_id: int) -> None:
    """The variant and its stock are this transaction's."""
    _lock(Variant.objects.filter(pk=variant_id))
    _lock(StockLevel.objects.filter(variant=variant_id))


def lock_stock(*, level_id: int) -> None:
    """The pieces in one warehouse are this transaction's."""
    _lock(StockLevel.objects.filter(pk=level_id))


def _lock(rows: QuerySet[Any]) -> None:
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))

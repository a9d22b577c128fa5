"""What runs low: variants on sale with as few pieces left, over all active warehouses, as their seller named or fewer."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import Product, StockLevel, Variant


def running_low() -> QuerySet[Variant]:
    """The variants that run low, each with its pieces as `left`. Bundles have no stock of their own and are not among
    them: their parts are."""
    levels = StockLevel.objects.filter(variant=OuterRef("pk"), warehouse__is_active=True).order_by()
    free: Any = levels.values("variant").annotate(n=Sum(F("on_hand") - F("reserved"))).values("n")
    watched = Variant.objects.filter(
        low_stock_at__isnull=False, is_active=True, product__status=Product.Status.LIVE, parts__isnull=True
    )
    return watched.annotate(left=Coalesce(Subquery(free), 0)).filter(left__lte=F("low_stock_at"))

"""The page of sellers as the catalogue completes it: what is on the shelves follows a seller's name and country."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from accounts.admin.sellers import SellerAdmin as PlainSellerAdmin
from accounts.admin_scope import register
from accounts.models import Seller
from catalog.models import Product
from catalog.services import listings
from marketplace.kernel import clock
from payments.selectors import fx_table

_BATCH = 1000

admin.site.unregister(Seller)


@register(Seller)
class SellerAdmin(PlainSellerAdmin):
    """Sellers, whose listings follow when an administrator changes a name or a country."""

    def save_model(self, request: HttpRequest, obj: Seller, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"name", "home_country"} & set(form.changed_data):
            transaction.on_commit(lambda: _follow(obj.pk))


def _follow(seller_id: int) -> None:
    keys = list(Product.objects.filter(seller=seller_id).order_by("pk").values_list("pk", flat=True))
    fx = fx_table(clock.today())
    for start in range(0, len(keys), _BATCH):
        listings.refresh_listings(product_ids=keys[start : start + _BATCH], fx=fx)
    listings.refresh_facets()

"""The places that goods are sent from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import country_field, country_name
from accounts.admin_scope import ShopAdmin, of_seller, register
from logistics.models import Warehouse


class WarehouseForm(forms.ModelForm):
    """A warehouse in a country of the world."""

    country = country_field(required=True, label=_("country"))

    class Meta:
        model = Warehouse
        fields = (
            "seller", "code", "name", "country", "country_area", "city", "street_address", "postal_code", "phone",
            "is_active",
        )  # fmt: skip


@register(Warehouse)
class WarehouseAdmin(ShopAdmin):
    """Warehouses of a seller, at home and overseas."""

    scope = of_seller("seller")
    form = WarehouseForm
    list_display = ("name", "code", "seller", "shown_country", "city", "is_active")
    list_filter = ("is_active", "seller")
    list_select_related = ("seller",)
    search_fields = ("name", "code", "city")
    ordering = ("code",)
    actions = None
    fieldsets = (
        (None, {"fields": ("seller", ("name", "code"), "is_active")}),
        (
            _("Address"),
            {"fields": (("country", "country_area"), "street_address", ("postal_code", "city"), "phone")},
        ),
    )

    @display(description=_("country"), ordering="country")
    def shown_country(self, warehouse: Warehouse) -> str:
        return country_name(warehouse.country)

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("seller", "code") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and "seller" in form.base_fields and len(request.user.seller_ids) == 1:
            form.base_fields["seller"].initial = next(iter(request.user.seller_ids))
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # orders were sent from it; it can be switched off

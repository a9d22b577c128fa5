"""Stock by variant and warehouse."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_fields import latin
from accounts.admin_opened import AsOpened
from accounts.admin_scope import ShopAdmin, of_seller, register
from catalog.admin.products import refresh
from catalog.admin.resources import StockResource
from catalog.admin.tables import TableAdmin
from catalog.admin.variants import StockForm
from catalog.models import StockLevel
from catalog.selectors.low_stock import running_low
from catalog.services import page_locks


class LowStockFilter(DropdownFilter):  # type: ignore[misc]
    """The stock of what runs low by the mark that its seller has set."""

    title = _("runs low")
    parameter_name = "low"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Runs low"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(variant__in=running_low().values("pk")) if self.value() == "yes" else queryset


@register(StockLevel)
class StockLevelAdmin(AsOpened, ShopAdmin, TableAdmin):
    """How many pieces lie where, and how many of them are promised."""

    scope = of_seller("variant__seller")
    form = StockForm
    resource_classes = [StockResource]
    list_display = (
        "shown_sku", "shown_product", "warehouse", "on_hand", "reserved", "shown_available", "on_order", "shown_mark",
    )  # fmt: skip
    list_filter = (LowStockFilter, "warehouse")
    list_select_related = ("variant__product", "warehouse")
    search_fields = ("variant__sku", "variant__product__name_en", "variant__product__handle")
    ordering = ("-id",)
    autocomplete_fields = ("variant", "warehouse")
    readonly_fields = ("reserved", "on_order")
    fields = ("variant", "warehouse", "on_hand", "reserved", "on_order")
    actions = None

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("variant__product__description", "variant__product__summary")

    @display(description=_("SKU"), ordering="variant__sku")
    def shown_sku(self, level: StockLevel) -> SafeString | str:
        return latin(level.variant.sku)

    @display(description=_("product"))
    def shown_product(self, level: StockLevel) -> str:
        return str(level.variant.product)

    @display(description=_("can be promised"))
    def shown_available(self, level: StockLevel) -> int:
        return level.available

    @display(description=_("runs low at"))
    def shown_mark(self, level: StockLevel) -> int | str:
        mark = level.variant.low_stock_at
        return "—" if mark is None else mark

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("variant", "warehouse") if obj else ()

    def hold(self, key: int) -> None:
        page_locks.lock_stock(level_id=key)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an empty shelf is a zero

    def save_model(self, request: HttpRequest, obj: StockLevel, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        refresh([obj.variant.product_id])

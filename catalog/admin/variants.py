"""Variants across all listings, with price and stock changed for many at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.admin_fields import TypedNumber, latin, money_cell
from accounts.admin_opened import AsOpened, OpenedForm
from accounts.admin_scope import ReadOnlyPart, ShopAdmin, TabularPart, of_seller, register
from catalog.admin.bundles import TERMS, BundlePartPart, check_terms
from catalog.admin.listing_parts import VariantForm, picture_cell, taken_skus
from catalog.admin.prices import MarketPricePart, TierPart
from catalog.admin.products import refresh
from catalog.admin.resources import VariantResource
from catalog.admin.stock_cells import stock_cell
from catalog.admin.tables import TableAdmin
from catalog.models import BundlePart, MarketPrice, PriceChange, PriceTier, StockLevel, Variant
from catalog.selectors.navigation import text_column
from catalog.services import bulk_edits, page_locks, scheduled_prices
from catalog.services.bulk_edits import MOST_VARIANTS
from catalog.services.bulk_edits import PriceChange as PriceWish
from catalog.services.bulk_edits import StockChange as StockWish
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import format_money
from payments.selectors import fx_table

ACTION = "change_price_and_stock"


class BulkForm(forms.Form):
    """New prices and stock for the chosen variants; what is left empty stays as it is."""

    amount = TypedNumber(
        label=_("Set the price to"), required=False, min_value=0, max_digits=16, decimal_places=4,
        help_text=_("In the currency that the variants have."),
    )  # fmt: skip
    percent = TypedNumber(
        label=_("Raise the price by percent"), required=False, min_value=-100, max_value=1000, max_digits=8,
        decimal_places=4, help_text=_("A negative number lowers it."),
    )  # fmt: skip
    keep_before = forms.BooleanField(
        label=_("Show the old price struck through where the new one is lower"), required=False,
        widget=UnfoldBooleanSwitchWidget,
    )  # fmt: skip
    warehouse = forms.ModelChoiceField(
        label=_("Warehouse"), required=False, queryset=Warehouse.objects.none(), empty_label="—",
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    pieces = forms.IntegerField(
        label=_("Set the pieces on hand to"), required=False, min_value=0, max_value=10**8,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    more = forms.IntegerField(
        label=_("Add pieces"), required=False, min_value=-(10**8), max_value=10**8,
        widget=UnfoldAdminIntegerFieldWidget, help_text=_("A negative number takes pieces away."),
    )  # fmt: skip

    def __init__(self, *args: Any, warehouses: QuerySet[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].queryset = warehouses

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("amount") is not None and data.get("percent") is not None:
            raise ValidationError(_("Give either a price or a percentage."))
        if data.get("pieces") is not None and data.get("more") is not None:
            raise ValidationError(_("Give either the pieces on hand or the pieces to add."))
        if (data.get("pieces") is not None or data.get("more") is not None) and not data.get("warehouse"):
            self.add_error("warehouse", _("Choose the warehouse where the pieces are."))
        return data

    def wishes(self) -> tuple[PriceWish | None, StockWish | None]:
        """What is to become of the prices and of the stock."""
        data = self.cleaned_data
        amount, percent = data["amount"], data["percent"]
        price = PriceWish(amount, percent, data["keep_before"]) if amount is not None or percent else None
        stock = None
        if data["pieces"] is not None or data["more"]:
            stock = StockWish(data["warehouse"], data["pieces"], data["more"])
        return price, stock


class StockForm(OpenedForm):
    """Pieces in a warehouse."""

    class Meta:
        model = StockLevel
        fields = ("variant", "warehouse", "on_hand")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        variant = data.get("variant") or (self.instance.variant if self.instance.variant_id else None)
        warehouse = data.get("warehouse") or (self.instance.warehouse if self.instance.warehouse_id else None)
        if variant and warehouse and variant.seller_id != warehouse.seller_id:
            self.add_error("warehouse", _("This warehouse belongs to another seller."))
        pieces = data.get("on_hand") if "on_hand" in self.changed_data else None
        if pieces is not None and pieces < self.instance.reserved:
            message = _("%(count)s pieces are promised to orders already.")
            self.add_error("on_hand", message % {"count": self.instance.reserved})
        return data


class StockPart(TabularPart):
    """Where the pieces of the variant lie."""

    model = StockLevel
    scope = of_seller("variant__seller")
    form = StockForm
    fields = ("warehouse", "on_hand", "reserved")
    readonly_fields = ("reserved",)
    tab = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("warehouse", "variant")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an empty shelf is a zero


class PricePart(ReadOnlyPart):
    """The prices that the variant had, as the database noted them."""

    model = PriceChange
    scope = of_seller("variant__seller")
    fields = ("price", "price_currency", "changed_at")
    per_page = 20
    tab = True


class WholeVariantForm(VariantForm):
    """A variant on its own page."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        check_terms(self, data)
        return data

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"]
        if sku in taken_skus(self.instance.seller_id, [sku], [self.instance.pk]):
            raise ValidationError(_("Another variant has this SKU."))
        return sku


@register(Variant)
class VariantAdmin(AsOpened, ShopAdmin, TableAdmin):
    """Prices and stock of everything that is sold; variants are made on the page of their listing."""

    scope = of_seller("seller")
    form = WholeVariantForm
    resource_classes = [VariantResource]
    list_display = (
        "shown_product", "shown_sku", "shown_choices", "seller", "shown_price", "shown_before", "shown_stock", "is_active",
    )  # fmt: skip
    list_filter = ("is_active", "product__status", "seller")
    list_select_related = ("product", "seller", "value1", "value2", "value3")
    search_fields = ("sku", "gtin")
    search_help_text = _("SKU, GTIN or name of the product")
    ordering = ("-id",)
    actions = (ACTION,)
    list_disable_select_all = True
    goes_along = (StockLevel, MarketPrice, PriceTier, BundlePart)
    fieldsets = (
        (None, {"fields": (("shown_product", "shown_choices"), ("sku", "gtin"), "is_active")}),
        (_("Price and weight"), {"fields": (("price", "compare_at"), "shown_schedule", "weight_grams")}),
        (_("Without stock, and when it runs low"), {"fields": TERMS}),
    )
    readonly_fields = ("shown_product", "shown_choices", "shown_schedule")
    inlines = (StockPart, MarketPricePart, TierPart, BundlePartPart, PricePart)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        texts = [f"product__{name}" for name in ("description", "summary")] + ["seller__story", "seller__tagline"]
        return rows.defer(*texts).prefetch_related("stock_levels__warehouse")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        for word in search_term.split()[:6]:
            names = {f"product__{name}__icontains": word for name in ("name_en", text_column("name"))}
            wanted = Q(sku__istartswith=word) | Q(gtin=word) | Q(product__handle__istartswith=word)
            for lookup, value in names.items():
                wanted |= Q(**{lookup: value})
            queryset = queryset.filter(wanted)
        return queryset, False

    @display(description=_("product"), ordering="product__name_en")
    def shown_product(self, variant: Variant) -> SafeString:
        picture = picture_cell(variant.product.card_image, size=32) if variant.product.card_image else ""
        return format_html('<span class="admin-with-thumb">{} {}</span>', picture, variant.product)

    @display(description=_("SKU"), ordering="sku")
    def shown_sku(self, variant: Variant) -> SafeString | str:
        return latin(variant.sku)

    @display(description=_("choices"))
    def shown_choices(self, variant: Variant) -> str:
        return " · ".join(value.name or value.code for value in variant.choices) or "—"

    @display(description=_("scheduled price"))
    def shown_schedule(self, variant: Variant) -> str:
        """The one that holds now, and what comes after it."""
        item = scheduled_prices.running_on([variant]).get(variant.pk) if variant.pk else None
        if item is None or item.price_before is None:
            return "—"
        former = format_money(Money(item.price_before, variant.price_currency), get_language() or "en")
        text = _("“%(name)s” holds until %(end)s. Then the price is %(price)s again, unless you change it here.")
        end = date_format(localtime(item.ends_at), "SHORT_DATETIME_FORMAT")
        return text % {"name": item.schedule.name, "end": end, "price": former}

    @display(description=_("price"), ordering="price")
    def shown_price(self, variant: Variant) -> SafeString | str:
        return money_cell(variant.price)

    @display(description=_("price before"))
    def shown_before(self, variant: Variant) -> SafeString | str:
        return money_cell(None if variant.compare_at is None else Money(variant.compare_at, variant.price_currency))

    @display(description=_("stock"))
    def shown_stock(self, variant: Variant) -> SafeString | str:
        return stock_cell(variant)

    def hold(self, key: int) -> None:
        page_locks.lock_variant(variant_id=key)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        refresh([form.instance.product_id])

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        product_id = obj.product_id
        super().delete_model(request, obj)
        refresh([product_id])

    @admin.action(description=_("Change price and stock"), permissions=["change"])
    def change_price_and_stock(self, request: HttpRequest, queryset: QuerySet[Variant]) -> HttpResponse | None:
        """Asks what to change, says what will be changed, and does it in one transaction."""
        chosen = list(self.for_list(queryset.select_related(*self.list_select_related))[: MOST_VARIANTS + 1])
        if len(chosen) > MOST_VARIANTS:
            messages.error(request, _("Choose %(most)s variants at most.") % {"most": MOST_VARIANTS})
            return None
        warehouses = Warehouse.objects.filter(seller__in={one.seller_id for one in chosen}, is_active=True)
        is_answer = "apply" in request.POST
        form = BulkForm(request.POST if is_answer else None, warehouses=warehouses)
        if is_answer and form.is_valid():
            price, stock = form.wishes()
            try:
                done = bulk_edits.apply(
                    variant_ids=[one.pk for one in chosen], price=price, stock=stock, fx=fx_table(clock.today())
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal.message))
            else:
                self.log_bulk_change(request, chosen)
                text = ngettext("%(count)d variant was changed.", "%(count)d variants were changed.", done)
                messages.success(request, text % {"count": done})
                return None
        context = self.admin_site.each_context(request) | {
            "title": _("Change price and stock"), "opts": self.opts, "form": form, "variants": chosen[:100],
            "count": len(chosen), "action": ACTION, "checkbox_name": ACTION_CHECKBOX_NAME,
            "keys": [one.pk for one in chosen], "media": self.media,
        }  # fmt: skip
        return TemplateResponse(request, "admin/catalog/variant/bulk_edit.html", context)

    def log_bulk_change(self, request: HttpRequest, variants: list[Variant]) -> None:
        """The change stands in the history of each variant."""
        text = str(_("Price or stock changed together with others."))
        LogEntry.objects.log_actions(request.user.pk, variants, CHANGE, change_message=text)

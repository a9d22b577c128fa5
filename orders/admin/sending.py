"""A seller's part of an order: what to pack, where it goes, its label and its way. Sellers read no word of who pays how."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.admin_fields import country_name, latin, money_cell, shown_lines
from accounts.admin_scope import ReadOnlyAdmin, ReadOnlyPart, is_confined, of_seller, register
from catalog.delivery import breakdown
from compliance.landed_cost.assessment import Assessment
from logistics.admin.shipments import address_lines, stream_label
from logistics.models import Shipment
from orders.models import Fulfilment, OrderLine, SellerOrder
from orders.services import ahead

COLOURS = {
    Fulfilment.Status.PREPARING: "info",
    Fulfilment.Status.HELD: "danger",
    Fulfilment.Status.READY: "warning",
    Fulfilment.Status.SHIPPED: "info",
    Fulfilment.Status.DELIVERED: "success",
    Fulfilment.Status.CANCELLED: "default",
    "": "default",
}


class LinePart(ReadOnlyPart):
    """What goes into the parcel."""

    model = OrderLine
    scope = of_seller("seller_order__seller")
    fields = ("quantity", "shown_sku", "name", "choices", "shown_parts", "ready_on", "shown_weight", "hs_code",
              "shown_origin", "shown_price")  # fmt: skip
    readonly_fields = ("shown_sku", "shown_parts", "shown_weight", "shown_origin", "shown_price")

    @display(description=_("SKU"))
    def shown_sku(self, line: OrderLine) -> SafeString | str:
        return latin(line.sku)

    @display(description=_("parts of one piece"))
    def shown_parts(self, line: OrderLine) -> SafeString | str:
        return shown_lines(f"{part['quantity']} × {part['name']} ({part['sku']})" for part in line.consists_of or ())

    @display(description=_("weight of one piece"))
    def shown_weight(self, line: OrderLine) -> str:
        return str(_("%(grams)s g") % {"grams": line.weight_grams}) if line.weight_grams else "—"

    @display(description=_("country of origin"))
    def shown_origin(self, line: OrderLine) -> str:
        return country_name(line.origin)

    @display(description=_("seller's price"))
    def shown_price(self, line: OrderLine) -> SafeString | str:
        return money_cell(line.seller_price)


@register(SellerOrder)
class SellerOrderAdmin(ReadOnlyAdmin):
    """The parts of paid orders, each sent by one seller from one warehouse."""

    scope = of_seller("seller")
    list_display = ("shown_reference", "seller", "shown_status", "shown_destination", "warehouse", "shown_goods",
                    "shown_paid", "shown_due")  # fmt: skip
    list_filter = ("fulfilment__status", "warehouse", "seller")
    actions = ("goods_are_ready",)
    list_select_related = ("order", "seller", "warehouse", "fulfilment")
    search_fields = ("order__number",)
    ordering = ("-pk",)
    inlines = (LinePart,)
    change_form_template = "admin/orders/sellerorder/page.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("shown_reference", "shown_state"),
                    ("shown_recipient", "shown_warehouse"),
                    ("service_code", "shown_weight"),
                    ("shown_goods", "shown_label"),
                    ("shown_ready", "shown_due"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(order__paid_at__isnull=False) if is_confined(request.user) else rows

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("consignment", "assessment", "order__address", "order__email", "seller__story")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path("<path:object_id>/label/", wrap(self.label_view), name="orders_sellerorder_label")
        return [own, *super().get_urls()]

    def label_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hands the label out to whoever may see the part of the order."""
        part = self.get_object(request, object_id)
        if part is None or not self.has_view_permission(request, part):
            raise Http404
        shipment = _shipment(part)
        if shipment is None:
            raise Http404
        return stream_label(shipment)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        part: SellerOrder | None = kwargs.get("obj")
        if part is not None:
            shipment = _shipment(part)
            context |= {
                "part": part,
                "shipment": shipment,
                "events": list(shipment.events.order_by("occurred_at", "pk")) if shipment else [],
                "title": part.reference,
                "breakdown": None if is_confined(request.user) else _breakdown(part),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # Goods that are made to order -------------------------------------------------------------------------

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may say that goods are ready: their seller may, and operations."""
        user = request.user
        return self.scope.admits(user) and (is_confined(user) or user.has_perm("orders.change_step"))

    @admin.action(description=_("The goods are ready to be sent"), permissions=["send"])
    def goods_are_ready(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        parts = [part for part in queryset[:200] if ahead.note_ready(part=part, actor=request.user)]
        if parts:
            text = ngettext("%(count)d parcel is prepared now.", "%(count)d parcels are prepared now.", len(parts))
            messages.success(request, text % {"count": len(parts)})
        else:
            messages.warning(request, _("None of these parcels waits for its goods."))

    @display(description=_("goods ready on"))
    def shown_ready(self, part: SellerOrder) -> Any:
        return getattr(getattr(part, "fulfilment", None), "ready_on", None)

    @display(description=_("to be sent by"), ordering="fulfilment__due_on")
    def shown_due(self, part: SellerOrder) -> Any:
        return getattr(getattr(part, "fulfilment", None), "due_on", None)

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("number"), ordering="pk")
    def shown_reference(self, part: SellerOrder) -> SafeString | str:
        return latin(part.reference)

    @display(description=_("status"), label=COLOURS, ordering="fulfilment__status")
    def shown_status(self, part: SellerOrder) -> tuple[str, str]:
        fulfilment: Fulfilment | None = getattr(part, "fulfilment", None)
        if fulfilment is None:
            return "", str(_("Not paid yet"))
        return fulfilment.status, fulfilment.get_status_display()

    @display(description=_("status"))
    def shown_state(self, part: SellerOrder) -> str:
        return self.shown_status(part)[1]

    @display(description=_("to"), ordering="order__country")
    def shown_destination(self, part: SellerOrder) -> str:
        return country_name(part.order.country)

    @display(description=_("goods"), ordering="goods")
    def shown_goods(self, part: SellerOrder) -> SafeString | str:
        return money_cell(part.goods)

    @display(description=_("paid at"), ordering="order__paid_at")
    def shown_paid(self, part: SellerOrder) -> Any:
        return part.order.paid_at

    @display(description=_("recipient"))
    def shown_recipient(self, part: SellerOrder) -> SafeString | str:
        return address_lines(part.order.address)

    @display(description=_("sent from"))
    def shown_warehouse(self, part: SellerOrder) -> str:
        return str(part.warehouse)

    @display(description=_("weight"))
    def shown_weight(self, part: SellerOrder) -> str:
        shipment = _shipment(part)
        grams = sum(shipment.parcels.values_list("weight_grams", flat=True)) if shipment else 0
        return str(_("%(grams)s g") % {"grams": grams}) if grams else "—"

    @display(description=_("label"))
    def shown_label(self, part: SellerOrder) -> SafeString | str:
        shipment = _shipment(part)
        if shipment is None or not shipment.label:
            return str(_("There is no label yet."))
        address = reverse("admin:orders_sellerorder_label", args=[part.pk])
        return format_html('<a href="{}" class="admin-link">{}</a>', address, _("Download the label"))


def _breakdown(part: SellerOrder) -> dict[str, Any] | None:
    """What the buyer was shown, with how sure the figures were."""
    if not part.assessment:
        return None
    return breakdown(Assessment.from_dict(part.assessment), for_experts=True)


def _shipment(part: SellerOrder) -> Shipment | None:
    fulfilment: Fulfilment | None = getattr(part, "fulfilment", None)
    return fulfilment.shipment if fulfilment else None

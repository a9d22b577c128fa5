"""Orders as the staff see them: what was agreed, paid and sent. Nothing of it is edited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.admin_fields import country_name, money_cell
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ReadOnlyPart, register
from logistics.admin.shipments import address_lines
from logistics.snapshots import money_from_json
from orders.models import Order, OrderPayment, SellerOrder, Step
from orders.selectors import invoice_of
from payments import fx_words
from payments.models import CurrencyRisk

COLOURS = {
    Order.Status.AWAITING_PAYMENT: "warning",
    Order.Status.PAID: "info",
    Order.Status.SHIPPED: "info",
    Order.Status.DELIVERED: "success",
    Order.Status.CANCELLED: "default",
}


class SellerOrderPart(ReadOnlyPart):
    """The parts of the order by seller and warehouse."""

    model = SellerOrder
    scope = STAFF
    fields = ("position", "seller", "warehouse", "service_code", "shown_total")
    readonly_fields = ("shown_total",)
    show_change_link = True
    tab = True

    @display(description=_("total"))
    def shown_total(self, part: SellerOrder) -> SafeString | str:
        return money_cell(part.total)


class PaymentPart(ReadOnlyPart):
    """The payments of the order."""

    model = OrderPayment
    scope = STAFF
    fields = ("payment", "shown_amount")
    readonly_fields = ("shown_amount",)
    tab = True

    @display(description=_("amount"))
    def shown_amount(self, link: OrderPayment) -> SafeString | str:
        return money_cell(link.payment.amount)


class StepPart(ReadOnlyPart):
    """What was and is done in the background."""

    model = Step
    scope = STAFF
    fields = ("kind", "fulfilment", "state", "attempts", "due_at", "finished_at", "last_error")
    show_change_link = True
    tab = True

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("fulfilment__seller_order__order")


@register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders by number, address of the mailbox, country and status."""

    scope = STAFF
    view_on_site = False  # the address of an order is its holder's secret
    list_display = ("number", "shown_status", "email", "shown_country", "shown_total", "placed_at", "paid_at")
    list_filter = ("status", "country", ("placed_at", RangeDateTimeFilter))
    search_fields = ("number", "email")
    ordering = ("-placed_at",)
    inlines = (SellerOrderPart, PaymentPart, StepPart)
    fieldsets = (
        (None, {"fields": (("number", "status"), ("email", "language"), ("shown_invoice", "shown_address"))}),
        (_("Figures"), {"fields": ("shown_figures",)}),
        (_("Moments"), {"fields": (("placed_at", "paid_at"), ("pay_until", "delivered_at"))}),
    )

    def for_list(self, rows: Any) -> Any:
        return rows.defer("address")

    @display(description=_("status"), label=COLOURS, ordering="status")
    def shown_status(self, order: Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description=_("country"), ordering="country")
    def shown_country(self, order: Order) -> str:
        return country_name(order.country)

    @display(description=_("total"), ordering="total")
    def shown_total(self, order: Order) -> SafeString | str:
        return money_cell(order.total)

    @display(description=_("invoice"))
    def shown_invoice(self, order: Order) -> str:
        issued = invoice_of(order)
        return issued.number if issued else "—"

    @display(description=_("delivery address"))
    def shown_address(self, order: Order) -> SafeString | str:
        return address_lines(order.address)

    @display(description=_("figures"))
    def shown_figures(self, order: Order) -> SafeString:
        figures = ("goods", "shipping", "duty", "tax", "fees", "total")
        rows = [
            format_html(
                "<tr><th>{}</th><td>{}</td></tr>",
                capfirst(Order._meta.get_field(name).verbose_name),
                money_cell(getattr(order, name)),
            )
            for name in figures
        ]
        rows.insert(1, _reserve(order))
        return format_html('<table class="admin-figures">{}</table>', SafeString("".join(rows)))


def _reserve(order: Order) -> SafeString:
    """What of the goods was added for the exchange rate, with level and percentage of each seller's currency.

    Nothing for an order in the sellers' own currency, or of a time when nothing was added.
    """
    body = order.quote.body
    kept, risks = body.get("totals", {}).get("buffer"), body.get("fx", {}).get("risk", {})
    if not (kept and risks):
        return SafeString("")
    levels = dict(CurrencyRisk.Level.choices)
    terms = [
        (code, levels.get(risk["level"], "—"), fx_words.percent(Decimal(risk["buffer_percent"]), 2))
        for code, risk in risks.items()
    ]
    return format_html(
        "<tr><th>{}{}</th><td>{}</td></tr>",
        _("of which reserve for the exchange rate"),
        format_html_join("", '<br><small><bdi dir="ltr">{}</bdi> · {} · <bdi dir="ltr">{}</bdi></small>', terms),
        money_cell(money_from_json(kept)),
    )

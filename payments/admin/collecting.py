"""The admin's tables of payments: read by finance, written by services and providers alone."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from accounts.admin_fields import latin, money_cell
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ReadOnlyPart, register
from payments.models import Payment, PaymentEvent, Refund

PAYMENT_COLOURS = {
    Payment.State.STARTED: "info",
    Payment.State.PENDING: "info",
    Payment.State.PAID: "success",
    Payment.State.FAILED: "danger",
    Payment.State.CANCELLED: "default",
    Payment.State.EXPIRED: "default",
}
REFUND_COLOURS = {Refund.State.REQUESTED: "warning", Refund.State.DONE: "success", Refund.State.REFUSED: "danger"}
EVENT_COLOURS = {
    PaymentEvent.Outcome.CHANGED: "success",
    PaymentEvent.Outcome.UNCHANGED: "default",
    PaymentEvent.Outcome.MISMATCH: "danger",
    PaymentEvent.Outcome.UNKNOWN: "warning",
    PaymentEvent.Outcome.IGNORED: "default",
    "": "info",
}


class EventPart(ReadOnlyPart):
    """What the provider said of the payment."""

    model = PaymentEvent
    scope = STAFF
    fields = ("received_at", "kind", "outcome", "event_id")
    show_change_link = True
    tab = True


class RefundPart(ReadOnlyPart):
    """What went back of the payment."""

    model = Refund
    scope = STAFF
    fields = ("created_at", "amount", "state", "reason", "failure")
    show_change_link = True
    tab = True


@register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Attempts to collect an amount."""

    scope = STAFF
    list_display = ("reference", "shown_amount", "shown_state", "provider", "failure", "created_at", "paid_at")
    list_filter = ("state", "provider", ("created_at", RangeDateTimeFilter))
    search_fields = ("reference", "provider_reference")
    inlines = (EventPart, RefundPart)
    fieldsets = (
        (None, {"fields": (("reference", "state"), ("shown_amount", "shown_refunded"), "failure")}),
        (_("Provider"), {"fields": (("provider", "provider_reference"), "key")}),
        (_("Moments"), {"fields": (("created_at", "paid_at"), ("expires_at", "changed_at"))}),
    )

    @display(description=_("amount"), ordering="amount")
    def shown_amount(self, payment: Payment) -> SafeString | str:
        return money_cell(payment.amount)

    @display(description=_("refunded or reserved for refunds"))
    def shown_refunded(self, payment: Payment) -> SafeString | str:
        return latin(f"{payment.refunded.normalize():f} {payment.amount.currency.code}")

    @display(description=_("state"), label=PAYMENT_COLOURS, ordering="state")
    def shown_state(self, payment: Payment) -> tuple[str, str]:
        return payment.state, payment.get_state_display()


@register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Money that goes back."""

    scope = STAFF
    list_display = ("shown_reference", "shown_amount", "shown_state", "reason", "failure", "created_at")
    list_filter = ("state",)
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "provider_reference")
    fields = ("payment", "shown_amount", "state", "reason", "failure", "provider_reference", "key", "created_at")

    @display(description=_("reference"), ordering="payment__reference")
    def shown_reference(self, refund: Refund) -> str:
        return refund.payment.reference

    @display(description=_("amount"), ordering="amount")
    def shown_amount(self, refund: Refund) -> SafeString | str:
        return money_cell(refund.amount)

    @display(description=_("state"), label=REFUND_COLOURS, ordering="state")
    def shown_state(self, refund: Refund) -> tuple[str, str]:
        return refund.state, refund.get_state_display()


@register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    """The inbox of what providers told us, as it came."""

    scope = STAFF
    list_display = ("received_at", "provider", "kind", "shown_outcome", "payment", "event_id")
    list_filter = ("outcome", "provider")
    list_select_related = ("payment",)
    search_fields = ("event_id", "payment__reference")
    fields = ("provider", "event_id", "kind", "payment", "outcome", "received_at", "processed_at", "payload", "headers")

    @display(description=_("outcome"), label=EVENT_COLOURS, ordering="outcome")
    def shown_outcome(self, event: PaymentEvent) -> tuple[str, str]:
        return event.outcome, event.get_outcome_display() or str(_("Waiting"))

"""Paying an order, and following it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from logistics import selectors as logistics
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.methods import require_safe
from orders import pages
from orders.cart_cookie import current_cart
from orders.models import Order
from orders.selectors import invoice_of, order_by_token
from orders.services import placing, settling
from orders.views.cart import waiting_orders
from payments import services as payments


def order_at(token: str) -> Order:
    """The order at an address that only its holder knows. Raises `Http404`."""
    found = order_by_token(token)
    if found is None:
        raise Http404
    return found


def for_its_holder(response: HttpResponse) -> HttpResponse:
    """A page of an order. Its address is the key to it, so no other site learns it.

    "no-referrer" would make browsers send the forms with an origin of null, which the protection against forgery refuses.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """The order with its parts, its figures and how far it has come."""
    found = order_at(token)
    context = pages.order_page(found, request.region.language)
    if context["can_pay"]:
        context["can_put_back"] = found in waiting_orders(request, current_cart(request))
    swap = request.htmx and request.htmx.target == "progress"
    return for_its_holder(render(request, "orders/_progress.html" if swap else "orders/order.html", context))


@never_cache
@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice of a paid order, as soon as it has been issued."""
    found = order_at(token)
    issued = invoice_of(found)
    if issued is None:
        raise Http404
    context = pages.order_page(found, request.region.language) | {
        "invoice": issued,
        "operator": settings.OPERATOR or None,
    }
    return for_its_holder(render(request, "orders/invoice.html", context))


@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Goes to the provider's page, for a first or a further attempt."""
    found = order_at(token)
    if found.status != Order.Status.AWAITING_PAYMENT or found.pay_until < clock.now():
        return redirect(found)
    try:
        return redirect(payments.open_session(placing.start_payment(order=found)))
    except (Unavailable, Refused):
        messages.error(request, _("The payment service does not answer. Please try again in a minute."))
        return redirect(found)


@never_cache
@require_safe
def payment_return(request: HttpRequest, token: str) -> HttpResponse:
    """Where the provider sends the shopper back: settles the payment if its message has not come yet."""
    found = order_at(token)
    if found.status == Order.Status.AWAITING_PAYMENT:
        try:
            if settling.refresh(order=found):
                return _to_order(request, found)
        except Unavailable:
            return render(request, "orders/pending.html", {"order": found})
        found = order_at(token)
    if found.status == Order.Status.AWAITING_PAYMENT:
        text = pages.payment_failure(found)
        if text is None:
            return render(request, "orders/pending.html", {"order": found})
        messages.error(request, text)
    return _to_order(request, found)


def _to_order(request: HttpRequest, order: Order) -> HttpResponse:
    return HttpResponseClientRedirect(order.get_absolute_url()) if request.htmx else redirect(order)


@never_cache
@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    """The public page of one parcel; it names nobody."""
    shipment = logistics.shipment_for_tracking(token)
    if shipment is None:
        raise Http404
    swap = request.htmx and request.htmx.target == "progress"
    return render(request, "orders/_tracking.html" if swap else "orders/track.html", pages.track_page(shipment))


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """A payment provider's message: 204 when it was taken in, however often; 400 when it is not genuine."""
    try:
        settling.receive_webhook(provider=provider, headers=dict(request.headers), body=request.body)
    except Refused as refusal:
        return HttpResponse(
            refusal.code, status=404 if refusal.code == "unknown_provider" else 400, content_type="text/plain"
        )
    return HttpResponse(status=204)

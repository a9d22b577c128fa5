"""The cart: seen, filled, changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from catalog.selectors.prices import Prices
from catalog.wish_cookie import current_wishes, take
from catalog.wish_cookie import remember as remember_wishes
from compliance.services import buyer_numbers
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.methods import require_safe
from orders import pages
from orders.cart_cookie import current_cart, remember
from orders.models import Cart, Order
from orders.selectors import note_cart_count, pieces_in
from orders.services import carts, holds, placing
from orders.services.proposals import Proposal, propose


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart, with what it costs at the reader's door."""
    found = current_cart(request)
    proposal = _proposal(request, found)
    context = pages.cart_page(proposal, request.region, Prices.today()) | {"waiting": waiting_orders(request, found)}
    response = render(request, "orders/cart.html", context)
    if found is not None:
        if proposal.has_new_prices:
            carts.acknowledge_prices(cart=found)
        remember(response, found)
    return response


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Puts pieces of a variant into the cart."""
    try:
        line = carts.add_item(
            cart=current_cart(request),
            variant_id=_number(request.POST.get("variant", "")),
            quantity=_number(request.POST.get("quantity", "1")),
            country=request.region.country,
            user=request.user if request.user.is_authenticated else None,
        )
    except Refused as refusal:
        return _refused(request, refusal)
    if request.htmx:
        context = {"line": line, "cart_count": pieces_in(line.cart)}
        response = render(request, "orders/_added.html", context)
    else:
        response = redirect("cart")
    remember(response, line.cart)
    return response


@require_POST
def move_wish(request: HttpRequest) -> HttpResponse:
    """Puts a piece of a wished product into the cart and takes it off the wish list."""
    kept = current_wishes(request)
    try:
        line = carts.add_item(
            cart=current_cart(request),
            variant_id=_number(request.POST.get("variant", "")),
            quantity=1,
            country=request.region.country,
            user=request.user if request.user.is_authenticated else None,
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("wishes")
    product_id = line.variant.product_id
    if any(wished.product_id == product_id for wished in kept):
        kept = take(request, product_id)
    messages.success(request, gettext("The product has been moved to your cart."))
    response = redirect("wishes")
    remember(response, line.cart)
    remember_wishes(request, response, kept)
    return response


@require_POST
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Changes the quantity of a line, or takes it out."""
    found = current_cart(request)
    if found is not None:
        quantity = 0 if "remove" in request.POST else _number(request.POST.get("quantity", ""))
        try:
            carts.set_quantity(cart=found, line_id=line_id, quantity=quantity)
        except Refused as refusal:
            messages.error(request, refusal.message)
    if request.htmx:
        context = pages.cart_page(_proposal(request, found), request.region, Prices.today())
        return render(request, "orders/_cart.html", context | {"swap": True})
    return redirect("cart")


@require_POST
def put_back(request: HttpRequest, number: str) -> HttpResponse:
    """Gives up an order that waits for its payment; its goods are in the cart again."""
    found = current_cart(request)
    order = next((each for each in waiting_orders(request, found) if each.number == number), None)
    if found is None or order is None:
        return redirect("cart")
    try:
        placing.put_back(order=order, cart=found)
    except Refused as refusal:
        messages.error(request, refusal.message)
    except Unavailable:
        order.refresh_from_db()
        if order.status != Order.Status.AWAITING_PAYMENT:
            return redirect(order)
        messages.error(request, gettext("The payment service does not answer. Please try again in a minute."))
    return redirect("cart")


def waiting_orders(request: HttpRequest, cart: Cart | None) -> list[Order]:
    """The orders of this request's buyer that may still be paid. One query; none without a cart."""
    return holds.waiting_orders(cart=cart, user=request.user if request.user.is_authenticated else None)


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    if request.htmx:
        return render(request, "orders/_added.html", {"refusal": refusal.message}, status=200)
    messages.error(request, refusal.message)
    return redirect("cart")


def _proposal(request: HttpRequest, cart: Cart | None) -> Proposal:
    region = request.region
    number = carts.number_of(cart) if cart is not None and region.is_business else None
    counts = number is not None and buyer_numbers.counts_in(number, region.country)
    proposal = propose(
        cart, Destination(region.country), region, Prices.today(), tax_number=number.number if number and counts else ""
    )
    note_cart_count(request, proposal.pieces)
    return proposal


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

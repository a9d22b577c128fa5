"""The cart: seen, filled, changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.selectors.prices import Prices
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused
from orders import pages
from orders.cart_cookie import current_cart, remember
from orders.selectors import cart_count
from orders.services import carts
from orders.services.proposals import propose


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart, with what it costs at the reader's door."""
    response = render(request, "orders/cart.html", _context(request))
    found = current_cart(request)
    if found is not None:
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
            user=request.user if request.user.is_authenticated else None,
        )
    except Refused as refusal:
        return _refused(request, refusal)
    if request.htmx:
        context = {"line": line, "cart_count": cart_count_after(request, line.cart)}
        response = render(request, "orders/_added.html", context)
    else:
        response = redirect("cart")
    remember(response, line.cart)
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
        return render(request, "orders/_cart.html", _context(request) | {"swap": True})
    return redirect("cart")


def cart_count_after(request: HttpRequest, cart: carts.Cart) -> int:
    """Pieces in a cart that this very request may have made."""
    return cart_count(request) or sum(cart.lines.values_list("quantity", flat=True))


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    if request.htmx:
        return render(request, "orders/_added.html", {"refusal": refusal.message}, status=200)
    messages.error(request, refusal.message)
    return redirect("cart")


def _context(request: HttpRequest) -> dict[str, object]:
    region = request.region
    found = current_cart(request)
    return pages.cart_page(propose(found, Destination(region.country), region, Prices.today()), region)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

"""The checkout on one page: where to, how, for how much, and the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.address_form import AddressForm
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.region import Region
from orders import pages
from orders.cart_cookie import current_cart
from orders.forms import ContactForm, checkout_key
from orders.models import Cart, Order, Quote
from orders.selectors import destinations_for, saved_addresses
from orders.services import placing
from orders.services.proposals import Proposal, propose
from orders.services.quoting import freeze
from payments import services as payments

TERMS_VERSION = "2026-11"
_SWAPS = {"address-fields": "orders/_address.html", "summary": "orders/_summary.html"}


@dataclass(slots=True)
class Checkout:
    """One request at the checkout: the forms as typed, and what they would cost."""

    request: HttpRequest
    cart: Cart
    region: Region
    address: AddressForm
    contact: ContactForm
    prices: Prices
    proposal: Proposal
    services: Mapping[str, str]
    key: UUID
    quote: Quote | None = None
    notice: str = ""

    def render(self, status: int = 200) -> HttpResponse:
        """The page, or the part of it that is swapped."""
        if self.quote is None and self.proposal.can_be_ordered:
            self.quote = freeze(
                cart=self.cart, proposal=self.proposal, language=self.region.language, prices=self.prices
            )
        context = pages.checkout_page(self.proposal, self.quote, self.region) | {
            "address_form": self.address,
            "contact_form": self.contact,
            "key": self.key,
            "saved_addresses": saved_addresses(self.request.user),
            "notice": self.notice,
        }
        template = (
            _SWAPS.get(self.request.htmx.target or "", "orders/checkout.html")
            if self.request.htmx
            else "orders/checkout.html"
        )
        return render(self.request, template, context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Shows the checkout, prices it anew, or places the order."""
    cart = current_cart(request)
    if cart is None:
        return redirect("cart")
    if request.method == "POST":
        known = placing.ordered_with(key=checkout_key(request.POST.get("key", "")), cart=cart)
        if known is not None:
            return _to_payment(request, known)
    if not cart.lines.exists():
        return redirect("cart")
    page = _read(request, cart)
    if request.method == "POST" and request.POST.get("action") == "place":
        return _place(page)
    return page.render()


def _read(request: HttpRequest, cart: Cart) -> Checkout:
    region, prices = request.region, Prices.today()
    user = request.user if request.user.is_authenticated else None
    data = request.POST if request.method == "POST" else None
    placing_now = data is not None and data.get("action") == "place"
    typed: dict[str, Any] = AddressForm.typed(data, "address") if data is not None else {}
    saved = pages.chosen_address(saved_addresses(request.user), (data or request.GET).get("saved", ""))
    initial = saved or typed
    country = initial.get("country_code") or region.country
    choices = destinations_for(region.language)
    form = AddressForm(data if placing_now else None, prefix="address", country=country, countries=choices,
                       initial=initial, section="shipping")  # fmt: skip
    kept = {"email": data.get("email", ""), "terms": "terms" in data} if data is not None else {}
    contact = ContactForm(data if placing_now else None, user=user, initial=kept)
    if placing_now and form.is_valid():
        postal = form.address
        destination = Destination(postal.country_code, postal.country_area, postal.postal_code)
    else:
        destination = Destination(
            form.country,
            _printable(initial.get("country_area", ""), 120),
            _printable(initial.get("postal_code", ""), 20),
        )
    services = {
        name.removeprefix("service-"): value for name, value in (data or {}).items() if name.startswith("service-")
    }
    proposal = propose(cart, destination, region, prices, services)
    key = checkout_key((data or {}).get("key", ""))
    return Checkout(request, cart, region, form, contact, prices, proposal, services, key)


def _printable(text: str, most: int) -> str:
    """What was typed, unchecked, fit to be kept in a quote."""
    return "".join(sign for sign in text if sign.isprintable())[:most]


def _place(page: Checkout) -> HttpResponse:
    request = page.request
    if not (page.address.is_valid() and page.contact.is_valid()):
        page.notice = _("Please check the fields that are marked.")
        return page.render(status=422)
    if not page.proposal.can_be_ordered:
        return page.render(status=409)
    quote = freeze(cart=page.cart, proposal=page.proposal, language=page.region.language, prices=page.prices)
    if request.POST.get("shown_total") != pages.shown(quote.total):
        page.quote, page.notice = quote, _("The price has changed with your entries. Please look at it once more.")
        return page.render(status=409)
    try:
        order = placing.place(
            key=page.key,
            quote=quote,
            cart=page.cart,
            email=page.contact.cleaned_data["email"],
            user=request.user if request.user.is_authenticated else None,
            address=page.address.address,
            language=page.region.language,
            terms_version=TERMS_VERSION,
        )
    except Refused as refusal:
        page.notice = str(refusal.message)
        page.key = uuid4() if refusal.code == "key_used" else page.key
        page.proposal = propose(page.cart, page.proposal.destination, page.region, page.prices, page.services)
        return page.render(status=409)
    return _to_payment(request, order)


def _to_payment(request: HttpRequest, order: Order) -> HttpResponse:
    """Sends the shopper to the provider's page; to the order when it can't be paid now."""
    if order.status != Order.Status.AWAITING_PAYMENT or order.pay_until <= clock.now():
        return redirect(order)
    try:
        return redirect(payments.open_session(placing.start_payment(order=order)))
    except Unavailable:
        messages.error(
            request, _("The payment service does not answer. Your order is kept for 30 minutes: please try again.")
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(order)

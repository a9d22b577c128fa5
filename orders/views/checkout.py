"""The checkout on one page: where to, how, for how much, and the order."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.selectors.prices import Prices
from compliance.tasks import check_vat_numbers_soon
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.fx import StaleRate
from marketplace.kernel.region import Region
from orders import pages
from orders.cart_cookie import current_cart
from orders.checkout_forms import CheckoutForms
from orders.forms import checkout_key
from orders.models import Cart, Order, Quote
from orders.services import carts, placing
from orders.services.proposals import Proposal, propose
from orders.services.quoting import freeze
from payments import services as payments

log = structlog.get_logger(__name__)
TERMS_VERSION = "2026-11"
_SWAPS = {"address-fields": "orders/_address.html", "summary": "orders/_summary.html"}


@dataclass(slots=True)
class Checkout:
    """One request at the checkout: the forms as typed, and what they would cost."""

    request: HttpRequest
    cart: Cart
    region: Region
    forms: CheckoutForms
    prices: Prices
    proposal: Proposal
    key: UUID
    quote: Quote | None = None
    notice: str = ""
    doubt: str = ""

    def freeze(self) -> Quote | None:
        """The quote for what is shown; None when an exchange rate is too old to promise it, which is then said."""
        try:
            return freeze(
                cart=self.cart, proposal=self.proposal, language=self.region.language, prices=self.prices,
                buyer=self.forms.valid_number,
            )  # fmt: skip
        except StaleRate as stale:
            log.warning("no quote", error=str(stale))
            self.doubt = _(
                "We can't promise a price just now: the newest exchange rate for %(currency)s is of %(day)s. Please"
                " choose another currency, or come back later."
            ) % {"currency": stale.currency, "day": date_format(stale.rated_on, "DATE_FORMAT")}
            return None

    def render(self, status: int = 200) -> HttpResponse:
        """The page, or the part of it that is swapped."""
        if self.quote is None and not self.doubt and self.proposal.can_be_ordered:
            self.quote = self.freeze()
        context = pages.checkout_page(self.proposal, self.quote, self.region)
        context |= self.forms.context() | {
            "problems": [*context["problems"], *filter(None, [self.doubt])],
            "key": self.key,
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
    page = _read(request, cart)
    if not page.proposal.items:
        return redirect("cart")
    if request.method == "POST" and request.POST.get("action") == "place":
        return _place(page)
    return page.render()


def _read(request: HttpRequest, cart: Cart) -> Checkout:
    region, prices = request.region, Prices.today()
    forms = CheckoutForms(request, request.POST if request.method == "POST" else None, carts.number_of(cart))
    if forms.data is not None and forms.business is not None and carts.keep_number(cart=cart, number=forms.number):
        check_vat_numbers_soon()
    proposal = propose(cart, forms.destination, region, prices, forms.services, forms.tax_number)
    key = checkout_key((forms.data or {}).get("key", ""))
    return Checkout(request, cart, region, forms, prices, proposal, key)


def _place(page: Checkout) -> HttpResponse:
    request = page.request
    if not page.forms.are_valid:
        page.notice = _("Please check the fields that are marked.")
        return page.render(status=422)
    if not page.proposal.can_be_ordered:
        return page.render(status=409)
    quote = page.freeze()
    if quote is None:
        return page.render(status=503)
    if request.POST.get("shown_total") != pages.shown(quote.total):
        page.quote, page.notice = quote, _("The price has changed with your entries. Please look at it once more.")
        return page.render(status=409)
    try:
        order = placing.place(
            key=page.key,
            quote=quote,
            cart=page.cart,
            email=page.forms.contact.cleaned_data["email"],
            user=request.user if request.user.is_authenticated else None,
            address=page.forms.address.address,
            language=page.region.language,
            terms_version=TERMS_VERSION,
            network=get_ip(request),
        )
    except Refused as refusal:
        page.notice = str(refusal.message)
        page.key = uuid4() if refusal.code == "key_used" else page.key
        forms = page.forms
        page.proposal = propose(
            page.cart, forms.destination, page.region, page.prices, forms.services, forms.tax_number
        )  # fmt: skip
        return page.render(status=409)
    return _to_payment(request, order)


def _to_payment(request: HttpRequest, order: Order) -> HttpResponse:
    """Sends the shopper to the provider's page; to the order when it can't be paid now."""
    if order.status != Order.Status.AWAITING_PAYMENT or order.pay_until <= clock.now():
        return redirect(order)
    try:
        return redirect(payments.open_session(order.first_payment or placing.start_payment(order=order)))
    except Unavailable:
        messages.error(request, _("The payment service does not answer. Please try again in a minute."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(order)

"""A purchase in few lines: a cart, what it would cost, a quote, an order, a payment, and the work that follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.html import escape
from django.utils.translation import gettext, override

from accounts.models import User
from catalog.models import StockLevel, Variant
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Destination
from marketplace.kernel.region import Region
from orders.models import Cart, Order, Quote, Step
from orders.services import carts, placing, settling, steps
from orders.services.proposals import Proposal, propose
from orders.services.quoting import freeze
from payments import services as payments
from tests.orders.counterpart import Counterpart
from tests.support.cast import GERMAN_ADDRESS

GERMANY = Region("de", "DE", "EUR")
UNITED_STATES = Region("en", "US", "USD")
COLOGNE = Destination("DE", "", "50667")


def cart_with(*goods: tuple[Variant, int], user: User | None = None) -> Cart:
    """A cart with pieces of some variants."""
    cart = carts.open_cart(user=user)
    for variant, quantity in goods:
        carts.add_item(cart=cart, variant_id=variant.pk, quantity=quantity)
    return cart


def proposal_for(cart: Cart, region: Region = GERMANY, to: Destination = COLOGNE, **services: str) -> Proposal:
    """What the cart would cost there today."""
    return propose(cart, to, region, Prices.today(), {name.replace("_", "-"): code for name, code in services.items()})


def quote_for(cart: Cart, region: Region = GERMANY, to: Destination = COLOGNE) -> Quote:
    """The frozen price of the cart."""
    return freeze(cart=cart, proposal=proposal_for(cart, region, to), language=region.language, prices=Prices.today())


def place(cart: Cart, quote: Quote | None = None, *, key: UUID | None = None, **changes: Any) -> Order:
    """The order of a cart that goes to Cologne."""
    values: dict[str, Any] = {
        "key": key or uuid4(),
        "quote": quote or quote_for(cart),
        "cart": cart,
        "email": "greta@example.com",
        "user": None,
        "address": GERMAN_ADDRESS,
        "language": "de",
        "terms_version": "2026-11",
    }
    return placing.place(**(values | changes))


def to_another(address: PostalAddress, **changes: str) -> PostalAddress:
    """An address with other words in it."""
    return PostalAddress.from_dict(address.as_dict() | changes)


def order_of(*goods: tuple[Variant, int], **changes: Any) -> Order:
    """A placed order whose shopper stands on the payment page."""
    order = place(cart_with(*goods), **changes)
    payments.open_session(placing.start_payment(order=order))
    return order


def paid_order(outside: Counterpart, *goods: tuple[Variant, int], **changes: Any) -> Order:
    """An order that was paid, as the return page finds out."""
    order = order_of(*goods, **changes)
    outside.decide(order)
    settling.refresh(order=order)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    return order


def work(moment: datetime | None = None, *, rounds: int = 20) -> None:
    """A worker does every step that is due, and those that follow from it."""
    for _ in range(rounds):
        due = steps.due(moment or clock.now())
        if not due:
            return
        for step_id in due:
            steps.run(step_id)


def step_of(order: Order, kind: Step.Kind) -> Step:
    """The one step of that kind."""
    return Step.objects.get(order=order, kind=kind)


def stock_of(variant: Variant) -> tuple[int, int]:
    """Pieces on hand and pieces promised, over all warehouses."""
    levels = StockLevel.objects.filter(variant=variant)
    return sum(level.on_hand for level in levels), sum(level.reserved for level in levels)


def said(language: str, sentence: str, **words: Any) -> str:
    """A sentence of the shop as the readers of `language` meet it in a page."""
    with override(language):
        text = gettext(sentence)
    return str(escape(text % words if words else text))


def lines_of(cart: Cart) -> dict[str, int]:
    """Pieces by SKU."""
    return dict(cart.lines.values_list("variant__sku", "quantity"))

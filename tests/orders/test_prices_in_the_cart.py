"""Prices by market, quantity and time in cart, quote and order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from moneyed import Money

from catalog.models import MarketPrice, PriceTier, ScheduledPrice
from catalog.services import scheduled_prices
from marketplace.kernel import clock
from orders.models import OrderLine
from payments.selectors import fx_table
from tests.orders.buying import UNITED_STATES, cart_with, place, proposal_for, quote_for
from tests.orders.conftest import Hands
from tests.support.cast import TODAY, Cast


def test_a_sale_that_begins_under_a_frozen_quote_leaves_it_as_it_is(cast: Cast, hands: Hands) -> None:
    """T-shirts at CNY 77.00, EUR 10.00; a fifth less from the next minute on."""
    now = clock.now()
    times = {"starts_at": now + timedelta(minutes=1), "ends_at": now + timedelta(days=1)}
    sale = ScheduledPrice.objects.create(
        seller=cast.shenzhen, name="Kites", percent=Decimal(20), variant=cast.tshirt, **times
    )
    scheduled_prices.plan(schedule=sale)
    cart = cart_with((cast.tshirt, 2))
    first = quote_for(cart)
    hands.forward(minutes=1)
    moved = scheduled_prices.follow(moment=clock.now(), fx=fx_table(TODAY))

    again = quote_for(cart)
    order = place(cart, again)

    line = OrderLine.objects.get(seller_order__order=order)
    assert (moved, again, again.total) == (1, first, first.total)
    assert (line.unit_price, line.seller_price) == (Money("10.00", "EUR"), Money("77.00", "CNY"))
    assert proposal_for(cart_with((cast.tshirt, 2))).items[0].unit_price == Money("8.00", "EUR")


def test_ten_pieces_are_quoted_and_ordered_at_the_price_of_ten(cast: Cast) -> None:
    """CNY 77.00 for one, 69.30 for one of ten: EUR 9.00 each."""
    PriceTier.objects.create(variant=cast.tshirt, from_quantity=10, price=Decimal("69.30"))
    nine, ten = cart_with((cast.tshirt, 9)), cart_with((cast.tshirt, 10))

    order = place(ten, quote_for(ten))

    assert proposal_for(nine).items[0].unit_price == Money("10.00", "EUR")
    assert not proposal_for(ten).has_new_prices
    line = OrderLine.objects.get(seller_order__order=order)
    assert (line.quantity, line.unit_price, line.seller_price) == (10, Money("9.00", "EUR"), Money("69.30", "CNY"))
    assert order.goods == Money("90.00", "EUR")


def test_the_country_that_goods_go_to_decides_on_the_price_and_the_seller_is_owed_that(cast: Cast) -> None:
    MarketPrice.objects.create(variant=cast.tshirt, country="DE", price=Money("12.50", "EUR"))
    MarketPrice.objects.create(variant=cast.tshirt, price=Money("14.00", "USD"))
    cart = cart_with((cast.tshirt, 2))

    quote = quote_for(cart)

    (part,) = quote.body["parts"]
    assert part["lines"][0]["unit_price"] == {"amount": "12.50", "currency": "EUR"}
    assert part["lines"][0]["seller_price"] == {"amount": "12.5000", "currency": "EUR"}
    assert quote.body["fx"]["risk"] == {}
    abroad = proposal_for(cart, UNITED_STATES)  # an American reader, and a parcel to Cologne
    assert abroad.items[0].seller_price == Money("12.50", "EUR")
    assert abroad.items[0].unit_price == Money("13.75", "USD")

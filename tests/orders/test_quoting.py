"""A frozen quote: what was shown holds for half an hour, whatever prices, rates and rules do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from moneyed import Money

from catalog.models import Variant
from catalog.selectors.prices import Prices
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused
from marketplace.kernel.region import Region
from orders.models import Quote
from orders.services import carts
from orders.services.proposals import part_key
from orders.services.quoting import freeze
from payments.models import ExchangeRate
from tests.orders.buying import COLOGNE, GERMANY, cart_with, place, proposal_for, quote_for
from tests.orders.conftest import Hands
from tests.support.cast import RATED_ON, Cast, forbid, rate_facts


def test_a_quote_keeps_every_figure_the_rates_and_the_rules(cast: Cast) -> None:
    """T-shirts 20.00 + freight 4.59 + duty 3.00 + tax 5.24; notebook 8.00 + 4.09 + 3.00 + 2.87."""
    quote = quote_for(cart_with((cast.tshirt, 2), (cast.notebook, 1)))

    body = quote.body
    first, second = body["parts"]
    assert quote.total == Money("50.79", "EUR")
    assert body["totals"] == {name: {"amount": amount, "currency": "EUR"} for name, amount in [
        ("goods", "28.00"), ("shipping", "8.68"), ("duty", "6.00"), ("tax", "8.11"), ("fees", "0.00"),
        ("total", "50.79"), ("on_delivery", "0.00"), ("buffer", "0"),
    ]}  # fmt: skip
    assert {code: Decimal(rate) for code, rate in body["fx"]["rates"].items()} == {
        "CNY": Decimal("7.70"), "EUR": 1, "JPY": 165, "USD": Decimal("1.10"),
    }  # fmt: skip
    assert body["fx"]["rated_on"] == dict.fromkeys(("CNY", "JPY", "USD"), "2026-11-20")
    assert [(line["sku"], line["quantity"], line["seller_price"]) for line in first["lines"]] == [
        ("KITE-T-SHIRT", 2, {"amount": "77.0000", "currency": "CNY"})
    ]
    assert [rule["id"] for rule in second["assessment"]["rules"]] == ["EU-LV-3EUR", "DE-TAX-STANDARD-2021"]


def test_a_quote_holds_for_half_an_hour(cast: Cast) -> None:
    before = clock.now()

    quote = quote_for(cart_with((cast.tshirt, 2)))

    assert before + timedelta(minutes=30) <= quote.expires_at <= clock.now() + timedelta(minutes=30)


def test_looking_again_brings_the_same_quote(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))

    assert quote_for(cart) == quote_for(cart)
    assert Quote.objects.count() == 1


def test_a_changed_price_does_not_touch_an_open_quote(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    first = quote_for(cart)
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("770.00", "CNY"))

    again = quote_for(cart)

    assert (again, again.total, again.body) == (first, first.total, first.body)


def test_changed_rates_and_rules_do_not_touch_an_open_quote(cast: Cast, law_may_change: Callable[[], None]) -> None:
    cart = cart_with((cast.tshirt, 2))
    first = quote_for(cart)
    ExchangeRate.objects.record(rate_facts(RATED_ON + timedelta(days=1), CNY="3.85"))
    law_may_change()

    again = quote_for(cart)

    assert proposal_for(cart).items[0].unit_price == Money("20.00", "EUR")
    assert (again, again.total) == (first, first.total)


def test_what_is_forbidden_meanwhile_can_not_be_ordered_any_more(
    cast: Cast, law_may_change: Callable[[], None]
) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote_for(cart)
    forbid("6109", "DE")
    law_may_change()

    with pytest.raises(Refused) as refusal:
        quote_for(cart)

    assert refusal.value.code == "not_deliverable"


def test_after_half_an_hour_the_figures_are_those_of_the_moment(cast: Cast, hands: Hands) -> None:
    cart = cart_with((cast.tshirt, 2))
    first = quote_for(cart)
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("154.00", "CNY"))
    hands.forward(minutes=30, seconds=1)

    again = quote_for(cart)

    assert again != first
    assert again.body["totals"]["goods"] == {"amount": "40.00", "currency": "EUR"}


def _other_quantity(cart: Any, cast: Cast) -> Quote:
    carts.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=3)
    return quote_for(cart)


def _other_service(cart: Any, cast: Cast) -> Quote:
    key = part_key(cast.shenzhen.pk, cast.shenzhen_warehouse.pk)
    return freeze(cart=cart, proposal=proposal_for(cart, **{key: "air-express"}), language="de", prices=Prices.today())


@pytest.mark.parametrize("ask", [
    _other_quantity,
    _other_service,
    lambda cart, cast: quote_for(cart, GERMANY, Destination("DE", "", "10115")),
    lambda cart, cast: quote_for(cart, GERMANY, Destination("FR", "", "75001")),
    lambda cart, cast: quote_for(cart, Region("de", "DE", "CHF"), COLOGNE),
    lambda cart, cast: quote_for(cart, Region("en", "DE", "EUR"), COLOGNE),
    lambda cart, cast: quote_for(cart_with((cast.tshirt, 2))),
], ids=["quantity", "service", "postal code", "country", "currency", "language", "cart"])  # fmt: skip
def test_anything_else_gets_a_quote_of_its_own(cast: Cast, ask: Callable[[Any, Cast], Quote]) -> None:
    cart = cart_with((cast.tshirt, 2))
    first = quote_for(cart)

    other = ask(cart, cast)

    assert other.pk != first.pk
    assert other.fingerprint != first.fingerprint or other.cart_id != first.cart_id


def test_a_quote_that_became_an_order_is_not_used_again(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    order = place(cart)
    carts.add_item(cart=cart, variant_id=cast.tshirt.pk, quantity=2)

    again = quote_for(cart)

    assert again != order.quote
    assert again.total == order.total


def test_nothing_is_frozen_for_a_cart_that_can_not_be_sent(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    cast.tshirt.stock_levels.update(on_hand=1)

    with pytest.raises(Refused):
        quote_for(cart)

    assert not Quote.objects.exists()

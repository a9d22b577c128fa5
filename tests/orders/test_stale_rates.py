"""Nothing is promised on an exchange rate that is too old; prices are still shown, and the risk of a rate is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.fx import StaleRate
from orders.models import Order, Quote
from payments.models import CurrencyRisk, ExchangeRate
from tests.orders.buying import cart_with, place, proposal_for, quote_for, said
from tests.orders.conftest import Hands
from tests.orders.pages import filled, from_country, priced, put_in
from tests.support.cast import RATED_ON, TODAY, Cast

DOUBT = (
    "We can't promise a price just now: the newest exchange rate for %(currency)s is of %(day)s. Please"
    " choose another currency, or come back later."
)


@pytest.fixture
def old_yuan(cast: Cast, law_may_change: Callable[[], None]) -> None:
    """The yuan's rate is six open days old, all others are fresh."""
    ExchangeRate.objects.filter(quote="CNY", on=RATED_ON).update(on=RATED_ON - timedelta(days=8))
    law_may_change()


def assess(law_may_change: Callable[[], None], level: str) -> None:
    CurrencyRisk.objects.create(
        currency="CNY", on=TODAY, rated_on=RATED_ON, rate=1, level=level, assessed_at=clock.now(),
        var_1=Decimal("0.5"), var_14=Decimal("1.9"), historical_1=Decimal("0.6"), historical_14=Decimal("2.2"),
    )  # fmt: skip
    law_may_change()


def test_no_quote_stands_on_an_old_rate(cast: Cast, old_yuan: None) -> None:
    cart = cart_with((cast.tshirt, 2))

    with pytest.raises(StaleRate, match="The exchange rate for CNY is of 2026-11-12, too old for 2026-11-22"):
        quote_for(cart)

    assert not Quote.objects.exists()
    assert proposal_for(cart).items[0].unit_price.currency.code == "EUR"  # the price is still known


def test_an_old_rate_of_another_currency_is_no_hindrance(cast: Cast, old_yuan: None) -> None:
    assert quote_for(cart_with((cast.notebook, 1))).pk


def test_what_was_promised_before_is_kept(cast: Cast, law_may_change: Callable[[], None]) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    ExchangeRate.objects.filter(quote="CNY", on=RATED_ON).update(on=RATED_ON - timedelta(days=8))
    law_may_change()

    assert quote_for(cart) == quote
    assert place(cart, quote).total == quote.total


def test_the_checkout_says_why_there_is_no_price(client: Client, cast: Cast, old_yuan: None) -> None:
    from_country(client)
    put_in(client, (cast.tshirt, 1))

    answer = client.get("/de/checkout/")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert said("de", DOUBT, currency="CNY", day="12. November 2026") in text
    assert 'data-testid="place-order" disabled' in text
    assert client.get("/de/cart/").status_code == 200


def test_an_order_is_not_taken_on_an_old_rate(client: Client, cast: Cast, law_may_change: Callable[[], None]) -> None:
    from_country(client)
    put_in(client, (cast.tshirt, 1))
    form = priced(client, filled())
    Quote.objects.all().delete()
    ExchangeRate.objects.filter(quote="CNY", on=RATED_ON).update(on=RATED_ON - timedelta(days=8))
    law_may_change()

    answer = client.post("/de/checkout/", form)

    assert answer.status_code == 503
    assert said("de", DOUBT, currency="CNY", day="12. November 2026") in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("level", "buffer"), [("green", Decimal(0)), ("amber", Decimal("0.6")), ("red", Decimal("2.2"))]
)
def test_a_quote_keeps_the_risk_of_its_currencies_and_holds_for_half_an_hour(
    cast: Cast, hands: Hands, law_may_change: Callable[[], None], level: str, buffer: Decimal
) -> None:
    assess(law_may_change, level)
    before = clock.now()

    quote = quote_for(cart_with((cast.tshirt, 1)))

    kept = quote.body["fx"]["risk"]
    assert {code: (one["level"], Decimal(one["buffer_percent"])) for code, one in kept.items()} == {
        "CNY": (level, buffer)
    }
    assert timedelta(minutes=30) <= quote.expires_at - before < timedelta(minutes=31)
    assert set(quote.body["fx"]["rates"]) == {"CNY", "EUR", "USD"}  # the freight is tariffed in dollars

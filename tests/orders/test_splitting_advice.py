"""What separate parcels would cost, said in cart and checkout where a parcel holds several lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from catalog.models import Variant
from catalog.selectors import prices as selectors
from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import Assessment, AssessmentWarning
from compliance.landed_cost.splitting import advice_on
from marketplace.kernel.consignment import Consignment, Destination
from orders.models import Quote
from orders.services import quoting
from orders.services.proposals import advice_for
from tests.orders.buying import cart_with, paid_order, proposal_for, quote_for, said, work
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, place, put_in
from tests.support.cast import Cast, another_choice

MORE = "Sent in separate parcels, duty, tax and fees would come to %(amount)s more."


@pytest.fixture
def large(cast: Cast) -> Variant:
    """A second size of the T-shirt, at the same price: for customs the same kind of goods."""
    return another_choice(cast.tshirt, "Size", "Small", "Large", "77.00", 50)


def advice(cast: Cast, *goods: tuple[Variant, int]) -> tuple[str, str] | None:
    [part] = proposal_for(cart_with(*goods)).parts
    found = advice_for(part, Prices.today(), "de")
    return (found.code, found.params["amount"]) if found else None


def test_the_same_goods_in_two_parcels_pay_the_flat_duty_twice(cast: Cast, large: Variant) -> None:
    """Together 3.00 and 2 × 2.62 of tax; apart 2 × 3.00 and 2 × 2.91 (19 % of 10.00 + 2.30 or 2.29 + 3.00)."""
    assert advice(cast, (cast.tshirt, 1), (large, 1)) == ("splitting_costs_more", "3,58\xa0€")


def test_two_parcels_may_stay_below_the_limit_that_one_is_above(cast: Cast) -> None:
    Variant.objects.filter(pk__in=[cast.tshirt.pk, cast.mug.pk]).update(price=770)

    found = advice(cast, (cast.tshirt, 1), (cast.mug, 1))

    assert found is not None and found[0] == "splitting_costs_less"


def test_there_is_none_for_one_line_or_where_it_makes_no_difference(cast: Cast) -> None:
    assert advice(cast, (cast.tshirt, 5)) is None
    assert advice(cast, (cast.tshirt, 1), (cast.mug, 1)) is None  # two kinds of goods, together and apart


def test_cart_and_checkout_say_it_once_and_the_order_no_more(
    client: Client, cast: Cast, large: Variant, outside: Counterpart
) -> None:
    from_country(client)
    put_in(client, (cast.tshirt, 1), (large, 1), (cast.notebook, 1))
    sentence = said("de", MORE, amount="3,58\xa0€")

    cart = client.get("/de/cart/").content.decode()
    checkout = client.post("/de/checkout/", filled()).content.decode()

    assert (cart.count(sentence), cart.count('data-testid="splitting"')) == (1, 1)
    assert (checkout.count(sentence), checkout.count('data-testid="splitting"')) == (1, 1)
    order = paid_order(outside, (cast.tshirt, 1), (large, 1))
    work()
    for path in ("", "invoice/"):
        assert sentence not in client.get(f"/de/order/{order.token}/{path}").content.decode()
    assert sentence not in mail.outbox[0].body


def test_it_is_reckoned_once_from_the_cart_to_the_last_button(
    client: Client, cast: Cast, large: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Consignment] = []

    def counting(assessment: Assessment, consignment: Consignment, *rest: Any) -> AssessmentWarning | None:
        asked.append(consignment)
        return advice_on(assessment, consignment, *rest)

    monkeypatch.setattr(selectors, "advice_on", counting)
    Prices.today().advised.clear()
    from_country(client)
    put_in(client, (cast.tshirt, 1), (large, 1), (cast.notebook, 1))

    client.get("/de/cart/")
    client.get("/de/checkout/")
    answer = place(client)

    assert answer.status_code == 302
    assert len(asked) == 1


def test_a_special_territory_is_asked_about_by_itself(cast: Cast, large: Variant) -> None:
    cart = cart_with((cast.tshirt, 1), (large, 1))
    prices = Prices.today()

    for postal_code in ("50667", "20095", "27498"):  # the last is Heligoland
        [part] = proposal_for(cart, to=Destination("DE", "", postal_code)).parts
        advice_for(part, prices, "de")

    assert len({place for _, place, _ in prices.advised}) == 2


def test_the_checkout_says_what_was_reckoned_with_the_frozen_price(client: Client, cast: Cast, large: Variant) -> None:
    from_country(client)
    put_in(client, (cast.tshirt, 1), (large, 1))
    client.post("/de/checkout/", filled())
    Variant.objects.filter(pk=large.pk).update(price=7700)

    page = client.post("/de/checkout/", filled()).content.decode()

    assert said("de", MORE, amount="3,58\xa0€") in page
    [part] = Quote.objects.get().body["parts"]
    assert part["advice"] == {"code": "splitting_costs_more", "params": {"amount": "3,58\xa0€"}}


def test_the_price_is_the_same_with_and_without_it(cast: Cast, large: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    cart = cart_with((cast.tshirt, 1), (large, 1))
    with_it = quote_for(cart)
    Quote.objects.all().delete()
    monkeypatch.setattr(quoting, "advice_for", lambda *_: None)

    without = quote_for(cart)

    assert without.body["parts"][0]["advice"] is None
    assert (without.total, without.body["totals"]) == (with_it.total, with_it.body["totals"])
    assert without.body["parts"][0]["assessment"] == with_it.body["parts"][0]["assessment"]

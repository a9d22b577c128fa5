"""The checkout on one page: what is typed stays, what is shown is what is asked for, and the order leads to payment."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from moneyed import Money

from accounts import services as accounts
from catalog.models import Variant
from logistics.models import ShippingRate
from marketplace.kernel.errors import Refused
from orders.models import Order, Quote
from orders.services import placing
from orders.services.proposals import part_key
from payments.models import Payment
from tests.orders.buying import said, to_another
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, hidden, place, priced, put_in
from tests.support.cast import AMERICAN_ADDRESS, GERMAN_ADDRESS, Cast


@pytest.fixture
def shopper(client: Client, cast: Cast) -> Client:
    """A guest in Germany with two T-shirts and a notebook in the cart."""
    put_in(from_country(client), (cast.tshirt, 2), (cast.notebook, 1))
    return client


# To the order -------------------------------------------------------------------------------------------------


def test_a_guest_orders_and_stands_on_the_payment_page(shopper: Client, cast: Cast, outside: Counterpart) -> None:
    answer = place(shopper)

    order = Order.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, Payment.objects.get().session_url)
    assert (order.user, order.email, order.language, order.country) == (None, "greta@example.com", "de", "DE")
    assert order.postal_address == GERMAN_ADDRESS
    assert order.total == Money("50.79", "EUR")
    [session] = outside.sessions()
    assert session["amount"] == {"value": "50.79", "currency": "EUR"}
    assert session["return_url"] == f"http://testserver/de/order/{order.token}/return/"


def test_a_member_orders_under_their_own_address_whatever_is_sent(
    shopper: Client, cast: Cast, outside: Counterpart
) -> None:
    shopper.force_login(cast.german)

    place(shopper, filled(email="somebody.else@example.com"))

    order = Order.objects.get()
    assert (order.user, order.email) == (cast.german, "greta@example.com")


def test_the_same_form_sent_twice_leads_to_the_same_payment(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())

    first, second = (shopper.post("/de/checkout/", fields) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert (Order.objects.count(), Payment.objects.count(), len(outside.sessions())) == (1, 1, 1)


def test_the_form_sent_again_after_paying_leads_to_the_order(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())
    shopper.post("/de/checkout/", fields)
    order = Order.objects.get()
    outside.decide(order)
    shopper.get(f"/de/order/{order.token}/return/")

    answer = shopper.post("/de/checkout/", fields)

    assert answer.headers["Location"] == f"/de/order/{order.token}/"


def test_the_form_sent_again_after_the_time_to_pay_leads_to_the_order(
    shopper: Client, outside: Counterpart, hands: Hands
) -> None:
    fields = priced(shopper, filled())
    outside.faults("psp", fail_next=1)  # the payment page could not be opened at once
    shopper.post("/de/checkout/", fields)
    Order.objects.update(pay_until=hands.now())
    Payment.objects.update(expires_at=hands.now())

    answer = shopper.post("/de/checkout/", fields)

    assert answer.headers["Location"] == f"/de/order/{Order.objects.get().token}/"


def test_a_provider_that_is_away_keeps_the_order(shopper: Client, outside: Counterpart) -> None:
    outside.faults("psp", fail_next=1)

    answer = shopper.post("/de/checkout/", priced(shopper, filled()), follow=True)

    order = Order.objects.get()
    assert answer.redirect_chain == [(f"/de/order/{order.token}/", 302)]
    assert said("de", "The payment service does not answer. Please try again in a minute.") in answer.content.decode()
    assert order.status == "awaiting_payment"


# What is shown is what is asked for ---------------------------------------------------------------------------


def test_the_page_shows_the_frozen_figures_even_when_prices_move(
    shopper: Client, cast: Cast, outside: Counterpart
) -> None:
    fields = priced(shopper, filled())
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("770.00", "CNY"))

    page = shopper.post("/de/checkout/", fields | {"action": "refresh"})
    answer = shopper.post("/de/checkout/", fields)

    first = page.context["consignments"][0]
    assert (page.context["quote"]["goods"], first["lines"][0]["total"], first["breakdown"]["goods"]) == (
        Money("28.00", "EUR"), Money("20.00", "EUR"), Money("20.00", "EUR"),
    )  # fmt: skip
    assert answer.status_code == 302
    assert Order.objects.get().goods == Money("28.00", "EUR")


def test_a_price_that_is_not_held_any_more_is_shown_before_it_is_asked_for(
    shopper: Client, cast: Cast, outside: Counterpart, hands: Hands
) -> None:
    fields = priced(shopper, filled())
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money("154.00", "CNY"))
    hands.forward(minutes=31)

    refused = shopper.post("/de/checkout/", fields)
    accepted = shopper.post("/de/checkout/", fields | {"shown_total": hidden(refused, "shown_total")})

    assert refused.status_code == 409
    assert said("de", "The price has changed with your entries. Please look at it once more.") in (
        refused.content.decode()
    )
    assert accepted.status_code == 302
    assert Order.objects.get().goods == Money("48.00", "EUR")


@pytest.mark.parametrize("shown", ["", "1 EUR", "50.79 USD", "50.790 EUR", "x" * 10_000])
def test_a_total_that_was_not_shown_is_not_charged(shopper: Client, outside: Counterpart, shown: str) -> None:
    answer = shopper.post("/de/checkout/", priced(shopper, filled()) | {"shown_total": shown})

    assert answer.status_code == 409
    assert (Order.objects.count(), outside.sessions()) == (0, [])


def test_another_address_shows_its_price_first(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())
    swiss = to_another(GERMAN_ADDRESS, country_code="CH", postal_code="8001", city="Zürich", phone="")

    answer = shopper.post("/de/checkout/", filled(swiss) | {name: fields[name] for name in ("key", "shown_total")}
                          | {"action": "place"})  # fmt: skip

    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_a_country_without_rules_is_warned_of_before_the_order(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    put_in(from_country(client, "KW", "KWD"), (cast.mug, 1), language="ar")

    page = client.get("/ar/checkout/").content.decode()

    assert (
        said("ar", "Import charges for your country are not known. The carrier may ask for them at the door.") in page
    )


# What was typed stays -----------------------------------------------------------------------------------------


def test_a_refused_order_keeps_everything_that_was_typed(
    shopper: Client, cast: Cast, outside: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = f"service-{part_key(cast.shenzhen.pk, cast.shenzhen_warehouse.pk)}"
    fields = priced(shopper, filled() | {chosen: "air-express"})

    def refuse(**order: object) -> Order:
        raise Refused("out_of_stock", "Just sold out.")

    monkeypatch.setattr(placing, "place", refuse)

    answer = shopper.post("/de/checkout/", fields)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Just sold out." in page
    for text in ("greta@example.com", "Greta Lindholz", "Aachener Straße 12", "50667", "Köln"):
        assert text in page
    assert hidden(answer, "key") == fields["key"]
    assert hidden(answer, "shown_total") == fields["shown_total"]
    assert [option["code"] for option in answer.context["consignments"][0]["options"] if option["selected"]] == [
        "air-express"
    ]
    assert answer.context["contact_form"]["terms"].value()


def test_pricing_anew_keeps_everything_that_was_typed(shopper: Client) -> None:
    answer = shopper.post("/de/checkout/", filled(key=str(uuid4())))

    page = answer.content.decode()
    for text in ("greta@example.com", "Greta Lindholz", "Aachener Straße 12", "50667", "Köln"):
        assert text in page
    assert answer.context["contact_form"]["terms"].value()


def test_wrong_fields_are_named_and_nothing_is_ordered(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())
    wrong = fields | {"email": "greta", "address-postal_code": "123", "address-name": ""}
    del wrong["terms"]

    answer = shopper.post("/de/checkout/", wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said("de", "Please check the fields that are marked.") in page
    assert said("de", "Please agree to the terms before you order.") in page
    assert answer.context["contact_form"].errors.keys() == {"email", "terms"}
    assert answer.context["address_form"].errors.keys() == {"postal_code", "name"}
    assert 'value="greta"' in page and 'value="123"' in page
    assert not Order.objects.exists()


def test_goods_that_are_gone_are_named_on_the_page(shopper: Client, cast: Cast, outside: Counterpart) -> None:
    fields = priced(shopper, filled())
    cast.tshirt.stock_levels.update(on_hand=1)

    answer = shopper.post("/de/checkout/", fields)

    assert answer.status_code == 409
    assert said("de", "“%(name)s” can't be sent in this quantity. Please change or remove it in the cart.",
                name="T-Shirt mit Drachen") in answer.content.decode()  # fmt: skip
    assert not Order.objects.exists()


def test_a_page_of_an_earlier_order_gets_a_new_key(shopper: Client, cast: Cast, outside: Counterpart) -> None:
    """The guest's cart joins the member's at sign-in; the key on the old page then belongs to the old cart."""
    fields = priced(shopper, filled())
    shopper.post("/de/checkout/", fields)
    shopper.force_login(cast.german)
    put_in(shopper, (cast.mug, 1))
    later = priced(shopper, filled()) | {"key": fields["key"]}

    refused = shopper.post("/de/checkout/", later)
    accepted = shopper.post("/de/checkout/", later | {"key": hidden(refused, "key")})

    assert (refused.status_code, accepted.status_code) == (409, 302)
    assert hidden(refused, "key") != fields["key"]
    assert Order.objects.count() == 2


# The way in ---------------------------------------------------------------------------------------------------


def test_the_checkout_of_an_empty_cart_is_the_cart(client: Client, cast: Cast) -> None:
    for answer in (client.get("/de/checkout/"), client.post("/de/checkout/", filled())):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/de/cart/")


def test_a_member_finds_their_kept_address_filled_in(shopper: Client, cast: Cast) -> None:
    address = accounts.save_address(user=cast.german, postal=GERMAN_ADDRESS)
    shopper.force_login(cast.german)

    page = shopper.get(f"/de/checkout/?saved={address.pk}").content.decode()

    assert "Aachener Straße 12" in page and "50667" in page


def test_the_kept_address_of_somebody_else_stays_theirs(shopper: Client, cast: Cast) -> None:
    foreign = accounts.save_address(user=cast.japanese, postal=AMERICAN_ADDRESS)
    shopper.force_login(cast.german)

    page = shopper.get(f"/de/checkout/?saved={foreign.pk}").content.decode()

    assert "350 Mission Street" not in page


@pytest.mark.parametrize(("target", "parts"), [
    ("address-fields", ("address-fields", "summary", "shipping")),
    ("summary", ("summary", "shipping")),
    ("elsewhere", ("checkout",)),
])  # fmt: skip
def test_a_swap_brings_the_part_that_was_asked_for(shopper: Client, target: str, parts: tuple[str, ...]) -> None:
    answer = shopper.post("/de/checkout/", filled(), headers={"HX-Request": "true", "HX-Target": target})

    page = answer.content.decode()
    assert answer.status_code == 200
    for part in parts:
        assert page.count(f'id="{part}"') == 1
    assert ("<html" in page) == (target == "elsewhere")


def test_a_swap_brings_the_last_button_only_when_a_price_has_come_or_gone(
    shopper: Client, law_may_change: Callable[[], None]
) -> None:
    def swap(**more: str) -> str:
        headers = {"HX-Request": "true", "HX-Target": "summary"}
        return shopper.post("/de/checkout/", filled() | more, headers=headers).content.decode()

    come = swap()
    stays = swap(shown_total=hidden(shopper.post("/de/checkout/", filled()), "shown_total"))
    ShippingRate.objects.filter(origin_country="JP").delete()
    law_may_change()
    gone = swap(shown_total="50.79 EUR")

    button = r'<button id="place"[^>]*data-testid="place-order"( disabled)?[^>]*hx-swap-oob="true"'
    assert [re.findall(button, page) for page in (come, stays, gone)] == [[""], [], [" disabled"]]


def test_looking_at_the_checkout_makes_one_quote(shopper: Client) -> None:
    for _ in range(3):
        shopper.get("/de/checkout/")

    assert Quote.objects.count() == 1


def test_an_unserved_country_is_told(shopper: Client, law_may_change: Callable[[], None]) -> None:
    ShippingRate.objects.filter(origin_country="JP").delete()
    law_may_change()

    answer = shopper.post("/de/checkout/", filled())

    page = answer.content.decode()
    assert said("de", "%(seller)s can't send these goods to this country. Please remove them or choose another address.",
                seller="Asagiri") in page  # fmt: skip
    assert hidden(answer, "shown_total") == ""

"""Who left the payment page finds the order in the cart: it is paid from there, or its goods go back into the cart."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from catalog.models import StockReservation
from marketplace.kernel.errors import Refused
from orders.models import Cart, CartLine, Order
from orders.services import placing
from payments import services as payments
from payments.models import Payment
from tests.orders.buying import cart_with, place, stock_of
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, put_in
from tests.orders.pages import place as place_on_the_page
from tests.support.cast import Cast
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


def left(client: Client, cast: Cast, pieces: int = 2) -> Order:
    """An order of T-shirts whose shopper has left the payment page."""
    put_in(from_country(client), (cast.tshirt, pieces), language="en")
    assert place_on_the_page(client, filled(), language="en").status_code == 302
    return Order.objects.latest("pk")


def cart_of(client: Client) -> str:
    return client.get("/en/cart/").content.decode()


def put_back(client: Client, order: Order) -> str:
    """The page on which who gives the order up comes to stand."""
    answer = client.post(f"/en/cart/waiting/{order.number}/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def lines() -> dict[int, int]:
    return dict(CartLine.objects.values_list("variant_id", "quantity"))


def test_the_cart_leads_to_the_order_that_waits(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = left(client, cast)

    shown = cart_of(client)

    assert order.number in shown and f'action="/en/order/{order.token}/pay/"' in shown
    assert "We keep the goods for you until" in shown
    assert client.post(f"/en/order/{order.token}/pay/").url.startswith(outside.url)


def test_the_last_pieces_go_back_into_the_cart_and_can_be_ordered_anew(client: Client, cast: Cast) -> None:
    cast.tshirt.stock_levels.update(on_hand=2)
    order = left(client, cast, 2)

    shown = put_back(client, order)

    order.refresh_from_db()
    assert (order.status, stock_of(cast.tshirt), lines()) == ("cancelled", (2, 0), {cast.tshirt.pk: 2})
    assert set(StockReservation.objects.values_list("state", flat=True)) == {"released"}
    assert 'data-testid="checkout-start"' in shown and order.number not in shown
    assert place_on_the_page(client, filled(), language="en").status_code == 302


def test_what_was_put_in_since_stays(client: Client, cast: Cast) -> None:
    order = left(client, cast, 2)
    put_in(client, (cast.tshirt, 1), (cast.mug, 3), language="en")

    put_back(client, order)

    assert lines() == {cast.tshirt.pk: 3, cast.mug.pk: 3}


def test_the_payment_page_is_closed(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = left(client, cast)

    put_back(client, order)

    assert Payment.objects.get(reference=order.number).state == Payment.State.CANCELLED
    assert [session["status"] for session in outside.sessions()] == ["cancelled"]


def test_what_was_paid_meanwhile_is_bought(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = left(client, cast)
    outside.decide(order)  # nobody has told the shop yet

    shown = put_back(client, order)

    order.refresh_from_db()
    assert (order.status, stock_of(cast.tshirt), lines()) == ("paid", (48, 0), {})
    assert "Thank you. Your order is on its way to your door." in shown


def test_a_provider_that_is_away_leaves_all_as_it_is(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = left(client, cast)
    outside.faults("psp", fail_next=1)

    shown = put_back(client, order)

    order.refresh_from_db()
    assert (order.status, stock_of(cast.tshirt), lines()) == ("awaiting_payment", (50, 2), {})
    assert "The payment service does not answer." in shown and order.number in shown


def test_nobody_else_meets_the_order(client: Client, cast: Cast) -> None:
    order = left(client, cast)
    stranger, member = from_country(Client()), from_country(Client())
    member.force_login(cast.german)
    for other in (stranger, member):
        put_in(other, (cast.mug, 1), language="en")

        assert order.number not in cart_of(other)
        assert order.number not in put_back(other, order)

    order.refresh_from_db()
    assert (order.status, cast.tshirt.pk in lines()) == ("awaiting_payment", False)


def test_a_member_finds_it_from_every_device(client: Client, cast: Cast) -> None:
    client.force_login(cast.german)
    order = left(client, cast)
    other = from_country(Client())
    other.force_login(cast.german)

    assert order.number in cart_of(other)
    put_back(other, order)

    assert lines() == {cast.tshirt.pk: 2}


def test_an_order_whose_time_is_over_waits_no_longer(client: Client, cast: Cast, hands: Hands) -> None:
    order = left(client, cast)
    hands.forward(minutes=31)

    assert order.number not in cart_of(client)


def test_the_page_of_the_order_offers_it_to_its_buyer_alone(client: Client, cast: Cast) -> None:
    order = left(client, cast)
    action = f'action="/en/cart/waiting/{order.number}/"'

    assert action in client.get(f"/en/order/{order.token}/").content.decode()
    assert action not in Client().get(f"/en/order/{order.token}/").content.decode()


def test_the_cart_of_nobody_asks_no_more(client: Client) -> None:
    assert "Your cart is empty." in cart_of(client)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_windows_give_it_back_once(cast: Cast, outside: Counterpart) -> None:
    cart = cart_with((cast.tshirt, 2))
    order = place(cart)
    payments.open_session(placing.start_payment(order=order))

    def give_up() -> str:
        try:
            placing.put_back(order=Order.objects.get(pk=order.pk), cart=Cart.objects.get(pk=cart.pk))
        except Refused as refusal:
            return refusal.code
        return "back"

    outcomes = at_once(*[give_up] * 4)

    assert Counter(outcomes) == {"back": 1, "order_closed": 3}
    assert (stock_of(cast.tshirt), lines()) == ((50, 0), {cast.tshirt.pk: 2})

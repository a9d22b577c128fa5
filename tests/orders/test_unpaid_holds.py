"""Nobody keeps goods from others without paying; who means to buy always can."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from catalog.models import StockReservation, Variant
from marketplace.kernel.errors import Refused
from orders.models import Cart, Order, OrderPayment
from orders.services import holds, placing, settling
from payments import services as payments
from payments.models import Payment
from tests.orders.buying import cart_with, order_of, paid_order, place, stock_of
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, put_in
from tests.orders.pages import place as place_on_the_page
from tests.support.cast import Cast
from tests.support.threads import at_once

NETWORK, OTHER = "203.0.113.7", "198.51.100.9"


def guest(variant: Variant, pieces: int, *, cart: Cart | None = None, **changes: Any) -> Order:
    """An order of a guest whom nobody has seen before, but for the network."""
    filled_cart = cart or cart_with((variant, pieces))
    values = {"email": f"{filled_cart.token}@example.com", "network": NETWORK}
    return place(filled_cart, **(values | changes))


def minutes(order: Order) -> float:
    order.refresh_from_db()
    return (order.pay_until - order.placed_at) / timedelta(minutes=1)


def lapse(hands: Hands) -> None:
    hands.forward(minutes=33)
    placing.expire_unpaid(hands.now())


def refused(call: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def refill(cart: Cart, variant: Variant, pieces: int) -> Cart:
    cart.lines.create(variant=variant, quantity=pieces, seen_price=variant.price)
    return cart


# How long -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pieces", "time"), [(25, 30), (26, 10), (50, 10)])
def test_a_guest_holds_more_than_half_of_the_goods_for_ten_minutes_only(cast: Cast, pieces: int, time: int) -> None:
    order = guest(cast.tshirt, pieces)

    assert minutes(order) == time
    assert OrderPayment.objects.get(order=order).payment.expires_at == order.pay_until
    assert stock_of(cast.tshirt) == (50, pieces)


def test_many_small_orders_from_one_network_count_as_one(cast: Cast) -> None:
    orders = [guest(cast.tshirt, 10) for _ in range(3)]

    assert [minutes(order) for order in orders] == [30, 30, 10]
    assert minutes(guest(cast.tshirt, 10, network=OTHER)) == 30


def test_a_member_has_half_an_hour_for_all_there_is(cast: Cast) -> None:
    assert minutes(place(cart_with((cast.tshirt, 50), user=cast.german), user=cast.german)) == 30


def test_a_guest_who_orders_all_there_is_and_pays_gets_it(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 50), network=NETWORK)

    assert (order.status, order.holders, stock_of(cast.tshirt)) == ("paid", [], (0, 0))


# How often ------------------------------------------------------------------------------------------------------


def test_after_five_orders_that_lapsed_the_same_goods_need_an_account(cast: Cast, hands: Hands) -> None:
    for _ in range(5):
        guest(cast.tshirt, 50)
        lapse(hands)

    assert refused(lambda: guest(cast.tshirt, 50)) == "kept_unpaid"
    assert (Order.objects.count(), stock_of(cast.tshirt)) == (5, (50, 0))
    assert minutes(guest(cast.mug, 1)) == 30
    assert minutes(guest(cast.tshirt, 1, network=OTHER)) == 30
    assert minutes(place(cart_with((cast.tshirt, 50), user=cast.german), user=cast.german, network=NETWORK)) == 30


@pytest.mark.parametrize("known_by", ["email", "cart"])
def test_another_network_does_not_hide_who_let_orders_lapse(cast: Cast, hands: Hands, known_by: str) -> None:
    cart = cart_with()

    def once_more(number: int) -> Order:
        own = refill(cart, cast.tshirt, 50) if known_by == "cart" else None
        email = f"{number}@example.com" if known_by == "cart" else "Greta@example.com"
        return guest(cast.tshirt, 50, cart=own, network=f"198.51.100.{number}", email=email)

    for number in range(5):
        once_more(number)
        lapse(hands)

    assert refused(lambda: once_more(9)) == "kept_unpaid"


def test_a_member_who_lets_five_orders_lapse_waits_a_day(cast: Cast, hands: Hands) -> None:
    def once_more() -> Order:
        return place(cart_with((cast.tshirt, 50), user=cast.german), user=cast.german, network=NETWORK)

    for _ in range(5):
        once_more()
        lapse(hands)

    assert refused(once_more) == "kept_unpaid"
    hands.forward(hours=24)
    assert minutes(once_more()) == 30


def test_after_a_day_nobody_is_known_any_more(cast: Cast, hands: Hands) -> None:
    guest(cast.tshirt, 1)
    lapse(hands)

    assert holds.forget_names(hands.now()) == 0
    hands.forward(hours=24)
    assert holds.forget_names(hands.now()) == 1
    assert Order.objects.get().holders == []


def test_what_is_kept_of_a_buyer_names_nobody(cast: Cast) -> None:
    order = guest(cast.tshirt, 1)

    assert [name[:2] for name in order.holders] == ["c:", "e:", "n:"]
    assert not any(word in " ".join(order.holders) for word in (NETWORK, order.email, "203"))


# How many at once -----------------------------------------------------------------------------------------------


def test_a_buyer_has_five_unpaid_orders_at_most(cast: Cast) -> None:
    for _ in range(5):
        guest(cast.tshirt, 1, email="greta@example.com")

    assert refused(lambda: guest(cast.mug, 1, email="greta@example.com")) == "too_many_unpaid"
    assert (Order.objects.count(), stock_of(cast.mug)) == (5, (50, 0))


def test_a_stranger_who_types_a_members_address_keeps_nothing_from_the_member(cast: Cast, hands: Hands) -> None:
    for _ in range(5):
        guest(cast.tshirt, 1, email=cast.german.email)
    lapse(hands)
    for _ in range(5):
        guest(cast.mug, 1, email=cast.german.email)

    order = place(cart_with((cast.tshirt, 1), user=cast.german), user=cast.german, email=cast.german.email)

    assert minutes(order) == 30


def test_paid_orders_do_not_count(cast: Cast, outside: Counterpart) -> None:
    for _ in range(6):
        paid_order(outside, (cast.tshirt, 1), network=NETWORK)

    assert minutes(guest(cast.tshirt, 1, email="greta@example.com")) == 30


def test_one_network_has_twenty_unpaid_orders_of_guests_at_most(cast: Cast) -> None:
    for _ in range(20):
        guest(cast.tshirt, 1)

    assert refused(lambda: guest(cast.mug, 1)) == "too_many_unpaid"
    assert minutes(place(cart_with((cast.mug, 1), user=cast.german), user=cast.german, network=NETWORK)) == 30


def test_two_buyers_behind_one_address_both_get_the_last_two_pieces(cast: Cast) -> None:
    cast.tshirt.stock_levels.update(on_hand=2)

    orders = [guest(cast.tshirt, 1), guest(cast.tshirt, 1)]

    assert [minutes(order) for order in orders] == [30, 10]
    assert stock_of(cast.tshirt) == (2, 2)


# Who comes back -------------------------------------------------------------------------------------------------


def test_a_new_order_of_the_same_goods_takes_over_what_the_old_one_held(cast: Cast) -> None:
    cast.tshirt.stock_levels.update(on_hand=4)
    cart = cart_with((cast.tshirt, 2))
    old = guest(cast.tshirt, 2, cart=cart)

    new = guest(cast.tshirt, 2, cart=refill(cart, cast.tshirt, 2))

    old.refresh_from_db()
    assert (old.status, new.status, stock_of(cast.tshirt)) == ("cancelled", "awaiting_payment", (4, 2))
    states = dict(StockReservation.objects.values_list("reference", "state"))
    assert states == {old.number: "released", new.number: "held"}


def test_an_order_of_other_goods_stays(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    old = guest(cast.tshirt, 2, cart=cart)

    guest(cast.mug, 1, cart=refill(cart, cast.mug, 1))

    old.refresh_from_db()
    assert (old.status, stock_of(cast.tshirt)) == ("awaiting_payment", (50, 2))


def test_the_same_address_in_another_cart_takes_over_nothing(cast: Cast) -> None:
    old = guest(cast.tshirt, 2, email="greta@example.com")

    guest(cast.tshirt, 2, email="greta@example.com")

    old.refresh_from_db()
    assert (old.status, stock_of(cast.tshirt)) == ("awaiting_payment", (50, 4))


def test_an_old_order_that_was_paid_meanwhile_is_kept(cast: Cast, outside: Counterpart) -> None:
    cart = cart_with((cast.tshirt, 2))
    old = place(cart, network=NETWORK)
    payments.open_session(placing.start_payment(order=old))
    outside.decide(old)  # nobody has told the shop yet

    new = place(refill(cart, cast.tshirt, 1), network=NETWORK)

    old.refresh_from_db()
    assert (old.status, new.status, stock_of(cast.tshirt)) == ("paid", "awaiting_payment", (48, 1))


def test_the_old_payment_page_is_closed(cast: Cast, outside: Counterpart) -> None:
    cart = cart_with((cast.tshirt, 2))
    old = place(cart, network=NETWORK)
    payments.open_session(placing.start_payment(order=old))

    place(refill(cart, cast.tshirt, 2), network=NETWORK)

    assert Payment.objects.get(reference=old.number).state == Payment.State.CANCELLED
    assert [session["status"] for session in outside.sessions()] == ["cancelled"]


def test_a_provider_that_is_away_leaves_the_old_order_alone(cast: Cast, outside: Counterpart) -> None:
    cart = cart_with((cast.tshirt, 2))
    old = place(cart, network=NETWORK)
    payments.open_session(placing.start_payment(order=old))
    outside.faults("psp", fail_next=1)

    new = place(refill(cart, cast.tshirt, 2), network=NETWORK)

    old.refresh_from_db()
    assert (old.status, new.status, stock_of(cast.tshirt)) == ("awaiting_payment", "awaiting_payment", (50, 4))


def test_a_payment_that_failed_is_tried_again_on_the_same_hold(cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 50), network=NETWORK)
    for _ in range(6):
        outside.decide(order, "decline")
        settling.refresh(order=order)
        payments.open_session(placing.start_payment(order=order))
    outside.decide(order)

    settling.refresh(order=order)

    order.refresh_from_db()
    assert (order.status, stock_of(cast.tshirt)) == ("paid", (0, 0))


# At once --------------------------------------------------------------------------------------------------------


def bursts(cast: Cast) -> list[Any]:
    """Eight orders of one e-mail address from as many windows."""
    ready: Sequence[Cart] = [cart_with((cast.tshirt, 1)) for _ in range(8)]
    return [lambda cart=cart: guest(cast.tshirt, 1, cart=cart, email="greta@example.com").status for cart in ready]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_burst_of_orders_counts_each_one(cast: Cast) -> None:
    outcomes = at_once(*bursts(cast))

    assert Counter(outcomes) == {"awaiting_payment": 5, "too_many_unpaid": 3}
    assert stock_of(cast.tshirt) == (50, 5)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_burst_would_hold_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_come, count = threading.Barrier(8), holds.require_few_open

    def count_together(order: Order) -> None:
        count(order)
        all_have_come.wait(timeout=20)

    monkeypatch.setattr(holds, "lock", lambda names: None)
    monkeypatch.setattr(holds, "require_few_open", count_together)

    outcomes = at_once(*bursts(cast))

    assert Counter(outcomes) == {"awaiting_payment": 8}


# The page -------------------------------------------------------------------------------------------------------


def test_the_checkout_says_why_and_places_nothing(client: Client, cast: Cast, hands: Hands) -> None:
    for _ in range(5):
        guest(cast.tshirt, 50, network="127.0.0.1")
        lapse(hands)
    put_in(from_country(client), (cast.tshirt, 2), language="en")

    answer = place_on_the_page(client, filled(), language="en")

    assert answer.status_code == 409
    assert "several times today and not paid. Please sign in to order them." in answer.content.decode()
    assert Order.objects.count() == 5


def test_a_member_at_the_checkout_is_known_by_the_account(client: Client, cast: Cast) -> None:
    client.force_login(cast.german)
    put_in(from_country(client), (cast.tshirt, 2), language="en")

    assert place_on_the_page(client, filled(), language="en").status_code == 302

    assert [name[:2] for name in Order.objects.get().holders] == ["u:", "n:"]

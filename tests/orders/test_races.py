"""Many at once: stock is never promised twice, an act of ordering is one order, a payment is settled once.

Each race is run on real transactions. For the stock the harm is shown first: what happens when it is read and
written without a lock.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest

from catalog.models import BundlePart, StockLevel, StockReservation, Variant
from catalog.services import stock
from orders.models import Cart, Order, OrderPayment, Quote, Step
from orders.services import carts, placing, settling
from payments.models import Payment
from payments.providers.base import Result, Status
from tests.orders.buying import cart_with, lines_of, order_of, place, quote_for
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart, Message
from tests.support.cast import Cast, listing
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


# Stock --------------------------------------------------------------------------------------------------------


def buyers(cast: Cast, count: int, *, pieces: int) -> list[tuple[Cart, Quote]]:
    """So many shoppers, each with one T-shirt quoted; so many pieces are left."""
    carts_made = [cart_with((cast.tshirt, 1)) for _ in range(count)]
    ready = [(cart, quote_for(cart)) for cart in carts_made]
    StockLevel.objects.filter(variant=cast.tshirt).update(on_hand=pieces)
    return ready


def buy(cart: Cart, quote: Quote) -> Callable[[], str]:
    return lambda: str(place(cart, quote, email=f"buyer-{cart.pk}@example.com").status)


def test_fifty_buyers_race_for_ten_pieces_and_ten_get_one(cast: Cast) -> None:
    ready = buyers(cast, 50, pieces=10)

    outcomes = at_once(*[buy(cart, quote) for cart, quote in ready])

    assert Counter(outcomes) == {"awaiting_payment": 10, "out_of_stock": 40}
    level = StockLevel.objects.get(variant=cast.tshirt)
    assert (level.on_hand, level.reserved) == (10, 10)
    assert (Order.objects.count(), Payment.objects.count(), StockReservation.objects.count()) == (10, 10, 10)
    assert sum(1 for cart, _quote in ready if lines_of(cart)) == 40


def test_without_the_lock_more_would_be_sold_than_there_are(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens when stock is read, compared and written back: all have read before the first one writes."""
    all_have_read = threading.Barrier(4)

    def reserve_naively(*, reference: str, demands: Mapping[int, int], **_rest: object) -> None:
        for pk, quantity in demands.items():
            level = StockLevel.objects.get(pk=pk)
            with contextlib.suppress(threading.BrokenBarrierError):
                all_have_read.wait(timeout=10)
            if level.available < quantity:
                raise stock.OutOfStock(level.pk, level.available)
            level.reserved += quantity
            level.save(update_fields=["reserved"])
            StockReservation.objects.create(stock_level=level, reference=reference, quantity=quantity)

    monkeypatch.setattr(stock, "reserve", reserve_naively)

    outcomes = at_once(*[buy(cart, quote) for cart, quote in buyers(cast, 4, pieces=1)])

    assert outcomes == ["awaiting_payment"] * 4
    assert StockLevel.objects.get(variant=cast.tshirt).reserved == 1


def test_buyers_of_the_same_two_goods_in_another_order_never_block_each_other(cast: Cast) -> None:
    made = [cart_with((first, 1), (second, 1))
            for first, second in [(cast.tshirt, cast.notebook), (cast.notebook, cast.tshirt)] * 4]  # fmt: skip

    outcomes = at_once(*[buy(cart, quote_for(cart)) for cart in made])

    assert outcomes == ["awaiting_payment"] * 8


def test_a_bundle_and_its_part_race_for_the_same_pieces_and_none_is_sold_twice(cast: Cast) -> None:
    """Ten mugs: sets of two of them and a T-shirt, and single ones, in carts that name them in another order."""
    bundle = listing(cast.shenzhen, "Kite set", "300.00", {})
    BundlePart.objects.create(bundle=bundle, part=cast.mug, quantity=2)
    BundlePart.objects.create(bundle=bundle, part=cast.tshirt, quantity=1)
    made = [cart_with((bundle, 1)) for _ in range(8)] + [cart_with((cast.mug, 1), (cast.tshirt, 1)) for _ in range(8)]
    ready = [(cart, quote_for(cart)) for cart in made]
    StockLevel.objects.filter(variant=cast.mug).update(on_hand=10)

    outcomes = at_once(*[buy(cart, quote) for cart, quote in ready])

    mugs = StockLevel.objects.get(variant=cast.mug)
    sets = sum(outcome == "awaiting_payment" for outcome in outcomes[:8])
    single = sum(outcome == "awaiting_payment" for outcome in outcomes[8:])
    assert set(outcomes) == {"awaiting_payment", "out_of_stock"}
    assert 2 * sets + single == mugs.reserved and mugs.reserved in {9, 10}
    assert StockLevel.objects.get(variant=cast.tshirt).reserved == sets + single


def test_no_more_pieces_are_on_order_than_the_seller_makes(cast: Cast) -> None:
    made = listing(cast.shenzhen, "Kite loom", "300.00", {cast.shenzhen_warehouse: 0})
    Variant.objects.filter(pk=made.pk).update(lead_days=14, order_limit=3)
    ready = [(cart, quote_for(cart)) for cart in [cart_with((made, 1)) for _ in range(8)]]

    outcomes = at_once(*[buy(cart, quote) for cart, quote in ready])

    assert Counter(outcomes) == {"awaiting_payment": 3, "out_of_stock": 5}
    level = StockLevel.objects.get(variant=made)
    assert (level.on_hand, level.reserved, level.on_order) == (0, 0, 3)


# One act, one order -------------------------------------------------------------------------------------------


def test_a_form_sent_twice_at_the_same_moment_makes_one_order(cast: Cast) -> None:
    cart, key = cart_with((cast.tshirt, 2)), uuid4()
    quote = quote_for(cart)

    numbers = at_once(*[lambda: place(cart, quote, key=key).number] * 4)

    assert len(set(numbers)) == 1
    assert (Order.objects.count(), OrderPayment.objects.count()) == (1, 1)
    assert StockLevel.objects.get(variant=cast.tshirt).reserved == 2


def test_two_windows_on_one_cart_make_one_order(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)

    outcomes = at_once(*[lambda: place(cart, quote, key=uuid4()).status] * 3)

    assert Counter(outcomes) == {"awaiting_payment": 1, "cart_changed": 2}


def test_the_pay_button_pressed_twice_opens_one_payment(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2)))
    Payment.objects.update(state=Payment.State.FAILED)

    opened = at_once(*[lambda: placing.start_payment(order=order).pk] * 4)

    assert len(set(opened)) == 1
    assert OrderPayment.objects.filter(order=order).count() == 2


# Carts --------------------------------------------------------------------------------------------------------


def test_goods_added_from_two_windows_are_both_in_the_cart(cast: Cast) -> None:
    cart = cart_with()

    at_once(*[lambda: carts.add_item(cart=cart, variant_id=cast.tshirt.pk, quantity=1)] * 6)

    assert lines_of(cart) == {"KITE-T-SHIRT": 6}


def test_two_pages_opened_at_sign_in_merge_once(cast: Cast) -> None:
    mine, guest = cart_with((cast.notebook, 1), user=cast.german), cart_with((cast.tshirt, 2), (cast.mug, 1))

    at_once(*[lambda: carts.merge(guest=Cart.objects.filter(pk=guest.pk).first() or guest, user=cast.german)] * 4)

    assert lines_of(mine) == {"MORNING-NOTEBOOK": 1, "KITE-T-SHIRT": 2, "KITE-MUG": 1}
    assert list(Cart.objects.all()) == [mine]


# Settling -----------------------------------------------------------------------------------------------------


def arrive(message: Message) -> Callable[[], bool]:
    headers, body = message
    return lambda: settling.receive_webhook(provider="sandbox", headers=headers, body=body).became_paid


def settled_once(order: Order) -> bool:
    order.refresh_from_db()
    assert order.status == Order.Status.PAID and order.paid_at
    kinds = Counter(Step.objects.filter(order=order).values_list("kind", flat=True))
    return kinds == {"confirm": 1, "screen": order.seller_orders.count()}


def test_message_and_return_page_at_once_settle_an_order_once(cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 2), (cast.notebook, 1))
    outside.decide(order)
    [message] = outside.messages()

    at_once(
        arrive(message), arrive(message), lambda: settling.refresh(order=order), lambda: settling.refresh(order=order)
    )

    assert settled_once(order)
    level = StockLevel.objects.get(variant=cast.tshirt)
    assert (level.on_hand, level.reserved) == (48, 0)


def test_a_payment_that_comes_while_the_order_expires_is_kept_or_given_back(
    cast: Cast, outside: Counterpart, hands: Hands
) -> None:
    orders = [order_of((cast.tshirt, 1)) for _ in range(4)]
    for order in orders:
        outside.decide(order)
    messages = outside.messages()
    hands.forward(minutes=33)

    at_once(*[arrive(message) for message in messages], lambda: placing.expire_unpaid(hands.now()))

    # The provider had the money before anybody asked it to cancel: every order is paid, none cancelled.
    assert all(settled_once(order) for order in orders)
    assert StockLevel.objects.get(variant=cast.tshirt).on_hand == 46


def test_an_order_is_never_both_cancelled_and_sent(cast: Cast) -> None:
    """The provider's word comes while the shop cancels for want of payment: whichever is first decides."""
    orders = [place(cart_with((cast.tshirt, 1)), email=f"buyer-{number}@example.com") for number in range(6)]
    for order in orders:
        session = {"state": Payment.State.PENDING, "provider_reference": f"ses_{order.pk}"}
        Payment.objects.filter(reference=order.number).update(**session)

    def pay(order: Order) -> Callable[[], object]:
        payment = OrderPayment.objects.get(order=order).payment
        paid = Result(payment.provider_reference, payment.key, Status.PAID, payment.amount)
        return lambda: settling.apply(order=order, payment=payment, result=paid).became_paid

    def cancel(order: Order) -> Callable[[], object]:
        return lambda: settling.cancel_unpaid(order=order)

    at_once(*[call for order in orders for call in (pay(order), cancel(order))])

    for order in orders:
        order.refresh_from_db()
        kinds = set(Step.objects.filter(order=order).values_list("kind", flat=True))
        assert (order.status, kinds) in [("paid", {"confirm", "screen"}), ("cancelled", {"refund"})]
    level = StockLevel.objects.get(variant=cast.tshirt)
    assert level.reserved == 0
    assert level.on_hand == 50 - sum(order.status == "paid" for order in orders)

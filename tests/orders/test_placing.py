"""Placing an order: once for each act of ordering, for what was quoted, with the stock that is there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from moneyed import Money

from accounts.models import Consent
from catalog.models import StockReservation, Variant
from marketplace.kernel.consignment import Destination
from marketplace.kernel.errors import Refused
from marketplace.kernel.region import Region
from orders.models import Cart, Order, OrderLine, OrderPayment, SellerOrder
from orders.services import carts, placing
from payments import services as payments
from payments.models import Payment
from tests.orders.buying import cart_with, lines_of, place, quote_for, stock_of, to_another
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.support.cast import GERMAN_ADDRESS, Cast, put, warehouse


def nothing_was_written() -> bool:
    return not any(
        model.objects.exists() for model in (Order, SellerOrder, OrderLine, Payment, Consent, StockReservation)
    )


# The order ----------------------------------------------------------------------------------------------------


def test_an_order_copies_what_was_agreed_and_holds_the_stock(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2), (cast.notebook, 1))

    order = place(cart)

    parts = list(order.seller_orders.all())
    assert [(part.reference, part.seller, part.warehouse, part.service_code) for part in parts] == [
        (f"{order.number}-1", cast.shenzhen, cast.shenzhen_warehouse, "post-economy"),
        (f"{order.number}-2", cast.rival, cast.osaka_warehouse, "post-economy"),
    ]
    assert (order.goods, order.shipping, order.duty, order.tax, order.fees, order.total) == tuple(
        Money(amount, "EUR") for amount in ("28.00", "8.68", "6.00", "8.11", "0.00", "50.79")
    )
    assert sum(part.total.amount for part in parts) == order.total.amount
    line = parts[0].lines.get()
    assert (line.name, line.hs_code, line.origin, line.quantity) == ("T-Shirt mit Drachen", "610910", "CN", 2)
    assert (line.unit_price, line.seller_price) == (Money("10.00", "EUR"), Money("77.00", "CNY"))
    assert order.postal_address == GERMAN_ADDRESS
    assert (stock_of(cast.tshirt), stock_of(cast.notebook), stock_of(cast.mug)) == ((50, 2), (50, 1), (50, 0))
    assert lines_of(cart) == {}


def test_an_order_starts_one_payment_of_its_whole_amount(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2), (cast.notebook, 1)))

    payment = OrderPayment.objects.get(order=order).payment
    assert (payment.amount, payment.reference, payment.state) == (order.total, order.number, Payment.State.STARTED)
    assert payment.return_url == f"http://testserver/de/order/{order.token}/return/"
    assert payment.webhook_url == "http://testserver/webhooks/payments/sandbox/"
    assert sum(Money(line["amount"], "EUR").amount for line in payment.lines) == order.total.amount


def test_consent_to_the_terms_is_on_record(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2)))

    assert set(Consent.objects.values_list("kind", "version", "language", "reference", "email")) == {
        (kind, "2026-11", "de", order.number, "greta@example.com") for kind in ("terms", "privacy")
    }


def test_what_changes_afterwards_does_not_change_the_order(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2)))

    Variant.objects.update(price=Money("1.00", "CNY"))
    cast.tshirt.product.name_de = "Anderer Name"
    cast.tshirt.product.save()

    line = OrderLine.objects.get(seller_order__order=order)
    assert (line.name, line.unit_price) == ("T-Shirt mit Drachen", Money("10.00", "EUR"))


def test_goods_from_two_warehouses_are_held_in_both(cast: Cast) -> None:
    cast.tshirt.stock_levels.update(on_hand=3)
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 2})

    order = place(cart_with((cast.tshirt, 5)))

    assert [line.quantity for line in OrderLine.objects.filter(seller_order__order=order)] == [2, 3]
    assert [level.available for level in cast.tshirt.stock_levels.order_by("pk")] == [0, 0]


# Twice --------------------------------------------------------------------------------------------------------


def test_the_same_key_brings_the_same_order(cast: Cast) -> None:
    cart, key = cart_with((cast.tshirt, 2)), uuid4()
    quote = quote_for(cart)

    first = place(cart, quote, key=key)
    again = place(cart, quote, key=key)

    assert again == first
    assert (Order.objects.count(), OrderPayment.objects.count(), stock_of(cast.tshirt)) == (1, 1, (50, 2))


def test_the_key_of_another_shopper_opens_nothing(cast: Cast) -> None:
    key = uuid4()
    place(cart_with((cast.tshirt, 2)), key=key)
    stranger = cart_with((cast.mug, 1))

    with pytest.raises(Refused) as refusal:
        place(stranger, key=key)

    assert refusal.value.code == "key_used"
    assert (Order.objects.count(), lines_of(stranger), stock_of(cast.mug)) == (1, {"KITE-MUG": 1}, (50, 0))


def test_a_quote_is_ordered_once_even_under_another_key(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    place(cart, quote)
    carts.add_item(cart=cart, variant_id=cast.tshirt.pk, quantity=2)

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "cart_changed"
    assert Order.objects.count() == 1


# Refusals -----------------------------------------------------------------------------------------------------


def test_a_cart_that_has_changed_is_not_ordered(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    carts.add_item(cart=cart, variant_id=cast.mug.pk, quantity=1)

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "cart_changed"
    assert nothing_was_written()
    assert lines_of(cart) == {"KITE-T-SHIRT": 2, "KITE-MUG": 1}


def test_the_quote_of_another_cart_is_not_ordered(cast: Cast) -> None:
    quote = quote_for(cart_with((cast.tshirt, 2)))

    with pytest.raises(Refused) as refusal:
        place(cart_with((cast.tshirt, 2)), quote)

    assert refusal.value.code == "cart_changed"
    assert nothing_was_written()


def test_a_cart_that_is_gone_is_not_ordered(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    Cart.objects.filter(pk=cart.pk).delete()

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "cart_changed"


def test_an_expired_quote_is_not_ordered(cast: Cast, hands: Hands) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    hands.forward(minutes=30, seconds=1)

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "quote_expired"
    assert nothing_was_written()


@pytest.mark.parametrize("changes", [{"postal_code": "10115"}, {"country_code": "FR"}, {"country_area": "BY"}])
def test_an_address_that_was_not_quoted_is_not_ordered_for(cast: Cast, changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        place(cart_with((cast.tshirt, 2)), address=to_another(GERMAN_ADDRESS, **changes))

    assert refusal.value.code == "quote_elsewhere"
    assert nothing_was_written()


@pytest.mark.parametrize(("left", "words"), [(1, "Only 1 piece is left."), (0, "has just been sold out")])
def test_goods_that_were_sold_meanwhile_are_refused_by_name(cast: Cast, left: int, words: str) -> None:
    cart = cart_with((cast.notebook, 1), (cast.tshirt, 2))
    quote = quote_for(cart)
    cast.tshirt.stock_levels.update(on_hand=left)

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "out_of_stock"
    assert words in str(refusal.value) and "T-Shirt mit Drachen" in str(refusal.value)
    assert nothing_was_written()
    assert (lines_of(cart), stock_of(cast.notebook)) == ({"MORNING-NOTEBOOK": 1, "KITE-T-SHIRT": 2}, (50, 0))


def test_goods_whose_place_in_the_warehouse_is_gone_are_refused(cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 2))
    quote = quote_for(cart)
    cast.tshirt.stock_levels.all().delete()

    with pytest.raises(Refused) as refusal:
        place(cart, quote)

    assert refusal.value.code == "out_of_stock"
    assert nothing_was_written()


def test_a_currency_is_paid_to_its_smallest_unit(cast: Cast, outside: Counterpart) -> None:
    kuwait = to_another(GERMAN_ADDRESS, country_code="KW", postal_code="", phone="")
    japan = to_another(GERMAN_ADDRESS, country_code="JP", postal_code="150-0001", phone="")

    for region, to, address in [(Region("ar", "KW", "KWD"), Destination("KW"), kuwait),
                                (Region("ja", "JP", "JPY"), Destination("JP", "", "150-0001"), japan)]:  # fmt: skip
        cart = cart_with((cast.mug, 1))
        order = place(cart, quote_for(cart, region, to), address=address, language=region.language)
        payments.open_session(placing.start_payment(order=order))

    assert [session["amount"] for session in outside.sessions()] == [
        {"value": "8.191", "currency": "KWD"}, {"value": "3735", "currency": "JPY"},
    ]  # fmt: skip


# Paying it ----------------------------------------------------------------------------------------------------


def test_an_open_payment_is_used_again(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2)))

    assert placing.start_payment(order=order) == placing.start_payment(order=order)
    assert OrderPayment.objects.count() == 1


def test_no_payment_is_started_for_an_order_that_is_not_awaited(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 2)))
    Order.objects.update(status=Order.Status.CANCELLED)
    Payment.objects.update(state=Payment.State.CANCELLED)

    with pytest.raises(Refused) as refusal:
        placing.start_payment(order=order)

    assert refusal.value.code == "order_closed"
    assert OrderPayment.objects.count() == 1

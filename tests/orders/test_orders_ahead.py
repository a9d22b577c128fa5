"""Goods that are made to order or not out yet: bought without stock, promised for a day, sent when they are there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from catalog.models import StockLevel, Variant
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.roles import ROLE_RIGHTS
from orders.models import Fulfilment, OrderLine, SellerOrder, Step
from orders.services import ahead, carts
from tests.orders.buying import cart_with, paid_order, proposal_for, quote_for, step_of, work
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.orders.pages import from_country, put_in
from tests.support.cast import TODAY, Cast, listing

pytestmark = pytest.mark.django_db
IN_TWO_WEEKS = date(2026, 12, 6)
OUT_ON = date(2026, 12, 20)


@pytest.fixture
def loom(cast: Cast) -> Variant:
    """A loom that is made within fourteen days; one lies in stock."""
    made = listing(cast.shenzhen, "Kite loom", "300.00", {cast.shenzhen_warehouse: 1}, hs_code="691110")
    Variant.objects.filter(pk=made.pk).update(lead_days=14)
    return made


@pytest.fixture
def almanac(cast: Cast) -> Variant:
    """An almanac that comes out on 20 December, at most five of them."""
    made = listing(cast.shenzhen, "Kite almanac", "150.00", {cast.shenzhen_warehouse: 0})
    Variant.objects.filter(pk=made.pk).update(available_on=OUT_ON, order_limit=5)
    return made


def level(variant: Variant) -> tuple[int, int, int]:
    return StockLevel.objects.values_list("on_hand", "reserved", "on_order").get(variant=variant)


def test_what_lies_in_stock_is_sent_at_once_and_more_than_that_is_made(loom: Variant) -> None:
    [one] = proposal_for(cart_with((loom, 1))).parts
    [three] = proposal_for(cart_with((loom, 3))).parts

    assert (one.portions[0].to_order, one.ready_on) == (False, None)
    assert (three.portions[0].to_order, three.portions[0].quantity, three.ready_on) == (True, 3, IN_TWO_WEEKS)


def test_a_pre_order_waits_for_its_day_even_when_pieces_lie_there(almanac: Variant) -> None:
    StockLevel.objects.filter(variant=almanac).update(on_hand=9)

    [part] = proposal_for(cart_with((almanac, 2))).parts

    assert (part.portions[0].to_order, part.ready_on) == (False, OUT_ON)


def test_no_more_can_be_ordered_ahead_than_the_seller_allows(almanac: Variant) -> None:
    line = carts.add_item(cart=None, variant_id=almanac.pk, quantity=9)
    StockLevel.objects.filter(variant=almanac).update(on_order=5)

    with pytest.raises(Refused) as refused:
        carts.add_item(cart=None, variant_id=almanac.pk, quantity=1)

    assert line.quantity == 5
    assert refused.value.code == "sold_out"


def test_from_its_day_on_only_stock_is_sold(almanac: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: OUT_ON)

    with pytest.raises(Refused) as refused:
        carts.add_item(cart=None, variant_id=almanac.pk, quantity=1)

    assert refused.value.code == "sold_out"


def test_the_order_keeps_the_day_and_the_seller_has_two_days_from_then(
    cast: Cast, loom: Variant, outside: Counterpart
) -> None:
    order = paid_order(outside, (loom, 2), (cast.tshirt, 1))

    days = OrderLine.objects.filter(seller_order__order=order).order_by("sku").values_list("sku", "ready_on")
    assert dict(days) == {"KITE-LOOM": IN_TWO_WEEKS, "KITE-T-SHIRT": None}
    fulfilment = Fulfilment.objects.get(seller_order__order=order)
    assert (fulfilment.ready_on, fulfilment.due_on) == (IN_TWO_WEEKS, IN_TWO_WEEKS + timedelta(days=2))
    assert level(loom) == (1, 0, 2)


def test_goods_in_stock_are_due_two_days_after_the_payment(cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 1))

    fulfilment = Fulfilment.objects.get(seller_order__order=order)
    assert (fulfilment.ready_on, fulfilment.due_on) == (None, TODAY + timedelta(days=2))


def test_nothing_is_declared_before_the_goods_are_there_and_the_seller_may_be_early(
    cast: Cast, loom: Variant, outside: Counterpart
) -> None:
    order = paid_order(outside, (loom, 2))
    work()
    waiting = step_of(order, Step.Kind.DECLARE)
    assert (waiting.state, Step.objects.filter(order=order, kind=Step.Kind.LABEL).exists()) == ("pending", False)

    part = SellerOrder.objects.get(order=order)
    answers = [ahead.note_ready(part=part, actor=cast.officer) for _ in range(2)]
    work()

    assert answers == [True, False]
    assert Fulfilment.objects.get(seller_order=part).status == Fulfilment.Status.READY
    assert level(loom) == (1, 0, 0)


def test_only_the_seller_can_say_in_the_admin_that_the_goods_are_ready(
    client: Client, cast: Cast, loom: Variant, outside: Counterpart
) -> None:
    accounts.sync_roles(ROLE_RIGHTS)
    part = SellerOrder.objects.get(order=paid_order(outside, (loom, 2)))
    days = []
    for seller in (cast.rival, cast.shenzhen):
        client.force_login(User.objects.get(memberships__seller=seller))
        client.post("/admin/orders/sellerorder/", {"action": "goods_are_ready", "_selected_action": [part.pk]})
        days.append(Fulfilment.objects.get(seller_order=part).ready_on)

    assert days == [IN_TWO_WEEKS, TODAY]


def test_the_confirmation_names_the_day(loom: Variant, outside: Counterpart, mailoutbox: list[EmailMessage]) -> None:
    paid_order(outside, (loom, 2))

    work()

    assert "6. Dezember 2026" in mailoutbox[0].body


def test_on_the_day_the_parcel_goes_on_by_itself(
    loom: Variant, outside: Counterpart, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid_order(outside, (loom, 2))
    work()
    monkeypatch.setattr(clock, "today", lambda: IN_TWO_WEEKS)
    hands.forward(hours=2)

    work()

    assert Fulfilment.objects.get(seller_order__order=order).status == Fulfilment.Status.READY


def test_a_quote_for_stock_is_not_kept_with_pieces_that_have_to_be_made(loom: Variant) -> None:
    cart = cart_with((loom, 1))
    promised = quote_for(cart)
    StockLevel.objects.filter(variant=loom).update(on_hand=0)

    later = quote_for(cart)

    assert promised.pk != later.pk
    lines = [quote.body["parts"][0]["lines"][0] for quote in (promised, later)]
    assert [(line["to_order"], line["ready_on"]) for line in lines] == [(False, None), (True, "2026-12-06")]


def test_page_cart_and_order_say_from_when_on_it_is_sent(
    client: Client, loom: Variant, almanac: Variant, outside: Counterpart
) -> None:
    from_country(client)
    StockLevel.objects.filter(variant=loom).update(on_hand=0)

    made, out = (client.get(f"/en/product/{slug}/") for slug in ("kite-loom", "kite-almanac"))
    put_in(client, (loom, 1))
    cart = client.get("/en/cart/").content.decode()
    order = paid_order(outside, (loom, 1))
    bought = client.get(f"/en/order/{order.token}/").content.decode()

    days = made.context["delivery"]["min_on"] - TODAY, out.context["delivery"]["min_on"] - OUT_ON
    assert days[0] - days[1] == timedelta(days=14)
    assert '"https://schema.org/MadeToOrder"' in made.content.decode()
    assert '"https://schema.org/PreOrder"' in out.content.decode()
    assert "Made to order: it is ready by" in cart and 'datetime="2026-12-06"' in cart
    assert 'data-testid="ready-on"' in bought and 'datetime="2026-12-06"' in bought

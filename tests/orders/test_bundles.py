"""Sets that consist of other goods: their stock is that of their parts, and the order keeps what was in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import BundlePart, MarketHold, Product, StockLevel, StockReservation, Variant
from catalog.selectors.availability import availability_of
from compliance.models import Flag
from compliance.screening import Finding
from compliance.services import record_findings
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders.models import OrderLine
from orders.services import carts, gates, settling
from tests.orders.buying import cart_with, paid_order, place, proposal_for, quote_for, stock_of
from tests.orders.counterpart import Counterpart
from tests.orders.pages import from_country, put_in
from tests.support.cast import TODAY, Cast, listing, put

pytestmark = pytest.mark.django_db
PARTS = [
    {"sku": "KITE-MUG", "name": "Becher mit Drachen", "quantity": 2},
    {"sku": "KITE-T-SHIRT", "name": "T-Shirt mit Drachen", "quantity": 1},
]


@pytest.fixture
def kite_set(cast: Cast) -> Variant:
    """Two mugs and a T-shirt for CNY 300.00 (EUR 38.96); one by one they cost CNY 385.00."""
    made = listing(cast.shenzhen, "Kite set", "300.00", {}, hs_code="691110", weight_grams=880)
    BundlePart.objects.create(bundle=made, part=cast.mug, quantity=2)
    BundlePart.objects.create(bundle=made, part=cast.tshirt, quantity=1)
    return made


def test_there_are_as_many_sets_as_the_scarcest_part_allows(cast: Cast, kite_set: Variant) -> None:
    StockLevel.objects.filter(variant=cast.mug).update(on_hand=7)

    [item] = proposal_for(cart_with((kite_set, 1))).items

    assert item.available == 3
    assert [dict(part) for part in item.consists_of] == PARTS


def test_a_set_is_sent_from_where_all_of_its_parts_lie(cast: Cast, kite_set: Variant) -> None:
    BundlePart.objects.filter(part=cast.tshirt).delete()
    put(cast.mug, {cast.osaka_warehouse: 500})

    [portion] = proposal_for(cart_with((kite_set, 60))).parts[0].portions

    assert (portion.place.country, portion.quantity) == ("JP", 60)


def test_an_order_takes_the_parts_and_keeps_what_the_set_consisted_of(
    cast: Cast, kite_set: Variant, outside: Counterpart
) -> None:
    order = paid_order(outside, (kite_set, 3), (cast.mug, 1))

    assert (stock_of(cast.mug), stock_of(cast.tshirt)) == ((43, 0), (47, 0))
    line = OrderLine.objects.get(seller_order__order=order, variant=kite_set)
    assert line.consists_of == PARTS
    assert (line.hs_code, line.quantity, line.sku) == ("691110", 3, "KITE-SET")
    assert not OrderLine.objects.get(seller_order__order=order, variant=cast.mug).consists_of


def test_a_cancelled_order_gives_the_parts_back(cast: Cast, kite_set: Variant) -> None:
    order = place(cart_with((kite_set, 2)))
    assert (stock_of(cast.mug), stock_of(cast.tshirt)) == ((50, 4), (50, 2))

    settling.cancel_unpaid(order=order)

    assert (stock_of(cast.mug), stock_of(cast.tshirt)) == ((50, 0), (50, 0))


def test_a_set_and_its_part_in_one_cart_do_not_count_the_same_pieces_twice(cast: Cast, kite_set: Variant) -> None:
    StockLevel.objects.filter(variant=cast.mug).update(on_hand=5)

    proposal = proposal_for(cart_with((kite_set, 2), (cast.mug, 2)))

    assert [item.name for item in proposal.short] == ["Becher mit Drachen"]
    assert not proposal.can_be_ordered


def test_too_few_parts_at_the_last_moment_are_told_in_sets(cast: Cast, kite_set: Variant) -> None:
    cart = cart_with((kite_set, 4))
    quote = quote_for(cart)
    StockLevel.objects.filter(variant=cast.mug).update(on_hand=5)

    with pytest.raises(Refused) as refused:
        place(cart, quote)

    assert str(refused.value.message) == "“Kite set”: Only 2 pieces are left."
    assert not StockReservation.objects.exists()


def test_a_set_with_a_part_that_is_held_is_not_sold_there(client: Client, cast: Cast, kite_set: Variant) -> None:
    cart = cart_with((kite_set, 1))
    quote = quote_for(cart)
    Product.objects.filter(variants=cast.mug).update(held_in=["DE"])

    with pytest.raises(Refused) as of_cart:
        carts.add_item(cart=cart, variant_id=kite_set.pk, quantity=1, country="DE")
    with pytest.raises(Refused) as of_order:
        place(cart, quote)
    from_country(client)
    page = client.get("/en/product/kite-set/").content.decode()

    assert (of_cart.value.code, of_order.value.code) == ("held", "held")
    assert carts.add_item(cart=cart, variant_id=kite_set.pk, quantity=1, country="FR")
    assert "add-to-cart" not in page and "Kite mug" not in page


def test_the_page_shows_the_parts_and_what_they_would_cost_alone(client: Client, cast: Cast, kite_set: Variant) -> None:
    from_country(client)

    page = client.get("/en/product/kite-set/")

    bundle = page.context["variant"].bundle
    assert [(part.quantity, part.name, str(part.price.amount)) for part in bundle.parts] == [
        (2, "Kite mug", "20.00"), (1, "Kite T-shirt", "10.00"),
    ]  # fmt: skip
    assert (str(bundle.alone.amount), str(bundle.saved.amount)) == ("50.00", "11.04")
    text = page.content.decode()
    assert 'data-testid="bundle"' in text and "/en/product/kite-mug/?variant=" in text


def test_cart_checkout_and_order_say_what_is_in_the_set(
    client: Client, cast: Cast, kite_set: Variant, outside: Counterpart
) -> None:
    put_in(client, (kite_set, 1))
    cart = client.get("/en/cart/").content.decode()
    order = paid_order(outside, (kite_set, 1))
    page = client.get(f"/en/order/{order.token}/").content.decode()

    assert "bundle-of" in cart and "Kite mug" in cart
    assert 'data-testid="bundle-parts"' in page and "Becher mit Drachen" in page


def test_the_database_refuses_parts_of_others_and_sets_in_sets(cast: Cast, kite_set: Variant) -> None:
    outer = listing(cast.shenzhen, "Kite hamper", "900.00", {})
    for bundle, part in ((kite_set, cast.notebook), (outer, kite_set), (cast.mug, outer), (outer, outer)):
        with pytest.raises(IntegrityError), transaction.atomic():
            BundlePart.objects.create(bundle=bundle, part=part)

    assert BundlePart.objects.count() == 2


def test_a_set_waits_for_the_part_that_is_not_out_yet(cast: Cast, kite_set: Variant) -> None:
    Variant.objects.filter(pk=cast.mug.pk).update(available_on=TODAY + timedelta(days=20))

    [item] = proposal_for(cart_with((kite_set, 1))).items

    assert item.stock.ready_on(to_order=False) == TODAY + timedelta(days=20)
    kept = Variant.objects.prefetch_related("parts__part__stock_levels__warehouse", "stock_levels__warehouse")
    assert availability_of(kept.get(pk=kite_set.pk), TODAY).available_on == TODAY + timedelta(days=20)


def test_a_part_that_is_held_holds_the_parcel_though_the_seller_takes_it_out_of_the_set(
    cast: Cast, kite_set: Variant, outside: Counterpart
) -> None:
    part = paid_order(outside, (kite_set, 1)).seller_orders.get()
    assert not gates.is_held(part)
    recall = Finding("recall", "block", {}, "Law", "RECALL")
    record_findings(subject=cast.mug.product, findings=[recall], seller=cast.shenzhen, label="Mug", checks=())
    MarketHold.objects.create(product=cast.mug.product, countries=["DE"], flag=Flag.objects.get(), since=clock.now())
    assert gates.is_held(part)

    BundlePart.objects.filter(bundle=kite_set, part=cast.mug).delete()

    assert gates.is_held(part)

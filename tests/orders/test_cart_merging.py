"""Two carts that become one at sign-in hold no more than one cart may, and the shopper is told what stayed out."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from moneyed import Money

from catalog.models import Product, Variant
from orders.cart_cookie import COOKIE
from orders.models import Cart, CartLine
from orders.services import carts
from tests.orders.buying import cart_with, lines_of, said
from tests.orders.pages import put_in
from tests.support.cast import Cast, listing

SENTENCE = "A cart holds %(most)d kinds of goods. When you signed in there was no room for: %(names)s."


@pytest.fixture(autouse=True)
def _from_germany(client: Client) -> None:
    client.cookies[settings.REGION_COOKIE_NAME] = "DE.EUR"


def many(cast: Cast, word: str, count: int) -> list[Variant]:
    return [listing(cast.shenzhen, f"{number:02} {word}", "10.00", {cast.shenzhen_warehouse: 5})
            for number in range(count)]  # fmt: skip


def filled_by_hand(variants: list[Variant], cart: Cart) -> Cart:
    """As `add_item` would, in three queries instead of hundreds."""
    CartLine.objects.bulk_create(
        CartLine(cart=cart, variant=variant, quantity=1, seen_price=Money("10.00", "CNY")) for variant in variants
    )
    return cart


def test_what_comes_first_comes_in_and_the_rest_is_told_once(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = cart_with((cast.tshirt, 1), user=cast.german)
    put_in(client, (cast.mug, 4), (cast.notebook, 1))
    client.force_login(cast.german)
    monkeypatch.setattr(carts, "MAX_LINES", 2)

    first, second = (client.get("/de/cart/").content.decode() for _ in range(2))

    assert lines_of(mine) == {"KITE-T-SHIRT": 1, "KITE-MUG": 4}
    assert list(Cart.objects.all()) == [mine]
    assert client.cookies[COOKIE].value == ""
    sentence = said("de", SENTENCE, most=2, names="Notizbuch Morgen")
    assert sentence in first
    assert sentence not in second


def test_goods_that_both_carts_have_need_no_room(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = cart_with((cast.tshirt, 1), (cast.mug, 2), user=cast.german)
    put_in(client, (cast.notebook, 1), (cast.tshirt, 5), (cast.mug, 1))
    client.force_login(cast.german)
    monkeypatch.setattr(carts, "MAX_LINES", 2)

    page = client.get("/en/cart/").content.decode()

    assert lines_of(mine) == {"KITE-T-SHIRT": 5, "KITE-MUG": 2}
    assert said("en", SENTENCE, most=2, names="Morning notebook") in page


def test_of_two_carts_full_of_different_goods_fifty_kinds_stay_and_fifty_are_named(client: Client, cast: Cast) -> None:
    Product.objects.update(name_de=None)
    mine = filled_by_hand(many(cast, "old", 50), carts.open_cart(user=cast.german))
    put_in(client, (cast.tshirt, 1))
    filled_by_hand(many(cast, "new things with a name of some length", 49), Cart.objects.get(user=None))
    client.force_login(cast.german)

    answer = client.post("/de/cart/add/", {"variant": cast.mug.pk, "quantity": 1})
    page = client.get("/de/legal/terms/").content.decode()

    assert answer.status_code == 302
    assert sorted(lines_of(mine)) == [f"{number:02}-OLD" for number in range(50)]
    assert "Kite T-shirt, 00 new things with a name of some length, " in page
    assert page.count("new things with a name of some length") == 49
    assert said("de", "The cart is full: it holds %(most)d kinds of goods.", most=50) in page


def test_the_count_beside_the_cart_is_that_of_what_will_come_in(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cart_with((cast.tshirt, 1), user=cast.german)
    put_in(client, (cast.mug, 4), (cast.notebook, 9), (cast.tshirt, 2))
    client.force_login(cast.german)
    monkeypatch.setattr(carts, "MAX_LINES", 2)

    before = client.get("/de/legal/terms/").context["cart_count"]()
    client.get("/de/cart/")
    after = client.get("/de/legal/terms/").context["cart_count"]()

    assert (before, after) == (6, 6)


def test_carts_that_fit_say_nothing(client: Client, cast: Cast) -> None:
    cart_with((cast.tshirt, 1), user=cast.german)
    put_in(client, (cast.mug, 4))
    client.force_login(cast.german)

    assert list(client.get("/de/cart/").context["messages"]) == []


# Races --------------------------------------------------------------------------------------------------------


def in_a_thread(call: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_another_window_puts_in_while_the_carts_join_is_not_lost(cast: Cast) -> None:
    mine, guest = cart_with((cast.notebook, 1), user=cast.german), cart_with((cast.tshirt, 1))

    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=guest.pk)  # the other window has the cart in its hands
        joining = in_a_thread(lambda: carts.merge(guest=guest, user=cast.german))
        joining.join(timeout=0.5)
        carts.add_item(cart=guest, variant_id=cast.mug.pk, quantity=3)
    joining.join(timeout=30)

    assert lines_of(mine) == {"MORNING-NOTEBOOK": 1, "KITE-T-SHIRT": 1, "KITE-MUG": 3}

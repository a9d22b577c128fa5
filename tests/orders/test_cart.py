"""The cart: kept for guests and members, merged at sign-in, and honest about what has changed meanwhile."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from moneyed import Money

from accounts.models import Seller
from catalog.models import Product, StockLevel, Variant
from marketplace.kernel.errors import Refused
from orders.cart_cookie import COOKIE
from orders.models import Cart, CartLine
from orders.services import carts
from tests.orders.buying import cart_with, lines_of, said
from tests.support.cast import Cast, put, warehouse


@pytest.fixture(autouse=True)
def _from_germany(client: Client) -> None:
    client.cookies[settings.REGION_COOKIE_NAME] = "DE.EUR"


def add(client: Client, variant: Variant, quantity: int = 1) -> None:
    answer = client.post("/de/cart/add/", {"variant": variant.pk, "quantity": quantity})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/de/cart/")


# Whose cart ---------------------------------------------------------------------------------------------------


def test_a_guest_finds_the_cart_again(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt, 2)
    add(client, cast.tshirt)

    page = client.get("/de/cart/").content.decode()

    assert "T-Shirt mit Drachen" in page
    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 3}
    assert client.cookies[COOKIE]["httponly"] and client.cookies[COOKIE]["samesite"] == "Lax"


def test_each_parcel_of_the_cart_says_what_is_in_its_price(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt, 2)
    add(client, cast.notebook)

    page = client.get("/de/cart/").content.decode()

    assert page.count(said("de", "What is in this price")) == 2
    assert page.count('class="rules"') == 2
    assert "1 Warenart" in page or "× 1 " in page


def test_another_guest_sees_nothing_of_it(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt)

    page = Client().get("/de/cart/").content.decode()

    assert said("de", "Your cart is empty.") in page
    assert "T-Shirt" not in page


@pytest.mark.parametrize("forge", [
    lambda token: token,
    lambda token: signing.dumps(token, salt="something else"),
    lambda token: signing.dumps(token, salt="orders.cart")[:-1] + "~",
    lambda token: "\x00;å",
], ids=["unsigned", "other salt", "other signature", "rubbish"])  # fmt: skip
def test_a_tampered_cookie_opens_nothing(client: Client, cast: Cast, forge: object) -> None:
    cart = cart_with((cast.tshirt, 1))
    client.cookies[COOKIE] = forge(str(cart.token))  # type: ignore[operator]

    answer = client.get("/de/cart/")

    assert answer.status_code == 200
    assert said("de", "Your cart is empty.") in answer.content.decode()


def test_a_cookie_never_opens_the_cart_of_a_member(client: Client, cast: Cast) -> None:
    cart = cart_with((cast.tshirt, 1), user=cast.german)
    client.cookies[COOKIE] = signing.dumps(str(cart.token), salt="orders.cart")

    page = client.get("/de/cart/").content.decode()

    assert said("de", "Your cart is empty.") in page


def test_a_member_has_the_same_cart_in_every_browser(client: Client, cast: Cast) -> None:
    client.force_login(cast.german)
    add(client, cast.mug)
    other_browser = Client()
    other_browser.force_login(cast.german)

    page = other_browser.get("/de/cart/").content.decode()

    assert "Becher mit Drachen" in page


def test_at_sign_in_both_carts_become_one_and_nothing_is_lost(client: Client, cast: Cast) -> None:
    mine = cart_with((cast.tshirt, 5), (cast.notebook, 1), user=cast.german)
    add(client, cast.tshirt, 2)
    add(client, cast.mug, 4)
    client.force_login(cast.german)

    client.get("/de/cart/")

    assert lines_of(mine) == {"KITE-T-SHIRT": 5, "MORNING-NOTEBOOK": 1, "KITE-MUG": 4}
    assert list(Cart.objects.all()) == [mine]
    assert client.cookies[COOKIE].value == ""


def test_the_larger_quantity_stays_whoever_had_it(cast: Cast) -> None:
    mine, guest = cart_with((cast.tshirt, 2), user=cast.german), cart_with((cast.tshirt, 7))

    carts.merge(guest=guest, user=cast.german)

    assert lines_of(mine) == {"KITE-T-SHIRT": 7}


def test_merging_twice_changes_nothing(cast: Cast) -> None:
    guest = cart_with((cast.tshirt, 2))
    seen_by_another_request = Cart.objects.get(pk=guest.pk)
    mine = carts.merge(guest=guest, user=cast.german).cart

    again = carts.merge(guest=seen_by_another_request, user=cast.german).cart

    assert (again, lines_of(again)) == (mine, {"KITE-T-SHIRT": 2})


def test_the_count_beside_the_cart_includes_what_was_gathered_before_the_sign_in(client: Client, cast: Cast) -> None:
    cart_with((cast.tshirt, 5), user=cast.german)
    add(client, cast.tshirt, 2)
    add(client, cast.mug, 4)
    client.force_login(cast.german)

    page = client.get("/de/legal/terms/")

    assert page.context["cart_count"]() == 9


def test_the_count_of_a_guest_without_a_cart_is_nought(client: Client, cast: Cast) -> None:
    assert client.get("/de/legal/terms/").context["cart_count"]() == 0


# Limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [0, -1, 100, 10**9])
def test_a_quantity_out_of_range_is_refused(cast: Cast, quantity: int) -> None:
    cart = cart_with()

    with pytest.raises(Refused) as refusal:
        carts.add_item(cart=cart, variant_id=cast.tshirt.pk, quantity=quantity)

    assert (refusal.value.code, lines_of(cart)) == ("quantity", {})


def test_no_more_comes_into_the_cart_than_is_left(cast: Cast) -> None:
    StockLevel.objects.update(on_hand=5, reserved=2)

    line = carts.add_item(cart=cart_with(), variant_id=cast.tshirt.pk, quantity=9)

    assert line.quantity == 3


def test_one_kind_of_goods_stops_at_ninety_nine_pieces(cast: Cast) -> None:
    StockLevel.objects.update(on_hand=500)
    cart = cart_with((cast.tshirt, 60), (cast.tshirt, 60))

    assert lines_of(cart) == {"KITE-T-SHIRT": 99}


def test_a_full_cart_takes_no_other_goods(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carts, "MAX_LINES", 2)
    cart = cart_with((cast.tshirt, 1), (cast.mug, 1))

    with pytest.raises(Refused) as refusal:
        carts.add_item(cart=cart, variant_id=cast.notebook.pk, quantity=1)
    carts.add_item(cart=cart, variant_id=cast.mug.pk, quantity=1)

    assert refusal.value.code == "too_many_lines"
    assert lines_of(cart) == {"KITE-T-SHIRT": 1, "KITE-MUG": 2}


def test_what_is_sold_out_does_not_come_in(cast: Cast) -> None:
    StockLevel.objects.filter(variant=cast.tshirt).update(on_hand=2, reserved=2)

    with pytest.raises(Refused) as refusal:
        carts.add_item(cart=cart_with(), variant_id=cast.tshirt.pk, quantity=1)

    assert refusal.value.code == "sold_out"


def test_pieces_in_a_closed_warehouse_are_not_for_sale(cast: Cast) -> None:
    cast.shenzhen_warehouse.is_active = False
    cast.shenzhen_warehouse.save(update_fields=["is_active"])

    with pytest.raises(Refused) as refusal:
        carts.add_item(cart=cart_with(), variant_id=cast.tshirt.pk, quantity=1)

    assert refusal.value.code == "sold_out"


@pytest.mark.parametrize("withdraw", [
    lambda cast: Product.objects.update(status=Product.Status.ARCHIVED),
    lambda cast: Variant.objects.update(is_active=False),
    lambda cast: Seller.objects.update(status=Seller.Status.SUSPENDED),
], ids=["product archived", "variant withdrawn", "seller suspended"])  # fmt: skip
def test_what_is_not_on_sale_does_not_come_in(cast: Cast, withdraw: object) -> None:
    withdraw(cast)  # type: ignore[operator]

    with pytest.raises(Refused) as refusal:
        carts.add_item(cart=cart_with(), variant_id=cast.tshirt.pk, quantity=1)

    assert refusal.value.code == "unknown_item"


# What has changed meanwhile -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "sentence"), [
    ("99.00", "The price has gone up since you put this in."),
    ("55.00", "The price has gone down since you put this in."),
])  # fmt: skip
def test_a_changed_price_is_told_once(client: Client, cast: Cast, price: str, sentence: str) -> None:
    add(client, cast.tshirt)
    Variant.objects.filter(pk=cast.tshirt.pk).update(price=Money(price, "CNY"))

    first, second = (client.get("/de/cart/").content.decode() for _ in range(2))

    assert said("de", sentence) in first
    assert said("de", sentence) not in second
    assert CartLine.objects.get().seen_price == Money(price, "CNY")


def test_a_moving_exchange_rate_is_no_change_of_price(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt)
    client.cookies[settings.REGION_COOKIE_NAME] = "JP.JPY"

    page = client.get("/de/cart/").content.decode()

    assert "since you put this in" not in page
    assert CartLine.objects.get().seen_price == Money("77.00", "CNY")


def test_too_few_pieces_are_told_and_keep_from_the_checkout(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt, 9)
    StockLevel.objects.filter(variant=cast.tshirt).update(on_hand=1)

    page = client.get("/en/cart/").content.decode()

    assert "Only 1 piece is left." in page
    assert 'data-testid="checkout-start"' not in page
    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 9}


@pytest.mark.parametrize(("withdraw", "sentence"), [
    (lambda: StockLevel.objects.update(on_hand=0), "This item is sold out. Please take it out."),
    (lambda: Product.objects.update(status=Product.Status.ARCHIVED),
     "This item is not on sale any more. Please take it out."),
    (lambda: Seller.objects.update(status=Seller.Status.SUSPENDED),
     "This item is not on sale any more. Please take it out."),
], ids=["sold out", "archived", "seller suspended"])  # fmt: skip
def test_what_can_not_be_had_any_more_is_told_and_can_be_taken_out(
    client: Client, cast: Cast, withdraw: object, sentence: str
) -> None:
    add(client, cast.tshirt)
    withdraw()  # type: ignore[operator]

    page = client.get("/ar/cart/").content.decode()
    client.post(f"/ar/cart/lines/{CartLine.objects.get().pk}/", {"remove": "1"})

    assert said("ar", sentence) in page
    assert 'data-testid="checkout-start"' not in page
    assert not CartLine.objects.exists()


# Changing it --------------------------------------------------------------------------------------------------


def test_a_line_gets_another_quantity(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt)

    answer = client.post(f"/de/cart/lines/{CartLine.objects.get().pk}/", {"quantity": "4"})

    assert answer.status_code == 302
    assert CartLine.objects.get().quantity == 4


@pytest.mark.parametrize("data", [{"quantity": "0"}, {"remove": "1", "quantity": "4"}])
def test_a_line_is_taken_out(client: Client, cast: Cast, data: dict[str, str]) -> None:
    add(client, cast.tshirt)

    client.post(f"/de/cart/lines/{CartLine.objects.get().pk}/", data)

    assert not CartLine.objects.exists()


@pytest.mark.parametrize("data", [{"quantity": "7"}, {"quantity": "0"}, {"remove": "1"}])
def test_the_line_of_another_cart_is_left_alone(client: Client, cast: Cast, data: dict[str, str]) -> None:
    add(client, cast.tshirt)
    foreign = cart_with((cast.mug, 2)).lines.get()

    answer = client.post(f"/de/cart/lines/{foreign.pk}/", data)

    assert answer.status_code == 302
    foreign.refresh_from_db()
    assert foreign.quantity == 2


def test_a_swap_brings_the_cart_and_the_count(client: Client, cast: Cast) -> None:
    add(client, cast.tshirt)

    answer = client.post(
        f"/de/cart/lines/{CartLine.objects.get().pk}/", {"quantity": "4"}, headers={"HX-Request": "true"}
    )

    page = answer.content.decode()
    assert page.lstrip().startswith("<div") and "<html" not in page
    assert 'id="cart-count" hx-swap-oob="true">4<' in page


def test_goods_that_two_warehouses_send_stand_in_the_cart_once(client: Client, cast: Cast) -> None:
    StockLevel.objects.filter(variant=cast.tshirt).update(on_hand=3)
    put(cast.tshirt, {warehouse(cast.shenzhen, "DE"): 2})
    add(client, cast.tshirt, 5)

    answer = client.get("/de/cart/")

    page = answer.content.decode()
    assert page.count('data-testid="cart-line"') == 1
    assert sum(group["subtotal"].amount for group in answer.context["groups"]) == 50
    assert answer.context["goods"] == Money("50.00", "EUR")

"""Whatever is sent to a page of a purchase: the right status, a sentence for the reader, and nothing half written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote as percent

import pytest
from django.test import Client

from accounts.models import Consent
from catalog.models import StockReservation, Variant
from orders.models import Cart, CartLine, Order, OrderPayment, Quote
from payments.models import ExchangeRate
from tests.orders.buying import cart_with, lines_of, order_of, said
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, hidden, priced, put_in
from tests.support.cast import Cast

NASTY = ["", " ", "-1", "0", "1.5", "1e3", "٣", "99999999999999999999", "x", "1 OR 1=1", "\x01", "1\x01",
         "\u202e1", "<script>", "%s", "{{ 7 }}", "A" * 20_000]  # fmt: skip


@pytest.fixture
def shopper(client: Client, cast: Cast) -> Client:
    """A guest in Germany with a T-shirt in the cart; errors of the server are seen as answers."""
    put_in(from_country(client), (cast.tshirt, 1))
    client.raise_request_exception = False
    return client


# The cart -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "de"])
def test_a_variant_that_can_not_be_is_refused_in_the_shoppers_language(
    client: Client, cast: Cast, language: str
) -> None:
    for value in NASTY:
        answer = client.post(f"/{language}/cart/add/", {"variant": value, "quantity": "1"}, follow=True)

        assert answer.status_code == 200, ascii(value)
        assert said(language, "This item is not on sale any more.") in answer.content.decode(), ascii(value)
    assert not (Cart.objects.exists() or CartLine.objects.exists())


@pytest.mark.parametrize("language", ["ar", "de"])
def test_a_quantity_that_can_not_be_is_refused_in_the_shoppers_language(
    client: Client, cast: Cast, language: str
) -> None:
    for value in [*NASTY, "100"]:
        data = {"variant": str(cast.tshirt.pk), "quantity": value}

        answer = client.post(f"/{language}/cart/add/", data, follow=True)

        sentence = said(language, "Choose a quantity from 1 to %(most)d.", most=99)
        assert sentence in answer.content.decode(), ascii(value)
    assert not (Cart.objects.exists() or CartLine.objects.exists())


def test_bytes_that_are_no_text_are_answered(client: Client, cast: Cast) -> None:
    body = b"variant=%ed%a0%80&quantity=%ff"

    answer = client.post("/de/cart/add/", body, content_type="application/x-www-form-urlencoded", follow=True)

    assert answer.status_code == 200
    assert not Cart.objects.exists()


def test_a_quantity_that_is_left_out_is_one_piece(shopper: Client, cast: Cast) -> None:
    shopper.post("/de/cart/add/", {"variant": cast.mug.pk})

    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1, "KITE-MUG": 1}


def test_an_empty_form_puts_nothing_in(client: Client, cast: Cast) -> None:
    answer = client.post("/de/cart/add/", follow=True)

    assert said("de", "This item is not on sale any more.") in answer.content.decode()
    assert not Cart.objects.exists()


@pytest.mark.parametrize("data", [{"variant": "x"}, {"quantity": "x"}])
def test_a_swap_tells_the_refusal_in_the_page(shopper: Client, cast: Cast, data: dict[str, str]) -> None:
    fields = {"variant": str(cast.tshirt.pk), "quantity": "1"} | data

    answer = shopper.post("/ar/cart/add/", fields, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert 'id="refusal"' in page and "<html" not in page
    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1}


@pytest.mark.parametrize("swap", [False, True])
def test_a_quantity_that_can_not_be_leaves_the_line_alone(shopper: Client, swap: bool) -> None:
    """A field that was emptied by mistake must not take the goods out of the cart."""
    headers = {"HX-Request": "true"} if swap else {}
    for value in [text for text in NASTY if text != "0"] + ["100"]:
        url = f"/de/cart/lines/{CartLine.objects.get().pk}/"

        answer = shopper.post(url, {"quantity": value}, headers=headers, follow=True)

        assert answer.status_code == 200, ascii(value)
        assert said("de", "Choose a quantity from 1 to %(most)d.", most=99) in answer.content.decode(), ascii(value)
        assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1}


def test_a_change_without_a_quantity_leaves_the_line_alone(shopper: Client) -> None:
    shopper.post(f"/de/cart/lines/{CartLine.objects.get().pk}/")

    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1}


@pytest.mark.parametrize("line", ["0", "99999999999999999999999999", "1" * 300])
def test_a_line_that_is_not_there_changes_nothing(shopper: Client, line: str) -> None:
    for data in ({"quantity": "3"}, {"remove": "1"}):
        assert shopper.post(f"/de/cart/lines/{line}/", data).status_code == 302

    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1}


@pytest.mark.parametrize("line", ["x", "-1", "1.5", "%01", "٣"])
def test_a_line_that_is_no_number_is_not_found(shopper: Client, line: str) -> None:
    answer = shopper.post(f"/de/cart/lines/{line}/", {"remove": "1"})

    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


# The checkout -------------------------------------------------------------------------------------------------

FIELDS = ["email", "terms", "key", "shown_total", "action", "saved", "service-1-1", "service-x", "address-name",
          "address-street_address", "address-city", "address-postal_code", "address-country_code",
          "address-country_area", "address-phone"]  # fmt: skip


@pytest.mark.parametrize("action", ["place", "refresh"])
def test_rubbish_in_any_field_of_the_checkout_is_answered(shopper: Client, outside: Counterpart, action: str) -> None:
    fields = priced(shopper, filled()) | {"action": action}

    for field in FIELDS:
        for value in ("", "-1", "\x01", "99999999999999999999", "\u202e{{ 7 }}", "A" * 20_000):
            answer = shopper.post("/de/checkout/", fields | {field: value})

            assert answer.status_code in {200, 302, 409, 422}, (field, value[:30], answer.status_code)
            if answer.status_code == 302:  # this field does not matter, and what was ordered is gone from the cart
                put_in(shopper, *[(variant, 1) for variant in Variant.objects.filter(sku="KITE-T-SHIRT")])
                fields = priced(shopper, filled()) | {"action": action}
            else:
                assert "<h1" in answer.content.decode()


def test_text_that_can_not_be_printed_on_a_label_is_refused(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())

    for field in ("name", "street_address", "city", "postal_code"):
        for value in ("\x01", "\u202e", "\x1b[2J", "A" * 400):
            answer = shopper.post("/ar/checkout/", fields | {f"address-{field}": value})

            assert (answer.status_code, set(answer.context["address_form"].errors)) == (422, {field}), ascii(value)
            assert said("ar", "Please check the fields that are marked.") in answer.content.decode()
    assert not (Order.objects.exists() or StockReservation.objects.exists() or Consent.objects.exists())


def test_an_empty_checkout_is_answered_with_every_missing_field(shopper: Client, outside: Counterpart) -> None:
    answer = shopper.post("/de/checkout/", {"action": "place"})

    assert answer.status_code == 422
    assert {"name", "street_address", "city", "postal_code"} <= set(answer.context["address_form"].errors)
    assert not Order.objects.exists()


def test_a_country_that_is_not_served_is_refused(shopper: Client, outside: Counterpart) -> None:
    fields = priced(shopper, filled())

    answer = shopper.post("/de/checkout/", fields | {"address-country_code": "XX"})

    assert answer.status_code == 422
    assert said("de", "We do not deliver to this country.") in answer.content.decode()


def test_the_key_is_taken_as_it_is_or_made_new(shopper: Client) -> None:
    answer = shopper.post("/de/checkout/", filled(key="not-a-key"))

    assert len(hidden(answer, "key")) == 36


# Orders and parcels -------------------------------------------------------------------------------------------

TOKENS = ["x", "%01", percent("\u202e"), percent("ключ"), "..", "A" * 1_500, percent("' OR 1=1 --"), "%ff"]


@pytest.mark.parametrize(("method", "path"), [
    ("get", "/de/order/{}/"), ("post", "/de/order/{}/pay/"), ("get", "/de/order/{}/return/"), ("get", "/de/track/{}/"),
])  # fmt: skip
def test_a_link_that_leads_nowhere_is_not_found(shopper: Client, method: str, path: str) -> None:
    for token in TOKENS:
        answer = getattr(shopper, method)(path.format(token))

        assert answer.status_code == 404, ascii(token)
        assert "<h1" in answer.content.decode()


def test_an_order_is_seen_by_nobody_who_guesses_its_number(shopper: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.mug, 1))

    for guess in (
        order.number,
        str(order.pk),
        str(order.key),
        str(order.quote_id),
        order.token[:-1],
        order.token.upper(),
    ):
        assert shopper.get(f"/de/order/{guess}/").status_code == 404
    assert shopper.get(f"/de/order/{order.token}/").status_code == 200


def test_a_member_sees_their_own_orders_alone(client: Client, cast: Cast, outside: Counterpart) -> None:
    own, foreign = order_of((cast.mug, 1), user=cast.german), order_of((cast.mug, 1), user=cast.japanese)
    client.force_login(cast.german)

    page = client.get("/de/account/orders/").content.decode()

    assert own.number in page and foreign.number not in page


def test_a_guest_who_asks_for_their_orders_is_asked_to_sign_in(client: Client, db: None) -> None:
    answer = client.get("/de/account/orders/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/de/account/login/?next=/de/account/orders/")


def test_a_page_of_orders_that_is_not_there_shows_another(client: Client, cast: Cast) -> None:
    client.force_login(cast.german)

    for page in ("0", "-1", "x", "99999999999999999999", "\x01", "last"):
        assert client.get("/de/account/orders/", {"page": page}).status_code == 200, page


def test_a_missing_exchange_rate_is_an_outage_with_a_sentence(
    shopper: Client, law_may_change: Callable[[], None]
) -> None:
    ExchangeRate.objects.filter(quote="CNY").delete()
    law_may_change()

    for path in ("/de/cart/", "/de/checkout/"):
        answer = shopper.get(path)

        assert answer.status_code == 503
        assert "<h1" in answer.content.decode()
    assert lines_of(Cart.objects.get()) == {"KITE-T-SHIRT": 1}


# Methods and forgery ------------------------------------------------------------------------------------------


@pytest.fixture
def paths(cast: Cast, outside: Counterpart) -> Iterator[dict[str, str]]:
    order = order_of((cast.mug, 1))
    line = cart_with((cast.mug, 1)).lines.get()
    yield {
        "add": "/de/cart/add/",
        "change": f"/de/cart/lines/{line.pk}/",
        "pay": f"/de/order/{order.token}/pay/",
        "checkout": "/de/checkout/",
        "cart": "/de/cart/",
        "order": f"/de/order/{order.token}/",
        "return": f"/de/order/{order.token}/return/",
    }


@pytest.mark.parametrize("name", ["add", "change", "pay"])
def test_what_changes_something_is_never_a_link(client: Client, paths: dict[str, str], name: str) -> None:
    for method in ("get", "head", "put", "delete"):
        assert getattr(client, method)(paths[name]).status_code == 405


@pytest.mark.parametrize("name", ["cart", "order", "return"])
def test_what_only_shows_something_takes_no_form(client: Client, paths: dict[str, str], name: str) -> None:
    assert client.post(paths[name]).status_code == 405


@pytest.mark.parametrize("name", ["add", "change", "pay", "checkout"])
def test_a_form_of_another_site_is_turned_away(cast: Cast, paths: dict[str, str], name: str) -> None:
    stranger = from_country(Client(enforce_csrf_checks=True))
    before = (CartLine.objects.count(), OrderPayment.objects.count(), Order.objects.count(), Quote.objects.count())

    answer = stranger.post(paths[name], filled(action="place") | {"variant": str(cast.mug.pk)})

    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()
    after = (CartLine.objects.count(), OrderPayment.objects.count(), Order.objects.count(), Quote.objects.count())
    assert after == before


def test_a_region_that_can_not_be_is_guessed_anew(shopper: Client) -> None:
    for cookie in ("", "XX.YYY", "DE", ".", "\x00", "DE.EUR.x", "de.eur", "A" * 4_000):
        shopper.cookies["region"] = cookie

        for path in ("/de/cart/", "/de/checkout/"):
            assert shopper.get(path).status_code == 200, ascii(cookie)

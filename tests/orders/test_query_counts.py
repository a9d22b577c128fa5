"""How often a purchase asks the database: exact limits, the same for few and for many lines."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from tests.orders.buying import cart_with, paid_order, work
from tests.orders.counterpart import Counterpart
from tests.orders.pages import filled, from_country, hidden, put_in
from tests.support.cast import Cast, forget_laws, listing

pytestmark = pytest.mark.usefixtures("clock_that_stands")


@pytest.fixture(autouse=True)
def _from_germany(client: Client) -> None:
    from_country(client)


def warm(client: Client) -> None:
    """The process knows rules, rates, tariff and menu, as it does from its second request on."""
    client.get("/de/cart/")


def queries(client: Client, method: str, path: str, data: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = getattr(client, method)(path, data)
    assert answer.status_code in {200, 302}, answer.content.decode()[:500]
    return len(asked)


@pytest.mark.parametrize("is_member", [False, True])
def test_adding_to_the_cart_takes_at_most_twelve(client: Client, cast: Cast, is_member: bool) -> None:
    if is_member:
        client.force_login(cast.german)
    warm(client)
    data = {"variant": str(cast.tshirt.pk), "quantity": "1"}

    first, second = (queries(client, "post", "/de/cart/add/", data) for _ in range(2))

    assert max(first, second) <= 12


def test_the_cart_takes_the_same_for_two_lines_and_for_twenty(client: Client, cast: Cast) -> None:
    put_in(client, (cast.tshirt, 1), (cast.notebook, 1))
    warm(client)
    few = queries(client, "get", "/de/cart/")
    for number in range(18):
        put_in(client, (listing(cast.shenzhen, f"Kite {number}", "10.00", {cast.shenzhen_warehouse: 5}), 1))
    warm(client)

    many = queries(client, "get", "/de/cart/")

    assert many == few <= 12


def test_the_checkout_takes_the_same_for_two_lines_and_for_twenty(client: Client, cast: Cast) -> None:
    put_in(client, (cast.tshirt, 1), (cast.notebook, 1))
    warm(client)
    few = queries(client, "post", "/de/checkout/", filled())
    for number in range(18):
        put_in(client, (listing(cast.shenzhen, f"Kite {number}", "10.00", {cast.shenzhen_warehouse: 5}), 1))
    warm(client)

    many = queries(client, "post", "/de/checkout/", filled())

    assert many == few <= 16


def test_the_whole_checkout_of_a_guest_takes_at_most_one_hundred_and_twenty(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    """From the first piece in the cart to the page that says thank you, from two sellers, the provider's word included."""
    warm(client)
    with CaptureQueriesContext(connection) as asked:
        put_in(client, (cast.tshirt, 2), (cast.notebook, 1))
        client.get("/de/cart/")
        client.get("/de/checkout/")
        page = client.post("/de/checkout/", filled())
        fields = filled(action="place") | {name: hidden(page, name) for name in ("key", "shown_total")}
        assert client.post("/de/checkout/", fields).status_code == 302
        order = Order.objects.get()
        outside.decide(order)
        headers, body = outside.messages()[0]
        client.post("/webhooks/payments/sandbox/", body, content_type="application/json", headers=headers)
        answer = client.get(f"/de/order/{order.token}/return/", follow=True)

    assert order.number in answer.content.decode()
    assert len(asked) <= 120


def test_the_order_page_takes_the_same_for_one_part_and_for_two(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    one, two = paid_order(outside, (cast.tshirt, 2)), paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))
    work()
    warm(client)

    few, many = (queries(client, "get", f"/de/order/{order.token}/") for order in (one, two))

    assert many == few <= 10


def test_a_request_asks_the_cache_at_most_three_times(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(client, (cast.tshirt, 1))
    forget_laws()
    asked: list[str] = []
    backend = type(cache._connections[cache._alias] if hasattr(cache, "_connections") else cache)
    real = backend.get

    def count(self: object, key: str, *args: object, **options: object) -> object:
        asked.append(key)
        return real(self, key, *args, **options)

    monkeypatch.setattr(backend, "get", count)

    for path in ("/de/cart/", "/de/checkout/"):
        asked.clear()
        client.get(path)
        assert len(asked) <= 3


def test_a_cart_that_nobody_filled_costs_no_query_of_its_own(client: Client, cast: Cast) -> None:
    warm(client)

    assert queries(client, "get", "/de/cart/") == 0
    assert cart_with().pk

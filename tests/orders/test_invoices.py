"""The invoice of a paid order: one, numbered without a gap, never changed, with the figures that were paid."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders.models import Invoice, Order
from orders.services import invoicing
from tests.orders.buying import order_of, paid_order, said, work
from tests.orders.counterpart import Counterpart
from tests.support.cast import Cast
from tests.support.threads import at_once


@pytest.mark.django_db
def test_a_paid_order_has_an_invoice_with_every_figure(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = paid_order(outside, (cast.tshirt, 2), (cast.notebook, 1))
    assert said("de", "Invoice") not in client.get(f"/de/order/{order.token}/").content.decode()
    work()

    page = client.get(f"/de/order/{order.token}/").content.decode()
    invoice = client.get(f"/de/order/{order.token}/invoice/")
    text = invoice.content.decode()

    assert f'href="/de/order/{order.token}/invoice/"' in page
    assert Invoice.objects.get().number == f"{clock.now().year}-000001"
    assert f"{clock.now().year}-000001" in text
    assert order.number in text
    assert "T-Shirt mit Drachen" in text
    assert "Notizbuch Morgen" in text
    assert text.count('class="rules"') == 2
    assert invoice.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_there_is_none_before_the_payment_and_for_nobody_else(client: Client, cast: Cast, outside: Counterpart) -> None:
    order = order_of((cast.tshirt, 1))

    with pytest.raises(Refused) as refused:
        invoicing.issue(order=order)
    assert refused.value.code == "not_paid"
    for token in (order.token, "x" * 32):
        assert client.get(f"/de/order/{token}/invoice/").status_code == 404
    assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_an_order_has_one_invoice_however_often_it_is_issued(cast: Cast, outside: Counterpart) -> None:
    first, second = paid_order(outside, (cast.tshirt, 1)), paid_order(outside, (cast.mug, 1))

    numbers = [invoicing.issue(order=order).sequence for order in (first, first, second, first)]

    assert numbers == [1, 1, 2, 1]


@pytest.mark.django_db
def test_what_was_issued_is_neither_changed_nor_taken_back(cast: Cast, outside: Counterpart) -> None:
    issued = invoicing.issue(order=paid_order(outside, (cast.tshirt, 1)))

    for change in (lambda: Invoice.objects.update(sequence=9), lambda: Invoice.objects.all().delete()):
        with pytest.raises(DatabaseError, match="issued_invoices_stay"), transaction.atomic():
            change()
    issued.refresh_from_db()
    assert issued.sequence == 1


def _orders(cast: Cast, count: int) -> list[Order]:
    made = [order_of((cast.tshirt, 1)) for _ in range(count)]
    Order.objects.update(status=Order.Status.PAID, paid_at=clock.now())
    return list(Order.objects.filter(pk__in=[order.pk for order in made]))


@pytest.fixture
def eight_unpaid(settings: Any) -> None:
    """One buyer may have eight unpaid orders at once."""
    settings.UNPAID_OF_A_BUYER = 8


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_have_no_gap(cast: Cast, outside: Counterpart, eight_unpaid: None) -> None:
    orders = _orders(cast, 8)

    at_once(*[lambda order=order: invoicing.issue(order=order) for order in (*orders, *orders)])  # type: ignore[misc]

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 9))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_orders_want_the_same_number(
    cast: Cast, outside: Counterpart, monkeypatch: pytest.MonkeyPatch, eight_unpaid: None
) -> None:
    """What the lock is for: all have read the last number before the first one writes."""
    orders = _orders(cast, 8)

    class Open:
        def cursor(self) -> Any:
            return nullcontext(self)

        def execute(self, *_: Any) -> None:
            return None

    monkeypatch.setattr(invoicing, "connection", Open())

    def issue(order: Order) -> Any:
        try:
            return invoicing.issue(order=order)
        except DatabaseError:
            return "clash"

    outcomes = at_once(*[lambda order=order: issue(order) for order in orders])  # type: ignore[misc]

    assert "clash" in outcomes

"""Real processes are killed in the middle of the work: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import requests
from pytest_django import Settings

from logistics.models import CustomsDeclaration, Shipment
from orders.models import Order, Step
from tests.orders.buying import order_of
from tests.support.cast import Cast
from tests.support.stack import SECRET, Stack, running_stack

ORDERS = 20
SHORT = {"STEP_LEASE_SECONDS": "3", "TRACKING_POLL_SECONDS": "2", "CARRIER_PACE": "3600"}


def labels() -> int:
    return Shipment.objects.exclude(tracking_number="").count()


def all_is_done() -> bool:
    """Every parcel is followed, and every step before that is finished."""
    before = Step.objects.exclude(kind=Step.Kind.TRACK)
    return Step.objects.count() - before.count() == ORDERS and not before.exclude(state=Step.State.DONE).exists()


def each_was_done_once(stack: Stack, references: set[str]) -> None:
    """Our books and those of the counterpart agree: for each reference one accepted declaration and one label."""
    assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
    parcels = [(key, json.loads(value)["reference"]) for key, value in stack.rows("parcel")]
    assert Counter(reference for _tracking, reference in parcels) == dict.fromkeys(references, 1)
    assert set(Shipment.objects.values_list("tracking_number", "reference")) == set(parcels)
    declared = Counter(json.loads(value)["status"] for _key, value in stack.rows("declaration"))
    assert declared == Counter(CustomsDeclaration.objects.values_list("status", flat=True)) == {"accepted": ORDERS}
    kinds = ["confirm", "screen", "declare", "label", "track"]
    assert Counter(Step.objects.values_list("kind", flat=True)) == dict.fromkeys(kinds, ORDERS)


@pytest.mark.worker
@pytest.mark.timeout(150)
@pytest.mark.django_db(transaction=True)
def test_worker_web_and_broker_are_killed_amid_twenty_paid_orders(
    cast: Cast, settings: Settings, process_environment: dict[str, str], tmp_path: Path
) -> None:
    """The counterpart is slow and loses answers; after a restart each order has one accepted declaration, one label."""
    with running_stack(tmp_path, process_environment["DATABASE_URL"], SHORT) as stack:
        settings.SANDBOX_URL, settings.SANDBOX_SECRET, settings.SITE_URL = stack.sandbox, SECRET, stack.url
        stack.start()
        stack.wait_for_servers()
        orders = [order_of((cast.tshirt, 1), email=f"buyer-{number}@example.com") for number in range(ORDERS)]
        stack.faults("carrier", delay_ms=150, drop_next=4)

        for order in orders:
            page = order.order_payments.get().payment.session_url
            requests.post(f"{page}/approve", timeout=10, allow_redirects=False)
        stack.wait_until(lambda: labels() >= 4, "the first labels")
        stack.kill("worker", "web", "valkey")
        done_before = labels()
        stack.start("valkey", "web", "worker")

        stack.wait_until(lambda: labels() == ORDERS, "every label")
        stack.wait_until(all_is_done, "the end of every step")

        assert 4 <= done_before < ORDERS
        each_was_done_once(stack, {f"{order.number}-1" for order in orders})
        told = "\n".join(stack.mails())
        assert all(order.number in told for order in orders)

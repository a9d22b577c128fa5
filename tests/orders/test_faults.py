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
from tests.support.stack import SECRET, running_stack

ORDERS = 20
SHORT = {"STEP_LEASE_SECONDS": "3", "TRACKING_POLL_SECONDS": "2", "CARRIER_PACE": "3600"}


def labels() -> int:
    return Shipment.objects.exclude(tracking_number="").count()


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
        orders = [order_of((cast.tshirt, 1)) for _ in range(ORDERS)]
        stack.faults("carrier", delay_ms=150, drop_next=4)

        for order in orders:
            requests.post(
                f"{order.order_payments.get().payment.session_url}/approve", timeout=10, allow_redirects=False
            )
        stack.wait_until(lambda: labels() >= 4, "the first labels")
        stack.kill("worker", "web", "valkey")
        done_before = labels()
        stack.start("valkey", "web", "worker")

        stack.wait_until(lambda: labels() == ORDERS, "every label")
        stack.wait_until(
            lambda: (
                Step.objects.filter(kind=Step.Kind.TRACK).count() == ORDERS
                and not Step.objects.exclude(kind=Step.Kind.TRACK).exclude(state=Step.State.DONE).exists()
            ),
            "the end of every step",
        )

        assert 4 <= done_before < ORDERS
        assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
        parcels = [(key, json.loads(value)["reference"]) for key, value in stack.rows("parcel")]
        wanted = {f"{order.number}-1" for order in orders}
        assert Counter(reference for _tracking, reference in parcels) == dict.fromkeys(wanted, 1)
        assert set(Shipment.objects.values_list("tracking_number", "reference")) == set(parcels)
        declared = Counter(json.loads(value)["status"] for _key, value in stack.rows("declaration"))
        assert declared == {"accepted": ORDERS}
        assert Counter(CustomsDeclaration.objects.values_list("status", flat=True)) == {"accepted": ORDERS}
        assert Counter(Step.objects.values_list("kind", flat=True)) == dict.fromkeys(
            ["confirm", "screen", "declare", "label", "track"], ORDERS
        )
        told = "\n".join(stack.mails())
        assert all(order.number in told for order in orders)

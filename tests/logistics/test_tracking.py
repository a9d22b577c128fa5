"""What the carrier reports is kept once, never changed, and moves a shipment forward only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import translation

from logistics import selectors, services, tracking
from logistics.models import Shipment, TrackingEvent
from logistics.providers.base import CarrierEvent
from logistics.providers.sandbox import EVENTS, SandboxCarrier
from marketplace.kernel.errors import Unavailable
from tests.logistics.conftest import Counterpart

NewShipment = Callable[..., Shipment]
START = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def labelled(new_shipment: NewShipment, sandbox: Counterpart) -> Shipment:
    shipment = new_shipment()
    services.declare(shipment=shipment)
    return services.buy_label(shipment=shipment)


def event(number: int, code: str, description: str = "delayed") -> CarrierEvent:
    """The event of that number, as many hours after the start."""
    return CarrierEvent(f"e{number}", code, description, "Köln, DE", START + timedelta(hours=number))


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lays down what the carrier reports next."""

    def report(*events: CarrierEvent) -> None:
        monkeypatch.setattr(SandboxCarrier, "track", lambda self, number: events)

    return report


@pytest.mark.parametrize(
    ("status", "codes", "after"),
    [
        ("labelled", [], "labelled"),
        ("labelled", ["labelled"], "labelled"),
        ("labelled", ["labelled", "handed_over", "in_transit"], "in_transit"),
        ("in_transit", ["handed_over"], "in_transit"),
        ("customs", ["handed_over", "customs", "in_transit"], "customs"),
        ("customs", ["customs", "exception"], "exception"),
        ("exception", ["customs", "exception"], "exception"),
        ("exception", ["customs", "exception", "customs_cleared"], "customs_cleared"),
        ("exception", ["out_for_delivery", "exception", "out_for_delivery"], "out_for_delivery"),
        ("out_for_delivery", ["delivered", "exception"], "delivered"),
        ("delivered", ["exception"], "delivered"),
        ("labelled", ["labelled", "cancelled"], "cancelled"),
        ("cancelled", ["handed_over"], "cancelled"),
        ("exception", [], "exception"),
    ],
)
def test_the_status_follows_the_events(status: str, codes: list[str], after: str) -> None:
    assert tracking.status_after(status, codes) == after


def test_a_parcel_is_followed_from_the_label_to_the_door(
    new_shipment: NewShipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARRIER_PACE", "0.001")
    shipment = new_shipment()
    services.declare(shipment=shipment)
    shipment = services.buy_label(shipment=shipment)
    _wait_for_delivery(sandbox, shipment.tracking_number)

    new = services.refresh(shipment=shipment)

    assert [event.description_code for event in new] == [
        "label_created", "picked_up", "departed_origin", "arrived_in_country",
        "presented_to_customs", "cleared_customs", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert [event.location for event in new][-2:] == ["Köln, DE", "Köln, DE"]
    assert shipment.status == "delivered"
    assert shipment.delivered_at == new[-1].occurred_at
    assert services.refresh(shipment=shipment) == []
    assert TrackingEvent.objects.count() == 8


def test_each_refresh_brings_what_is_new(labelled: Shipment, reports: Callable[..., None]) -> None:
    reports(event(1, "handed_over"))
    assert [event.event_id for event in services.refresh(shipment=labelled)] == ["e1"]
    assert labelled.status == "handed_over"

    reports(event(3, "customs"), event(1, "handed_over"), event(2, "in_transit"), event(2, "in_transit"))
    assert [event.event_id for event in services.refresh(shipment=labelled)] == ["e2", "e3"]
    assert labelled.status == "customs"


def test_a_late_report_is_kept_and_moves_nothing_back(labelled: Shipment, reports: Callable[..., None]) -> None:
    reports(event(5, "delivered"))
    services.refresh(shipment=labelled)

    reports(event(5, "delivered"), event(4, "out_for_delivery"), event(6, "exception"))
    late = services.refresh(shipment=labelled)

    assert [event.event_id for event in late] == ["e4", "e6"]
    assert labelled.status == "delivered"
    assert labelled.delivered_at == START + timedelta(hours=5)


def test_a_parcel_held_by_customs_goes_on_when_it_is_released(
    new_shipment: NewShipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARRIER_PACE", "0.001")
    sandbox.faults(hold_next=1)
    shipment = new_shipment()
    services.declare(shipment=shipment)
    shipment = services.buy_label(shipment=shipment)
    _wait_for_delivery(sandbox, shipment.tracking_number)

    codes = [event.description_code for event in services.refresh(shipment=shipment)]

    assert codes[4:7] == ["presented_to_customs", "held_by_customs", "cleared_customs"]
    assert shipment.status == "delivered"


def test_when_the_carrier_is_silent_nothing_changes(labelled: Shipment, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"

    with pytest.raises(Unavailable):
        services.refresh(shipment=labelled)

    labelled.refresh_from_db()
    assert (labelled.status, labelled.polled_at) == ("labelled", None)


def test_a_shipment_without_a_label_is_not_asked_about(new_shipment: NewShipment, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    shipment = new_shipment()

    assert services.refresh(shipment=shipment) == []
    assert shipment.status == "created"


def test_events_are_append_only(labelled: Shipment, reports: Callable[..., None]) -> None:
    reports(event(1, "handed_over"))
    services.refresh(shipment=labelled)

    for statement in (
        lambda: TrackingEvent.objects.update(code="delivered"),
        lambda: TrackingEvent.objects.all().delete(),
        lambda: connection.cursor().execute("DELETE FROM logistics_trackingevent"),
    ):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            statement()
    assert TrackingEvent.objects.get().code == "handed_over"


def test_an_event_is_kept_once_by_the_database(labelled: Shipment) -> None:
    values = {"event_id": "e1", "code": "handed_over", "description_code": "picked_up", "occurred_at": START}
    TrackingEvent.objects.create(shipment=labelled, **values)

    with pytest.raises(IntegrityError, match="tracking_event_kept_once"), transaction.atomic():
        TrackingEvent.objects.create(shipment=labelled, **values)


@pytest.mark.django_db
def test_the_link_of_one_shipment_is_found_and_no_other(labelled: Shipment, new_shipment: NewShipment) -> None:
    other = new_shipment("S-2")

    found = selectors.shipment_for_tracking(labelled.public_token)

    assert found == labelled
    assert selectors.shipment_for_tracking(other.public_token) == other
    assert len(labelled.public_token) >= 32
    for wrong in ("", "S-1", labelled.public_token[:-1], labelled.tracking_number, "\x00"):
        assert selectors.shipment_for_tracking(wrong) is None


def test_the_public_page_reads_a_shipment_in_two_queries(
    labelled: Shipment, reports: Callable[..., None], django_assert_num_queries: Any
) -> None:
    reports(*(event(number, "in_transit") for number in range(12)))
    services.refresh(shipment=labelled)

    with django_assert_num_queries(2):
        shipment = selectors.shipment_for_tracking(labelled.public_token)
        assert shipment is not None
        assert [event.event_id for event in shipment.events.all()] == [f"e{number}" for number in range(12)]


def test_every_word_of_the_sandbox_has_a_sentence() -> None:
    for code, description in EVENTS.values():
        assert code in Shipment.Status.values
        assert description in tracking.SENTENCES
    with translation.override("en"):
        assert str(tracking.sentence("delivered")) == "The parcel has been delivered."
        assert tracking.sentence("abducted") == tracking.sentence("other_step")


def _wait_for_delivery(sandbox: Counterpart, number: str) -> None:
    import time

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if sandbox.call("GET", f"/carrier/shipments/{number}/events").json()["status"] == "DELIVERED":
            return
        time.sleep(0.01)
    raise AssertionError("the parcel was not delivered in time")

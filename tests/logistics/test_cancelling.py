"""A shipment that is cancelled leaves no paid label behind; one that is on its way can't be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from logistics import services
from logistics.models import Shipment
from logistics.providers.base import Label, carrier
from logistics.providers.sandbox import SandboxCarrier
from marketplace.kernel.errors import Refused, Unavailable
from tests.logistics.conftest import SENDER, Counterpart

NewShipment = Callable[..., Shipment]


@pytest.fixture
def shipment(new_shipment: NewShipment, sandbox: Counterpart) -> Shipment:
    shipment = new_shipment()
    services.declare(shipment=shipment)
    return shipment


def test_before_the_label_nobody_is_asked(new_shipment: NewShipment, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    shipment = new_shipment()

    assert services.cancel(shipment=shipment).status == "cancelled"
    assert services.cancel(shipment=shipment).status == "cancelled"
    for call in (services.declare, services.buy_label):
        with pytest.raises(Refused) as refusal:
            call(shipment=shipment)  # type: ignore[operator]
        assert refusal.value.code == "shipment_cancelled"


def test_a_label_is_given_back(shipment: Shipment) -> None:
    number = services.buy_label(shipment=shipment).tracking_number

    cancelled = services.cancel(shipment=shipment)

    assert (cancelled.status, cancelled.tracking_number) == ("cancelled", number)
    assert carrier("sandbox").track(number)[-1].code == "cancelled"


def test_a_label_whose_answer_was_lost_is_given_back_too(
    shipment: Shipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.faults(drop_next=1)
    with pytest.raises(Unavailable):
        services.buy_label(shipment=shipment)
    given_back: list[str] = []
    cancel = SandboxCarrier.cancel
    monkeypatch.setattr(
        SandboxCarrier, "cancel", lambda self, number: [given_back.append(number), cancel(self, number)]
    )

    assert services.cancel(shipment=shipment).status == "cancelled"

    (number,) = given_back
    assert carrier("sandbox").track(number)[-1].code == "cancelled"


def test_a_label_that_the_carrier_refused_needs_no_giving_back(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment(sender=type(SENDER)("", "1 Keji Road", "Shenzhen", "CN"))
    services.declare(shipment=shipment)
    with pytest.raises(Refused):
        services.buy_label(shipment=shipment)

    assert services.cancel(shipment=shipment).status == "cancelled"


def test_a_label_bought_while_the_shipment_is_cancelled_is_given_back(
    shipment: Shipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy, bought = SandboxCarrier.buy_label, []

    def cancelled_meanwhile(self: SandboxCarrier, *args: Any, **options: Any) -> Label:
        label = buy(self, *args, **options)
        Shipment.objects.filter(pk=shipment.pk).update(status="cancelled")
        bought.append(label.tracking_number)
        return label

    monkeypatch.setattr(SandboxCarrier, "buy_label", cancelled_meanwhile)
    with pytest.raises(Refused) as refusal:
        services.buy_label(shipment=shipment)

    assert refusal.value.code == "shipment_cancelled"
    assert carrier("sandbox").track(bought[0])[-1].code == "cancelled"
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number, shipment.label) == ("cancelled", "", "")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_shipment_labelled_while_it_is_cancelled_gives_its_label_back(
    new_shipment: NewShipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = new_shipment()
    services.declare(shipment=shipment)
    lock, numbers = Shipment.objects.select_for_update, []

    def buy() -> None:
        try:
            numbers.append(services.buy_label(shipment=shipment).tracking_number)
        finally:
            connection.close()

    def labelled_meanwhile(*args: Any, **options: Any) -> Any:
        if threading.current_thread() is threading.main_thread() and not numbers:
            thread = threading.Thread(target=buy)
            thread.start()
            thread.join()
        return lock(*args, **options)

    monkeypatch.setattr(Shipment.objects, "select_for_update", labelled_meanwhile, raising=False)
    cancelled = services.cancel(shipment=shipment)

    assert (cancelled.status, [cancelled.tracking_number]) == ("cancelled", numbers)
    assert carrier("sandbox").track(numbers[0])[-1].code == "cancelled"


def test_a_parcel_on_its_way_stays_on_its_way(shipment: Shipment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_PACE", "0.0001")
    labelled = services.buy_label(shipment=shipment)

    with pytest.raises(Refused) as at_the_carrier:
        services.cancel(shipment=labelled)
    services.refresh(shipment=labelled)
    with pytest.raises(Refused) as at_home:
        services.cancel(shipment=labelled)

    assert at_the_carrier.value.code == at_home.value.code == "already_handed_over"
    labelled.refresh_from_db()
    assert labelled.status == "delivered"

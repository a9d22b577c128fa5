"""One label for one shipment, whatever gets lost on the way and however many ask at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from logistics import services
from logistics.models import Shipment
from logistics.models.shipments import private_storage
from logistics.providers.base import Label, carrier
from logistics.providers.sandbox import SandboxCarrier
from marketplace.kernel.errors import Refused, Unavailable
from tests.logistics.conftest import SENDER, Counterpart

NewShipment = Callable[..., Shipment]


@pytest.fixture
def declared_shipment(new_shipment: NewShipment, sandbox: Counterpart) -> Shipment:
    shipment = new_shipment()
    services.declare(shipment=shipment)
    shipment.refresh_from_db()
    return shipment


def labels_sold(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tracking numbers that the carrier answers with from now on."""
    numbers: list[str] = []
    buy = SandboxCarrier.buy_label

    def noted(self: SandboxCarrier, *args: Any, **options: Any) -> Label:
        label = buy(self, *args, **options)
        numbers.append(label.tracking_number)
        return label

    monkeypatch.setattr(SandboxCarrier, "buy_label", noted)
    return numbers


def test_a_label_is_bought_and_kept_in_a_private_place(declared_shipment: Shipment, settings: Any) -> None:
    shipment = services.buy_label(shipment=declared_shipment)

    assert shipment.status == "labelled"
    assert len(shipment.tracking_number) == 13
    assert shipment.provider_reference.startswith("shp_")
    assert shipment.labelled_at is not None
    with shipment.open_label() as file:
        assert file.read().startswith(b"%PDF-1.4")
    assert private_storage().path(shipment.label).startswith(str(settings.PRIVATE_ROOT))


def test_buying_again_brings_the_same_label(declared_shipment: Shipment, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = labels_sold(monkeypatch)

    first = services.buy_label(shipment=declared_shipment)
    second = services.buy_label(shipment=declared_shipment)

    assert (second.tracking_number, second.label) == (first.tracking_number, first.label)
    assert len(numbers) == 1


def test_a_label_whose_answer_was_lost_is_found_again(declared_shipment: Shipment, sandbox: Counterpart) -> None:
    sandbox.faults(drop_next=2)

    for _attempt in range(2):
        with pytest.raises(Unavailable):
            services.buy_label(shipment=declared_shipment)
        declared_shipment.refresh_from_db()
        assert (declared_shipment.status, declared_shipment.tracking_number) == ("declared", "")
        assert declared_shipment.label_requested_at is not None

    shipment = services.buy_label(shipment=declared_shipment)
    assert (
        shipment.tracking_number == carrier("sandbox").buy_label(_order(shipment), key=_key(shipment)).tracking_number
    )


def test_a_crash_before_the_row_was_written_is_healed(
    declared_shipment: Shipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = labels_sold(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr("logistics.services.clock.now", _crash_after(1))
        with pytest.raises(KeyboardInterrupt):
            services.buy_label(shipment=declared_shipment)
    declared_shipment.refresh_from_db()
    assert declared_shipment.tracking_number == ""

    shipment = services.buy_label(shipment=declared_shipment)

    assert numbers == [shipment.tracking_number] * 2
    assert private_storage().exists(shipment.label)


def test_a_half_written_file_is_replaced(declared_shipment: Shipment) -> None:
    name = f"labels/{declared_shipment.idempotency_key}.pdf"
    with private_storage().open(name, "wb") as file:
        file.write(b"%PDF")

    shipment = services.buy_label(shipment=declared_shipment)

    assert shipment.label == name
    assert private_storage().size(name) > 1000


def test_nothing_is_bought_before_customs_have_accepted(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment()

    with pytest.raises(Refused) as refusal:
        services.buy_label(shipment=shipment)

    assert refusal.value.code == "not_declared"
    shipment.refresh_from_db()
    assert (shipment.status, shipment.label_requested_at) == ("created", None)


def test_a_refusal_of_the_carrier_is_passed_on_and_leaves_no_label(
    new_shipment: NewShipment, sandbox: Counterpart
) -> None:
    nameless = type(SENDER)("", "1 Keji Road", "Shenzhen", "CN")
    shipment = new_shipment(sender=nameless)
    services.declare(shipment=shipment)

    with pytest.raises(Refused) as refusal:
        services.buy_label(shipment=shipment)

    assert refusal.value.code == "address_incomplete"
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number, shipment.label) == ("declared", "", "")


@pytest.mark.django_db(transaction=True)
def test_the_carrier_is_never_called_inside_a_transaction(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment()

    for call in (services.declare, services.buy_label, services.refresh, services.cancel):
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            call(shipment=shipment)  # type: ignore[operator]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_label(
    new_shipment: NewShipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = new_shipment()
    services.declare(shipment=shipment)

    results, numbers = _race(monkeypatch, lambda: services.buy_label(shipment=shipment))

    assert len(numbers) == 2, "both were at the carrier at the same time"
    assert numbers[0] == numbers[1]
    assert [result.tracking_number for result in results] == numbers
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number) == ("labelled", numbers[0])
    _folders, files = private_storage().listdir("labels")
    assert [name for name in files if name.startswith(str(shipment.idempotency_key))] == [shipment.label.split("/")[1]]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_key_on_the_row_two_who_ask_at_once_would_pay_twice(
    new_shipment: NewShipment, sandbox: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = new_shipment()
    services.declare(shipment=shipment)
    buy = SandboxCarrier.buy_label
    monkeypatch.setattr(
        SandboxCarrier, "buy_label", lambda self, order, key: buy(self, order, key=f"{key}-{threading.get_ident()}")
    )

    results, numbers = _race(monkeypatch, lambda: services.buy_label(shipment=shipment))

    assert numbers[0] != numbers[1]
    kept = {result.tracking_number for result in results}
    assert len(kept) == 1
    (other,) = set(numbers) - kept
    assert carrier("sandbox").track(other)[-1].code == "cancelled", "the second one is given back"


def _race(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Shipment]) -> tuple[list[Shipment], list[str]]:
    """Two threads act; each waits at the carrier's door until the other has been there as well."""
    numbers, results = labels_sold(monkeypatch), []
    buy, both = SandboxCarrier.buy_label, threading.Barrier(2, timeout=20)

    def meeting(self: SandboxCarrier, *args: Any, **options: Any) -> Label:
        label = buy(self, *args, **options)
        both.wait()
        return label

    monkeypatch.setattr(SandboxCarrier, "buy_label", meeting)

    def run() -> None:
        try:
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    return results, numbers


def _crash_after(calls: int) -> Callable[[], Any]:
    """A clock that kills the process after some readings."""
    from django.utils import timezone

    left = [calls]

    def now() -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return timezone.now()

    return now


def _order(shipment: Shipment) -> Any:
    from logistics.providers.base import LabelOrder
    from marketplace.kernel.address import PostalAddress

    return LabelOrder(
        shipment.reference,
        shipment.service_code,
        PostalAddress.from_dict(shipment.sender),
        PostalAddress.from_dict(shipment.recipient),
        180,
        shipment.declaration.reference,
    )


def _key(shipment: Shipment) -> str:
    return str(shipment.idempotency_key)

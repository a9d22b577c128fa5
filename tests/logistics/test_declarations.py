"""Which form a parcel takes, what stands in it, and what happens when customs say no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from moneyed import Money

from compliance.landed_cost.assessment import AssessedLine, Assessment
from logistics import selectors, services
from logistics.declarations import Declared, form_for, reason
from logistics.models import CustomsDeclaration, Shipment
from logistics.snapshots import consignment_from_json, consignment_to_json
from marketplace.kernel.errors import Refused, Unavailable
from marketplace.kernel.money import zero
from tests.logistics.conftest import FX, TODAY, Counterpart, consignment, declared, shirt

NewShipment = Callable[..., Shipment]


def _euro(amount: str) -> Money:
    return Money(amount, "EUR")


@pytest.mark.parametrize(
    ("ship_from", "ship_to", "channel", "euros", "form"),
    [
        ("CN", "DE", "courier", "150.00", "h7"),
        ("CN", "DE", "post", "150.00", "h7"),
        ("CN", "DE", "courier", "150.01", "invoice"),
        ("CN", "DE", "post", "150.01", "cn22"),
        ("CN", "JP", "post", "300.00", "cn22"),
        ("CN", "JP", "post", "300.01", "cn23"),
        ("CN", "JP", "post", None, "cn23"),
        ("CN", "JP", "courier", "1.00", "invoice"),
        ("CN", "DE", "courier", None, "invoice"),
        ("DE", "FR", "courier", "500.00", ""),
        ("DE", "DE", "courier", "500.00", ""),
        ("DE", "BR", "post", "10.00", "cn22"),
    ],
)
def test_the_form_follows_border_channel_and_value(
    small_tariff: None, ship_from: str, ship_to: str, channel: str, euros: str | None, form: str
) -> None:
    parcel = consignment(ship_from=ship_from, ship_to=ship_to, channel=channel)
    value = None if euros is None else Money(euros, "EUR")

    assert form_for(parcel, declared(value_in_euro=value), selectors.tariff(), date(2026, 11, 22)) == form


_ONE_REGIME = AssessedLine("TEE-1", "EU", "IOSS", _euro("0"), None, _euro("0"), (), None, _euro("0"), ())


@pytest.mark.parametrize(
    ("collected", "expected"),
    [
        ("checkout", Declared("DDP", _euro("3"), _euro("5.32"), _euro("1"), _euro("20.00"), "IOSS", "IM1")),
        ("none", Declared("DDP", _euro("3"), _euro("5.32"), _euro("1"), _euro("20.00"), "IOSS", "IM1")),
        ("on_delivery", Declared("DAP", _euro("0"), _euro("0"), _euro("0"), _euro("20.00"), "", "IM1")),
    ],
)
def test_only_what_was_collected_is_declared_as_collected(collected: str, expected: Declared) -> None:
    assert Declared.from_assessment(_assessment(collected, "EUR"), FX, scheme_number="IM1") == expected


def test_what_was_collected_for_a_part_of_the_parcel_is_declared_with_its_scheme() -> None:
    cheap = replace(_ONE_REGIME, tax=_euro("2.40"), at_checkout=True)
    dear = replace(_ONE_REGIME, scheme="", tax=_euro("9.00"), at_checkout=False)

    declared = Declared.from_assessment(replace(_assessment("on_delivery", "EUR"), lines=(dear, cheap)), FX)

    assert declared == Declared("DAP", _euro("0"), _euro("2.40"), _euro("0"), _euro("20.00"), "IOSS", "")


def test_a_value_without_a_rate_is_left_out_of_the_declaration() -> None:
    declared = Declared.from_assessment(_assessment("on_delivery", "CHF"), FX)

    francs = zero("CHF")
    assert declared == Declared("DAP", francs, francs, francs)


def _assessment(collected: str, currency: str) -> Assessment:
    """Goods of 20, duty 3, tax 5.32, a fee of 1."""
    amounts = dict.fromkeys(("insurance", "customs_value", "due_at_checkout", "due_on_delivery"), "0")
    amounts |= {"goods": "20.00", "shipping": "8", "duty": "3", "tax": "5.32", "fees": "1", "total": "37.32"}
    return Assessment(
        status="quoted",
        collected=collected,
        country="DE",
        on=TODAY,
        regimes=("EU",),
        fee_lines=(),
        currency=currency,
        lines=(_ONE_REGIME,),
        rules=(),
        warnings=(),
        items_declared=1,
        threshold=None,
        flat_duty=None,
        is_import=True,
        **{name: Money(amount, currency) for name, amount in amounts.items()},
    )


def test_the_payload_keeps_freight_apart_and_marks_assumed_weights(new_shipment: NewShipment) -> None:
    tee = shirt(description="  knitted  T-shirt of cotton\n", quantity=2)
    sock = shirt(sku="SOCK", hs_code="61159500", unit_price=Money("4.50", "EUR"), weight_grams=None, quantity=3)
    shipment = new_shipment(consignment=consignment(tee, sock, shipping=Money("8.00", "EUR")))

    payload = shipment.declaration.payload

    assert (shipment.declaration.kind, payload["procedure"]) == ("h7", "F48")
    assert payload["goods_value"] == {"amount": "53.50", "currency": "EUR"}
    assert payload["shipping"] == {"amount": "8.00", "currency": "EUR"}
    assert payload["lines"][0] == {
        "number": 1,
        "sku": "TEE-1",
        "description": "knitted T-shirt of cotton",
        "quantity": 2,
        "net_weight_grams": 360,
        "weight_is_assumed": False,
        "value": {"amount": "40.00", "currency": "EUR"},
        "hs_code": "610910",
        "origin": "CN",
        "lithium": False,
    }
    assert (payload["lines"][1]["net_weight_grams"], payload["lines"][1]["weight_is_assumed"]) == (900, True)
    assert payload["weight_grams"] == 1260
    assert payload["charges"]["scheme_number"] == "IM2760000000"
    assert shipment.parcels.get().weight_grams == 1260


def test_a_shipment_keeps_all_that_it_was_made_of(new_shipment: NewShipment) -> None:
    parcel = consignment(shirt(lithium=True, duty_rate_pct=None), schemes=frozenset({"IOSS"}))

    shipment = new_shipment(consignment=parcel)
    shipment.refresh_from_db()

    assert consignment_from_json(shipment.consignment) == parcel
    assert consignment_to_json(parcel) == shipment.consignment
    assert Declared.from_json(shipment.declared) == declared()
    assert (shipment.sender["city"], shipment.recipient["name"]) == ("Shenzhen", "Jürgen Groß")
    assert (shipment.carrier, shipment.service_code, shipment.status) == ("sandbox", "air", "created")


def test_the_same_reference_is_the_same_shipment(new_shipment: NewShipment) -> None:
    first = new_shipment("S-1")
    second = new_shipment("S-1", consignment=consignment(shirt(quantity=9)))

    assert second == first
    assert second.consignment == first.consignment
    assert (Shipment.objects.count(), CustomsDeclaration.objects.count(), first.parcels.count()) == (1, 1, 1)


def test_a_service_that_is_gone_is_refused(new_shipment: NewShipment) -> None:
    with pytest.raises(Refused) as refusal:
        new_shipment(service_code="pigeon")

    assert refusal.value.code == "unknown_service"
    assert not Shipment.objects.exists()


def test_customs_accept_and_the_shipment_is_declared(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment()

    declaration = services.declare(shipment=shipment)

    assert declaration is not None
    assert declaration.status == "accepted"
    assert declaration.reference.startswith("CD")
    shipment.refresh_from_db()
    assert shipment.status == "declared"
    again = services.declare(shipment=shipment)
    assert again == declaration


def test_inside_one_customs_area_nobody_is_asked(new_shipment: NewShipment, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    shipment = new_shipment(consignment=consignment(ship_from="DE", ship_to="FR"))

    assert services.declare(shipment=shipment) is None

    shipment.refresh_from_db()
    assert shipment.status == "declared"
    assert not CustomsDeclaration.objects.exists()


def test_a_lost_answer_makes_no_second_declaration(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment()
    sandbox.faults(drop_next=1)

    with pytest.raises(Unavailable):
        services.declare(shipment=shipment)
    shipment.refresh_from_db()
    assert (shipment.status, shipment.declaration.status) == ("created", "prepared")
    first = sandbox.call(
        "POST",
        "/carrier/declarations",
        json=shipment.declaration.payload,
        headers={"Idempotency-Key": str(shipment.declaration.idempotency_key)},
    ).json()["reference"]

    declaration = services.declare(shipment=shipment)

    assert declaration is not None
    assert declaration.reference == first


def test_a_rejected_declaration_says_why_and_can_be_corrected(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    shipment = new_shipment(consignment=consignment(shirt(description="gift")))

    for _attempt in range(2):
        with pytest.raises(Refused) as refusal:
            services.declare(shipment=shipment)
        assert refusal.value.code == "declaration_rejected"
        assert refusal.value.message == reason("description_rejected")
    rejected = CustomsDeclaration.objects.get()
    assert (rejected.status, rejected.reason_code) == ("rejected", "description_rejected")
    assert rejected.reason == reason("description_rejected")
    shipment.refresh_from_db()
    assert shipment.status == "created"

    corrected = services.correct_declaration(shipment=shipment, descriptions={"TEE-1": " T-shirt of cotton "})
    assert corrected.idempotency_key != rejected.idempotency_key
    accepted = services.declare(shipment=shipment)

    assert accepted is not None
    assert accepted.status == "accepted"
    assert accepted.payload["lines"][0]["description"] == "T-shirt of cotton"
    with pytest.raises(Refused) as nothing:
        services.correct_declaration(shipment=shipment, descriptions={})
    assert nothing.value.code == "nothing_to_correct"


def test_a_rejection_on_demand_is_recorded(new_shipment: NewShipment, sandbox: Counterpart) -> None:
    sandbox.faults(reject_next=1)
    shipment = new_shipment()

    with pytest.raises(Refused):
        services.declare(shipment=shipment)

    services.correct_declaration(shipment=shipment, descriptions={"TEE-1": "knitted T-shirt of pure cotton"})
    assert services.declare(shipment=shipment) is not None

"""A small tariff whose figures are easy to reckon by hand, a running carrier, and shipments to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests
from moneyed import Money

from demo.sandbox import server
from logistics import selectors, services
from logistics.declarations import Declared
from logistics.models import DefaultWeight, Shipment, ShippingRate, ShippingService, Zone, ZoneCountry
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable

TODAY = date(2026, 11, 22)
SENDER = PostalAddress("Shenzhen Lumen Ltd", "1 Keji Road", "Shenzhen", "CN", postal_code="518057")
RECIPIENT = PostalAddress("Jürgen Groß", "Straße 5", "Köln", "DE", postal_code="50667")
FX = FxTable(base="EUR", on=TODAY, rates={"USD": Decimal("1.10"), "JPY": Decimal("170"), "KWD": Decimal("0.34")})


@pytest.fixture(autouse=True)
def fresh_tariff() -> Iterator[None]:
    """No test sees the tariff of another."""
    selectors.forget_tariff()
    yield
    selectors.forget_tariff()


@pytest.fixture
def small_tariff(db: None) -> None:
    """From China: cheap post without lithium up to 2 kg, air at any weight up to 5 kg, and couriers at home."""
    europe, asia = Zone.objects.create(code="europe", name="Europe"), Zone.objects.create(code="asia", name="Asia")
    for country, zone, area in [("DE", europe, "EU"), ("FR", europe, "EU"), ("CN", asia, "CN"), ("JP", asia, "JP")]:
        ZoneCountry.objects.create(country=country, zone=zone, customs_area=area)
    services = [
        ("post", "post", False, (12, 25)),
        ("air", "courier", True, (6, 12)),
        ("express", "courier", True, (2, 5)),
        ("home", "courier", True, (1, 4)),
    ]
    made = {
        code: ShippingService.objects.create(
            code=code, name=code.title(), name_de=f"{code.title()} auf Deutsch", carrier="sandbox", channel=channel,
            transport="air", accepts_lithium=lithium, days_min=days[0], days_max=days[1], position=place,
        )
        for place, (code, channel, lithium, days) in enumerate(services)
    }  # fmt: skip
    for code, origin, to, bands in [
        ("post", "CN", europe, {500: "5.50", 2000: "11.00"}),
        ("air", "CN", europe, {500: "8.80", 2000: "16.50", 5000: "33.00"}),
        ("air", "CN", asia, {5000: "9.90"}),
        ("air", "CN", "FR", {5000: "7.70"}),
        ("express", "CN", europe, {5000: "33.00"}),
        ("home", "DE", "DE", {5000: "4.40"}),
        ("post", "DE", europe, {5000: "6.60"}),
    ]:
        for grams, price in bands.items():
            place = {"destination_country": to} if isinstance(to, str) else {"zone": to}
            ShippingRate.objects.create(
                service=made[code], origin_country=origin, up_to_grams=grams, price=Money(price, "USD"), **place
            )
    for prefix, grams in [("", 500), ("61", 300), ("6109", 180)]:
        DefaultWeight.objects.create(hs_prefix=prefix, grams=grams)


def shirt(price: str = "20.00", currency: str = "EUR", **changes: Any) -> ConsignmentLine:
    """One cotton T-shirt of 180 g from China."""
    values: dict[str, Any] = {
        "sku": "TEE-1",
        "description": "knitted T-shirt of cotton",
        "hs_code": "610910",
        "origin": "CN",
        "quantity": 1,
        "unit_price": Money(price, currency),
        "weight_grams": 180,
    }
    return ConsignmentLine(**(values | changes))


def consignment(*lines: ConsignmentLine, ship_to: str = "DE", **changes: Any) -> Consignment:
    """A parcel from China to Germany in euros, without freight."""
    values: dict[str, Any] = {
        "ship_from": "CN",
        "ship_to": Destination(ship_to),
        "currency": "EUR",
        "lines": lines or (shirt(),),
        "shipping": Money(0, "EUR"),
        "insurance": Money(0, "EUR"),
    }
    return Consignment(**(values | changes))


def declared(**changes: Any) -> Declared:
    """Tax collected under the import scheme on goods of 20 euros."""
    values: dict[str, Any] = {
        "incoterm": "DDP",
        "duty": Money("3.00", "EUR"),
        "tax": Money("5.32", "EUR"),
        "fees": Money("0", "EUR"),
        "value_in_euro": Money("20.00", "EUR"),
        "scheme": "IOSS",
        "scheme_number": "IM2760000000",
    }
    return Declared(**(values | changes))


@pytest.fixture
def new_shipment(small_tariff: None) -> Callable[..., Shipment]:
    """Makes a shipment by reference; a declaration belongs to it when it goes to Germany from China."""

    def make(reference: str = "S-1", **changes: Any) -> Shipment:
        values: dict[str, Any] = {
            "sender": SENDER,
            "recipient": RECIPIENT,
            "consignment": consignment(),
            "service_code": "air",
            "declared": declared(),
        }
        return services.create_shipment(reference=reference, **(values | changes))

    return make


class Counterpart:
    """The running sandbox as a test sees it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def faults(self, **switches: int) -> None:
        """Sets the carrier's faults; none given means none."""
        answer = requests.post(f"{self.url}/faults", json={"carrier": switches}, timeout=5)
        assert answer.status_code == 200

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call with the API key."""
        headers = {"Authorization": f"Bearer {server.DEVELOPMENT_SECRET}"} | options.pop("headers", {})
        return requests.request(method, self.url + path, headers=headers, timeout=5, **options)


@pytest.fixture
def sandbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counterpart]:
    """A carrier that stands still: parcels stay where the label was sold until a test sets the pace."""
    monkeypatch.setenv("CARRIER_PACE", "3600")
    with server.serve(port=0, state=":memory:") as url:
        settings.SANDBOX_URL, settings.SANDBOX_SECRET = url, server.DEVELOPMENT_SECRET
        yield Counterpart(url)

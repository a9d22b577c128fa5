"""The shipped tariff is complete, loads once, and a bad file changes nothing."""

from __future__ import annotations

import csv
import shutil
import threading
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from moneyed import Money

from logistics import selectors, tariff_files
from logistics.models import DefaultWeight, ShippingRate, ShippingService, TariffVersion, Zone, ZoneCountry
from logistics.tariff import Tariff

_ORIGINS = "AE CN DE GB HK JP KE MX NL US"
_EUROPEAN_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_ELSEWHERE = "GB NO CH US CA AU NZ JP KR SG AE SA KW MX BR CN HK KE ZA IN TR"
_NOT_SERVED = "AF BY CU IR KP LY RU SD SO SS SY YE"
ORIGINS, EUROPEAN_UNION, ELSEWHERE, NOT_SERVED = map(str.split, (_ORIGINS, _EUROPEAN_UNION, _ELSEWHERE, _NOT_SERVED))


@pytest.fixture
def shipped(db: None) -> Tariff:
    tariff_files.load()
    return selectors.tariff()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files, to be changed."""
    return Path(shutil.copytree(tariff_files.DATA, tmp_path / "data"))


def change(path: Path, how: Callable[[str], str]) -> None:
    path.write_text(how(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_every_origin_reaches_every_country_served(shipped: Tariff) -> None:
    assert {*EUROPEAN_UNION, *ELSEWHERE} <= shipped.served
    assert shipped.served.isdisjoint(NOT_SERVED)
    for origin in ORIGINS:
        for country in sorted(shipped.served):
            assert shipped.lanes_between(origin, country), f"nothing goes from {origin} to {country}"


def test_heavy_parcels_and_lithium_go_everywhere_too(shipped: Tariff) -> None:
    for origin in ORIGINS:
        for country in sorted(shipped.served):
            lanes = shipped.lanes_between(origin, country)
            assert any(lane.price(30_000) is not None and lane.service.accepts_lithium for lane in lanes)
            assert not any(lane.price(30_001) for lane in lanes)


def test_there_is_a_cheap_and_a_fast_way_abroad_and_home_is_cheaper(shipped: Tariff) -> None:
    for origin in ORIGINS:
        home = {lane.service.code: lane for lane in shipped.lanes_between(origin, origin)}
        assert set(home) == {"domestic-standard", "domestic-express"}
        for country in sorted(shipped.served - {origin}):
            lanes = {lane.service.code: lane for lane in shipped.lanes_between(origin, country)}
            assert {"post-economy", "air-standard", "air-express"} <= set(lanes)
            cheapest = min(_price(lane, 1000) for lane in lanes.values())
            assert _price(home["domestic-standard"], 1000) < cheapest < _price(lanes["air-express"], 1000)


def test_more_weight_never_costs_less(shipped: Tariff) -> None:
    for lanes in shipped.lanes.values():
        for lane in lanes:
            amounts = [price.amount for price in lane.prices]
            assert amounts == sorted(amounts)
            assert amounts[0] > 0


def test_every_service_has_a_name_in_every_language(shipped: Tariff, settings: Any) -> None:
    for service in shipped.services.values():
        names = [service.names[code] for code, _name in settings.LANGUAGES]
        assert all(names)
        assert len(set(names)) >= 6


def test_the_customs_area_of_europe_is_that_of_the_rule_book(shipped: Tariff) -> None:
    path = Path(__file__).parents[2] / "compliance" / "data" / "group_members.csv"
    with path.open(encoding="utf-8", newline="") as file:
        members = {
            row["country"] for row in csv.DictReader(file) if row["group"] == "EU" and row["status"] == "in_force"
        }

    area = {country for country, area in shipped.customs_areas.items() if area == "EU"}

    assert area - {"MC"} == members == set(EUROPEAN_UNION)


def test_loading_again_changes_nothing(shipped: Tariff) -> None:
    version = TariffVersion.objects.get().token
    out = StringIO()

    call_command("load_services", stdout=out)

    counts = {what: len(list(rows)) for what, rows in _tables().items()}
    assert out.getvalue().splitlines() == [
        f"{what}: 0 created, 0 updated, 0 deleted, {counts[what]} unchanged"
        for what in ("services", "zones", "countries", "weights", "rates")
    ]
    assert TariffVersion.objects.get().token == version


def test_loading_mends_what_differs_and_leaves_the_rest(shipped: Tariff, folder: Path) -> None:
    rates = ShippingRate.objects.filter(service__code="air-standard", origin_country="CN", zone__code="eu-core")
    rates.filter(up_to_grams=500).update(price=Decimal("0.01"))
    ZoneCountry.objects.filter(country="DE").delete()
    ShippingService.objects.filter(code="air-express").update(is_active=False)
    own = ShippingService.objects.create(
        code="own", name="Own", carrier="own", channel="post", transport="air", days_min=1, days_max=2
    )
    zone = Zone.objects.get(code="world")
    ShippingRate.objects.create(service=own, origin_country="CN", zone=zone, up_to_grams=1, price=Money(1, "EUR"))
    change(folder / "weights.csv", lambda text: text.replace("09,300,", "09,310,").replace("18,250,Chocolate\n", ""))

    changes = tariff_files.load(folder)

    assert changes["rates"]["updated"] == 1
    assert changes["rates"]["created"] == changes["rates"]["deleted"] == 0
    assert changes["countries"]["created"] == 1
    assert (changes["weights"]["updated"], changes["weights"]["deleted"]) == (1, 1)
    assert rates.get(up_to_grams=500).price == Money("6.90", "USD")
    assert not ShippingService.objects.get(code="air-express").is_active, "what operations switched off stays off"
    assert own.rates.count() == 1


@pytest.mark.parametrize(
    ("name", "how", "message"),
    [
        ("rates.csv", lambda text: text.replace("air-standard,CN,US", "pigeon,CN,US"), "a service or a zone"),
        ("rates.csv", lambda text: text.replace("air-standard,CN,US", "air-standard,CN,moon"), "a service or a zone"),
        ("rates.csv", lambda text: text.replace("air-standard,CN,US", "air-standard,CN,eu-core"), "repeats a lane"),
        ("zones.csv", lambda text: text.replace("CA PM US", "CA PM US DE"), "DE in two zones"),
        ("rates.csv", lambda text: text.replace(",4.25,", ",cheap,", 1), "line"),
        ("services.csv", lambda text: text.replace(",sandbox,", ",", 1), "services.csv"),
    ],
)
def test_a_bad_file_is_named_and_changes_nothing(
    db: None, folder: Path, name: str, how: Callable[[str], str], message: str
) -> None:
    change(folder / name, how)

    with pytest.raises(CommandError, match=message):
        call_command("load_services", folder=folder)

    assert not any(rows.exists() for rows in _tables().values())


def test_the_database_keeps_the_tariff_sound(small_tariff: None) -> None:
    rate = ShippingRate.objects.filter(zone__isnull=False).first()
    assert rate is not None
    values = {"service": rate.service, "origin_country": "CN", "price": Money(1, "USD"), "up_to_grams": 1}
    for promise, row in [
        ("rate_bands_do_not_overlap", values | {"zone": rate.zone, "up_to_grams": rate.up_to_grams}),
        ("rate_goes_to_a_country_or_a_zone", values),
        ("rate_goes_to_a_country_or_a_zone", values | {"zone": rate.zone, "destination_country": "DE"}),
        ("rate_origin_is_two_capital_letters", values | {"zone": rate.zone, "origin_country": "cn"}),
        ("rate_price_is_not_negative", values | {"zone": rate.zone, "price": Money(-1, "USD")}),
        ("rate_band_has_a_weight", values | {"zone": rate.zone, "up_to_grams": 0}),
    ]:
        with pytest.raises(IntegrityError, match=promise), transaction.atomic():
            ShippingRate.objects.create(**row)
    with pytest.raises(IntegrityError, match="service_days_are_in_order"), transaction.atomic():
        ShippingService.objects.filter(code="air").update(days_min=13)


def test_a_change_by_anybody_is_seen_within_seconds(
    small_tariff: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    before = selectors.tariff()
    ShippingRate.objects.filter(service__code="post").update(price=Decimal("1.10"))
    assert selectors.tariff() is before

    monkeypatch.setattr(selectors, "CHECK_EVERY", 0.0)
    after = selectors.tariff()

    assert after.version != before.version
    assert {str(_price(lane, 1)) for lane in after.lanes_between("CN", "DE")} == {"1.1000", "8.8000", "33.0000"}
    with django_assert_num_queries(1):
        assert selectors.tariff() is after


def _price(lane: Any, grams: int) -> Decimal:
    price = lane.price(grams)
    return Decimal("Infinity") if price is None else Decimal(price.amount)


def _tables() -> dict[str, Any]:
    return {
        "services": ShippingService.objects.all(),
        "zones": Zone.objects.all(),
        "countries": ZoneCountry.objects.all(),
        "weights": DefaultWeight.objects.all(),
        "rates": ShippingRate.objects.all(),
    }


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_take_turns() -> None:
    results: list[tariff_files.Changes] = []

    def load() -> None:
        try:
            results.append(tariff_files.load())
        finally:
            connection.close()

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(changes["rates"]["created"] for changes in results) == [0, ShippingRate.objects.count()]

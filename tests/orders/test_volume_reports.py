"""Volumes for registers of producers: sums by country, stream and material, of goods as they were when they were sold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import ProductFacts
from compliance.models import Registration, RegistrationEvent, Report, VolumeLine
from compliance.reports.tables import table_of
from orders.models import OrderLine
from tests.orders.books import Calendar, closed, french, gave_back, german, made, sold
from tests.orders.buying import cart_with, place
from tests.support.cast import Cast

BOXED = {"packaging_grams": {"Paper": 40, "plastic": "2.5"}}


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch, cast: Cast, law_may_change: Callable[[], None]) -> Calendar:
    calendar = Calendar(monkeypatch)
    calendar.turn_to("2027-02-01 09:00")
    return calendar


def rows(report: Report, country: str = "") -> list[tuple[Any, ...]]:
    return [
        (row["country"], row["stream"], row["material"], row["kilograms"], row["pieces"], row["unknown"])
        for row in report.figures["rows"]
        if not country or row["country"] == country
    ]


def test_packaging_is_summed_by_material(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=3, variant=cast.mug), made_of=BOXED)
    sold(cast, "2026-04-02 08:00", german("10.00", pieces=1, variant=cast.mug), made_of=BOXED)

    assert rows(made("epr", "2026")) == [
        ("DE", "packaging", "paper", "0.160", 4, 0),
        ("DE", "packaging", "plastic", "0.010", 4, 0),
    ]


def test_unknown_weights_are_counted_as_pieces_and_never_guessed(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=3, variant=cast.mug))
    sold(
        cast,
        "2026-03-02 08:00",
        german("10.00", pieces=2, variant=cast.mug),
        made_of={"packaging_grams": {"paper": "a lot"}},
    )
    sold(
        cast,
        "2026-03-02 08:00",
        german("10.00", pieces=1, variant=cast.mug),
        made_of={"packaging_grams": {"paper": 10}},
    )

    assert rows(made("epr", "2026")) == [
        ("DE", "packaging", "", "", 5, 5),
        ("DE", "packaging", "paper", "0.010", 1, 0),
    ]


def test_streams_follow_from_the_registers_and_materials_from_their_shares(cast: Cast, calendar: Calendar) -> None:
    """A T-shirt of 180 g (HS 610910): packaging in both countries, textiles in France alone."""
    cotton = BOXED | {"materials": {"cotton": 95, "elastane": "5"}}
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=2, variant=cast.tshirt), made_of=cotton)
    sold(cast, "2026-03-02 08:00", french("30.00", pieces=2, variant=cast.tshirt), to="FR", made_of=cotton)
    report = made("epr", "2026")

    assert {row[1] for row in rows(report, "DE")} == {"packaging"}
    assert [row for row in rows(report, "FR") if row[1] == "textiles"] == [
        ("FR", "textiles", "cotton", "0.342", 2, 0),
        ("FR", "textiles", "elastane", "0.018", 2, 0),
    ]


def test_what_of_the_materials_is_not_stated_stays_without_a_name(cast: Cast, calendar: Calendar) -> None:
    sold(
        cast,
        "2026-03-02 08:00",
        french("30.00", pieces=1, variant=cast.tshirt),
        to="FR",
        made_of={"materials": {"cotton": 60}},
    )

    assert [row for row in rows(made("epr", "2026")) if row[1] == "textiles"] == [
        ("FR", "textiles", "", "0.072", 1, 0),
        ("FR", "textiles", "cotton", "0.108", 1, 0),
    ]


@pytest.mark.parametrize(
    ("battery", "grams", "hs_code", "expected"),
    [
        ("li_ion_inside", None, "851830", ("li_ion", "", 2, 2)),  # nobody stated what the battery in it weighs
        ("li_ion_inside", 14, "851830", ("li_ion", "0.028", 2, 0)),
        ("li_ion_loose", None, "850760", ("li_ion", "0.360", 2, 0)),  # the piece is the battery
        ("li_ion_loose", 135, "850760", ("li_ion", "0.270", 2, 0)),  # but for its case
        ("other", None, "850610", ("other", "0.360", 2, 0)),
    ],
)
def test_batteries_have_their_chemistry_and_the_weight_that_was_stated_or_is_that_of_the_goods(
    cast: Cast, calendar: Calendar, battery: str, grams: int | None, hs_code: str, expected: tuple[Any, ...]
) -> None:
    cast.tshirt.product.hs_code = hs_code
    cast.tshirt.product.save(update_fields=["hs_code"])
    sold(
        cast,
        "2026-03-02 08:00",
        german("30.00", pieces=2, variant=cast.tshirt),
        made_of={"battery": battery, "battery_grams": grams},
    )

    assert [row[2:] for row in rows(made("epr", "2026")) if row[1] == "battery"] == [expected]


def test_goods_belong_to_the_streams_that_the_checks_of_their_listing_saw(cast: Cast, calendar: Calendar) -> None:
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=1, variant=cast.mug), made_of={"marks": ["electronics"]})

    assert {row[1] for row in rows(made("epr", "2026"))} == {"packaging", "weee"}


def test_a_listing_that_changes_later_changes_nothing(cast: Cast) -> None:
    """The order keeps what its listing said when it was placed, and nothing that it did not say."""
    facts, _new = ProductFacts.objects.update_or_create(
        product=cast.mug.product, defaults={"packaging_grams": {"paper": 55}, "materials": {"porcelain": 100},
                                           "battery_grams": 7}
    )  # fmt: skip
    ProductFacts.objects.filter(product=cast.notebook.product).delete()

    place(cart_with((cast.mug, 1), (cast.notebook, 1)))
    facts.packaging_grams = {"plastic": 900}
    facts.save()

    kept = {line.sku: line.made_of for line in OrderLine.objects.all()}
    assert kept["MORNING-NOTEBOOK"].keys() == {"lithium", "marks"}
    assert kept["KITE-MUG"]["battery_grams"] == 7
    assert (kept["KITE-MUG"]["packaging_grams"], kept["KITE-MUG"]["materials"]) == ({"paper": 55}, {"porcelain": 100})


def test_a_refund_takes_no_packaging_off_the_market(cast: Cast, calendar: Calendar) -> None:
    order = sold(cast, "2026-03-02 08:00", german("30.00", pieces=1, variant=cast.mug), made_of=BOXED)
    gave_back(order, "35.70", "2026-03-10 08:00")

    report = closed("epr", "2026")

    assert [row[3:] for row in rows(report)] == [("0.040", 1, 0), ("0.003", 1, 0)]
    assert VolumeLine.objects.filter(is_final=True).count() == 2


def test_the_table_names_producer_register_and_number(cast: Cast, calendar: Calendar) -> None:
    Registration.objects.update_or_create(
        seller=cast.shenzhen, kind="epr", country="DE", stream="packaging",
        defaults={"number": "DE1234567890123", "state": "valid"},
    )  # fmt: skip
    sold(
        cast,
        "2026-03-02 08:00",
        german("30.00", pieces=3, variant=cast.mug),
        made_of={"packaging_grams": {"=paper": 40}},
    )
    report = made("epr", "2026")

    assert list(table_of("epr", "2026", report.figures, "volumes")) == [
        ["report", "period", "country", "stream", "register", "producer", "number", "material", "pieces", "kilograms",
         "pieces_without_weight"],
        ["epr", "2026", "DE", "packaging", "ZSVR LUCID", "Shenzhen Paper Kite Ltd", "DE1234567890123", "'=paper", "3",
         "0.120", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ({"state": "valid", "expires_on": date(2026, 12, 30)}, ""),
        ({"state": "valid", "expires_on": date(2026, 12, 31)}, "DE1234567890123"),
        ({"state": "valid", "valid_from": date(2027, 1, 1)}, ""),
        ({"state": "upcoming", "valid_from": date(2027, 1, 1)}, ""),
        ({"state": "invalid"}, ""),
    ],
)
def test_the_number_is_that_of_the_last_day_of_the_period(
    cast: Cast, calendar: Calendar, told: dict[str, Any], printed: str
) -> None:
    number = {"seller": cast.shenzhen, "kind": "epr", "country": "DE", "stream": "packaging"}
    Registration.objects.filter(**number).delete()
    Registration.objects.create(**number, number="DE1234567890123", **told)
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=3, variant=cast.mug), made_of=BOXED)

    assert {row["number"] for row in made("epr", "2026").figures["producers"]} == {printed}


def test_a_number_that_was_replaced_after_the_period_is_still_that_of_the_period(
    cast: Cast, calendar: Calendar
) -> None:
    number = {"seller": cast.shenzhen, "kind": "epr", "country": "DE", "stream": "packaging"}
    Registration.objects.filter(**number).delete()
    old = Registration.objects.create(**number, number="DE1234567890123", state="ended")
    ended = {"before": "valid", "after": "ended", "actor_label": "x", "reason": "replaced"}
    RegistrationEvent.objects.create(registration=old, at=datetime(2027, 1, 9, tzinfo=UTC), **ended)
    gone = Registration.objects.create(**number, number="DE9999999999999", state="ended")
    RegistrationEvent.objects.create(registration=gone, at=datetime(2026, 12, 9, tzinfo=UTC), **ended)
    Registration.objects.create(**number, number="DE2222222222222", state="valid", valid_from=date(2027, 1, 9))
    sold(cast, "2026-03-02 08:00", german("30.00", pieces=3, variant=cast.mug), made_of=BOXED)

    assert {row["number"] for row in made("epr", "2026").figures["producers"]} == {"DE1234567890123"}


def test_a_year_without_sales_is_an_empty_report(cast: Cast, calendar: Calendar) -> None:
    report = closed("epr", "2026")

    assert (report.figures["rows"], report.figures["producers"]) == ([], [])


def test_weights_keep_their_hundredths(cast: Cast, calendar: Calendar) -> None:
    sold(
        cast,
        "2026-03-02 08:00",
        german("30.00", pieces=3, variant=cast.mug),
        made_of={"packaging_grams": {"paper": "0.333"}},
    )

    made("epr", "2026")

    assert VolumeLine.objects.get().grams == Decimal("1.00")

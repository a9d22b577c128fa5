"""The day before and the day itself; and the counting of the European flat duty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.compliance.cases import BAG, CUP, TODAY, TSHIRT, assessed, codes, figures, line, sent


@pytest.mark.parametrize(
    ("on", "regime", "expected"),
    [
        (date(2026, 6, 30), "EU-LV-IOSS-OLD", ("0.00", "9.12", "0.00", "57.12")),
        (date(2026, 7, 1), "EU-LV-3EUR", ("3.00", "9.69", "0.00", "60.69")),
        (date(2028, 6, 30), "EU-LV-3EUR", ("3.00", "9.69", "0.00", "60.69")),
        (date(2028, 7, 1), "EU-STD", ("5.76", "10.21", "0.00", "63.97")),
    ],
)
def test_europe_ends_its_duty_relief(on: date, regime: str, expected: tuple[str, ...]) -> None:
    assessment = assessed(sent("DE", "EUR", line("20", quantity=2), shipping="8"), on)

    assert assessment.regimes == (regime,)
    assert figures(assessment) == expected


@pytest.mark.parametrize(
    ("on", "pct", "duty"),
    [
        (date(2026, 2, 24), "34", "13.60"),  # 16.5 + 7.5 + 10 (section 122)
        (date(2026, 7, 23), "34", "13.60"),
        (date(2026, 7, 24), "36.5", "14.60"),  # 16.5 + 7.5 + 12.5 (section 301)
    ],
)
def test_the_united_states_change_their_surcharge(on: date, pct: str, duty: str) -> None:
    assessment = assessed(sent("US", "USD", line("20", quantity=2), shipping="8"), on)

    assert assessment.lines[0].duty_rate_pct == Decimal(pct)
    assert str(assessment.duty.amount) == duty
    assert str(assessment.customs_value.amount) == "40.00"


def test_before_its_first_rule_a_destination_is_unknown() -> None:
    assert assessed(sent("US", "USD", line("20")), date(2026, 2, 23)).status == "unknown"


KINDS = [
    ("one line of five", [line("10", quantity=5)], 1),
    (
        "two sizes of one shirt",
        [line("10", description="Cotton T-shirt"), line("12", description="cotton t-shirt ")],
        1,
    ),
    ("two descriptions", [line("10", description="Cotton T-shirt"), line("10", description="Cotton vest")], 2),
    ("two origins", [line("10"), line("10", origin="BD")], 2),
    ("two codes", [line("10"), line("10", CUP)], 2),
    ("eight digits of one code", [line("10", "61091000", description="x"), line("10", TSHIRT, description="x")], 1),
]


@pytest.mark.parametrize(("lines", "count"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_the_flat_duty_counts_kinds_of_goods(lines: list[dict[str, object]], count: int) -> None:
    assessment = assessed(sent("DE", "EUR", *lines))

    assert assessment.items_declared == count
    assert assessment.duty.amount == 3 * count
    assert assessment.flat_duty is not None
    assert assessment.flat_duty.count == count
    assert assessment.flat_duty.amount.amount == 3


def test_the_flat_duty_is_changed_into_another_currency_once() -> None:
    assessment = assessed(sent("DE", "USD", line("10"), line("10", CUP), line("10", BAG)))

    assert str(assessment.duty.amount) == "10.05"  # 9 × 1.1172 = 10.0548; three times 3.3516 would be 10.05 or 10.06
    assert sorted(str(row.duty.amount) for row in assessment.lines) == ["3.35", "3.35", "3.35"]


def test_the_reading_of_the_tax_base_is_printed() -> None:
    assert "flat_duty_in_tax_base" in codes(assessed(sent("DE", "EUR", line("20")), TODAY))

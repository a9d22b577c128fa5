"""The days that laws name for the exchange rate of a limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from payments import selectors
from payments.lawful_days import customs_month, october
from payments.models import ExchangeRate
from payments.rates import ECB, RateFact


@pytest.mark.parametrize(
    ("on", "day"),
    [
        (date(2026, 11, 1), date(2026, 10, 21)),  # Wednesdays of October: 7, 14, 21, 28
        (date(2026, 11, 30), date(2026, 10, 21)),
        (date(2026, 12, 1), date(2026, 11, 18)),
        (date(2026, 1, 15), date(2025, 12, 24)),  # the last Wednesday of 2025 was the 31st
        (date(2024, 3, 5), date(2024, 2, 21)),
    ],
)
def test_customs_take_the_last_wednesday_but_one_of_the_month_before(on: date, day: date) -> None:
    assert customs_month(on) == day


@pytest.mark.parametrize(
    ("on", "day"),
    [(date(2026, 5, 1), date(2025, 10, 1)), (date(2024, 1, 1), date(2023, 10, 2))],  # 1 October 2023 was a Sunday
)
def test_national_limits_take_the_first_working_day_of_october(on: date, day: date) -> None:
    assert october(on) == day


def test_a_table_carries_the_rates_of_those_days(db: None) -> None:
    rates = {
        date(2025, 10, 1): "1.05",
        date(2026, 10, 20): "1.10",
        date(2026, 10, 22): "1.20",
        date(2026, 11, 20): "1.30",
    }
    ExchangeRate.objects.record(RateFact(ECB, "EUR", "USD", day, Decimal(rate)) for day, rate in rates.items())
    selectors.forget_rates()

    table = selectors.fx_table(date(2026, 11, 22))

    assert table.per_base("USD") == Decimal("1.30")
    assert table.lawful["customs_month"].per_base("USD") == Decimal("1.10")  # nothing on the 21st: the day before
    assert table.lawful["october"].per_base("USD") == Decimal("1.05")

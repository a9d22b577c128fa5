"""Exchange rates of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.money import quantum

FX = FxTable("EUR", date(2026, 10, 30), {"USD": Decimal("1.1172"), "JPY": Decimal("175.68"), "KWD": Decimal("0.343")})


@pytest.mark.parametrize(
    ("amount", "source", "target", "converted"),
    [
        ("8", "EUR", "USD", "8.94"),
        ("100", "USD", "EUR", "89.51"),
        ("100", "USD", "JPY", "15725"),
        ("1000", "JPY", "KWD", "1.952"),
        ("0.005", "EUR", "EUR", "0.01"),
    ],
)
def test_money_is_converted_and_rounded_once(amount: str, source: str, target: str, converted: str) -> None:
    assert str(FX.convert(Money(amount, source), target).amount) == converted


def test_an_amount_for_a_threshold_is_not_rounded() -> None:
    assert FX.exact(Money("167.58", "USD"), "EUR").amount == Decimal("167.58") / Decimal("1.1172")


def test_a_missing_rate_is_named_with_its_day() -> None:
    with pytest.raises(MissingRate, match="No exchange rate for XAF on 2026-10-30"):
        FX.convert(Money(1, "EUR"), "XAF")


@given(st.decimals(0, 10**7, places=2))
def test_there_and_back_is_within_a_minor_unit(amount: Decimal) -> None:
    money = Money(amount, "EUR")

    back = FX.convert(FX.convert(money, "USD"), "EUR")

    assert abs(back.amount - amount) <= quantum("EUR")

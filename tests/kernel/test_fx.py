"""Exchange rates of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from marketplace.kernel.fx import FxTable, MissingRate, StaleRate
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


def test_a_table_without_more_knowledge_is_fresh_and_knows_no_swing() -> None:
    FX.require_fresh(["USD", "EUR"])

    assert FX.stale == frozenset()
    assert FX.swing == {}


def test_a_stale_rate_shows_prices_but_promises_nothing() -> None:
    fx = FxTable("EUR", date(2026, 11, 22), FX.rates, rated_on={"JPY": date(2026, 10, 30)}, stale=frozenset({"JPY"}))

    assert fx.convert(Money(1, "EUR"), "JPY").amount == 176
    fx.require_fresh(["USD", "EUR"])
    with pytest.raises(StaleRate, match="The exchange rate for JPY is of 2026-10-30, too old for 2026-11-22") as stale:
        fx.require_fresh(["USD", "JPY"])
    assert isinstance(stale.value, MissingRate)
    assert (stale.value.currency, stale.value.rated_on, stale.value.on) == ("JPY", date(2026, 10, 30), fx.on)


def test_freshness_cannot_be_had_without_a_rate() -> None:
    with pytest.raises(MissingRate, match="No exchange rate for XAF on 2026-10-30"):
        FX.require_fresh(["USD", "XAF"])


@given(st.decimals(0, 10**7, places=2))
def test_there_and_back_is_within_a_minor_unit(amount: Decimal) -> None:
    money = Money(amount, "EUR")

    back = FX.convert(FX.convert(money, "USD"), "EUR")

    assert abs(back.amount - amount) <= quantum("EUR")

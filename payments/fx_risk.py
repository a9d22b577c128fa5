"""How restless a currency is against the euro, and what follows for a price that is promised in it.

Everything is arithmetic over a series of published rates. With S the units of the currency for one euro:

- returns r = ln(S_t / S_(t-1)) between neighbouring days of publication; a pair of days further apart than a rate may
  be old says nothing on one day and is left out;
- volatility = standard deviation (n-1) of the last 30 returns, times the square root of 252 for a year;
- weighted volatility: variance_t = 0.94 variance_(t-1) + 0.06 r_t², begun with the mean square of the first 30 returns;
- value at risk, 95 % in h days = 1.645 · deviation · √h, in percent of the exposure;
- historical value at risk of one day: the 5th percentile of the last 250 returns, interpolated between neighbours
  (type 7 of Hyndman and Fan, as numpy and spreadsheets do), for whichever side of the pair it is worse, as the table
  does not know who holds the currency; for h days times √h. The larger of the two values at risk is used.

The numbers are a policy of the marketplace, not law: `RiskPolicy`.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol

from moneyed import Money

from marketplace.kernel.money import round_amount
from payments import target_calendar

GREEN, AMBER, RED = "green", "amber", "red"
LEVELS = (GREEN, AMBER, RED)  # from calm to restless
STALE, SHOCK, RESTLESS, SHORT = "stale", "shock", "volatility", "short_history"
_EXACT = Decimal("0.0001")
_REST = 1e-9  # a deviation below this is that of a rate that does not move

Series = Sequence[tuple[date, Decimal]]


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """The parameters of the marketplace's own risk policy (brief of November 2026, section 7.1); no law asks for them.

    0.94 and 1.645 are those of RiskMetrics (technical document, 4th edition, 1996): decay for daily data, and the
    one-sided 95 % point of the normal distribution. Levels are in percent a year.
    """

    window: int = 30
    days_a_year: int = 252
    decay: float = 0.94
    quantile: float = 1.645
    horizon: int = 14
    history: int = 250
    amber_from: float = 6.0
    red_from: float = 10.0
    shock_sigmas: float = 3.0
    shock_days: int = 5
    stale_after: int = 3  # open days of TARGET
    validity: Mapping[str, timedelta] = field(
        default_factory=lambda: MappingProxyType(
            {GREEN: timedelta(hours=24), AMBER: timedelta(hours=4), RED: timedelta(minutes=30)}
        )
    )


POLICY = RiskPolicy()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a series. `change` is its return; `sigmas` what that is in deviations expected the day before.

    `volatility` and `ewma` are fractions a year, None as long as there are too few returns.
    """

    on: date
    rate: Decimal
    change: float | None = None
    sigmas: float | None = None
    volatility: float | None = None
    ewma: float | None = None
    is_shock: bool = False
    level: str = AMBER


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level is not green, for `payments.fx_words`; figures as decimal strings, days in ISO 8601."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk of a currency on a day. All figures are in percent; None where the history is too short."""

    currency: str
    on: date
    rate: Decimal
    rated_on: date
    level: str
    reasons: tuple[Reason, ...]
    volatility: Decimal | None
    ewma: Decimal | None
    var_1: Decimal | None
    var_14: Decimal | None
    historical_1: Decimal | None
    historical_14: Decimal | None

    @property
    def worst_1(self) -> Decimal | None:
        """The larger of the two values at risk for one day."""
        return larger(self.var_1, self.historical_1)

    @property
    def worst_14(self) -> Decimal | None:
        """The larger of the two values at risk for 14 days."""
        return larger(self.var_14, self.historical_14)


def larger(*values: Decimal | None) -> Decimal | None:
    """The largest of the figures that are known."""
    return max((value for value in values if value is not None), default=None)


def is_stale(rated_on: date, on: date, policy: RiskPolicy = POLICY) -> bool:
    """Whether a rate is too old on a day for an amount to be promised."""
    return target_calendar.age(rated_on, on) > policy.stale_after


# Series ---------------------------------------------------------------------------------------------------------


def walk(series: Series, policy: RiskPolicy = POLICY) -> list[Day]:
    """Every day of a series, the oldest first, with what could be known of it on that day."""
    days: list[Day] = []
    returns: list[float] = []
    first = _first_returns(series, policy)
    variance = statistics.fmean(change * change for change in first) if first else 0.0
    shocks: list[bool] = []
    previous: tuple[date, Decimal] | None = None
    for on, rate in series:
        change = _return(previous, (on, rate), policy) if previous else None
        sigmas = None
        if change is not None:
            deviation = math.sqrt(variance)
            sigmas = abs(change) / deviation if deviation > _REST else None
            known = len(returns) >= policy.window
            shocks.append(known and abs(change) > max(policy.shock_sigmas * deviation, _REST))
            returns.append(change)
            variance = policy.decay * variance + (1 - policy.decay) * change * change
        days.append(_day(on, rate, change, sigmas, returns, variance, shocks, policy))
        previous = (on, rate)
    return days


def _first_returns(series: Series, policy: RiskPolicy) -> list[float]:
    pairs = itertools.pairwise(series[: policy.window + 1])
    return [change for one, other in pairs if (change := _return(one, other, policy)) is not None]


def _return(before: tuple[date, Decimal], after: tuple[date, Decimal], policy: RiskPolicy) -> float | None:
    if target_calendar.age(before[0], after[0]) > policy.stale_after:
        return None
    return math.log(after[1] / before[1])


def _day(
    on: date, rate: Decimal, change: float | None, sigmas: float | None, returns: Sequence[float], variance: float,
    shocks: Sequence[bool], policy: RiskPolicy,
) -> Day:  # fmt: skip
    volatility = ewma = None
    if len(returns) >= policy.window:
        year = math.sqrt(policy.days_a_year)
        volatility, ewma = statistics.stdev(returns[-policy.window :]) * year, math.sqrt(variance) * year
    is_shock = change is not None and shocks[-1]
    level = _level(volatility, any(shocks[-policy.shock_days :]), policy)
    return Day(on, rate, change, sigmas, volatility, ewma, is_shock, level)


def _level(volatility: float | None, shaken: bool, policy: RiskPolicy) -> str:
    if shaken or (volatility is not None and volatility * 100 >= policy.red_from):
        return RED
    return AMBER if volatility is None or volatility * 100 >= policy.amber_from else GREEN


# Assessment -----------------------------------------------------------------------------------------------------


def assess(currency: str, series: Series, on: date, policy: RiskPolicy = POLICY) -> Risk:
    """The risk of a currency on the day `on`, from its rates up to that day, the oldest first.

    Raises ValueError for an empty series, or one with a rate of a later day or with days out of order.
    """
    if not series or series[-1][0] > on or any(one[0] >= other[0] for one, other in itertools.pairwise(series)):
        raise ValueError(f"the rates of {currency} are not those of days in order up to {on}")
    days = walk(series, policy)
    last = days[-1]
    returns = [day.change for day in days if day.change is not None]
    deviation = None if last.volatility is None else last.volatility / math.sqrt(policy.days_a_year)
    normal = None if deviation is None else policy.quantile * deviation
    history = _historical(returns[-policy.history :]) if deviation is not None else None
    reasons = tuple(_reasons(days, on, policy))
    level = RED if any(reason.code == STALE for reason in reasons) else last.level
    later = math.sqrt(policy.horizon)
    return Risk(
        currency=currency,
        on=on,
        rate=last.rate,
        rated_on=last.on,
        level=level,
        reasons=reasons,
        volatility=_percent(last.volatility),
        ewma=_percent(last.ewma),
        var_1=_percent(normal),
        var_14=_percent(normal, later),
        historical_1=_percent(history),
        historical_14=_percent(history, later),
    )


def _historical(returns: Sequence[float]) -> float:
    """The 5th percentile of a day's returns as a loss, for the side of the pair that is worse off."""
    cuts = statistics.quantiles(returns, n=20, method="inclusive")
    return max(-cuts[0], cuts[-1], 0.0)


def _percent(fraction: float | None, times: float = 1.0) -> Decimal | None:
    return None if fraction is None else Decimal(fraction * times * 100).quantize(_EXACT)


def _reasons(days: Sequence[Day], on: date, policy: RiskPolicy) -> Iterable[Reason]:
    last = days[-1]
    if is_stale(last.on, on, policy):
        yield Reason(STALE, {"rated_on": last.on.isoformat()})
    moved = [day for day in days if day.change is not None][-policy.shock_days :]
    for day in moved:
        if day.is_shock and day.change is not None:
            change = _percent(math.exp(day.change) - 1)
            sigmas = "" if day.sigmas is None else f"{day.sigmas:.1f}"
            yield Reason(SHOCK, {"on": day.on.isoformat(), "change": str(change), "sigmas": sigmas})
    if last.volatility is None:
        count = sum(day.change is not None for day in days)
        yield Reason(SHORT, {"returns": str(count), "needed": str(policy.window)})
    elif last.volatility * 100 >= policy.amber_from:
        yield Reason(RESTLESS, {"volatility": str(_percent(last.volatility))})


# What follows for prices ------------------------------------------------------------------------------------------


class Assessed(Protocol):
    """What a price needs to know of a currency."""

    @property
    def level(self) -> str: ...
    @property
    def worst_1(self) -> Decimal | None: ...
    @property
    def worst_14(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How a price between two currencies may be promised: for how long, and with how much added for its risk.

    `level` is that of the riskier of the two, "" when neither is known; `buffer_percent` is of the goods' price.
    """

    level: str
    validity: timedelta
    buffer_percent: Decimal = Decimal(0)

    def buffer(self, goods: Money) -> Money:
        """The exchange-rate buffer on the price of goods, rounded half up to the minor unit."""
        amount = goods.amount * self.buffer_percent / 100
        return Money(round_amount(amount, goods.currency.code), goods.currency)


def terms(pair: Iterable[Assessed | None], policy: RiskPolicy = POLICY) -> Terms:
    """The terms for a pair of different currencies, neither of which is the euro, or for the other one than the euro.

    A currency of which nothing is known (None) allows the shortest validity and adds nothing.
    """
    known = list(pair)
    found = [risk for risk in known if risk is not None]
    level = max((risk.level for risk in found), key=LEVELS.index, default="")
    validity = policy.validity[RED if len(found) < len(known) or not level else level]
    name = {AMBER: "worst_1", RED: "worst_14"}.get(level)
    values = [getattr(risk, name) for risk in found] if name else []
    return Terms(level, validity, max((value for value in values if value is not None), default=Decimal(0)))


CALM = Terms(GREEN, POLICY.validity[GREEN])

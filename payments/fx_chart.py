"""The shape of a chart of daily rates: where its line runs, and what stands at its edges.

Lengths are in units of a box of 1000 × 300 that the page stretches to its width; words are no part of it, so that they
keep their size. Five marks stand at equal distances along each edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from payments.fx_risk import RED, Day

WIDTH, HEIGHT = 1000, 300
MARKS = 5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days: where it begins and how wide it is."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` is the path of the rate, `shocks` that of a dot for each; `red` are the stretches of level red.

    `rates` are the marks of the upright edge from the top down, `days` those of the time from the earliest on.
    """

    line: str
    shocks: str
    red: tuple[Span, ...]
    rates: tuple[Decimal, ...]
    days: tuple[date, ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw(days: Sequence[Day]) -> Chart | None:
    """The chart of a series, the oldest day first; None for fewer than two days."""
    if len(days) < 2:
        return None
    first, length = days[0].on, (days[-1].on - days[0].on).days
    low, step = _scale(float(min(day.rate for day in days)), float(max(day.rate for day in days)))
    high = low + step * (MARKS - 1)

    def x(on: date) -> float:
        return (on - first).days / length * WIDTH

    def y(rate: Decimal) -> float:
        return HEIGHT - (float(rate) - low) / (high - low) * HEIGHT

    points = [f"{x(day.on):.1f} {y(day.rate):.1f}" for day in days]
    dots = [f"M{point}h.01" for point, day in zip(points, days, strict=True) if day.is_shock]
    return Chart(
        line="M" + "L".join(points),
        shocks="".join(dots),
        red=tuple(Span(f"{x(start):.1f}", f"{max(x(end) - x(start), 2):.1f}") for start, end in _stretches(days)),
        rates=tuple(Decimal(repr(round(high - step * number, 10))) for number in range(MARKS)),
        days=tuple(first + timedelta(days=round(length * number / (MARKS - 1))) for number in range(MARKS)),
    )


def _scale(least: float, most: float) -> tuple[float, float]:
    """The lowest mark and the distance of marks: round numbers between whose ends everything lies."""
    reach = max(most - least, most * 0.001)
    power = 10.0 ** math.floor(math.log10(reach / (MARKS - 1)))
    for step in (factor * power for factor in (*_STEPS, *(10 * each for each in _STEPS[1:]))):
        low = math.floor(least / step) * step
        if low + step * (MARKS - 1) >= most:
            return low, step
    raise AssertionError("the widest step holds everything")


def _stretches(days: Sequence[Day]) -> list[tuple[date, date]]:
    """First and last day of each run of days of level red."""
    runs: list[tuple[date, date]] = []
    before: Day | None = None
    for day in days:
        if day.level == RED:
            goes_on = before is not None and before.level == RED
            runs = [*runs[:-1], (runs[-1][0], day.on)] if goes_on else [*runs, (day.on, day.on)]
        before = day
    return runs

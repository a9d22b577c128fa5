"""What the page of one currency shows: its figures, its chart, and the days that made it red."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton, format_timedelta
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from payments import fx_chart, fx_risk, fx_words, rates, selectors
from payments.fx_risk import Day
from payments.models import CurrencyRisk

DAYS_SHOWN = 250


def context(risk: CurrencyRisk, *, is_seller: bool) -> dict[str, Any]:
    """The variables of `admin/payments/currencyrisk/page.html` for one assessment. Two queries."""
    series = selectors.rate_series(risk.on, risk.currency).get(risk.currency, [])
    days = fx_risk.walk(series)[-DAYS_SHOWN:]
    chart = fx_chart.draw(days)
    return {
        "risk": risk,
        "is_seller": is_seller,
        "sentences": fx_words.sentences(risk.reasons),
        "figures": _figures(risk),
        "terms": _terms(risk),
        "chart": chart,
        "rate_marks": fx_words.alike(chart.rates) if chart else [],
        "day_marks": [_month(day) for day in chart.days] if chart else [],
        "summary": _summary(days) if chart else "",
        "events": _events(days),
        "rows": [_row(day) for day in reversed(days)],
        "source": _source(risk),
        "age": fx_words.age(risk.rated_on, clock.today()),
        "name": fx_words.currency_name(risk.currency),
        "base": rates.BASE,
        "rate": fx_words.number(risk.rate),
    }


def _figures(risk: CurrencyRisk) -> list[tuple[str, str]]:
    percent = fx_words.percent
    return [
        (_("Volatility a year, from 30 movements"), percent(risk.volatility)),
        (_("Volatility a year, recent days weighing more"), percent(risk.ewma)),
        (_("Value at risk in 1 day, by volatility"), percent(risk.var_1, 2)),
        (_("Value at risk in 1 day, by what happened in 250 movements"), percent(risk.historical_1, 2)),
        (_("Value at risk in 14 days, by volatility"), percent(risk.var_14, 2)),
        (_("Value at risk in 14 days, by what happened in 250 movements"), percent(risk.historical_14, 2)),
    ]


def _terms(risk: CurrencyRisk) -> list[tuple[str, str]]:
    allowed = fx_risk.terms([risk])
    locale = (get_language() or "en").replace("-", "_")
    held = format_timedelta(allowed.validity, granularity="minute", threshold=2, locale=locale)
    if allowed.validity >= timedelta(hours=1):
        held = format_timedelta(allowed.validity, granularity="hour", threshold=25, locale=locale)
    return [
        (_("A price may be held for"), held),
        (_("Buffer that this level asks for"), fx_words.percent(allowed.buffer_percent, 2)),
    ]


def _month(day: Any) -> str:
    return str(format_skeleton("yMMM", day, locale=(get_language() or "en").replace("-", "_")))


def _summary(days: Sequence[Day]) -> str:
    low, high = min(days, key=lambda day: day.rate), max(days, key=lambda day: day.rate)
    return _(
        "From %(first)s to %(last)s. Lowest %(low)s on %(low_day)s, highest %(high)s on %(high_day)s. The table has"
        " every figure."
    ) % {
        "first": fx_words.long_day(days[0].on),
        "last": fx_words.long_day(days[-1].on),
        "low": fx_words.number(low.rate),
        "low_day": fx_words.long_day(low.on),
        "high": fx_words.number(high.rate),
        "high_day": fx_words.long_day(high.on),
    }


def _events(days: Sequence[Day]) -> list[dict[str, Any]]:
    """The days on which the currency turned red or moved out of the usual, the latest first."""
    found = []
    before: Day | None = None
    for day in days:
        turned = before is not None and day.level == fx_risk.RED and before.level != fx_risk.RED
        if day.is_shock or turned:
            found.append({"on": day.on, "sentences": _remarks(day), "turned_red": turned})
        before = day
    return found[::-1]


def _remarks(day: Day) -> list[str]:
    words = []
    if day.is_shock and day.change is not None:
        values = {
            "on": day.on.isoformat(),
            "change": str(_change(day)),
            "sigmas": f"{day.sigmas:.1f}" if day.sigmas else "",
        }
        words += fx_words.sentences([{"code": fx_risk.SHOCK, "values": values}])
    if day.volatility is not None and day.volatility * 100 >= fx_risk.POLICY.red_from:
        volatility = str(round(day.volatility * 100, 4))
        words += fx_words.sentences([{"code": fx_risk.RESTLESS, "values": {"volatility": volatility}}])
    return words


def _change(day: Day) -> Decimal:
    """The movement of a day in percent of the day before."""
    return (Decimal(day.change or 0).exp() - 1) * 100


def _row(day: Day) -> dict[str, Any]:
    return {
        "on": day.on,
        "rate": fx_words.number(day.rate),
        "change": fx_words.signed(float(_change(day))) if day.change is not None else "—",
        "is_shock": day.is_shock,
        "level": CurrencyRisk.Level(day.level).label,
    }


def _source(risk: CurrencyRisk) -> str:
    rows = selectors.counted_rates().filter(quote=risk.currency, on__lte=risk.on).order_by("-on", "source")
    return rows.values_list("source", flat=True).first() or ""

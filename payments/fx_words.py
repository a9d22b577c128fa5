"""Currencies, percentages and reasons of the exchange-rate risk in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_percent
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from payments import fx_risk, target_calendar

_NO_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))  # direction marks; figures are shown inside <bdi dir="ltr">


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))


def currency_name(code: str) -> str:
    """The name of a currency; its code when nobody has named it."""
    return str(_locale().currencies.get(code, code))


def percent(value: Decimal | float | None, digits: int = 1) -> str:
    """A figure in percent as its readers write it, in Latin digits; a dash for None."""
    if value is None:
        return "—"
    locale = _locale()
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0." + "0" * digits)
    text = format_percent(Decimal(str(value)) / 100, pattern, locale, numbering_system="latn")
    return text.translate(_NO_MARKS)


def signed(value: float) -> str:
    """A change in percent with two places and its sign."""
    text = percent(abs(value), 2)
    return f"{'−' if value < 0 else '+'}{text}"


def number(value: Decimal) -> str:
    """A rate with five significant digits at least, as its readers write it, in Latin digits."""
    return _written(value, min(max(4 - value.adjusted(), 2), 6))


def alike(values: Sequence[Decimal]) -> list[str]:
    """Round figures with as many places as the finest of them needs."""
    digits = max(max(-int(value.normalize().as_tuple().exponent), 0) for value in values)
    return [_written(value, digits) for value in values]


def _written(value: Decimal, digits: int) -> str:
    symbols = _locale().number_symbols["latn"]
    return f"{value:,.{digits}f}".translate({44: symbols["group"], 46: symbols["decimal"]})


def long_day(day: date) -> str:
    """A date, long."""
    return date_format(day, "DATE_FORMAT")


def age(rated_on: date, on: date) -> str:
    """How old a rate is, in days on which rates are published."""
    days = target_calendar.age(rated_on, on)
    if not days:
        return _("The newest there is")
    text = ngettext("%(count)d working day", "%(count)d working days", days)
    return text % {"count": days}


def sentences(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why a currency is not green, one sentence for each reason as it is kept in a row."""
    return [_sentence(reason["code"], reason.get("values", {})) for reason in reasons]


def _sentence(code: str, values: Mapping[str, str]) -> str:
    if code == fx_risk.STALE:
        day = long_day(date.fromisoformat(values["rated_on"]))
        return _("The newest rate is of %(day)s: too old to promise a price.") % {"day": day}
    if code == fx_risk.SHOCK:
        day, change = long_day(date.fromisoformat(values["on"])), signed(float(values["change"]))
        if not values["sigmas"]:
            return _("On %(day)s the rate moved by %(change)s after it had stood still.") % {
                "day": day,
                "change": change,
            }
        return _("On %(day)s the rate moved by %(change)s, %(times)s times what was usual.") % {
            "day": day,
            "change": change,
            "times": _times(values["sigmas"]),
        }
    if code == fx_risk.RESTLESS:
        return _("It swings by %(percent)s a year, measured over the last 30 rates.") % {
            "percent": percent(Decimal(values["volatility"]))
        }
    if code == fx_risk.SHORT:
        return _("Only %(count)s of the %(needed)s daily movements that the measure needs are known.") % {
            "count": values["returns"],
            "needed": values["needed"],
        }
    return str(values.get("detail", code))


def _times(sigmas: str) -> str:
    return sigmas.translate({46: _locale().number_symbols["latn"]["decimal"]})

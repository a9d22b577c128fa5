"""Numbers with a unit as a reader writes them: in the language of the page, and in the units of their country.

A number is kept in the unit of its attribute; the unit in which it is shown follows from its size. Inches, ounces and
fluid ounces stand first where people measure in them, the metric figure behind (CLDR, supplemental measurementData).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from babel import Locale
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django.utils.translation import gettext, gettext_lazy

INCH_COUNTRIES: Final = frozenset({"US", "LR", "MM"})
HIGHEST: Final = Decimal(10) ** 9


class _Step(NamedTuple):
    """From `start` on, in the unit of the attribute, a number is shown in `unit` of CLDR: divided by `size`."""

    start: Decimal
    unit: str
    size: Decimal


class Unit(NamedTuple):
    """A unit that numbers of an attribute are kept in. `imperial` is the CLDR unit, its size and decimal places."""

    dimension: str
    label: object
    steps: tuple[_Step, ...]
    imperial: tuple[tuple[Decimal, str, Decimal, int], ...] = ()


def _unit(dimension: str, label: object, *steps: tuple[str, str, str], imperial: object = ()) -> Unit:
    made = tuple(_Step(Decimal(start), unit, Decimal(size)) for start, unit, size in steps)
    return Unit(dimension, label, made, imperial)  # type: ignore[arg-type]


_INCHES: Final = ((Decimal(0), "length-inch", Decimal("25.4"), 1),)
_OUNCES: Final = (
    (Decimal(0), "mass-ounce", Decimal("28.349523125"), 1),
    (Decimal("453.59237"), "mass-pound", Decimal("453.59237"), 2),
)
_FLUID: Final = ((Decimal(0), "volume-fluid-ounce", Decimal("29.5735295625"), 1),)
UNITS: Final[dict[str, Unit]] = {
    "mm": _unit("length", gettext_lazy("millimetres"), ("0", "length-millimeter", "1"), ("10", "length-centimeter", "10"),
                ("10000", "length-meter", "1000"), imperial=_INCHES),
    "g": _unit("mass", gettext_lazy("grams"), ("0", "mass-gram", "1"), ("1000", "mass-kilogram", "1000"), imperial=_OUNCES),
    "g_m2": _unit("area_weight", gettext_lazy("grams per square metre"), ("0", "", "1")),
    "ml": _unit("volume", gettext_lazy("millilitres"), ("0", "volume-milliliter", "1"), ("1000", "volume-liter", "1000"),
                imperial=_FLUID),
    "W": _unit("power", gettext_lazy("watts"), ("0", "power-watt", "1"), ("1000", "power-kilowatt", "1000")),
    "Wh": _unit("energy", gettext_lazy("watt-hours"), ("0", "", "1")),
    "mAh": _unit("charge", gettext_lazy("milliampere-hours"), ("0", "", "1")),
    "V": _unit("voltage", gettext_lazy("volts"), ("0", "electric-volt", "1")),
    "h": _unit("time", gettext_lazy("hours"), ("0", "duration-hour", "1")),
    "K": _unit("colour_temperature", gettext_lazy("kelvins"), ("0", "temperature-kelvin", "1")),
    "percent": _unit("share", gettext_lazy("percent"), ("0", "", "1")),
    "pieces": _unit("count", gettext_lazy("pieces"), ("0", "", "1")),
}  # fmt: skip
# Signs of units that CLDR does not name; they are the same in every script.
_SIGNS: Final = {"Wh": "Wh", "mAh": "mAh", "g_m2": "g/m²"}


def unit_choices() -> list[tuple[str, object]]:
    """The units that staff choose from."""
    return [(code, unit.label) for code, unit in UNITS.items()]


@lru_cache(maxsize=4096)
def shown(number: Decimal, unit: str, language: str, country: str = "", *, is_short: bool = False) -> str:
    """A number in words for a reader, such as "12 cm", or "4.7 in (12 cm)" in the United States: short, "4.7 in"."""
    locale = Locale.parse(language.replace("-", "_"))
    metric = _metric(number, unit, locale)
    if country not in INCH_COUNTRIES or unit not in UNITS or not UNITS[unit].imperial:
        return metric
    start = [step for step in UNITS[unit].imperial if number >= step[0]] or [UNITS[unit].imperial[0]]
    _from, name, size, places = start[-1]
    rounded = (number / size).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize()
    first = format_unit(_plain(rounded), name, length="short", locale=locale)
    if is_short:
        return str(first)
    return gettext("%(imperial)s (%(metric)s)") % {"imperial": first, "metric": metric}


def _metric(number: Decimal, unit: str, locale: Locale) -> str:
    if unit == "percent":
        return format_percent(number / 100, locale=locale, decimal_quantization=False)
    known = UNITS.get(unit)
    if known is None or unit == "pieces":
        return format_decimal(_plain(number), locale=locale, decimal_quantization=False)
    if sign := _SIGNS.get(unit):
        return f"{format_decimal(_plain(number), locale=locale, decimal_quantization=False)}\N{NO-BREAK SPACE}{sign}"
    step = [each for each in known.steps if number >= each.start] or [known.steps[0]]
    return format_unit(_plain(number / step[-1].size), step[-1].unit, length="short", locale=locale)


def _plain(number: Decimal) -> Decimal:
    """Without zeros at the end, and without an exponent."""
    return Decimal(format(number.normalize(), "f"))

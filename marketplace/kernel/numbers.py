"""How a number and a share are written in the active language: in Latin digits, with the signs that prices have."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language


def written(number: Decimal | int) -> str:
    """A number with all the places that it has and none beyond, such as "1,234.5"."""
    return format_decimal(_plain(number), locale=_locale(), decimal_quantization=False, numbering_system="latn")


def share(percent: Decimal | int) -> str:
    """19 as "19%" or "19 %"."""
    return format_percent(
        _plain(Decimal(percent) / 100), locale=_locale(), decimal_quantization=False, numbering_system="latn"
    )


def _plain(number: Decimal | int) -> Decimal:
    return Decimal(format(Decimal(number).normalize(), "f"))


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))

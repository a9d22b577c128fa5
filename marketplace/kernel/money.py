"""Money arithmetic that loses no unit: rounding, sharing out, adding up and printing amounts.

Amounts are `moneyed.Money`; the minor units are those of ISO 4217. Half a unit rounds away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol
from moneyed import CurrencyDoesNotExist, Money, get_currency

from marketplace.kernel.errors import Refused

# ISO 4217 currencies whose minor unit is not the hundredth (amendment 176).
_DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class CurrencyMismatch(ValueError):
    """Amounts of different currencies were about to be added."""


def minor_digits(currency: str) -> int:
    """The number of decimal places of `currency` in ISO 4217 (JPY 0, EUR 2, KWD 3).

    Raises `Refused("unknown_currency")` for a code that is not in the standard.
    """
    digits = _DIGITS.get(currency)
    if digits is not None:
        return digits
    try:
        get_currency(currency)
    except CurrencyDoesNotExist:
        raise Refused("unknown_currency", f"{currency!r} is not an ISO 4217 currency.") from None
    return 2


@lru_cache(maxsize=512)
def quantum(currency: str) -> Decimal:
    """The smallest amount of `currency`: Decimal("1"), Decimal("0.01"), Decimal("0.001") …"""
    return Decimal(1).scaleb(-minor_digits(currency))


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up (away from zero) to the minor unit of `currency`."""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


def round_money(money: Money) -> Money:
    """`money` rounded half up to the minor unit of its currency."""
    return Money(round_amount(money.amount, money.currency.code), money.currency)


def zero(currency: str) -> Money:
    """No money, in `currency`."""
    return Money(Decimal(0), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, all in `currency`; zero of it when there are none.

    Raises `CurrencyMismatch` when one of them is in another currency.
    """
    result = Decimal(0)
    for money in amounts:
        if money.currency.code != currency:
            raise CurrencyMismatch(f"{money.currency.code} can't be added to {currency}.")
        result += money.amount
    return Money(result, currency)


def allocate(money: Money, weights: Sequence[int | Decimal]) -> list[Money]:
    """Shares of `money` in proportion to `weights` whose sum is exactly `money` rounded to its minor unit.

    Each share is within one unit of its exact part; the units left over go to the largest remainders, the
    earlier first. Weights are not negative; when all are zero the shares are as equal as can be.
    Raises `ValueError` for no weights or a negative one.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("allocate needs at least one weight, none negative")
    unit = quantum(money.currency.code)
    with localcontext() as context:
        context.prec = 60
        units = int(round_money(money).amount / unit)
        parts = [Decimal(weight) for weight in weights]
        whole = sum(parts)
        if whole == 0:
            parts, whole = [Decimal(1)] * len(parts), Decimal(len(parts))
        exact = [units * part / whole for part in parts]
        floors = [int(share.to_integral_value(rounding=ROUND_FLOOR)) for share in exact]
        left = units - sum(floors)
        order = sorted(range(len(parts)), key=lambda index: (floors[index] - exact[index], index))
        for index in order[:left]:
            floors[index] += 1
        return [Money(floor * unit, money.currency) for floor in floors]


@lru_cache(maxsize=1024)
def _pattern(language: str, currency: str) -> tuple[str, str, str, str, int, int]:
    """Prefix, suffix, group and decimal marks, digits and least grouped length for one language and currency."""
    locale = Locale.parse(language.replace("-", "_"))
    pattern = locale.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale)
    prefix, suffix = (part.replace("\u200f", "").replace("\u200e", "").replace("'", "").replace("¤", symbol)
                      for part in (pattern.prefix[0], pattern.suffix[0]))  # fmt: skip
    if prefix and prefix[-1].isalpha():
        prefix += "\xa0"
    symbols = locale.number_symbols["latn"]
    least = 10_000 if locale.language == "es" else 1_000  # CLDR: Spanish groups from five digits on
    return prefix, suffix, symbols["group"], symbols["decimal"], minor_digits(currency), least


def format_money(money: Money, language: str) -> str:
    """`money` as the readers of `language` write it, in Latin digits, rounded to the minor unit.

    `language` is a code of the site such as "de" or "zh-hans". The result has no direction marks but the one
    that keeps the last full stop of an Arabic abbreviation in it: show it inside `<bdi dir="ltr">`.
    """
    currency = money.currency.code
    prefix, suffix, group, decimal, digits, least = _pattern(language, currency)
    amount = round_amount(money.amount, currency)
    sign = "-" if amount < 0 else ""
    amount = abs(amount)
    text = f"{amount:,.{digits}f}" if amount >= least else f"{amount:.{digits}f}"
    if group != "," or decimal != ".":
        text = text.translate({44: group, 46: decimal})
    return f"{sign}{prefix}{text}{suffix}"

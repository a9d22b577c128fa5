"""Money: rounding, sharing out, adding up, printing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from marketplace.kernel.errors import Refused
from marketplace.kernel.money import CurrencyMismatch, allocate, format_money, minor_digits, round_money, total, zero

CURRENCIES = ("EUR", "JPY", "KWD", "CLF", "USD")
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("MRU", 2), ("ISK", 0), ("HUF", 2), ("UGX", 0), ("IQD", 3)],
)
def test_minor_units_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_an_unknown_currency_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="'XYQ' is not an ISO 4217 currency"):
        minor_digits("XYQ")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.4999", "JPY", "1"),
        ("0.0005", "KWD", "0.001"),
        ("999999999999.995", "USD", "1000000000000.00"),
    ],
)
def test_half_a_unit_rounds_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_money(Money(amount, currency)).amount) == rounded


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert [str(share.amount) for share in allocate(Money("10.00", "EUR"), [1, 1, 1])] == ["3.34", "3.33", "3.33"]
    assert [str(share.amount) for share in allocate(Money("100", "JPY"), [2, 3, 2])] == ["29", "43", "28"]
    assert [str(share.amount) for share in allocate(Money("-0.05", "EUR"), [1, 1])] == ["-0.02", "-0.03"]
    assert [str(share.amount) for share in allocate(Money("0.03", "EUR"), [0, 0])] == ["0.02", "0.01"]


@given(amounts, st.sampled_from(CURRENCIES), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_and_are_within_a_unit_of_their_part(amount: Decimal, currency: str, weights: list[int]) -> None:
    money = Money(amount, currency)

    shares = allocate(money, weights)

    whole = round_money(money)
    assert total(shares, currency) == whole
    unit = Decimal(1).scaleb(-minor_digits(currency))
    if sum(weights):
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share.amount - whole.amount * weight / sum(weights)) <= unit


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_no_weights_or_a_negative_one_are_a_mistake_of_the_caller(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="none negative"):
        allocate(Money(1, "EUR"), weights)


def test_amounts_of_different_currencies_are_never_added() -> None:
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "EUR"), Money(1, "USD")], "EUR")
    assert total([], "JPY") == zero("JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("1234.5", "EUR", "en", "€1,234.50"),
        ("1234.5", "EUR", "de", "1.234,50\xa0€"),
        ("1234567.5", "EUR", "fr", "1\u202f234\u202f567,50\xa0€"),
        ("1234.5", "EUR", "es", "1234,50\xa0€"),
        ("12345.6", "EUR", "es", "12.345,60\xa0€"),
        ("1980", "JPY", "ja", "￥1,980"),
        ("1980", "CNY", "zh-hans", "¥1,980.00"),
        ("1.5", "KWD", "en", "KWD\xa01.500"),
        ("-3", "USD", "en", "-$3.00"),
        ("0", "USD", "en", "$0.00"),
        ("26", "AED", "ar", "26.00\xa0د.إ.\u200f"),
        ("1234.5", "EUR", "ar", "1,234.50\xa0€"),
    ],
)
def test_amounts_are_written_as_their_readers_write_them(amount: str, currency: str, language: str, text: str) -> None:
    assert format_money(Money(amount, currency), language) == text


@given(
    st.decimals(0, 10**9, places=3),
    st.sampled_from(["EUR", "JPY"]),
    st.sampled_from(["en", "de", "fr", "ja", "zh-hans"]),
)
def test_the_compiled_pattern_prints_what_babel_prints(amount: Decimal, currency: str, language: str) -> None:
    money = round_money(Money(amount, currency))

    expected = format_currency(money.amount, currency, locale=language.replace("-", "_"), currency_digits=True)

    assert format_money(money, language) == expected

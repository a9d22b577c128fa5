"""How converted prices end: any table of endings, any amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from catalog.price_endings import Band, Endings

D = Decimal
EUROS = [Band(D(0), D("0.10"), D("0.09"), D("0.05")), Band(D(10), D(1), D("0.90"), D("0.40"))]
YEN = [Band(D(0), D(10), D(0), D(5)), Band(D(1000), D(100), D(80), D(40))]
ENDINGS = Endings({"EUR": EUROS, "JPY": YEN})


@pytest.mark.parametrize(
    ("amount", "currency", "native"),
    [
        ("1963", "JPY", "1980"), ("2015", "JPY", "1980"), ("2021", "JPY", "2080"), ("997", "JPY", "1000"),
        ("1001", "JPY", "1000"), ("1040", "JPY", "1080"), ("19.55", "EUR", "19.90"), ("20.25", "EUR", "19.90"),
        ("20.31", "EUR", "20.90"), ("9.99", "EUR", "9.99"), ("10.00", "EUR", "9.99"), ("0.01", "EUR", "0.09"),
        ("0.00", "EUR", "0.00"), ("19.55", "USD", "19.55"),
    ],
)  # fmt: skip
def test_a_converted_price_ends_as_is_usual(amount: str, currency: str, native: str) -> None:
    assert ENDINGS.native(Money(amount, currency)) == Money(native, currency)


@st.composite
def tables(draw: st.DrawFn) -> list[Band]:
    starts = draw(st.lists(st.integers(0, 5000), min_size=1, max_size=4, unique=True).map(sorted))
    return [_band(draw, D(start) / 100) for start in starts]


def _band(draw: st.DrawFn, start: Decimal) -> Band:
    step = draw(st.integers(1, 1000))
    ending, below = draw(st.integers(0, step - 1)), draw(st.integers(0, step))
    return Band(start, D(step) / 100, D(ending) / 100, D(below) / 100)


def native(bands: list[Band], cents: int) -> Decimal:
    return Endings({"EUR": bands}).native(Money(D(cents) / 100, "EUR")).amount


@given(bands=tables(), cents=st.integers(0, 10_000))
def test_a_native_price_is_never_lower_than_its_band_allows(bands: list[Band], cents: int) -> None:
    amount = D(cents) / 100
    reached = [band for band in bands if band.from_amount <= amount]

    found = native(bands, cents)

    assert found >= amount - (reached[-1].most_below if reached else 0)
    assert (found > 0) == (cents > 0)


@given(bands=tables(), one=st.integers(0, 10_000), other=st.integers(0, 10_000))
def test_a_dearer_thing_never_becomes_the_cheaper_one(bands: list[Band], one: int, other: int) -> None:
    low, high = sorted((one, other))

    assert native(bands, low) <= native(bands, high)

"""Amounts as people of several countries type them: read alike in every language, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from catalog.door.amounts import read_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("20", "20"),
        ("19.90", "19.90"),
        ("19,90", "19.90"),
        (" 1 000,50 ", "1000.50"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'000.00", "1000.00"),
        ("0.125", "0.125"),
        ("٢٠٫٥", "20.5"),
        ("２０", "20"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_whatever_its_marks(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1.000", "ambiguous_amount"),
        ("1,000", "ambiguous_amount"),
        ("1.000.000", "ambiguous_amount"),
        ("-1", "no_amount"),
        ("1e9", "no_amount"),
        ("NaN", "no_amount"),
        ("", "no_amount"),
        ("1,2,3", "no_amount"),
        ("12.5.", "no_amount"),
        ("1000000000", "large_amount"),
    ],
)
def test_what_may_be_two_things_or_none_is_refused(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_amount(typed)

    assert refused.value.code == code


def test_a_currency_with_three_decimals_has_thousandths() -> None:
    assert read_amount("6.755", 3) == Decimal("6.755")
    with pytest.raises(ValidationError):
        read_amount("6,755", 3)

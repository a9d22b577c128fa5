"""Which offer comes first and what a seller's score is, with the worked numbers of the rules."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from catalog.ranking import Candidate, ranked, weight
from catalog.scores import score_of
from catalog.trade_numbers import trade_number


def candidate(
    key: int, landed: str | None, days: int, score: int | None, *, price: str = "30", left: bool = True
) -> Candidate:
    return Candidate(key, Decimal(price), None if landed is None else Decimal(landed), days, score, left)


def test_a_dearer_offer_that_comes_earlier_from_a_reliable_seller_is_first() -> None:
    offers = [candidate(1, "40", 10, 98), candidate(2, "38", 20, 90), candidate(3, "36", 14, 40)]

    assert [weight(each) for each in offers] == [Decimal("42.160"), Decimal("42.560"), Decimal("42.840")]
    assert all([each.key for each in ranked(order)] == [1, 2, 3] for order in permutations(offers))


def test_a_new_seller_counts_as_one_with_ninety_points() -> None:
    assert weight(candidate(1, "50", 7, None)) == weight(candidate(2, "50", 7, 90))


def test_what_can_not_be_bought_or_has_no_full_price_comes_last() -> None:
    offers = [candidate(1, "10", 1, 100, left=False), candidate(2, None, 1, 100, price="5"), candidate(3, "99", 60, 0)]

    assert [each.key for each in ranked(offers)] == [3, 2, 1]


def test_of_equals_the_cheaper_one_and_then_the_earlier_one_is_first() -> None:
    offers = [candidate(3, "40", 5, 95), candidate(2, "40", 5, 95), candidate(1, "40", 5, 95, price="31")]

    assert [each.key for each in ranked(offers)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("parcels", "in_time", "score"),
    [(0, 0, None), (9, 9, None), (10, 10, 100), (40, 38, 95), (200, 199, 99), (10, 0, 0)],
)
def test_the_score_is_the_share_that_left_in_time(parcels: int, in_time: int, score: int | None) -> None:
    assert score_of(parcels=parcels, in_time=in_time) == score


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("9526140000379", "09526140000379"), ("09526140000379", "09526140000379"), ("9526-1400 00379", "09526140000379"),
        ("96385074", "00000096385074"), ("9526140000370", None), ("", None), ("00000000", None), ("ABC", None), ("٩٥٢٦", None),
    ],
)  # fmt: skip
def test_a_trade_number_has_fourteen_digits_and_a_check_digit(written: str, number: str | None) -> None:
    assert trade_number(written) == number

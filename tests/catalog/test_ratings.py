"""What the stars of many people say together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ratings import Rating, rank_of, rating_of

COUNTS = st.lists(st.integers(0, 10_000), min_size=5, max_size=5).filter(any)


@pytest.mark.parametrize(
    ("counts", "average", "rank", "stars"),
    [
        ((0, 0, 0, 0, 1), "5.0", 375, "full full full full full"),
        ((0, 0, 0, 20, 180), "4.9", 487, "full full full full full"),
        ((1, 0, 0, 0, 0), "1.0", 308, "full empty empty empty empty"),
        ((1, 0, 0, 1, 0), "2.5", 321, "full full half empty empty"),
        ((0, 0, 1, 3, 0), "3.8", 361, "full full full full empty"),
        ((0, 0, 3, 1, 0), "3.3", 339, "full full full half empty"),
        ((1, 1, 1, 1, 1), "3.0", 325, "full full full empty empty"),
        ((0, 0, 13, 7, 0), "3.4", 338, "full full full half empty"),  # 3.35, half up
    ],
)
def test_a_rating_has_an_average_a_place_and_stars(
    counts: tuple[int, ...], average: str, rank: int, stars: str
) -> None:
    rating = rating_of(counts)

    assert rating is not None
    assert (rating.average, rank_of(counts), " ".join(rating.stars)) == (Decimal(average), rank, stars)


@pytest.mark.parametrize("counts", [(), (0, 0, 0, 0, 0)])
def test_where_nobody_said_anything_there_is_no_rating(counts: tuple[int, ...]) -> None:
    assert rating_of(counts) is None and rank_of(counts) == 0


@given(COUNTS)
def test_the_place_lies_between_what_was_said_and_the_middle(counts: list[int]) -> None:
    rating = Rating(tuple(counts))
    exact = Decimal(sum(n * c for n, c in enumerate(counts, 1))) / sum(counts) * 100

    assert min(exact, Decimal(350)) - 1 <= rank_of(counts) <= max(exact, Decimal(350)) + 1
    assert rating.stars.count("half") <= 1
    assert sum(people for _stars, people, _share in rating.shares) == rating.count


@given(COUNTS)
def test_five_stars_more_never_bring_a_product_down(counts: list[int]) -> None:
    assert rank_of([*counts[:4], counts[4] + 1]) >= rank_of(counts)

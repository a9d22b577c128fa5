"""What the stars of many people say together: pure.

A page shows the plain average. A list is put in order by an average that five people who say 3.5 are added to, so that
one delighted buyer does not stand before two hundred pleased ones.

    stars               average    order
    1 × 5               5.0        (5 + 17.5) / 6      = 3.75
    180 × 5, 20 × 4     4.9        (980 + 17.5) / 205  = 4.87
    1 × 1               1.0        (1 + 17.5) / 6      = 3.08
    nobody              none       0, after all others
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

STARS: Final = 5
_ADDED: Final = 5
_THEIR_STARS: Final = Decimal("3.5")


@dataclass(frozen=True, slots=True)
class Rating:
    """How many people gave 1, 2, 3, 4 and 5 stars, in this order."""

    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many people there are."""
        return sum(self.counts)

    @property
    def average(self) -> Decimal:
        """Their stars with one digit, half up."""
        return (Decimal(_sum(self.counts)) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def stars(self) -> tuple[str, ...]:
        """Five stars as they are drawn."""
        return drawn(int((self.average * 2).quantize(Decimal(1), ROUND_HALF_UP)))

    @property
    def shares(self) -> list[tuple[int, int, int]]:
        """Stars, people and their share in percent, from five stars down."""
        return [(n, self.counts[n - 1], round(100 * self.counts[n - 1] / self.count)) for n in range(STARS, 0, -1)]


def drawn(halves: int) -> tuple[str, ...]:
    """So many halves of five stars, each star "full", "half" or "empty"."""
    return tuple("full" if halves >= 2 * n else "half" if halves == 2 * n - 1 else "empty" for n in range(1, STARS + 1))


def rating_of(counts: Sequence[int]) -> Rating | None:
    """The rating, None where nobody has said anything."""
    return Rating(tuple(counts)) if sum(counts) else None


def rank_of(counts: Sequence[int]) -> int:
    """By what lists are put in order: a hundredth of a star, 0 where nobody has said anything."""
    if not sum(counts):
        return 0
    rank = (_sum(counts) + _ADDED * _THEIR_STARS) / (sum(counts) + _ADDED) * 100
    return int(rank.quantize(Decimal(1), ROUND_HALF_UP))


def _sum(counts: Sequence[int]) -> int:
    return sum(stars * people for stars, people in enumerate(counts, start=1))

"""Which of several offers of the same article comes first: pure.

Each offer is weighed by what it costs at the door. A day of waiting makes it half a percent dearer, and each point that
the seller's score is short of 100 a fifth of a percent; a new seller counts as one with 90 points. So a shopper pays a
little more for what comes a week earlier from somebody who keeps their word, and not much more.

    40.00 at the door, 10 days, score 98     40.00 × (1 + 0.050 + 0.004) = 42.16     first
    38.00 at the door, 20 days, score 90     38.00 × (1 + 0.100 + 0.020) = 42.56     second
    36.00 at the door, 14 days, score 40     36.00 × (1 + 0.070 + 0.120) = 42.84     third

What can't be bought comes after what can, and what has no full price at the door after what has one: by its own price.
Of equals, the cheaper one is first, then the one that was there earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

PER_DAY: Final = Decimal("0.005")
PER_POINT: Final = Decimal("0.002")
NEW_SELLER: Final = 90


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer as it is weighed, amounts in one currency; `landed` is None when not all charges are known.

    `days` are the most until it arrives, `score` None for a new seller.
    """

    key: int
    price: Decimal
    landed: Decimal | None
    days: int
    score: int | None
    is_available: bool


def weight(offer: Candidate) -> Decimal:
    """What the offer costs with its waiting and its risk."""
    amount = offer.price if offer.landed is None else offer.landed
    missing = 100 - (NEW_SELLER if offer.score is None else offer.score)
    return amount * (1 + PER_DAY * offer.days + PER_POINT * missing)


def place(offer: Candidate) -> tuple[bool, bool, Decimal, Decimal, int]:
    """What offers of an article are sorted by."""
    return not offer.is_available, offer.landed is None, weight(offer), offer.price, offer.key


def ranked(offers: Iterable[Candidate]) -> list[Candidate]:
    """The offers, the best first."""
    return sorted(offers, key=place)

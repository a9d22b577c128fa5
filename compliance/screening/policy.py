"""The figures by which the marketplace itself draws a line, where no law does: `compliance/data/screening_policy.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compliance.rules.files import DATA


@dataclass(frozen=True, slots=True)
class Policy:
    """What each figure means stands beside it in the file: grams, millimetres, g/cm³, times, a share from 0 to 1."""

    heaviest_piece: int
    longest_edge: int
    densest_goods: Decimal
    heaviest_packaging: Decimal
    under_declared: Decimal
    listing_languages: frozenset[str]


@cache
def policy() -> Policy:
    """The figures, read once for each process. Raises KeyError when one is missing in the file."""
    with (DATA / "screening_policy.csv").open(encoding="utf-8", newline="") as file:
        values = {row["name"]: row["value"] for row in csv.DictReader(file)}
    return Policy(
        heaviest_piece=int(values["heaviest_piece"]),
        longest_edge=int(values["longest_edge"]),
        densest_goods=Decimal(values["densest_goods"]),
        heaviest_packaging=Decimal(values["heaviest_packaging"]),
        under_declared=Decimal(values["under_declared"]),
        listing_languages=frozenset(values["listing_languages"].split()),
    )


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about goods; customs refuse a description made of them alone."""
    with (DATA / "stop_words.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"].casefold() for row in csv.DictReader(file))

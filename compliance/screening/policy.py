"""The figures by which the marketplace itself draws a line, where no law does: `compliance/data/screening_policy.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compliance.rules.files import DATA
from compliance.rules.obligations import PREFIXED, UNSPACED, plain_text


@dataclass(frozen=True, slots=True)
class Policy:
    """What each figure means stands beside it in the file: grams, millimetres, g/cm³, times, a share from 0 to 1."""

    heaviest_piece: int
    longest_edge: int
    densest_goods: Decimal
    thinnest_goods: Decimal
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
        thinnest_goods=Decimal(values["thinnest_goods"]),
        heaviest_packaging=Decimal(values["heaviest_packaging"]),
        under_declared=Decimal(values["under_declared"]),
        listing_languages=frozenset(values["listing_languages"].split()),
    )


def lightest_piece(hs_code: str) -> int:
    """The fewest grams that a piece of goods of a code can weigh; 1 where nobody has said."""
    return next((grams for prefix, grams in _lightest().items() if hs_code.startswith(prefix)), 1)


@cache
def _lightest() -> dict[str, int]:
    with (DATA / "lightest_goods.csv").open(encoding="utf-8", newline="") as file:
        return {row["hs_prefix"]: int(row["grams"]) for row in csv.DictReader(file)}


@cache
def nothing_said() -> re.Pattern[str]:
    """Finds in a text made by `plain_text` what says nothing of goods; customs refuse a description of that alone."""
    words: dict[str, set[str]] = {}
    with (DATA / "stop_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words.setdefault(row["language"], set()).add(plain_text(row["word"]).strip())
    unspaced = _any_of(words.pop(language) for language in sorted(UNSPACED & words.keys()))
    prefixed = _any_of(words.pop(language) for language in sorted(PREFIXED & words.keys()))
    return re.compile(rf"{unspaced}|(?<!\w)(?:و?{prefixed}|{_any_of(words.values())}|[a-z]{{1,2}})(?!\w)")


def _any_of(groups: Iterable[set[str]]) -> str:
    words = sorted(set().union(*groups), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, words))})"

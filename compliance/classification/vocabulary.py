"""The files that say what goods are called in the languages of the shop, read once. No database here."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from compliance.rules.files import DATA

WORDS = DATA / "words"

NOMENCLATURE: Final = "hs"  # the language of the phrases in which the nomenclature itself names a quality


@dataclass(frozen=True, slots=True)
class Words:
    """What is called by `terms` in one language: an HS prefix, a quality or a shop category, as `key` says."""

    key: str
    language: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """Something that the nomenclature tells goods apart by, such as "of cotton"; those of one `kind` exclude each other.

    `phrases` are how its texts say so.
    """

    name: str
    kind: str
    phrases: tuple[str, ...]


def goods_words(folder: Path = WORDS) -> tuple[Words, ...]:
    """What goods are called, by HS heading or subheading. Raises `OSError`, `KeyError`."""
    return tuple(Words(row["prefix"], row["language"], _terms(row)) for row in _rows(folder / "hs_vocabulary.csv"))


def quality_words(folder: Path = WORDS) -> tuple[Words, ...]:
    """What shoppers call the qualities. Raises `OSError`, `KeyError`."""
    rows = _rows(folder / "hs_qualities.csv")
    return tuple(Words(row["quality"], row["language"], _terms(row)) for row in rows if row["language"] != NOMENCLATURE)


@cache
def qualities(folder: Path = WORDS) -> tuple[Quality, ...]:
    """The qualities by which the nomenclature tells goods apart. Raises `OSError`, `KeyError`."""
    rows = _rows(folder / "hs_qualities.csv")
    return tuple(Quality(row["quality"], row["kind"], _terms(row)) for row in rows if row["language"] == NOMENCLATURE)


def category_words(folder: Path = WORDS) -> tuple[Words, ...]:
    """What the shop categories of the HS codes are called. Raises `OSError`, `KeyError`."""
    rows = _rows(folder / "hs_shop_categories.csv")
    return tuple(Words(row["shop_category"], row["language"], _terms(row)) for row in rows)


@cache
def prefixes_by_category(folder: Path = WORDS) -> Mapping[str, tuple[str, ...]]:
    """The beginnings of the HS codes that goods of a category of the catalogue have, by its slug."""
    rows = _rows(folder / "category_prefixes.csv")
    return {row["category"]: tuple(row["prefixes"].split()) for row in rows}


@cache
def subheadings(folder: Path = WORDS) -> frozenset[str]:
    """Every code of six digits that the Harmonized System of 2022 has."""
    rows = _rows(folder / "hs_subheadings.csv")
    return frozenset(row["heading"] + ending for row in rows for ending in row["subheadings"].split())


def _terms(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row["words"].split(";"))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

"""How well searches are answered, held against what people judged: NDCG, by language.

The judged set is demo/data/judged_searches.csv: a query of a shopper, and the products of the demo that it asks for,
from 3 (that is it) to 1 (related). With g the judgement of the hit in place i, counted from 1:
DCG@10 = Σ (2^g - 1) / log2(i + 1) over the first ten hits, and NDCG@10 = DCG@10 / that of the best possible order
(Järvelin and Kekäläinen, 2002; gain of Burges et al., 2005).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DEPTH = 10
Search = Callable[[str, str], tuple[Sequence[str], Sequence[str]]]  # the hits, and what comes near


@dataclass(frozen=True, slots=True)
class Judged:
    """A query in a language, and the judgements of products by their slugs."""

    language: str
    query: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """The mean NDCG@10 of the queries of a language, the same of the hits alone, and the queries that found nothing.

    What only comes near to a query is no hit.
    """

    language: str
    queries: int
    ndcg: float
    hits: float
    empty: tuple[str, ...]


def read_judged(path: Path) -> list[Judged]:
    """The judged queries of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Judged(row["language"], row["query"], _grades(row["judged"])) for row in csv.DictReader(file)]


def _grades(text: str) -> dict[str, int]:
    pairs = (part.partition("=") for part in text.split())
    return {slug: int(grade) for slug, _sign, grade in pairs}


def ndcg(hits: Sequence[str], grades: Mapping[str, int]) -> float:
    """NDCG@10 of hits in their order, from 0 to 1; a hit that is not judged is worth nothing."""
    best = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(slug, 0) for slug in hits]) / best if best else 1.0


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate([*grades][:DEPTH], start=1))


def judge(judged: Iterable[Judged], search: Search) -> list[Quality]:
    """The quality of `search(query, language)`, which gives slugs in their order, by language as they first come."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for each in judged:
        hits, near = search(each.query, each.language)
        scores = ndcg([*hits, *near], each.grades), ndcg(hits, each.grades)
        found.setdefault(each.language, []).append((each.query, *scores))
    return [
        Quality(
            language,
            len(scores),
            sum(score for _query, score, _hits in scores) / len(scores),
            sum(score for _query, _all, score in scores) / len(scores),
            tuple(query for query, score, _hits in scores if not score),
        )
        for language, scores in found.items()
    ]

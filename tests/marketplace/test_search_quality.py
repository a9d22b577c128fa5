"""The judged searches: the measure itself, and how the search does over the demo catalogue."""

from __future__ import annotations

import math
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import search
from marketplace.demo_catalogue import DemoCatalogue
from marketplace.kernel.region import Region
from marketplace.management.commands.judge_searches import EVERYDAY, JUDGED, hits
from marketplace.search_quality import Judged, judge, ndcg, read_judged

LEAST = 0.95
LEAST_OF_HITS = 0.83
# What the demo does not sell, though it sells what is called nearly so.
NOTHING = [("de", "Tischdecke"), ("de", "Gartenstuhl"), ("ja", "湯のみ"), ("ja", "カバー付き"), ("zh-hans", "汽车轮胎")]
SLIPS = [
    ("en", "wathc", "watch"), ("en", "towle", "towel"), ("de", "Lanpe", "Lampe"), ("en", "umbrela", "umbrella"),
    ("zh-hans", "筷子", ""), ("zh-hans", "雨伞", ""), ("zh-hans", "充电宝", ""), ("en", "sofa", ""), ("de", "Handtasche", ""),
]  # fmt: skip


def suggestion(query: str, language: str) -> str:
    with translation.override(language):
        return search(query, Filters(), Region(language, "DE", "EUR"), Prices.today()).suggestion


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["a", "b"], 1.0),
        (["b", "a"], (1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3))),
        (["x", "a"], (7 / math.log2(3)) / (7 + 1 / math.log2(3))),
        ([*"klmnopqrst", "a"], 0.0),  # the eleventh hit counts for nothing
        ([], 0.0),
    ],
)
def test_a_hit_is_worth_less_the_further_down_it_stands(found: list[str], expected: float) -> None:
    assert ndcg(found, {"a": 3, "b": 1}) == pytest.approx(expected)


def test_languages_are_kept_apart_and_empty_answers_named() -> None:
    judged = [Judged("en", "cup", {"a": 3}), Judged("de", "Tasse", {"a": 3}), Judged("de", "Becher", {"a": 3})]

    english, german = judge(
        judged, lambda query, language: ([], ["a"]) if query == "Tasse" else (["a"][: query == "cup"], [])
    )

    assert (english.ndcg, english.hits, english.empty) == (1.0, 1.0, ())
    assert (german.queries, german.ndcg, german.hits, german.empty) == (2, 0.5, 0.0, ("Becher",))


def test_there_are_at_least_150_queries_in_seven_languages_over_products_of_the_demo() -> None:
    judged = [*read_judged(JUDGED), *read_judged(EVERYDAY)]
    slugs = {row["slug"] for row in DemoCatalogue().data["products"]}

    assert len(judged) >= 150
    assert {each.language for each in judged} == {"en", "zh-hans", "ja", "ar", "de", "fr", "es"}
    assert {slug for each in judged for slug in each.grades} <= slugs
    assert all(1 <= grade <= 3 for each in judged for grade in each.grades.values())


@pytest.mark.django_db
def test_every_judged_query_finds_what_it_asks_for_in_every_language() -> None:
    for command in ("load_rates", "load_rules", "load_services", "seed_demo"):
        call_command(command, stdout=StringIO())

    qualities = judge(read_judged(JUDGED), hits)

    assert [(each.language, each.empty) for each in qualities if each.empty] == []
    assert [(each.language, each.ndcg) for each in qualities if each.ndcg < LEAST] == []
    assert [(each.language, each.hits) for each in qualities if each.hits < LEAST_OF_HITS] == []
    everyday = judge(read_judged(EVERYDAY), hits)
    assert [(each.language, each.hits) for each in everyday if each.hits < LEAST_OF_HITS] == []
    assert {(language, query) for language, query in NOTHING if hits(query, language)[0]} == set()
    assert {(query, suggestion(query, language)) for language, query, _meant in SLIPS} == {slip[1:] for slip in SLIPS}

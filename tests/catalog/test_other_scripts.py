"""A search with words in a script that the reader's language does not use looks in the languages that do."""

from __future__ import annotations

import pytest

from catalog.models import Product
from catalog.search_text import foreign_words
from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import search
from marketplace.devtools.bench.counting import counted
from marketplace.kernel.region import Region
from tests.catalog.shelves import refresh
from tests.support.cast import Cast, listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def headphones(shop: Cast) -> Cast:
    """Two kinds of headphones, the second one more popular, and a kettle, with names in some languages."""
    for name, popularity, names in (
        ("Over-ear headphones", 1, {"name_zh_hans": "头戴式耳机", "name_ja": "ヘッドホン", "name_ar": "سماعات رأس",
                                    "name_de": "Kopfhörer"}),
        ("Wireless earbuds", 9, {"name_zh_hans": "无线耳机", "name_ja": "イヤホン", "name_ar": "سماعات أذن"}),
        ("Iron kettle", 0, {"name_zh_hans": "铁壶", "name_ja": "鉄瓶", "name_ar": "إبريق", "name_de": "Kessel"}),
    ):  # fmt: skip
        listing(shop.shenzhen, name, "10", {shop.shenzhen_warehouse: 5}, popularity=popularity, **names)
    refresh()
    return shop


def found(words: str, language: str = "en", **filters: object) -> list[str]:
    answer = search(words, Filters(**filters), Region(language, "DE", "EUR"), Prices.today())  # type: ignore[arg-type]
    return [card.slug for card in answer.cards]


@pytest.mark.parametrize(
    ("language", "words", "slugs"),
    [
        ("en", "耳机", ["wireless-earbuds", "over-ear-headphones"]),
        ("en", "headphones 耳机", ["over-ear-headphones"]),
        ("en", "耳机 kettle", []),
        ("de", "سَمَّاعَات", ["wireless-earbuds", "over-ear-headphones"]),
        ("fr", "ヘッドホン", ["over-ear-headphones"]),
        ("ar", "鉄瓶", ["iron-kettle"]),
        ("ar", "耳机 سماعات رأس", ["over-ear-headphones"]),
        ("zh-hans", "ヘッドホン", ["over-ear-headphones"]),
        ("zh-hans", "سماعات أذن", ["wireless-earbuds"]),
        ("en", "耳机 سماعات رأس", ["over-ear-headphones"]),
        ("ja", "Kopfhörer", ["over-ear-headphones"]),
        ("ar", "kessel", ["iron-kettle"]),
        ("ja", "kettle", ["iron-kettle"]),
        ("en", "汽车", []),
    ],
)
def test_words_are_found_where_their_script_is_written(
    headphones: Cast, language: str, words: str, slugs: list[str]
) -> None:
    assert found(words, language) == slugs


def test_what_is_held_or_filtered_away_is_not_found_so_either(headphones: Cast) -> None:
    Product.objects.filter(slug="wireless-earbuds").update(held_in=["DE"])

    assert found("耳机") == ["over-ear-headphones"]
    assert found("耳机", origins=("JP",)) == []


@pytest.mark.parametrize(("words", "language", "queries"), [("kettle", "en", 0), ("耳机", "en", 1), ("鉄瓶", "ja", 0)])
def test_it_costs_one_query_where_there_is_such_a_word_and_none_otherwise(
    headphones: Cast, words: str, language: str, queries: int
) -> None:
    for number in range(4):  # or another spelling would be looked for
        listing(headphones.shenzhen, f"Kettle {number}", "10", {headphones.shenzhen_warehouse: 5},
                name_zh_hans=f"耳机 {number}", name_ja=f"鉄瓶 {number}")  # fmt: skip
    refresh()
    found(words, language)

    with counted() as counts:
        assert len(found(words, language)) >= 4

    assert counts.queries == 2 + queries


def test_words_are_foreign_by_their_script_alone() -> None:
    assert foreign_words("USB-C 茶壶 ティー شاي 42", "de") == {("zh-hans", "ja"): ("茶壶",), ("ja",): ("ティ", "ィー"),
                                                            ("ar",): ("شاي",)}  # fmt: skip
    assert foreign_words("USB-C 42 ☕ Größe", "de") == {}
    assert foreign_words("USB-C 茶壶", "ja") == {("en", "de", "fr", "es"): ("usb", "c")}

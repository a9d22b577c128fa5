"""What any engine behind `catalog.selectors.search.search` has to find: queries and keys over one small catalogue.

An engine is a function with the signature of `search`. A second one is added to ENGINES, with a way to be told of the
catalogue, and has to give the same answers.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from catalog.models import Product, Variant
from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import Found, search
from catalog.services import search_terms
from marketplace.kernel.region import Region
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db
Engine = Callable[[str, Filters, Region, Prices], Found]
ENGINES: list[Engine] = [search]

CATALOGUE = [
    {"name_en": "Blue oak lamp", "name_de": "Blaue Lampe aus Eiche", "name_zh_hans": "蓝色橡木台灯",
     "name_ja": "オーク材の青いランプ", "name_ar": "مصباح أزرق من البلوط", "name_fr": "Lampe bleue en chêne",
     "name_es": "Lámpara azul de roble"},
    {"name_en": "Green tea", "name_de": "Grüner Tee", "name_zh_hans": "绿茶", "name_ja": "緑茶", "name_ar": "شاي أخضر",
     "name_fr": "Thé vert", "name_es": "Té verde"},
    {"name_en": "Teapot of iron", "name_de": "Teekanne aus Eisen", "name_zh_hans": "铁茶壶", "name_ja": "鉄瓶のティーポット",
     "name_ar": "إبريق شاي من الحديد", "name_fr": "Théière en fonte", "name_es": "Tetera de hierro"},
    {"name_en": "The book of oak", "summary_en": "A lamp is on its cover."},
]  # fmt: skip
# Language, words, what is found; a listing that has the words in its name comes before one that has them elsewhere.
QUERIES: list[tuple[str, str, list[str]]] = [
    ("en", "lamp", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "LAMPS", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "oak lamp", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "lamp blue oak", ["blue-oak-lamp"]),
    ("en", "teap", ["teapot-of-iron"]),
    ("en", "green teapot", []),
    ("en", "OAK-1", ["blue-oak-lamp"]),
    ("en", "oak 1", ["blue-oak-lamp"]),
    ("en", "4006381333931", ["green-tea"]),
    ("en", "茶壶", ["teapot-of-iron"]),
    ("en", "iron 茶壶", ["teapot-of-iron"]),
    ("de", "Lampen", ["blue-oak-lamp", "the-book-of-oak"]),
    ("de", "eiche blau", ["blue-oak-lamp"]),
    ("de", "grüner tee", ["green-tea"]),
    ("de", "book", ["the-book-of-oak"]),
    ("fr", "lampes bleues", ["blue-oak-lamp"]),
    ("fr", "theiere", ["teapot-of-iron"]),
    ("es", "lámparas", ["blue-oak-lamp", "the-book-of-oak"]),
    ("ar", "شاي أخضر", ["green-tea"]),
    ("ar", "مصباح", ["blue-oak-lamp"]),
    ("ar", "شَاي أَخْضَر", ["green-tea"]),
    ("ar", "مِصْبَاح", ["blue-oak-lamp"]),
    ("ar", "إِبْرِيق", ["teapot-of-iron"]),
    ("ar", "مصبـــاح", ["blue-oak-lamp"]),
    ("zh-hans", "茶壶", ["teapot-of-iron"]),
    ("zh-hans", "绿茶", ["green-tea"]),
    ("zh-hans", "台灯", ["blue-oak-lamp"]),
    ("zh-hans", "chahu", ["teapot-of-iron"]),
    ("zh-hans", "cha hu", ["teapot-of-iron"]),
    ("zh-hans", "cháhú", ["teapot-of-iron"]),
    ("zh-hans", "tiechahu", ["teapot-of-iron"]),
    ("zh-hans", "taideng", ["blue-oak-lamp"]),
    ("zh-hans", "lü cha", ["green-tea"]),
    ("ja", "緑茶", ["green-tea"]),
    ("ja", "りょくちゃ", ["green-tea"]),
    ("ja", "リョクチャ", ["green-tea"]),
    ("ja", "ryokucha", ["green-tea"]),
    ("ja", "らんぷ", ["blue-oak-lamp"]),
    ("ja", "ranpu", ["blue-oak-lamp"]),
    ("ja", "tiipotto", ["teapot-of-iron"]),
    ("ja", "pottō", ["teapot-of-iron"]),
    ("ja", "てつびん", ["teapot-of-iron"]),
    ("ja", "tetsubin", ["teapot-of-iron"]),
    ("ja", "ランプ", ["blue-oak-lamp"]),
]
# What nobody means as words: an answer without an error, and what it finds.
ODD: list[tuple[str, str, list[str]]] = [
    ("en", "", []),
    ("en", "the", ["the-book-of-oak"]),
    ("de", "der", []),
    ("ja", "の", ["blue-oak-lamp", "teapot-of-iron"]),
    ("zh-hans", "的", []),
    ("ar", "و", []),
    ("en", "a", []),
    ("zh-hans", "茶", ["green-tea", "teapot-of-iron"]),
    ("en", "☕", []),
    ("en", "x" * 300, []),
    ("en", "lamp " * 60, ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", '"oak lamp', ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "lam*", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "%", []),
    ("en", "_", []),
    ("en", "la\x00mp", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "'; DROP TABLE catalog_product; --", []),
    ("en", "lamp' OR 'a'='a", ["blue-oak-lamp", "the-book-of-oak"]),  # small words count for nothing beside others
    ("en", "oak & ! lamp:*", ["blue-oak-lamp", "the-book-of-oak"]),
    ("en", "\\", []),
]


@pytest.fixture
def small(shop: Cast) -> Cast:
    """The catalogue of the contract; two of its goods have numbers, and the lamp is held in France."""
    Product.objects.all().delete()
    for number, row in enumerate(CATALOGUE):
        fields = {name: value for name, value in row.items() if name != "name_en"}
        made = listing(
            shop.shenzhen, row["name_en"], f"{10 + number}.00", {shop.shenzhen_warehouse: 5 - number}, **fields
        )
        if number < 2:
            Variant.objects.filter(pk=made.pk).update(sku=("OAK-1", "TEA")[number], gtin=("", "4006381333931")[number])
    Product.objects.filter(slug="blue-oak-lamp").update(held_in=["FR"])
    fill_shelves()
    search_terms.refresh_terms()
    return shop


def found(engine: Engine, query: str, language: str, filters: Filters, country: str = "DE") -> Found:
    with translation.override(language):
        return engine(query, filters, Region(language, country, "EUR"), Prices.today())


def slugs(answer: Found) -> list[str]:
    return [card.slug for card in answer.cards]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_query_finds_what_has_all_of_its_words(small: Cast, engine: Engine) -> None:
    answers = [(language, query, slugs(found(engine, query, language, Filters()))) for language, query, _ in QUERIES]

    assert [answer for answer in answers if answer not in QUERIES] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_odd_queries_are_answered(small: Cast, engine: Engine) -> None:
    answers = [
        (language, query, sorted(slugs(found(engine, query, language, Filters())))) for language, query, _ in ODD
    ]

    assert answers == ODD


@pytest.mark.parametrize("engine", ENGINES)
def test_filters_narrow_and_count_what_is_left_each_without_itself(small: Cast, engine: Engine) -> None:
    whole = found(engine, "oak", "en", Filters())
    narrowed = found(engine, "oak", "en", Filters(origins=("JP",)))

    assert (whole.counts.total, dict(whole.counts.origins), whole.counts.in_stock) == (2, {"CN": 2}, 2)
    assert (slugs(narrowed), narrowed.counts.total, dict(narrowed.counts.origins)) == ([], 0, {"CN": 2})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("sort", "first"),
    [("price", "blue-oak-lamp"), ("price_down", "the-book-of-oak"), ("new", "the-book-of-oak"),
     ("landed", "blue-oak-lamp"), ("delivery", "the-book-of-oak")],
)  # fmt: skip
def test_the_order_is_the_one_asked_for(small: Cast, engine: Engine, sort: str, first: str) -> None:
    answer = found(engine, "oak", "en", Filters(sort=sort))

    assert (slugs(answer)[0], len(answer.cards)) == (first, 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_held_in_the_country_is_not_found_there(small: Cast, engine: Engine) -> None:
    assert slugs(found(engine, "oak", "en", Filters(), country="FR")) == ["the-book-of-oak"]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_just_written_is_found_at_once(small: Cast, engine: Engine) -> None:
    listing(small.rival, "Zebra stool", "10", {small.osaka_warehouse: 1})
    fill_shelves()

    assert slugs(found(engine, "zebra", "en", Filters())) == ["zebra-stool"]


@pytest.mark.parametrize("engine", ENGINES)
def test_pages_follow_one_another_without_a_gap(small: Cast, engine: Engine) -> None:
    for number in range(30):
        listing(small.shenzhen, f"Paper boat {number}", "10", {small.shenzhen_warehouse: 1})
    fill_shelves()

    first = found(engine, "paper boat", "en", Filters())
    second = found(engine, "paper boat", "en", Filters(after=first.after))

    assert [len(first.cards), len(second.cards), second.after] == [24, 6, ""]
    assert len({*slugs(first), *slugs(second)}) == 30

"""What somebody copies from a label or a letter is found: article numbers, trade numbers, brands."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Seller
from catalog.models import Product, Variant
from catalog.search_text import Code, code
from catalog.selectors.search import _CODED
from marketplace.devtools.bench.counting import counted
from tests.support.cast import Cast, another_choice, fill_shelves, listing

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "zh-hans", "ja", "ar", "de", "fr", "es"]


@pytest.fixture
def keyboards(shop: Cast) -> Cast:
    """A keyboard in two layouts, of another seller than a book whose title has the same letters."""
    stock = {shop.shenzhen_warehouse: 5}
    american = listing(shop.shenzhen, "Plain keyboard", "300.00", stock)
    british = another_choice(american, "Layout", "US", "UK", "300.00", 5)
    Variant.objects.filter(pk=american.pk).update(sku="KB-87-US", gtin="04006381333931")
    Variant.objects.filter(pk=british.pk).update(sku="KB/87 uk")
    listing(shop.rival, "KB 87 US, a history", "1320", {shop.osaka_warehouse: 5}, popularity=1000)
    fill_shelves()
    return shop


def found(words: str, language: str = "en", **filters: str) -> list[str]:
    page = Client().get(f"/{language}/search/", {"q": words, **filters}).context["page"]
    return [card.slug for card in page["cards"]]


# Article numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["KB-87-US", "kb-87-us", "KB87US", " kb 87 us ", "KB_87.US", "ＫＢ－８７－ＵＳ"])
def test_a_number_is_found_with_any_separators_and_comes_first(keyboards: Cast, language: str, typed: str) -> None:
    assert found(typed, language)[:1] == ["plain-keyboard"]


@pytest.mark.parametrize("typed", ["KB-87-UK", "kb87uk"])
def test_every_variant_is_found_by_its_own_number(keyboards: Cast, typed: str) -> None:
    assert found(typed) == ["plain-keyboard"]


@pytest.mark.parametrize("typed", ["KB-87", "KB-87-USA", "B-87-US"])
def test_a_part_of_a_number_is_another_number(keyboards: Cast, typed: str) -> None:
    assert "plain-keyboard" not in found(typed)


def test_a_number_without_a_figure_is_found_as_well(shop: Cast) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(sku="BECHER-XL")

    assert found("becher-xl") == found("BecherXL") == found("Becher XL") == ["kite-mug"]


def test_a_product_that_matches_by_words_and_by_number_is_there_once(keyboards: Cast) -> None:
    Product.objects.filter(slug="plain-keyboard").update(name_en="Plain keyboard KB-87-US")
    fill_shelves()

    assert found("KB-87-US") == ["plain-keyboard", "kb-87-us-a-history"]


def test_filters_and_counts_hold_for_what_a_number_finds(keyboards: Cast) -> None:
    answer = Client().get("/en/search/", {"q": "KB-87-US"})

    assert answer.context["total"] == 2
    assert {item["value"]: item["count"] for item in answer.context["facets"]["origins"]} == {"CN": 1, "JP": 1}
    assert found("KB-87-US", origin="JP") == ["kb-87-us-a-history"]
    assert found("KB-87-US", sort="price")[-1] == "plain-keyboard"


def test_a_number_of_what_is_not_on_sale_finds_nothing(keyboards: Cast) -> None:
    Product.objects.filter(slug="plain-keyboard").update(status="archived")

    assert found("KB-87-UK") == []


# Trade numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["4006381333931", "04006381333931", "4 006381 333931", "400-6381-333931"])
def test_a_trade_number_is_found_with_and_without_leading_zeros(keyboards: Cast, typed: str) -> None:
    assert found(typed) == ["plain-keyboard"]


@pytest.mark.parametrize("typed", ["4006381333932", "00000000", "---"])
def test_another_trade_number_finds_nothing(keyboards: Cast, typed: str) -> None:
    Variant.objects.filter(sku="KB/87 uk").update(gtin="---")

    assert found(typed) == []


# Brands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["asagiri", "ASAGIRI", "Asagiri notebook"])
def test_the_sellers_brand_is_found_in_every_language(shop: Cast, language: str, typed: str) -> None:
    assert found(typed, language) == ["morning-notebook"]


def test_a_brand_of_the_listing_is_found_beside_that_of_the_seller(shop: Cast) -> None:
    Product.objects.filter(slug="kite-mug").update(brand_name="Höhenflug")
    fill_shelves()

    assert found("höhenflug", "de") == found("Paper Kite Höhenflug", "fr") == ["kite-mug"]


def test_a_seller_who_takes_another_name_is_found_by_it(shop: Cast) -> None:
    Seller.objects.filter(pk=shop.rival.pk).update(name="Yugiri")
    fill_shelves()

    assert (found("yugiri", "ar"), found("asagiri", "ar")) == (["morning-notebook"], [])


# What may be a number -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KB-87-US", Code("kb87us", "", True)),
        ("becher-xl", Code("becherxl", "", True)),
        ("mug", Code("mug", "", False)),
        ("paper lamp", Code("paperlamp", "", False)),
        ("lamp 40", Code("lamp40", "", True)),
        ("0400638-1333931", Code("04006381333931", "4006381333931", True)),
        ("1234567", Code("1234567", "", True)),
        ("123456789012345", Code("123456789012345", "", True)),
        ("机械键盘", None),
        ("دفتر", None),
        ("x", None),
        ("x" * 61, None),
        ("", None),
        ("--", None),
    ],
)
def test_which_texts_may_be_numbers(text: str, expected: Code | None) -> None:
    assert code(text) == expected


def test_the_numbers_are_looked_up_by_their_indexes(keyboards: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {_CODED}", {"sku": "kb87us", "gtin": "4006381333931"})
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "variants_by_sku" in plan and "variants_by_gtin" in plan and "Seq Scan" not in plan


@pytest.mark.parametrize(("typed", "looked_up"), [("kite", 0), ("kite mug", 0), ("mug-1", 1), ("zzzz", 1)])
def test_an_ordinary_word_costs_no_look_for_numbers(shop: Cast, typed: str, looked_up: int) -> None:
    with counted() as counts:
        found(typed)

    assert sum("catalog_variant" in statement for statement in counts.statements) == looked_up

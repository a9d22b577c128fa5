"""What of a listing is found: its names with their marks, what it answers, and texts that were made in an earlier way."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog import tasks
from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute, Product, SearchEntry
from catalog.selectors import attribute_filters
from catalog.services import search_entries
from catalog.services.attributes import keep_answers
from marketplace.devtools.bench.counting import counted
from tests.catalog.shelves import refresh
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db


def found(words: str, language: str = "en") -> set[str]:
    page = Client().get(f"/{language}/search/", {"q": words})
    return {card.slug for card in page.context["page"]["cards"]}


@pytest.fixture
def answered(shop: Cast) -> Product:
    """A mug that is of stoneware and says how it is cleaned."""
    material = Attribute.objects.create(code="material", name_en="Material", kind="choice", is_filter=True)
    AttributeChoice.objects.create(attribute=material, code="stoneware", name_en="Stoneware", name_de="Steinzeug",
                                   name_zh_hans="炻器")  # fmt: skip
    care = Attribute.objects.create(code="care", name_en="Care", kind="text")
    for attribute in (material, care):
        CategoryAttribute.objects.create(category=Category.objects.get(slug="everything"), attribute=attribute)
    product = Product.objects.get(slug="kite-mug")
    keep_answers(
        product=product, typed={"material": "stoneware", "care": {"en": "Dishwasher proof", "de": "Spülmaschinenfest"}}
    )
    fill_shelves()
    attribute_filters.forget()
    return product


# Answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "language"),
    [("stoneware", "en"), ("Steinzeug", "de"), ("spülmaschinenfest", "de"), ("dishwasher", "fr"), ("炻器", "zh-hans")],
)
def test_what_a_listing_answers_is_found(answered: Product, words: str, language: str) -> None:
    assert found(words, language) == {"kite-mug"}


def test_what_is_named_so_comes_before_what_answers_so(answered: Product, shop: Cast) -> None:
    listing(shop.shenzhen, "Stoneware bowl", "10", {shop.shenzhen_warehouse: 5})
    refresh()

    page = Client().get("/en/search/?q=stoneware")

    assert [card.slug for card in page.context["page"]["cards"]] == ["stoneware-bowl", "kite-mug"]


def test_a_choice_that_is_renamed_is_found_by_its_new_name(answered: Product) -> None:
    AttributeChoice.objects.update(name_en="Grit clay")

    assert search_entries.ask_anew(attribute=Attribute.objects.get(code="material")) == 1
    tasks.refresh_search_texts()

    assert (found("grit clay"), found("stoneware")) == ({"kite-mug"}, set())
    assert search_entries.refresh_outdated() == 0


# Texts of before ----------------------------------------------------------------------------------------------


def test_texts_of_an_earlier_edition_are_made_anew_by_the_clock(shop: Cast) -> None:
    SearchEntry.objects.update(document="", edition=0)
    Product.objects.filter(slug="kite-notebook").update(status="archived")
    assert found("mug") == set()

    tasks.refresh_search_texts()

    assert found("mug") == {"kite-mug"}
    assert not SearchEntry.objects.filter(language="en", edition=0).exists()
    with counted() as counts:
        tasks.refresh_search_texts()
    assert counts.queries == 1


def test_the_texts_of_many_listings_ask_as_much_as_those_of_one(shop: Cast) -> None:
    keys = list(Product.objects.values_list("pk", flat=True))

    with counted() as many:
        search_entries.refresh_entries(product_ids=keys)
    with counted() as one:
        search_entries.refresh_entries(product_ids=keys[:1])

    assert many.queries == one.queries == 3

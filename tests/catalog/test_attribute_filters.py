"""Attributes as filters: counts by country, "or" within an attribute, "and" between them, and damaged addresses."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute, Product
from catalog.selectors.listing import Filters
from catalog.services import attributes
from catalog.services.attributes import keep_answers
from marketplace.devtools.bench.counting import counted
from tests.catalog.shelves import SHELF, get, products, refresh
from tests.support.cast import Cast, listing

pytestmark = pytest.mark.django_db


def attribute(code: str, kind: str, *choices: str, **fields: object) -> Attribute:
    """An attribute that goods of every category are asked, and a filter unless it is a text."""
    fields = {"is_filter": kind != "text", "name_en": code.capitalize(), **fields}
    made = Attribute.objects.create(code=code, kind=kind, **fields)
    for place, choice in enumerate(choices):
        swatch = "#aa3333" if kind == "colour" else ""
        AttributeChoice.objects.create(
            attribute=made, code=choice, name_en=choice.capitalize(), name_de=f"{choice.capitalize()} auf Deutsch",
            position=place, swatch=swatch,
        )  # fmt: skip
    CategoryAttribute.objects.create(category=Category.objects.get(slug="everything"), attribute=made)
    return made


def answer(slug: str, **typed: object) -> Product:
    product = Product.objects.get(slug=slug)
    keep_answers(product=product, typed=typed)
    return product


@pytest.fixture
def shelf(shop: Cast) -> Cast:
    """Three mugs: of porcelain in red, of porcelain and cork in blue, of cork; 300, 330 and 900 ml."""
    Product.objects.exclude(slug="kite-mug").delete()
    for name in ("Second mug", "Third mug"):
        listing(shop.shenzhen, name, "12.00", {shop.shenzhen_warehouse: 5})
    attribute("material", "choice", "porcelain", "cork", "steel")
    attribute("colour", "colour", "red", "blue")
    attribute("capacity", "number", unit="ml", steps=[250, 500])
    attribute("dishwasher", "boolean")
    answer("kite-mug", material=["porcelain"], colour=["red"], capacity="300", dishwasher="yes")
    answer("second-mug", material=["porcelain", "cork"], colour=["blue"], capacity="330", dishwasher="no")
    answer("third-mug", material=["cork"], capacity="900")
    refresh()
    return shop


def facets(page: str) -> dict[str, int]:
    """The counts beside the filters by attributes of a page, by the id of the filter."""
    found = re.findall(r'id="facet-attr-([^"]+)".*?<span class="count">(\d+)</span>', page)
    return {name: int(count) for name, count in found}


def test_a_category_shows_each_choice_with_the_goods_that_have_it(shelf: Cast) -> None:
    page = get(SHELF)

    assert facets(page) == {
        "material-porcelain": 2, "material-cork": 2, "colour-red": 1, "colour-blue": 1, "capacity-250-500": 2,
        "capacity-500-": 1, "dishwasher-yes": 1, "dishwasher-no": 1,
    }  # fmt: skip
    assert "250 mL to 500 mL" in page
    assert "500 mL or more" in page
    assert 'fill="#aa3333"' in page
    assert "Porcelain auf Deutsch" in get("/de/category/everything/")


@pytest.mark.parametrize(
    ("query", "found", "counts"),
    [
        (
            "attr=material:cork",
            {"second-mug", "third-mug"},
            {"material-porcelain": 2, "material-cork": 2, "colour-blue": 1},
        ),
        ("attr=material:cork&attr=material:porcelain", {"kite-mug", "second-mug", "third-mug"}, {"colour-red": 1}),
        ("attr=material:cork&attr=colour:blue", {"second-mug"}, {"material-porcelain": 1, "material-cork": 1}),
        ("attr=colour:red&attr=capacity:500-", set(), {"colour-red": 0, "capacity-500-": 0, "capacity-250-500": 1}),
        ("attr=capacity:500-&max=900", {"third-mug"}, {"capacity-250-500": 2, "material-cork": 1}),
        ("attr=dishwasher:no&stock=1", {"second-mug"}, {"dishwasher-yes": 1, "dishwasher-no": 1}),
    ],
)
def test_choices_of_one_attribute_widen_and_different_attributes_narrow(
    shelf: Cast, query: str, found: set[str], counts: dict[str, int]
) -> None:
    page = get(f"{SHELF}?{query}")

    assert products(page) == found
    assert counts.items() <= facets(page).items()


def test_a_search_is_narrowed_the_same_way(shelf: Cast) -> None:
    whole, narrowed = get("/en/search/?q=mug"), get("/en/search/?q=mug&attr=material:cork&attr=colour:blue")

    assert facets(whole)["material-porcelain"] == 2
    assert products(narrowed) == {"second-mug"}
    assert facets(narrowed)["material-porcelain"] == 1


def test_what_is_held_in_the_readers_country_does_not_count(shelf: Cast) -> None:
    Product.objects.filter(slug="third-mug").update(held_in=["FR"])
    refresh()

    assert facets(get(SHELF, "FR"))["material-cork"] == 1
    assert "capacity-500-" not in facets(get(SHELF, "FR"))
    assert facets(get(SHELF))["material-cork"] == 2
    assert products(get(f"{SHELF}?attr=material:cork", "FR")) == {"second-mug"}


def test_chosen_filters_can_be_taken_away_and_stay_with_the_price(shelf: Cast) -> None:
    page = get(f"{SHELF}?attr=material:cork&min=1")

    assert "Material: Cork" in page
    assert '<input type="hidden" name="attr" value="material:cork">' in page


def test_a_damaged_filter_is_dropped(shelf: Cast) -> None:
    typed = ["material:cork", "material:gold", "nothing:here", "material", "capacity:1e9", "capacity:5-x", ":", "a:b" * 90,
             "material:cork'--", "dishwasher:maybe", "colour:red\x00", "capacity:500-"]  # fmt: skip
    address = QueryDict(mutable=True)
    address.setlist("attr", typed)

    filters = Filters.parse(address)

    assert filters.attributes == ("capacity:500-", "material:cork")
    assert filters.query() == "attr=capacity%3A500-&attr=material%3Acork"


def test_attributes_cost_a_category_page_no_query_and_a_narrowed_one_a_single_one(shelf: Cast) -> None:
    paths = {SHELF: 0, f"{SHELF}?attr=material:cork&attr=colour:blue&stock=1&max=900": 1}
    for path in paths:
        get(path)
    found = {}
    for path in paths:
        with counted() as counts:
            get(path)
        found[path] = counts.queries

    bare = min(found.values())
    assert {path: queries - bare for path, queries in found.items()} == paths


def test_what_is_no_longer_a_filter_is_gone_from_the_listings(shelf: Cast) -> None:
    row = Attribute.objects.get(code="material")
    row.is_filter = False
    row.save()

    changed = attributes.refresh_tokens(attribute=row)
    refresh()

    assert changed == 3
    assert not any(name.startswith("material") for name in facets(get(SHELF)))

"""The demo's goods say what their categories ask, in every language, and its clothes, shoes and rings have size charts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop
from pytest_django import Settings

from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    CategoryAttribute,
    Product,
    ProductAttributes,
    SizeChart,
)
from catalog.selectors.attributes import details_of, unanswered
from catalog.selectors.size_charts import page_details
from marketplace import demo_attributes
from marketplace.demo_catalogue import DemoCatalogue
from marketplace.kernel.region import Region

pytestmark = pytest.mark.django_db
COLUMNS = [f"name_{code.replace('-', '_')}" for code, _name in shop.LANGUAGES]
GERMAN, AMERICAN = Region("de", "DE", "EUR"), Region("en", "US", "USD")


@pytest.fixture
def demo(db: None, settings: Settings, tmp_path: Path) -> list[int]:
    settings.MEDIA_ROOT = tmp_path
    keys = DemoCatalogue().write()
    demo_attributes.write()
    return keys


def rows() -> list[Any]:
    models = (Attribute, AttributeChoice, CategoryAttribute, ProductAttributes, SizeChart, Category)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_every_listing_answers_what_it_has_to_in_every_language(demo: list[int]) -> None:
    assert unanswered(demo) == {}
    assert ProductAttributes.objects.count() == 68
    for model in (Attribute, AttributeChoice):
        assert [row for row in model._default_manager.values(*COLUMNS) if not all(row.values())] == []
    assert Category.objects.get(slug="t-shirts").default_hs_code == "610910"


def test_run_again_it_changes_nothing(demo: list[int]) -> None:
    before = rows()

    demo_attributes.write()

    assert rows() == before


def test_numbers_are_written_for_the_reader(demo: list[int]) -> None:
    kettle, bowl = (Product.objects.get(slug=slug).pk for slug in ("drip-kettle-900", "reed-rice-bowl"))

    german, american = details_of([kettle, bowl], GERMAN), details_of([kettle], AMERICAN)

    told = {code: value.replace("\xa0", " ") for _label, value, code in german[kettle]}
    assert told == {
        "material": "Edelstahl, Eiche", "colour": "Silber", "capacity": "900 ml", "diameter": "12 cm", "height": "14 cm",
        "item_weight": "620 g", "dishwasher": "Nein", "induction": "Ja",
    }  # fmt: skip
    assert german[bowl][0] == ("Material", "Porzellan", "material")
    assert {code: value for _label, value, code in american[kettle]}["diameter"] == "4.7 in (12 cm)"
    assert {code: value for _label, value, code in american[kettle]}["item_weight"] == "1.37 lb (620 g)"


def test_size_charts_follow_the_country_and_the_goods(demo: list[int]) -> None:
    shirt, shoes, necklace = (
        Product.objects.get(slug=slug).pk
        for slug in ("sailmaker-shirt", "lamu-canvas-shoes", "market-day-brass-necklace")
    )

    german, american = page_details(shirt, GERMAN)[1], page_details(shirt, AMERICAN)[1]
    japanese = page_details(shoes, Region("en", "JP", "JPY"))[1]

    assert german is not None
    assert german.sizes == ("46", "48", "50", "52")
    assert german.rows[-1].cells == ("53", "56", "59", "62")
    assert american is not None
    assert (american.heading, american.sizes) == ("US size", ("S", "M", "L", "XL"))
    assert american.rows[-1].label == "Width across the chest in inches"
    assert american.rows[-1].cells == ("20.9", "22", "23.2", "24.4")
    assert japanese is not None
    assert japanese.sizes[0] == "23.5"
    assert page_details(necklace, GERMAN)[1] is None

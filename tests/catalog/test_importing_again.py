"""A listing that comes again with other choices or other SKUs is the same listing, and each variant the same variant."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import Seller
from catalog.models import Option, OptionValue, StockLevel, Variant
from catalog.services import imports
from catalog.services.imports import import_feed
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.test_feed_formats import read
from tests.support.cast import Cast, seller

pytestmark = pytest.mark.django_db
HEAD = "handle,title,sku,option1_name,option1_value,option2_name,option2_value,price\n"
SHOPIFY = "Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Price"
MEDUSA = "Product Handle,Product Title,Variant Title,Variant Sku,Variant Manage Inventory,Variant Price USD"
RING = HEAD + "ren,Ring,RN-1,Colour,Red,,,10\nren,,RN-2,Colour,Blue,,,10\n"


@pytest.fixture
def trader(shop: Cast) -> Seller:
    return seller("harbour", "Harbour", "US", "USD")


def brought(of: Seller, text: str) -> Any:
    return import_feed(seller=of, feed=read(text)[1], fx=fx_table(clock.today()))


def on_sale(of: Seller) -> dict[str, tuple[int, str]]:
    """Key and choices of each variant on sale, by its SKU."""
    rows = Variant.objects.filter(seller=of, is_active=True).select_related("value1", "value2", "value3")
    return {
        row.sku: (row.pk, "/".join(value.code for value in (row.value1, row.value2, row.value3) if value))
        for row in rows
    }


@pytest.mark.parametrize(
    ("rows", "choices"),
    [
        ("ren,Ring,RN-1,Colour,Crimson,,,10\nren,,RN-2,Colour,Blue,,,10\n", ("Crimson", "Blue")),
        ("ren,Ring,RN-2,Colour,Red,,,10\nren,,RN-1,Colour,Blue,,,10\n", ("Blue", "Red")),
        ("ren,Ring,RN-1,Colour,Red,Size,S,10\nren,,RN-2,Colour,Blue,Size,S,10\n", ("Red/S", "Blue/S")),
    ],
    ids=["a choice is renamed", "SKUs change places", "a second option"],
)
def test_a_variant_stays_itself_by_its_sku_whatever_its_choices_become(
    trader: Seller, rows: str, choices: tuple[str, str]
) -> None:
    brought(trader, RING)
    before = on_sale(trader)

    found = brought(trader, HEAD + rows)

    assert (found.updated, [*found.errors]) == (1, [])
    expected = {sku: (before[sku][0], said) for sku, said in zip(("RN-1", "RN-2"), choices, strict=True)}
    assert on_sale(trader) == expected
    assert not brought(trader, RING).errors  # and back
    assert on_sale(trader) == before
    assert not OptionValue.objects.filter(code__contains="#").exists()
    assert Option.objects.filter(product__seller=trader).count() == 1


def test_a_choice_that_one_off_sale_has_goes_to_the_one_that_is_sold(trader: Seller) -> None:
    brought(trader, RING)
    keys = on_sale(trader)
    brought(trader, HEAD + "ren,Ring,RN-1,Colour,Red,,,10\n")

    found = brought(trader, HEAD + "ren,Ring,RN-1,Colour,Blue,,,10\n")

    assert not found.errors
    assert on_sale(trader) == {"RN-1": (keys["RN-1"][0], "Blue")}
    old = Variant.objects.get(sku="RN-2")
    assert not old.is_active and old.value1.code == f"Blue #{old.pk}"
    assert not brought(trader, RING).errors
    assert on_sale(trader) == keys


def test_a_variant_without_its_sku_is_known_by_its_choices(trader: Seller) -> None:
    brought(trader, RING)
    key = on_sale(trader)["RN-1"][0]

    assert not brought(trader, RING.replace("RN-1", "RN-9")).errors

    assert on_sale(trader)["RN-9"] == (key, "Red")


def test_only_what_has_changed_is_written(trader: Seller, django_assert_max_num_queries: Any) -> None:
    rows = "".join(f"h{number},Cup,S-{number},,,,,10\n" for number in range(40))
    brought(trader, HEAD + rows)
    StockLevel.objects.filter(variant__sku="S-1").update(on_hand=7)

    with django_assert_max_num_queries(60):
        found = brought(trader, HEAD + rows.replace(",10\n", ",11\n"))

    assert found.updated == 40
    assert StockLevel.objects.get(variant__sku="S-1").on_hand == 7


@pytest.mark.parametrize(
    ("first", "second", "pieces"),
    [
        ("sku,title,price,quantity\nC-1,Cup,10,3\n", "sku,title,price\nC-1,Cup,11\n", 3),
        ("sku,title,price,quantity\nC-1,Cup,10,3\n", "sku,title,price,quantity\nC-1,Cup,11,\n", 999),
        (f"{SHOPIFY},Variant Inventory Qty\ncup,Cup,C-1,shopify,10,4\n", f"{SHOPIFY}\ncup,Cup,C-1,shopify,11\n", 4),
        (f"{MEDUSA},Variant Inventory Quantity\ncup,Cup,C,C-1,TRUE,10,5\n", f"{MEDUSA}\ncup,Cup,C,C-1,TRUE,11\n", 5),
    ],
)  # fmt: skip
def test_a_file_without_a_column_of_pieces_leaves_them_as_they_are(
    trader: Seller, first: str, second: str, pieces: int
) -> None:
    brought(trader, first)

    found = brought(trader, second)

    assert (found.updated, [*found.errors]) == (1, [])
    variant = Variant.objects.get(seller=trader)
    assert (str(variant.price.amount), StockLevel.objects.get(variant=variant).on_hand) == ("11.0000", pieces)
    assert brought(trader, second).unchanged == 1


def test_what_the_database_says_is_for_us_alone(trader: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_options: Any) -> list[int]:
        raise IntegrityError('duplicate key value violates unique constraint "some_name"')

    monkeypatch.setattr(imports, "create_listings", refused)

    found = brought(trader, RING)

    assert found.rejected == 1
    assert "constraint" not in next(iter(found.errors)).reason
    assert "can't be stored" in next(iter(found.errors)).reason

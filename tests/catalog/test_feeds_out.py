"""Feeds for other places that sell: what they say, what they can't hold, and what is left out of them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from catalog.models import Product, ProductImage, Variant
from tests.support.cast import Cast, another_choice, fill_shelves

pytestmark = pytest.mark.django_db
G = "{http://base.google.com/ns/1.0}"


def exported(path: Path, **options: Any) -> tuple[bytes, str]:
    said = io.StringIO()
    call_command("export_listings", str(path), stderr=said, **options)
    return path.read_bytes(), said.getvalue()


def picture(*variants: Variant) -> None:
    for variant in variants:
        ProductImage.objects.create(product=variant.product, file=f"pictures/{variant.pk}.jpg")


def items(content: bytes) -> dict[str, ElementTree.Element]:
    return {item.findtext(f"{G}id", ""): item for item in ElementTree.fromstring(content).iter("item")}


def test_a_feed_for_google_has_the_price_of_the_country_and_what_lands_at_the_door(shop: Cast, tmp_path: Path) -> None:
    """T-shirt of CNY 77.00 at 7.70: EUR 10.00; in Germany with freight, duty and tax as the product page says."""
    picture(shop.tshirt)

    tshirt = items(exported(tmp_path / "f.xml", format="google", country="DE", language="de")[0])[str(shop.tshirt.pk)]

    assert tshirt.findtext(f"{G}title") == "T-Shirt mit Drachen"
    assert tshirt.findtext(f"{G}price") == "10.00 EUR"
    assert tshirt.findtext(f"{G}link", "").endswith("/de/product/kite-t-shirt/")
    shipping = tshirt.find(f"{G}shipping")
    assert shipping is not None
    assert shipping.findtext(f"{G}country") == "DE"
    landed = Decimal(tshirt.findtext(f"{G}custom_label_0", "0").removesuffix(" EUR"))
    freight = Decimal((shipping.findtext(f"{G}price") or "").removesuffix(" EUR"))
    assert landed > Decimal(10) + freight


def test_a_feed_for_facebook_is_a_table_in_the_language_of_its_readers(shop: Cast, tmp_path: Path) -> None:
    picture(shop.mug)

    table, _said = exported(tmp_path / "f.csv", format="facebook", country="SA", language="ar", currency="USD")

    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table.decode()))}
    mug = rows[str(shop.mug.pk)]
    assert (mug["title"], mug["price"], mug["availability"]) == ("كوب الطائرة الورقية", "22.00 USD", "in stock")


def test_what_two_sellers_call_the_same_has_two_keys_and_they_are_short(shop: Cast, tmp_path: Path) -> None:
    other = another_choice(shop.mug, "Size", "S", "L", "160.00", 3)
    Variant.objects.filter(pk__in=[shop.mug.pk, shop.notebook.pk]).update(sku="CUP-" + "1" * 100)
    Product.objects.filter(pk=shop.mug.product_id).update(slug="cup-" * 25 + "x")
    picture(shop.mug, shop.notebook)
    fill_shelves()

    found = items(exported(tmp_path / "f.xml", format="google", country="DE", language="en")[0])

    assert {*found} == {str(shop.mug.pk), str(other.pk), str(shop.notebook.pk)}
    assert {item.findtext(f"{G}item_group_id", "") for item in found.values()} == {str(shop.mug.product_id), ""}


@pytest.mark.parametrize("format", ["google", "facebook"])
def test_what_has_no_picture_is_left_out_and_counted(shop: Cast, tmp_path: Path, format: str) -> None:
    picture(shop.tshirt)

    content, said = exported(tmp_path / "f", format=format, country="DE")

    assert b"Kite mug" not in content and b"Kite T-shirt" in content
    assert said.strip() == "1 listings; 2 left out that have no picture"


def test_letters_that_xml_can_not_hold_are_left_out(shop: Cast, tmp_path: Path) -> None:
    Product.objects.filter(pk=shop.mug.product_id).update(name_en="Mug \ufffe\uffff\x0b\x01of the day")
    picture(shop.mug)

    found = items(exported(tmp_path / "f.xml", format="google", country="DE", language="en")[0])

    assert found[str(shop.mug.pk)].findtext(f"{G}title") == "Mug of the day"

"""Our own table holds a seller's listings whole: brought into a shop that has none of them, they are the same."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from moneyed import Money

from accounts.models import Seller
from catalog.exports import own
from catalog.models import (
    Category,
    CategoryAttribute,
    MarketPrice,
    PriceTier,
    Product,
    ProductAttributes,
    ProductImage,
    Variant,
)
from catalog.services.import_known import _markup
from tests.catalog.test_attribute_filters import attribute
from tests.catalog.test_exporting import SAMPLE_FILES, SAMPLES, exported, imported
from tests.support.cast import Cast, seller

pytestmark = pytest.mark.django_db
TEXTS = ("name_en", "name_de", "name_ar", "name_zh_hans")
BODIES = ("description_en", "description_de", "description_fr", "description_zh_hans")
TERMS = ("lead_days", "available_on", "order_limit", "low_stock_at")
FULL = (
    "handle,title,title_de,title_ar,title_zh-hans,description,description_de,description_fr,brand,category,status,sku,gtin,"
    "option1_name,option1_value,option2_name,option2_value,option3_name,option3_value,price,compare_at,currency,quantity,"
    "weight,hs_code,origin,images,attribute_glaze,attribute_glaze_de\n"
    "cup,''=5 cups,Tasse,كوب,杯子,<p>One</p>,<p>Eins</p>,<p>Un</p>,-brand,rings-2,live,'-CUP,4006381333931,"
    "Size,'+S,Colour,Red,Rim,'=,12.50,15.00,EUR,3,250,691200,PT,https://a.example/1.jpg|https://a.example/2.jpg,"
    "Celadon,Seladon\n"
    "cup,,,,,,,,,,,,,Size,L,Colour,Red,Rim,'=,13.00,,EUR,0,,,,,,\n"
    "jug,Jug,,,,,<p>Nur Deutsch</p>,,,rings,draft,JUG-1,,,,,,,,1300,,JPY,7,90,,,,,\n"
    "old,'til dawn,,,,,,,,,archived,,,,,,,,,9.99,,USD,1,,,,,,\n"
)


@pytest.fixture
def trader(shop: Cast) -> Seller:
    return seller("harbour", "Harbour", "US", "USD")


@pytest.fixture
def newcomer(shop: Cast) -> Seller:
    return seller("newcomer", "Newcomer", "US", "USD")


def facts(of: Seller) -> dict[str, Any]:
    """All that our table has columns for, by handle; without keys, moments and addresses in the shop."""
    found = {}
    for product in Product.objects.filter(seller=of).select_related("category"):
        held = ProductAttributes.objects.filter(product=product).first()
        found[product.handle] = {
            **{name: getattr(product, name) or "" for name in ("brand_name", "hs_code", "origin", "status", *TEXTS)},
            **{name: _markup(getattr(product, name)) for name in BODIES},
            "category": product.category.slug,
            "answers": held.given if held is not None else {},
            "options": [option.name_en for option in product.options.all()],
            "images": list(product.images.values_list("source_url", "alt_en", "alt_de", "alt_zh_hans")),
            "variants": [_variant(variant) for variant in product.variants.filter(is_active=True)],
        }
    return found


def _variant(variant: Variant) -> dict[str, Any]:
    values = (variant.value1, variant.value2, variant.value3)
    return {
        **{name: getattr(variant, name) for name in ("sku", "gtin", "price", "compare_at", "weight_grams", *TERMS)},
        "choices": [value.code for value in values if value],
        "on_hand": sum(level.on_hand for level in variant.stock_levels.all()),
        "markets": list(variant.market_prices.values_list("country", "price", "price_currency", "compare_at")),
        "tiers": list(variant.price_tiers.values_list("from_quantity", "price")),
    }


@pytest.fixture
def full(trader: Seller, tmp_path: Path) -> Seller:
    """The seller has listings that leave no column empty, one in the second of two categories with the same name."""
    first = Category.add_root(slug="rings", name_en="Rings")
    Category.add_root(slug="rings-2", name_en="Rings", taxonomy_id="aa-1")
    glaze = attribute("glaze", "text")
    for shelf in Category.objects.all():
        CategoryAttribute.objects.get_or_create(category=shelf, attribute=glaze)
    (tmp_path / "full.csv").write_text(FULL, encoding="utf-8")
    counts = imported(tmp_path / "full.csv", trader)
    assert (counts["created"], counts["errors"]) == (3, [])
    small, large = Variant.objects.filter(product__handle="cup").order_by("position")
    jug = Variant.objects.get(sku="JUG-1")
    MarketPrice.objects.create(variant=small, price=Money("14.00", "USD"), compare_at=Decimal("16.00"))
    MarketPrice.objects.create(variant=small, country="DE", price=Money("11.90", "EUR"))
    MarketPrice.objects.create(variant=large, country="DE", price=Money("15.00", "USD"))
    MarketPrice.objects.create(variant=jug, country="JP", price=Money("1200", "JPY"), compare_at=Decimal("1250"))
    PriceTier.objects.create(variant=small, from_quantity=10, price=Decimal("11.00"))
    PriceTier.objects.create(variant=jug, from_quantity=20_000, price=Decimal("900"))
    Variant.objects.filter(pk=small.pk).update(lead_days=14, order_limit=30, low_stock_at=2)
    Variant.objects.filter(pk=jug.pk).update(available_on=date(2027, 3, 1))
    ProductImage.objects.filter(source_url__endswith="2.jpg").update(
        alt_en="=A red rim", alt_de="Ein roter Rand", state=ProductImage.State.FAILED
    )
    assert Product.objects.filter(category=first).get().handle == "jug"
    return trader


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_listings_in_every_column_are_the_same_in_a_shop_that_had_none(
    full: Seller, newcomer: Seller, format: str, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{format}"
    exported(path, full.slug, format=format)

    counts = imported(path, newcomer)

    assert (counts["created"], counts["rejected"], counts["remarks"]) == (3, 0, [])
    assert facts(newcomer) == facts(full)
    again = imported(path, full)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)


def test_no_column_of_our_table_is_left_untried(full: Seller, tmp_path: Path) -> None:
    table = exported(tmp_path / "out.csv", full.slug).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(table)))
    used = {name for row in rows for name, cell in row.items() if cell}
    translated = {
        f"{field}_{code}" for field in ("title", "description") for code in ("fr", "es", "ar", "ja", "zh-hans")
    }
    assert {*own.COLUMNS} - translated <= used
    assert {"price_usd", "compare_at_usd", "price_de_eur", "price_de_usd", "price_jp_jpy", "price_from_10", "price_from_20000",
            "lead_days", "available_on", "order_limit", "low_stock_at", "image2_alt", "image2_alt_de"} <= used  # fmt: skip


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_the_sample_files_are_the_same_in_a_shop_that_had_none(
    name: str, trader: Seller, newcomer: Seller, tmp_path: Path
) -> None:
    imported(SAMPLES / name, trader)
    exported(tmp_path / "out.csv", trader.slug)

    counts = imported(tmp_path / "out.csv", newcomer)

    assert counts["rejected"] == 0
    assert facts(newcomer) == facts(trader)


def test_what_changes_in_the_table_changes_in_the_shop_and_an_empty_cell_takes_back(
    full: Seller, tmp_path: Path
) -> None:
    table = list(csv.DictReader(io.StringIO(exported(tmp_path / "out.csv", full.slug).decode("utf-8-sig"))))
    table[0] |= {"price_usd": "14.50", "price_de_eur": "", "price_from_10": "", "lead_days": "", "available_on": "2027-02-01",
                 "order_limit": "", "image2_alt": "A blue rim", "compare_at_usd": ""}  # fmt: skip
    with (tmp_path / "back.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [*table[0]])
        writer.writeheader()
        writer.writerows(table)

    counts = imported(tmp_path / "back.csv", full)

    assert (counts["updated"], counts["unchanged"], counts["errors"]) == (1, 2, [])
    cup = facts(full)["cup"]
    small, large = cup["variants"]
    assert small["markets"] == [("", Decimal("14.5"), "USD", None)]
    assert (small["tiers"], small["lead_days"], small["available_on"]) == ([], None, date(2027, 2, 1))
    assert large["markets"] == [("DE", Decimal("15"), "USD", None)]
    assert cup["images"][1][1:3] == ("A blue rim", "Ein roter Rand")


def test_a_table_without_these_columns_leaves_what_they_say(full: Seller, tmp_path: Path) -> None:
    before = facts(full)["cup"]["variants"][0]
    (tmp_path / "few.csv").write_text(FULL.replace("12.50,15.00", "12.75,15.00"), encoding="utf-8")

    assert imported(tmp_path / "few.csv", full)["updated"] == 1

    after = facts(full)["cup"]["variants"][0]
    assert after == before | {"price": Money("12.75", "EUR")}


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("price_eur", "dear", "“dear” is not a price."),
        ("price_from_5", "0", "“0” is not a price."),
        ("lead_days", "400", "Give a number of days from 1 to 365."),
        ("low_stock_at", "few", "“few” is not a whole number."),
        ("available_on", "soon", "“soon” is not a day: write it as 2027-01-31."),
        ("available_on", "9999-12-31", "A pre-order has to be sent within two years."),
    ],
)
def test_what_can_not_be_holds_the_listing_back(
    trader: Seller, tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    (tmp_path / "in.csv").write_text(f"title,price,{column}\nCup,10,{cell}\n")

    counts = imported(tmp_path / "in.csv", trader)

    assert (counts["created"], [error["reason"] for error in counts["errors"]]) == (0, [reason])


def test_a_bundle_is_not_made_to_order(trader: Seller, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("title,price,sku,lead_days,bundle_parts\nCup,10,CUP,14,\nSet,20,SET,14,2 × CUP\n")

    counts = imported(tmp_path / "in.csv", trader)

    reasons = [(error["line"], error["reason"]) for error in counts["errors"]]
    assert (counts["created"], reasons) == (1, [(3, "A bundle is sold from the stock of its parts, not to order.")])


def test_a_text_that_no_cell_of_excel_holds_is_refused_by_the_name_of_its_listing(
    trader: Seller, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text(f"title,description,price\nLong story,{'word ' * 7000},10\n")
    imported(tmp_path / "in.csv", trader)

    with pytest.raises(CommandError, match="“Long story” has a text that is longer than a cell of Excel can be"):
        exported(tmp_path / "out.xlsx", trader.slug, format="xlsx")

    assert not (tmp_path / "out.xlsx").exists()
    assert b"word word" in exported(tmp_path / "out.csv", trader.slug)


def test_letters_that_a_workbook_can_not_hold_are_left_out_of_it(trader: Seller, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("title,price\nCup,10\n")
    imported(tmp_path / "in.csv", trader)
    Product.objects.filter(seller=trader).update(name_en="Cup\x0b\x01 of\ufffe clay")

    exported(tmp_path / "out.xlsx", trader.slug, format="xlsx")

    assert imported(tmp_path / "out.xlsx", trader)["errors"] == []
    assert Product.objects.get(seller=trader).name_en == "Cup of clay"

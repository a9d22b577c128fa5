"""Importing listings through the command: what a seller's file becomes in the shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Seller
from catalog import tasks
from catalog.models import Category, Product, ProductImage, StockLevel, Variant
from catalog.services import screening
from tests.catalog.test_shopify_feed import HEADER, PLAIN, row
from tests.support.cast import Cast
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "feeds" / "shopify-official"
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def seller() -> Seller:
    call_command("load_rates", stdout=StringIO())
    return Seller.objects.create(
        slug="harbour", name="Harbour", legal_name="Harbour Ltd", home_country="JP", settlement_currency="JPY",
        city="Onomichi", street_address="1 Quay", status=Seller.Status.APPROVED,
    )  # fmt: skip


@pytest.fixture
def import_rows(seller: Seller, tmp_path: Path) -> Import:
    def run(*rows: str, **options: Any) -> dict[str, Any]:
        path = tmp_path / "feed.csv"
        path.write_text("\r\n".join([HEADER, *rows]) + "\r\n", encoding="utf-8", newline="")
        return import_file(seller, path, **options)

    return run


def import_file(seller: Seller, path: Path, **options: Any) -> dict[str, Any]:
    return answered(path, seller=seller.slug, format="shopify", **({"currency": "USD"} | options))


SHIRT = [
    row(handle="shirt", title="Shirt", option1_name="Size", option1_value="S", variant_price="60", variant_sku="SH-S",
        variant_inventory_tracker="shopify", variant_inventory_qty="4"),
    row(handle="shirt", option1_value="M", variant_price="65", variant_sku="SH-M",
        image_src="https://pictures.example/m.jpg"),
]  # fmt: skip


def test_the_words_of_the_listings_are_gathered_after_a_change_alone(
    import_rows: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(tasks.refresh_search_terms, "delay", lambda: gathered.append("by a worker"))

    import_rows(*SHIRT, dry_run=True)
    assert gathered == []
    import_rows(*SHIRT)
    import_rows(*SHIRT)

    assert gathered == ["by a worker"]


def test_a_listing_is_on_sale_after_the_import_and_its_screening(import_rows: Import, seller: Seller) -> None:
    counts = import_rows(*SHIRT)

    assert counts == {
        "products": 1,
        "variants": 2,
        "images": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "language": "en",
        "errors": [],
        "remarks": [],
    }
    product = Product.objects.get()
    assert (product.name_en, product.status, product.in_stock) == ("Shirt", Product.Status.LIVE, True)
    assert str(product.card_price) == "$60.00"
    assert [(v.sku, v.value1.code, v.price.amount) for v in product.variants.select_related("value1")] == [
        ("SH-S", "S", 60),
        ("SH-M", "M", 65),
    ]
    assert list(StockLevel.objects.order_by("id").values_list("on_hand", "warehouse__country")) == [
        (4, "JP"),
        (999, "JP"),
    ]
    assert ProductImage.objects.get().state == ProductImage.State.QUEUED
    assert Category.objects.get(slug="more-finds").name_de
    assert not product.placements.exists()  # nobody has screened it yet
    screening.screen_waiting()
    assert product.placements.count() == 1
    assert Category.objects.get(slug="more-finds").facets["total"] == 1


def test_a_second_run_changes_nothing(import_rows: Import) -> None:
    import_rows(*SHIRT)
    StockLevel.objects.filter(variant__sku="SH-S").update(on_hand=1)

    counts = import_rows(*SHIRT)

    assert (counts["created"], counts["updated"], counts["unchanged"]) == (0, 0, 1)
    assert StockLevel.objects.get(variant__sku="SH-S").on_hand == 1


def test_a_changed_listing_is_updated_and_what_it_lost_goes_off_sale(import_rows: Import) -> None:
    import_rows(*SHIRT)

    counts = import_rows(SHIRT[0].replace('"60"', '"55"'), row(handle="shirt", option1_value="L", variant_price="70"))

    assert (counts["created"], counts["updated"]) == (0, 1)
    found = Variant.objects.order_by("id").values_list("value1__code", "price", "is_active")
    assert [(code, int(price), active) for code, price, active in found] == [
        ("S", 55, True),
        ("M", 65, False),
        ("L", 70, True),
    ]
    assert list(Variant.objects.get(sku="SH-S").price_changes.values_list("price", flat=True)) == [55, 60]


def test_a_bad_listing_is_reported_and_the_rest_goes_in(import_rows: Import) -> None:
    counts = import_rows(row(**PLAIN | {"variant_price": "?"}), *SHIRT)

    assert (counts["created"], counts["rejected"]) == (1, 1)
    assert counts["errors"] == [
        {"line": 2, "handle": "pot", "reason": "“?” is not a price.", "field": "variant price", "value": "?"}
    ]


def test_a_number_that_belongs_to_another_listing_is_refused(import_rows: Import) -> None:
    import_rows(*SHIRT)

    counts = import_rows(row(**PLAIN, variant_sku="SH-S"))

    assert counts["errors"] == [
        {"line": 2, "handle": "pot", "reason": "The SKU “SH-S” belongs to the listing “shirt”.",
         "field": "sku", "value": "SH-S"}
    ]  # fmt: skip
    assert Product.objects.count() == 1


def test_what_only_the_database_refuses_is_reported_alone(import_rows: Import) -> None:
    counts = import_rows(
        row(**PLAIN | {"variant_price": "1"}, variant_grams="9999999"),
        row(**PLAIN | {"handle": "huge", "variant_price": "999999999999.99"}),
    )

    assert counts["created"] + counts["rejected"] == 2


def test_the_same_number_and_handle_of_two_sellers_do_not_meet(
    import_rows: Import, seller: Seller, tmp_path: Path
) -> None:
    import_rows(*SHIRT)
    rival = Seller.objects.create(
        slug="rival", name="Rival", legal_name="Rival", home_country="DE", settlement_currency="EUR", status="approved"
    )

    counts = import_file(rival, tmp_path / "feed.csv")

    assert counts["created"] == 1
    assert Product.objects.filter(seller=seller).count() == Product.objects.filter(seller=rival).count() == 1
    assert len(set(Product.objects.values_list("slug", flat=True))) == 2


def test_a_dry_run_counts_and_writes_nothing(import_rows: Import) -> None:
    counts = import_rows(*SHIRT, dry_run=True)

    assert counts["created"] == 1
    assert Product.objects.count() == Variant.objects.count() == Category.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"currency": "XXQ"}, "'XXQ' is not an ISO 4217 currency."),
        ({"currency": "XAF"}, "There is no exchange rate for XAF."),
    ],
)
def test_a_wrong_currency_ends_with_a_sentence(import_rows: Import, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        import_rows(*SHIRT, **options)


def test_a_file_in_another_encoding_ends_with_a_sentence(seller: Seller, tmp_path: Path) -> None:
    path = tmp_path / "lamps.csv"
    path.write_bytes((HEADER + "\r\n" + row(**PLAIN | {"title": "桌上型檯燈，可調節亮度"}) + "\r\n").encode("big5"))

    with pytest.raises(CommandError, match="it is damaged or in an encoding that we don't know"):
        import_file(seller, path)
    assert Product.objects.count() == 0


@pytest.mark.skipif(not SAMPLES.exists(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("name", "products", "variants", "images"),
    [
        ("apparel", 20, 22, 20),
        ("home-and-garden", 20, 21, 21),
        ("jewelery", 20, 23, 41),
        ("packt-product-data", 20, 21, 21),
    ],
)
def test_real_files_go_in_whole_and_twice_changes_nothing(
    seller: Seller, name: str, products: int, variants: int, images: int
) -> None:
    first = import_file(seller, SAMPLES / f"{name}.csv")
    again = import_file(seller, SAMPLES / f"{name}.csv")

    assert (first["created"], first["variants"], first["images"], first["rejected"]) == (products, variants, images, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, products)
    assert Product.objects.filter(status="live", card_price__isnull=False).count() == products


def test_a_file_of_another_shop_is_recognised_and_its_texts_in_other_languages_follow(
    seller: Seller, tmp_path: Path
) -> None:
    products, texts = tmp_path / "a.csv", tmp_path / "b.csv"
    products.write_text("slug,sku,name,price,currency\nkettle,K-1,Kettle,89.99,USD\n")
    texts.write_text("slug,locale,name,description\nkettle,de,Wasserkocher,Kocht\nlid,de,Deckel,\n")

    def imported(path: Path) -> dict[str, Any]:
        out = StringIO()
        call_command("import_listings", str(path), seller=seller.slug, json=True, stdout=out)
        return json.loads(out.getvalue())  # type: ignore[no-any-return]

    first, second, again = imported(products), imported(texts), imported(texts)

    assert (first["created"], first["rejected"]) == (1, 0)
    assert (second["updated"], [error["reason"] for error in second["errors"]]) == (
        1, ["There is no listing with this handle yet."],
    )  # fmt: skip
    assert (again["updated"], again["unchanged"]) == (0, 1)
    kettle = Product.objects.get(seller=seller, handle="kettle")
    assert (kettle.name_de, kettle.description_de, kettle.name_en) == ("Wasserkocher", "Kocht", "Kettle")


def test_a_mapping_names_the_columns_of_a_plain_table(seller: Seller, tmp_path: Path) -> None:
    table, mapping = tmp_path / "a.csv", tmp_path / "m.json"
    table.write_text("Was;EUR;Ursprung;Zoll\nTasche;10;IT;4202.21\n")
    mapping.write_text('{"title": "Was", "price": "EUR", "origin": "Ursprung", "hs_code": "Zoll"}')

    call_command("import_listings", str(table), seller=seller.slug, mapping=mapping, currency="EUR")

    bag = Product.objects.get(seller=seller)
    assert (bag.name_en, bag.origin, bag.hs_code) == ("Tasche", "IT", "420221")


@pytest.mark.parametrize("content", ["[]", "{", '{"title": 1}'])
def test_a_mapping_that_is_none_writes_nothing(seller: Seller, tmp_path: Path, content: str) -> None:
    table, mapping = tmp_path / "a.csv", tmp_path / "m.json"
    table.write_text("title,price\nTasche,10\n")
    mapping.write_text(content)

    with pytest.raises(CommandError):
        call_command("import_listings", str(table), seller=seller.slug, mapping=mapping)

    assert not Product.objects.filter(seller=seller).exists()


def test_a_category_that_nobody_knows_is_said_once_and_one_in_another_language_is_found(
    shop: Cast, tmp_path: Path
) -> None:
    mugs = Category.objects.get(slug="everything").add_child(slug="mugs", name_en="Mugs", name_de="Becher")
    file = tmp_path / "f.csv"
    file.write_text("handle,title,category,price\na,A,Gadgets,1\nb,B,Gadgets,1\nc,C,becher,1\nd,D,,1\n")

    for dry_run in (True, False):
        result = answered(file, seller="paper-kite", dry_run=dry_run)
        reason = "No category of this shop is called “Gadgets”: its listings stand under “More finds”."
        assert result["remarks"] == [{"line": 2, "handle": "a", "reason": reason}]

    assert Product.objects.get(handle="c").category == mugs
    assert set(Product.objects.filter(handle__in="abd").values_list("category__slug", flat=True)) == {"more-finds"}
    assert answered(file, seller="paper-kite")["remarks"] == []

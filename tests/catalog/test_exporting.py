"""Listings that leave the shop: the table that the importer reads back unchanged, and feeds for other places."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Seller
from catalog.models import Product, Variant
from tests.catalog.test_feed_formats import AMAZON, BAGISTO, GOOGLE_TSV, GOOGLE_XML, MEDUSA, SPREE, WOO
from tests.support.cast import Cast, seller
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "feeds"
PLAIN = (
    "handle,title,title_de,description,price,option1_name,option1_value,quantity,weight,hs_code,origin,status\n"
    "cup,=SUM(1),Tasse & mehr,One &lt; two,12.50,Size,+S,3,250,6912.00,PT,live\ncup,,,,13,Size,@L,0,,,,\n"
    "old,Old,,<p>Gone</p>,1,,,,,,,draft\n"
)
FILES = {"woo": WOO, "medusa": MEDUSA, "spree": SPREE, "bagisto": BAGISTO, "google.tsv": GOOGLE_TSV,
         "google.xml": GOOGLE_XML, "amazon": AMAZON, "plain": PLAIN}  # fmt: skip
SAMPLE_FILES = (
    "bagisto/sample_products.csv", "bagisto/sample_products.xlsx", "medusa/exported-products-comma.csv",
    "shopify-official/apparel.csv", "shopify-official/home-and-garden.csv", "shopify-official/jewelery.csv",
    "shopify-official/packt-product-data.csv", "spree/products.csv", "spree/spec_products_import.csv",
    "woocommerce/sample_products.csv", "woocommerce/sample_products.classic-commerce.csv",
    "woocommerce/importer_unittest_sample.csv",
)  # fmt: skip


def imported(path: Path, of: Seller) -> dict[str, Any]:
    return answered(path, seller=of.slug, currency="EUR" if path.name == "medusa" else "USD")


def exported(path: Path, of: str = "", **options: Any) -> bytes:
    call_command("export_listings", str(path), seller=of, stderr=io.StringIO(), **options)
    return path.read_bytes()


def state(of: Seller) -> list[Any]:
    """Everything that an import writes."""
    variants = Variant.objects.filter(seller=of).order_by("pk")
    rows = variants.values("pk", "sku", "gtin", "price", "price_currency", "compare_at", "weight_grams", "is_active",
                           "stock_levels__on_hand", "value1__name_en", "value2__name_en", "product__images__source_url")  # fmt: skip
    products = Product.objects.filter(seller=of).order_by("pk")
    texts = products.values("pk", "handle", "name_en", "name_de", "description_en", "status", "category", "hs_code",
                            "origin", "brand_name", "updated_at")  # fmt: skip
    return [*rows, *texts]


@pytest.fixture
def trader(shop: Cast) -> Seller:
    return seller("harbour", "Harbour", "US", "USD")


def round_trip(file: Path, trader: Seller, folder: Path, format: str) -> tuple[object, object]:
    """What the shop has after a file came in, and after its own table of that went out and came in: state and counts."""
    first = imported(file, trader)
    before = state(trader), {"created": 0, "updated": 0, "rejected": 0, "errors": [], "unchanged": first["created"]}

    exported(folder / f"out.{format}", trader.slug, format=format)
    again = imported(folder / f"out.{format}", trader)

    return before, (state(trader), {name: again[name] for name in before[1]})


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("name", FILES)
def test_what_was_imported_goes_out_and_comes_back_unchanged(
    name: str, format: str, trader: Seller, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(FILES[name])

    before, after = round_trip(file, trader, tmp_path, format)

    assert Product.objects.filter(seller=trader).exists()
    assert after == before


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_the_sample_files_go_out_and_come_back_unchanged(name: str, trader: Seller, tmp_path: Path) -> None:
    before, after = round_trip(SAMPLES / name, trader, tmp_path, "csv")

    assert Product.objects.filter(seller=trader).exists()
    assert after == before


def test_a_change_in_the_exported_table_is_the_only_change(trader: Seller, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(WOO)
    imported(tmp_path / "in.csv", trader)
    table = exported(tmp_path / "out.csv", trader.slug).decode("utf-8-sig").replace("16.00,18.00", "15.00,18.00")
    (tmp_path / "back.csv").write_text(table)

    counts = imported(tmp_path / "back.csv", trader)

    assert (counts["updated"], counts["unchanged"]) == (1, 1)
    assert Variant.objects.get(sku="CAP").price.amount == 15


def test_nothing_in_the_table_is_a_formula(trader: Seller, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(PLAIN)
    imported(tmp_path / "in.csv", trader)

    table = exported(tmp_path / "out.csv", trader.slug).decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {"'=SUM(1)", "'+S", "'@L"} <= set(cells)


def test_only_the_seller_s_own_listings_are_in_the_table(trader: Seller, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(PLAIN)
    imported(tmp_path / "in.csv", trader)

    table = exported(tmp_path / "out.csv", trader.slug).decode()

    assert "cup" in table
    assert "kite" not in table


@pytest.mark.parametrize(
    "options",
    [{"seller": "nobody"}, {"country": "D1"}, {"language": "xx"}, {"currency": "XXX"}],
)
def test_a_wrong_wish_ends_with_a_sentence_and_writes_nothing(
    options: dict[str, str], tmp_path: Path, shop: Cast
) -> None:
    with pytest.raises(CommandError):
        call_command("export_listings", str(tmp_path / "f"), format="google", **options)

    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_ends_of_lines_and_signs_of_comparison_go_out_and_come_back_unchanged(
    format: str, trader: Seller, tmp_path: Path
) -> None:
    """A workbook knows one end of a line, and "t<boiling" is no tag."""
    file = tmp_path / "in.csv"
    lines = 'handle,title,description,price,option1_name,option1_value\r\ncup,Cup,"Use if t<boiling.\r\nMore",5,Rim,"One\r\nline"\r\n'
    file.write_bytes((lines + 'cup,,,6,Rim,"One\rtwo"\r\nlid,Lid,"\r\n=1+1 < 3\r\n\r\nMore",5,,\r\n').encode())

    before, after = round_trip(file, trader, tmp_path, format)

    assert after == before
    texts = dict(Product.objects.filter(seller=trader).values_list("handle", "description_en"))
    assert texts == {
        "cup": "<p>Use if t&lt;boiling.<br>More</p>",
        "lid": "<p>=1+1 &lt; 3</p><p>More</p>",
    }

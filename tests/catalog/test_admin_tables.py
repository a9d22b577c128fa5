"""Listings, prices and stock as CSV and XLSX: out and in again, each seller within their own rows."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from catalog.admin import tables
from catalog.models import Category, Product, StockLevel, Variant
from tests.catalog.admin_stage import Stage

pytestmark = pytest.mark.django_db
CSV, XLSX = "0", "1"


def take_out(on_stage: Stage, table: str, format_: str = CSV) -> bytes:
    answer = on_stage.client.post(f"/admin/catalog/{table}/export/", {"format": format_, "resource": "0"})
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def put_in(on_stage: Stage, table: str, content: bytes, format_: str = CSV) -> str:
    """Uploads a table and confirms the preview; the text of the last page."""
    file = SimpleUploadedFile("table", content)
    answer = on_stage.client.post(
        f"/admin/catalog/{table}/import/", {"format": format_, "resource": "0", "import_file": file}
    )
    shown = answer.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    if "import_file_name" not in hidden:
        return shown
    done = on_stage.client.post(f"/admin/catalog/{table}/process_import/", hidden, follow=True)
    return done.content.decode()  # type: ignore[no-any-return]


def test_what_went_out_comes_in_again_and_changes_nothing(on_stage: Stage) -> None:
    for table, model in (("product", Product), ("variant", Variant), ("stocklevel", StockLevel)):
        before = list(model.objects.order_by("pk").values())

        for format_ in (CSV, XLSX):
            shown = put_in(on_stage, table, take_out(on_stage, table, format_), format_)
            assert "Import finished: 0 new, 0 updated" in shown, table

        after = list(model.objects.order_by("pk").values())
        assert after == before


def test_a_table_holds_the_sellers_rows_alone(on_stage: Stage) -> None:
    text = take_out(on_stage, "variant").decode("utf-8-sig")

    assert "KITE-MUG" in text
    assert "154" in text  # a price is a number beside its currency
    assert "MORNING-NOTEBOOK" not in text


def test_prices_and_stock_come_in_by_sku(on_stage: Stage, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        shown = put_in(on_stage, "variant", b"sku,price,compare_at\nKITE-MUG,140.50,160\n")
        put_in(on_stage, "stocklevel", f"sku,warehouse,on_hand\nKITE-MUG,{on_stage.warehouse.code},12\n".encode())

    assert "1 updated" in shown
    mug = Variant.objects.get(sku="KITE-MUG")
    assert (mug.price.amount, mug.price_currency, mug.compare_at) == (Decimal("140.5"), "CNY", Decimal(160))
    assert StockLevel.objects.get(variant=mug).on_hand == 12
    mug.product.refresh_from_db()
    assert mug.product.card_price.amount == Decimal("140.5")


def test_a_new_listing_comes_in_as_a_clean_draft(on_stage: Stage) -> None:
    shelf = Category.objects.get().slug
    rows = f"handle,category,name_en,name_de,description_en\nfan,{shelf},Fan,Fächer,<p onclick=x>Cool</p>\n"

    put_in(on_stage, "product", rows.encode())

    fan = Product.objects.get(handle="fan")
    assert (fan.seller, fan.status, fan.slug, fan.name_de) == (on_stage.seller, "draft", "fan", "Fächer")
    assert fan.description_en == "<p>Cool</p>"


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("variant", "sku,price\nMORNING-NOTEBOOK,1\n"),
        ("variant", "seller,sku,price\nasagiri,MORNING-NOTEBOOK,1\n"),
        ("product", "seller,handle,category,name_en\nasagiri,morning-notebook,everything,Stolen\n"),
        ("product", "seller,handle,category,name_en\nasagiri,new-one,everything,Stolen\n"),
        ("stocklevel", "sku,warehouse,on_hand\nMORNING-NOTEBOOK,{theirs},0\n"),
        ("stocklevel", "sku,warehouse,on_hand\nKITE-MUG,{theirs},0\n"),
    ],
)
def test_no_table_reaches_the_rows_of_another_seller(table: str, rows: str, on_stage: Stage) -> None:
    theirs = StockLevel.objects.get(variant=on_stage.notebook).warehouse.code
    models = (Product, Variant, StockLevel)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    shown = put_in(on_stage, table, rows.format(theirs=theirs).encode())

    assert "Import finished" not in shown
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        ("variant", "sku,price\nKITE-MUG,dear\n", "“dear” is not a number."),
        ("variant", "sku,price\nKITE-MUG,NaN\n", "This is not a price in CNY."),
        ("variant", "sku,price\nKITE-MUG,-3\n", "This is not a price in CNY."),
        ("variant", "sku,price\nKITE-MUG,1.005\n", "This is not a price in CNY."),
        ("variant", "sku,price,currency\nKITE-MUG,10,EUR\n", "The currency of a variant is not changed by a table."),
        ("variant", "price\n10\n", "The table lacks the columns sku."),
        ("stocklevel", "sku,warehouse,on_hand\nKITE-MUG,{ours},-1\n", "This is not a number of pieces."),
        ("stocklevel", "sku,warehouse,on_hand\nKITE-MUG,{ours},2\n", "3 pieces are promised to orders already."),
        ("product", "handle,category,name_en\nkite-mug,nowhere,Mug\n", "There is no “nowhere” among the choices"),
        (
            "product",
            "handle,category,name_en,hs_code\nkite-mug,everything,Mug,12\n",
            "An HS code has six to ten digits.",
        ),
        (
            "product",
            "handle,category,name_en\nnew,everything,\n",
            "The name is missing in the language that the listing is written in.",
        ),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(table: str, rows: str, message: str, on_stage: Stage) -> None:
    StockLevel.objects.filter(variant=on_stage.mug).update(reserved=3)
    models = (Product, Variant, StockLevel)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    good = {"variant": "KITE-T-SHIRT,5\n", "stocklevel": f"KITE-T-SHIRT,{on_stage.warehouse.code},1\n"}.get(table, "")

    text = rows.format(ours=on_stage.warehouse.code) + (good if rows.count(",") == good.count(",") * 2 else "")
    shown = put_in(on_stage, table, text.encode())

    assert message in shown
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_a_trade_item_number_is_checked_when_a_table_changes_it(on_stage: Stage) -> None:
    Variant.objects.filter(sku="KITE-MUG").update(gtin="4006381333932")  # as an earlier release took it

    kept = put_in(on_stage, "variant", b"sku,gtin,price\nKITE-MUG,4006381333932,150\n")
    wrong = put_in(on_stage, "variant", b"sku,gtin,price\nKITE-MUG,4006381333930,140\n")

    mug = Variant.objects.get(sku="KITE-MUG")
    assert "1 updated" in kept
    assert "“4006381333930” is no GTIN: look for a wrong or a missing digit." in wrong
    assert (mug.gtin, mug.price.amount) == ("4006381333932", Decimal(150))

    put_in(on_stage, "variant", b"sku,gtin\nKITE-MUG,4006381333931\n")
    assert Variant.objects.get(sku="KITE-MUG").gtin == "4006381333931"
    put_in(on_stage, "variant", b"sku,gtin\nKITE-MUG,\n")
    assert Variant.objects.get(sku="KITE-MUG").gtin == ""


def test_cells_that_a_spreadsheet_would_run_go_out_harmless_and_come_back(on_stage: Stage) -> None:
    product = on_stage.mug.product
    Product.objects.filter(pk=product.pk).update(brand_name="=HYPERLINK(1)", summary_en="-5 %")

    text = take_out(on_stage, "product").decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(take_out(on_stage, "product", XLSX))).active

    assert "'=HYPERLINK(1)" in text
    assert "'-5 %" in text
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    put_in(on_stage, "product", text.encode())
    product.refresh_from_db()
    assert product.brand_name == "=HYPERLINK(1)"


def test_numbers_of_a_spreadsheet_are_keys_as_well(on_stage: Stage) -> None:
    Variant.objects.filter(pk=on_stage.mug.pk).update(sku="4711")
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["SKU", "Price"])
    book.active.append([4711, 12.5])
    book.save(buffer)

    put_in(on_stage, "variant", buffer.getvalue(), XLSX)

    assert Variant.objects.get(sku="4711").price.amount == Decimal("12.5")


def test_files_that_are_no_tables_are_refused_with_a_sentence(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Ensure you have chosen the correct format" in put_in(on_stage, "variant", b"\x00\xff\xfe", XLSX)
    assert "Ensure you have chosen the correct format" in put_in(on_stage, "variant", b"\xff\xfe\x00", CSV)
    monkeypatch.setattr(tables, "MOST_BYTES", 3)
    assert "The table is larger than 5 MB." in put_in(on_stage, "variant", b"sku,price\n", CSV)


def test_a_preview_is_confirmed_by_the_one_who_made_it(on_stage: Stage) -> None:
    file = SimpleUploadedFile("t.csv", b"sku,price\nKITE-MUG,1\n")
    shown = on_stage.client.post(
        "/admin/catalog/variant/import/", {"format": CSV, "resource": "0", "import_file": file}
    ).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))

    stranger = on_stage.as_member_of(on_stage.rival)
    answers = [
        stranger.post("/admin/catalog/variant/process_import/", hidden, follow=True),
        stranger.post("/admin/catalog/variant/process_import/", hidden | {"import_file_name": "x"}, follow=True),
        stranger.post("/admin/catalog/variant/process_import/", {}, follow=True),
    ]

    assert all("Import finished" not in answer.content.decode() for answer in answers)
    assert "Please upload it again." in answers[0].content.decode()
    assert Variant.objects.get(sku="KITE-MUG").price.amount == Decimal(154)


def test_a_list_beyond_all_bounds_has_to_be_narrowed(on_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_EXPORTED", 1)

    answer = on_stage.client.post("/admin/catalog/product/export/", {"format": CSV, "resource": "0"}, follow=True)

    assert "Please narrow the list." in answer.content.decode()
    narrowed = on_stage.client.post("/admin/catalog/product/export/?q=mug", {"format": CSV, "resource": "0"})
    assert narrowed.headers["Content-Type"].startswith("text/csv")

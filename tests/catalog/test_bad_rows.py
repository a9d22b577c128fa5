"""What is wrong in a file is said for each row, and a listing is left out once, however many of its rows are wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Product, Variant
from catalog.services import import_jobs
from tests.catalog.admin_stage import Stage
from tests.catalog.test_remains import imported, written
from tests.support.cast import Cast
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
HEAD = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\n"
SHIRT = HEAD + (
    "shirt,Shirt,Size,S,SH-S,dear,,\n"
    "shirt,,,M,SH-M,60.00,shopify,many\n"
    "shirt,,,L,SH-L,60.00,shopify,3\n"
    "shirt,,,,SH-X,60.00,shopify,3\n"
    "pot,Pot,Size,S,P-1,9.00,,\n"
)
WRONG = [
    (2, "shirt", "variant price", "dear", "“dear” is not a price."),
    (3, "shirt", "variant inventory qty", "many", "“many” is not a number of pieces."),
    (5, "shirt", "option1 value", "", "A choice has no value."),
]


def said(errors: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(error[name] for name in ("line", "handle", "field", "value", "reason")) for error in errors]


def test_three_bad_rows_of_one_listing_are_three_errors_and_one_listing(shop: Cast, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(SHIRT)

    answer = answered(path, seller="paper-kite")

    assert said(answer["errors"]) == WRONG
    assert (answer["products"], answer["created"], answer["rejected"]) == (1, 1, 1)
    assert answer["remarks"] == []
    assert not Product.objects.filter(handle="shirt").exists()


def test_the_page_of_an_import_counts_rows_and_listings(on_stage: Stage) -> None:
    job = imported(on_stage, SHIRT)
    page = f"/admin/catalog/importjob/{job.pk}/"
    client: Client = on_stage.client

    assert (job.rows_total, job.rows_done, job.result["rejected"], job.result["errors_total"]) == (2, 2, 1, 3)
    shown = client.get(f"{page}change/").content.decode()
    assert "1 listing is left out" in shown
    assert "3 rows have to be mended." in shown
    assert "variant inventory qty" in shown
    table = csv.reader(io.StringIO(client.get(f"{page}errors/").content.decode("utf-8-sig")))
    assert list(table)[1:] == [[str(cell) for cell in row] for row in WRONG]


def test_the_rows_to_be_mended_are_the_whole_listing_each_with_its_reason(on_stage: Stage) -> None:
    table = written(imported(on_stage, SHIRT))

    rows = list(csv.reader(io.StringIO(table)))
    assert [row[0] for row in rows[1:]] == [WRONG[0][4], WRONG[1][4], "", WRONG[2][4]]
    again = imported(on_stage, table.replace("dear", "50").replace("many", "4").replace(",,SH-X", ",XL,SH-X"))
    assert (again.result["created"], again.result["rejected"]) == (1, 0)
    assert Variant.objects.filter(product__handle="shirt", is_active=True).count() == 4


def test_a_listing_and_its_variants_are_read_to_the_end(shop: Cast, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "handle,title,status,sku,option1_value,price,weight,price_eur\n"
        "cup,,sold,C-1,Red,5,1 stone,\ncup,,,C-2,Red,0,,\ncup,,,C-2,Red,7,,\ncup,,,C-2,Blue,7,,dear\n"
    )

    answer = answered(path, seller="paper-kite")

    assert [(row[0], row[2], row[3]) for row in said(answer["errors"])] == [
        (2, "status", "sold"), (2, "title", ""), (2, "weight", "1 stone"), (3, "price", "0"), (4, "", "Red"),
        (5, "price_eur", "dear"),
    ]  # fmt: skip
    assert answer["rejected"] == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "id\ttitle\tprice\tshipping weight\tlink\titem group id\tcolor\n1\tA\tdear\t\thttps://a.example\tg\tRed\n"
            "2\tA\t5.00 USD\t\thttps://a.example\tg\t\n3\tA\t5.00 EUR\t\thttps://a.example\tg\tBlue\n",
            [(2, "price", "dear"), (3, "color", ""), (4, "price", "5.00 EUR")],
        ),
        (
            "ID,Type,SKU,Name,Regular price,Stock,Parent,Attribute 1 name,Attribute 1 value(s)\n"
            '44,variable,,Cup,,,,Color,"Red, Blue"\n45,variation,V1,,dear,,id:44,Color,Red\n'
            "46,variation,V2,,12,some,id:44,Color,Blue\n",
            [(3, "regular price", "dear"), (4, "stock", "some")],
        ),
        (
            "slug,sku,name,price,currency,option1_name,option1_value\nmug,M-0,Mug,,USD,Colour,\nmug,M-1,,x,USD,,Red\n"
            "mug,M-2,,5,USD,,\nmug,M-2,,y,EUR,,\n",
            [(3, "price", "x"), (4, "option1_value", ""), (5, "price", "y")],
        ),
        (
            "Product Handle,Product Title,Variant Title,Variant SKU,Price USD,Price EUR,Option 1 Name,Option 1 Value\n"
            "mug,Mug,Red,M-1,5,x,Colour,Red\nmug,Mug,Blue,M-2,,4,Colour,Blue\n",
            [(2, "price eur", "x"), (3, "price usd", "")],
        ),
        (
            "item_sku,item_name,standard_price,quantity,parent_sku,variation_theme,color_name\nP,Mug,,,,Color,\n"
            "C1,,x,1,P,,Red\nC2,,5,some,P,,Blue\n",
            [(3, "standard_price", "x"), (4, "quantity", "some")],
        ),
    ],
    ids=["google", "woocommerce", "spree", "medusa", "amazon"],
)  # fmt: skip
def test_every_format_names_row_column_and_value(
    content: str, expected: list[tuple[int, str, str]], shop: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(content)

    answer = answered(path, seller="paper-kite", currency="USD")

    assert [(row[0], row[2], row[3]) for row in said(answer["errors"])] == expected
    assert (answer["products"], answer["rejected"]) == (0, 1)


def test_each_row_whose_sku_is_taken_is_said(shop: Cast, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("handle,title,sku,option1_value,price\na,A,S-1,Red,5\na,,S-2,Blue,5\n")
    answered(path, seller="paper-kite")
    path.write_text("handle,title,sku,option1_value,price\nb,B,S-1,Red,5\nb,,S-3,Blue,5\nb,,S-2,Grey,5\n")

    answer = answered(path, seller="paper-kite")

    assert [(row[0], row[2], row[3]) for row in said(answer["errors"])] == [(2, "sku", "S-1"), (4, "sku", "S-2")]
    assert answer["rejected"] == 1


# A cell without end ---------------------------------------------------------------------------------------------


def test_a_cell_of_more_than_a_megabyte_is_an_error_of_its_listing_alone(on_stage: Stage) -> None:
    long = "x" * 1_500_000
    text = f'handle,title,description,price\na,A,,5\nb,B,"{long}\n\n{long}",5\nc,C,{long[:1_000_000]},5\n'

    job = imported(on_stage, text, "plain")

    assert (job.result["created"], job.result["rejected"]) == (2, 1)
    assert said(import_jobs.in_words(job, "errors")) == [
        (3, "b", "description", "x" * 40, "This cell is longer than 1,000,000 characters.")
    ]
    table = written(job)
    assert len(table) > 3_000_000  # all of it is there to be mended
    again = imported(on_stage, table.replace(long, "short"), "plain")
    assert (again.result["created"], again.result["rejected"]) == (1, 0)


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_row_without_end_names_itself(quote: str, shop: Cast, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = "\n" if quote else "x"
    path.write_text(f"handle,title,price\na,A,5\n\nb,{quote}" + ("x" * 99 + lines) * 110_000 + f"{quote},5\n")

    answer = _refused(path)

    assert "The row that begins in line 4 is longer than 10,000,000 characters" in answer["error"]


def _refused(path: Path) -> dict[str, Any]:
    import json

    from django.core.management import CommandError, call_command

    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_listings", str(path), seller="paper-kite", json=True, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def test_a_first_row_of_any_length_may_be_uploaded(on_stage: Stage) -> None:
    text = f'handle,title,description,price\na,A,"{"x" * 300_000}\n",5\n'

    assert imported(on_stage, text, "plain").result["created"] == 1

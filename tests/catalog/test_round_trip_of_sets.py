"""Names of choices in other languages and the parts of bundles are in our own table, and come back from it unchanged."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Seller
from catalog.models import BundlePart, Option, OptionValue, Product, Variant
from tests.catalog.test_exporting import exported, imported
from tests.support.cast import Cast, seller

pytestmark = pytest.mark.django_db
TABLE = (
    "handle,title,sku,option1_name,option1_value,price,quantity\n"
    "set,Tea set,SET-1,,,30,0\n"
    "cup,Cup,CUP-R,Colour,Red,5,4\ncup,,,Colour,Blue / dark,6,7\npot,Pot,POT-1,,,20,3\n"
)


@pytest.fixture
def trader(shop: Cast, tmp_path: Path) -> Seller:
    """The seller has a bundle that came before its parts, and choices that are called something in two languages."""
    of = seller("harbour", "Harbour", "US", "USD")
    (tmp_path / "in.csv").write_text(TABLE)
    assert imported(tmp_path / "in.csv", of)["created"] == 3
    Option.objects.filter(product__seller=of).update(name_de="Farbe", name_zh_hans="颜色")
    OptionValue.objects.filter(option__product__seller=of, code="Red").update(
        name_de="Rot", name_en="=Crimson", name_fr="Red"
    )
    bundle = Variant.objects.get(seller=of, sku="SET-1")
    for part, quantity in (("pot", 1), ("cup", 4)):
        variant = Variant.objects.filter(product__handle=part, product__seller=of).order_by("-position").first()
        BundlePart.objects.create(bundle=bundle, part=variant, quantity=quantity)
    return of


@pytest.fixture
def newcomer(shop: Cast) -> Seller:
    return seller("newcomer", "Newcomer", "US", "USD")


def rows_of(of: Seller, path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(path, of.slug).decode("utf-8-sig"))))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, [*rows[0]])
        table.writeheader()
        table.writerows(rows)
    return path


def names(of: Seller) -> list[tuple[Any, ...]]:
    values = OptionValue.objects.filter(option__product__seller=of).order_by("code")
    return list(values.values_list("code", "name_en", "name_de", "name_fr", "option__name_de", "option__name_zh_hans"))


def parts(of: Seller) -> list[tuple[Any, ...]]:
    rows = BundlePart.objects.filter(bundle__seller=of)
    return list(rows.values_list("bundle__sku", "quantity", "part__product__handle", "part__value1__code"))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_empty_shop_hands_out_the_table_that_was_brought_into_it(
    trader: Seller, newcomer: Seller, format: str, tmp_path: Path
) -> None:
    table = tmp_path / f"out.{format}"
    first = exported(table, trader.slug, format=format)

    counts = imported(table, newcomer)

    assert (counts["created"], counts["errors"], counts["remarks"]) == (3, [], [])
    assert names(newcomer) == names(trader) == [
        ("Blue / dark", "Blue / dark", None, None, "Farbe", "颜色"), ("Red", "=Crimson", "Rot", "Red", "Farbe", "颜色"),
    ]  # fmt: skip
    assert parts(newcomer) == parts(trader) == [("SET-1", 1, "pot", None), ("SET-1", 4, "cup", "Blue / dark")]
    again = exported(tmp_path / f"again.{format}", newcomer.slug, format=format)
    if format == "csv":
        assert again == first
    assert imported(table, newcomer)["unchanged"] == imported(table, trader)["unchanged"] == 3
    bundle = Product.objects.get(seller=newcomer, handle="set")
    assert bundle.in_stock  # it has the stock of its parts


def test_the_table_names_what_it_consists_of_and_a_bundle_comes_after_its_parts(trader: Seller, tmp_path: Path) -> None:
    rows = rows_of(trader, tmp_path / "out.csv")

    assert [row["handle"] for row in rows] == ["cup", "cup", "pot", "set"]
    assert rows[3]["bundle_parts"] == "1 × POT-1\n4 × cup / Blue / dark"
    assert (
        rows[0] | {"option1_value_en": "'=Crimson", "option1_value_de": "Rot", "option1_name_zh-hans": "颜色"}
        == rows[0]
    )


def test_what_the_table_says_otherwise_is_changed_and_an_empty_cell_takes_back(trader: Seller, tmp_path: Path) -> None:
    rows = rows_of(trader, tmp_path / "out.csv")
    rows[0] |= {"option1_value_de": "Karmin", "option1_value_en": ""}
    rows[3] |= {"bundle_parts": "2 x CUP-R\n9 POT-1".replace("9 ", "9 * ")}

    counts = imported(write(tmp_path / "back.csv", rows), trader)

    assert (counts["updated"], counts["unchanged"], counts["errors"]) == (2, 1, [])
    assert names(trader)[1][:3] == ("Red", "Red", "Karmin")
    assert sorted(parts(trader)) == [("SET-1", 2, "cup", "Red"), ("SET-1", 9, "pot", None)]
    rows[3]["bundle_parts"] = ""
    assert imported(write(tmp_path / "back.csv", rows), trader)["updated"] == 1
    assert parts(trader) == []


def test_a_table_without_these_columns_leaves_what_they_say(trader: Seller, tmp_path: Path) -> None:
    before = names(trader), parts(trader)
    (tmp_path / "few.csv").write_text(TABLE.replace(",30,", ",31,").replace(",5,4", ",5.5,4"))

    assert imported(tmp_path / "few.csv", trader)["updated"] == 2

    assert (names(trader), parts(trader)) == before


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 × GONE", "You have no variant “GONE” that could be in a bundle."),
        ("1 × SET-1", "You have no variant “SET-1” that could be in a bundle."),
        ("1 × BAD-1", "You have no variant “BAD-1” that could be in a bundle."),
        ("0 × POT-1", "“0 × POT-1” is no part of a bundle: write each once, on a line of its own, as 2 × SKU."),
        ("POT-1", "“POT-1” is no part of a bundle: write each once, on a line of its own, as 2 × SKU."),
    ],
)
def test_a_bundle_of_what_is_not_there_is_left_out(
    cell: str, reason: str, newcomer: Seller, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "in.csv").write_text(
        f"handle,title,sku,price,bundle_parts\nset,Set,SET-1,30,{cell}\npot,Pot,POT-1,20,\nbad,Bad,BAD-1,dear,\n"
    )

    counts = imported(tmp_path / "in.csv", newcomer)

    assert (counts["created"], counts["rejected"]) == (1, 2)
    error = next(error for error in counts["errors"] if error["handle"] == "set")
    assert (error["line"], error["field"], error["value"], error["reason"]) == (2, "bundle_parts", cell, reason)
    assert not Product.objects.filter(seller=newcomer, handle="set").exists()


def test_a_part_and_its_bundle_may_be_of_one_listing_and_the_cards_of_bundles_follow(
    newcomer: Seller, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "handle,title,sku,option1_value,price,quantity,bundle_parts\n"
        "cup,Cup,ONE,One,5,9,\ncup,,SIX,Six,25,,6 × ONE\nbox,Box,BOX,,8,0,2 × ONE\n"
    )
    assert imported(path, newcomer)["created"] == 2
    assert Product.objects.get(handle="box").in_stock

    path.write_text("handle,title,sku,option1_value,price,quantity\ncup,Cup,ONE,One,5,1\ncup,,SIX,Six,25,\n")
    assert imported(path, newcomer)["updated"] == 1

    assert not Product.objects.get(handle="box").in_stock

"""Attributes in a seller's own table: written, read back, brought by columns of another shop, and what is wrong in them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Seller
from catalog.models import AttributeChoice, Category, CategoryAttribute, Product, ProductAttributes
from catalog.services.attributes import keep_answers
from tests.catalog.test_attribute_filters import attribute
from tests.support.cast import Cast, seller
from tests.support.importing import answered

pytestmark = pytest.mark.django_db
HEAD = "handle,title,category,price"
NAMES = ["material", "tint", "capacity", "dishwasher", "glaze", "glaze_de", "glaze_zh-hans"]
CELLS = ["cork, porcelain", "red", "330.5", "no", "=1+1 Celadon", "Seladon", "青瓷"]
GIVEN = {
    "material": ["cork", "porcelain"], "tint": ["red"], "capacity": "330.5", "dishwasher": False,
    "glaze": {"en": "=1+1 Celadon", "de": "Seladon", "zh-hans": "青瓷"},
}  # fmt: skip


@pytest.fixture
def trader(shop: Cast) -> Seller:
    """A seller without goods; goods of every category are asked one attribute of each kind, and those below toys an age."""
    attribute("material", "choice", "porcelain", "cork")
    attribute("tint", "colour", "red", "blue")
    attribute("capacity", "number", unit="ml", steps=[250, 500])
    attribute("dishwasher", "boolean")
    attribute("glaze", "text")
    toys = Category.objects.add_root({"slug": "toys", "name_en": "Toys"})
    age = attribute("age", "number")
    CategoryAttribute.objects.filter(attribute=age).update(category=toys)
    return seller("harbour", "Harbour", "US", "USD")


def table(columns: dict[str, str], *, handle: str = "cup", kind: str = "Everything", price: str = "12.50") -> str:
    """A table of one listing with these columns of attributes."""
    text = io.StringIO()
    names = [name if name.startswith("Was") else f"attribute_{name}" for name in columns]
    csv.writer(text).writerows([[*HEAD.split(","), *names], [handle, "Cup", kind, price, *columns.values()]])
    return text.getvalue()


def imported(path: Path, of: Seller, **options: Any) -> dict[str, Any]:
    return answered(path, seller=of.slug, currency="USD", **options)


def bring(folder: Path, of: Seller, text: str, **options: Any) -> dict[str, Any]:
    (folder / "in.csv").write_text(text)
    return imported(folder / "in.csv", of, **options)


def exported(path: Path, of: Seller, format: str = "csv") -> Path:
    call_command("export_listings", str(path), seller=of.slug, format=format, stderr=io.StringIO())
    return path


def given(handle: str = "cup") -> dict[str, Any]:
    row = ProductAttributes.objects.filter(product__handle=handle).first()
    return row.given if row else {}


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["created"], result["updated"], result["unchanged"], result["rejected"]


# Out and in again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_answers_of_every_kind_go_out_and_come_back_unchanged(trader: Seller, tmp_path: Path, format: str) -> None:
    first = bring(tmp_path, trader, table(dict(zip(NAMES, CELLS, strict=True))))
    row = ProductAttributes.objects.get(product__handle="cup")
    assert (counts(first), first["remarks"], row.given) == ((1, 0, 0, 0), [], GIVEN)
    assert row.tokens == ["capacity:250-500", "dishwasher:no", "material:cork", "material:porcelain", "tint:red"]

    file = exported(tmp_path / f"out.{format}", trader, format)

    if format == "csv":
        header, cells = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    else:
        header, cells = (list(each) for each in load_workbook(file).active.iter_rows(values_only=True))
    said = {name: cell for name, cell in zip(header, cells, strict=True) if name.startswith("attribute_")}
    assert said == {f"attribute_{name}": cell for name, cell in zip(NAMES, CELLS, strict=True)} | {
        "attribute_glaze": "'=1+1 Celadon"
    }
    before = list(Product.objects.filter(seller=trader).values("pk", "updated_at", "name_en", "status"))
    again, third = imported(file, trader), imported(file, trader)
    assert (counts(again), counts(third)) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert ProductAttributes.objects.get(product__handle="cup").given == GIVEN
    assert list(Product.objects.filter(seller=trader).values("pk", "updated_at", "name_en", "status")) == before


def test_answers_given_by_hand_go_to_another_seller_as_they_are(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, table({}))
    keep_answers(product=Product.objects.get(handle="cup"), typed=GIVEN)
    other = seller("quay", "Quay", "US", "USD")

    file = exported(tmp_path / "out.csv", trader)

    assert counts(imported(file, trader)) == (0, 0, 1, 0)
    assert counts(imported(file, other)) == (1, 0, 0, 0)
    assert ProductAttributes.objects.get(product__seller=other).given == GIVEN


def test_only_what_the_sellers_own_listings_answer_has_a_column(trader: Seller, shop: Cast, tmp_path: Path) -> None:
    keep_answers(product=shop.mug.product, typed={"material": ["cork"], "capacity": "9"})
    bring(tmp_path, trader, table({"dishwasher": "yes"}))
    bring(tmp_path, trader, table({"glaze_de": "Seladon"}, handle="pot"))

    with CaptureQueriesContext(connection) as queries:
        header = exported(tmp_path / "out.csv", trader).read_text("utf-8-sig").splitlines()[0].split(",")

    assert [name for name in header if name.startswith("attribute_")] == ["attribute_dishwasher", "attribute_glaze_de"]
    assert sum("jsonb_each" in query["sql"] for query in queries) == 1


def test_an_answer_that_is_asked_no_more_goes_round_unchanged_and_is_taken_back(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, table({"capacity": "300", "material": "cork"}))
    CategoryAttribute.objects.filter(attribute__code="material").delete()
    file = exported(tmp_path / "out.csv", trader)

    round_trip = imported(file, trader)
    taken_back = bring(tmp_path, trader, table({"capacity": "300", "material": ""}))

    assert (counts(round_trip), round_trip["remarks"]) == ((0, 0, 1, 0), [])
    assert (counts(taken_back), given()) == ((0, 1, 0, 0), {"capacity": "300"})


def test_a_choice_that_is_gone_goes_round_and_can_not_be_brought_anew(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, table({"material": "cork"}))
    AttributeChoice.objects.filter(code="cork").delete()

    assert counts(imported(exported(tmp_path / "out.csv", trader), trader)) == (0, 0, 1, 0)
    assert counts(bring(tmp_path, trader, table({"material": "cork"}, handle="pot"))) == (0, 0, 0, 1)
    assert (given("cup"), given("pot")) == ({"material": ["cork"]}, {})


# What a column changes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "changed"),
    [
        ({}, {}),
        ({"material": "porcelain"}, {"material": ["porcelain"]}),
        ({"material": ""}, {"material": None}),
        ({"capacity": "", "dishwasher": "yes"}, {"capacity": None, "dishwasher": True}),
        ({"glaze_de": ""}, {"glaze": {"en": "=1+1 Celadon", "zh-hans": "青瓷"}}),
        ({"glaze": "Ash", "glaze_ar": "رماد"}, {"glaze": GIVEN["glaze"] | {"en": "Ash", "ar": "رماد"}}),  # type: ignore[operator]
        ({"glaze": "", "glaze_de": "", "glaze_zh-hans": ""}, {"glaze": None}),
    ],
)
def test_a_column_that_is_absent_changes_nothing_and_an_empty_one_takes_the_answer_back(
    trader: Seller, tmp_path: Path, columns: dict[str, str], changed: dict[str, Any]
) -> None:
    bring(tmp_path, trader, table(dict(zip(NAMES, CELLS, strict=True))))

    first, again = (bring(tmp_path, trader, table(columns)) for _run in range(2))

    assert counts(first) == ((0, 1, 0, 0) if changed else (0, 0, 1, 0))
    assert counts(again) == (0, 0, 1, 0)
    assert given() == {code: answer for code, answer in (GIVEN | changed).items() if answer is not None}


@pytest.mark.parametrize(
    ("column", "cell", "answer"),
    [
        ("material", "Cork auf Deutsch", ["cork"]),
        ("material", "PORCELAIN|cork", ["porcelain", "cork"]),
        ("material", "cork\nporcelain,cork", ["cork", "porcelain"]),
        ("capacity", "330,50", "330.5"),
        ("capacity", "1e2", "100"),
        ("dishwasher", "TRUE", True),
        ("dishwasher", "Nein", False),
        ("dishwasher", "はい", True),
        ("glaze", " Ash  grey ", {"en": "Ash grey"}),
    ],
)
def test_answers_are_read_as_people_write_them(
    trader: Seller, tmp_path: Path, column: str, cell: str, answer: object
) -> None:
    result = bring(tmp_path, trader, table({column: cell}))

    assert (counts(result), given()) == ((1, 0, 0, 0), {column: answer})


def test_a_dry_run_writes_no_answer(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, table({"material": "cork"}))

    result = bring(tmp_path, trader, table({"material": "porcelain"}), dry_run=True)

    assert (counts(result), given()) == ((0, 1, 0, 0), {"material": ["cork"]})


# What is wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("material", "gold", "“gold” is not among the choices."),
        ("material", "cork, gold", "“gold” is not among the choices."),
        ("tint", "cork", "“cork” is not among the choices."),
        ("capacity", "much", "“much” is not a number."),
        ("capacity", "-3", "“-3” is not a number from zero on."),
        ("capacity", "1.2.34", "“1.2.34” is not a number."),
        ("dishwasher", "perhaps", "“perhaps” is neither yes nor no."),
        ("glaze_de", "x" * 201, "The text has more than 200 characters."),
    ],
)
def test_a_wrong_answer_holds_its_listing_back(
    trader: Seller, tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    bring(tmp_path, trader, table({"material": "cork"}))
    good = table({column: ""}, handle="pot").splitlines()[1]

    result = bring(tmp_path, trader, table({column: cell}, price="9.00") + good + "\n")

    assert counts(result) == (1, 0, 0, 1)
    assert result["errors"] == [
        {"line": 2, "handle": "cup", "reason": f"Column “attribute_{column}”: {reason}",
         "field": f"attribute_{column}", "value": cell[:40]}
    ]  # fmt: skip
    assert given() == {"material": ["cork"]}
    assert Product.objects.get(handle="cup").variants.get().price.amount == 12.5


@pytest.mark.parametrize(
    ("column", "kind", "remark"),
    [
        ("age", "Everything", "Column “attribute_age” was left out: goods of this category have no attribute “Age”."),
        ("age", "", "Column “attribute_age” was left out: goods of this category have no attribute “Age”."),
        ("matreial", "Everything", "Column “attribute_matreial” was left out: there is no attribute “matreial”."),
        (
            "capacity_de",
            "Everything",
            "Column “attribute_capacity_de” was left out: there is no attribute “capacity_de”.",
        ),
    ],
)
def test_what_goods_are_not_asked_is_left_out_with_a_remark(
    trader: Seller, tmp_path: Path, column: str, kind: str, remark: str
) -> None:
    first, again = (bring(tmp_path, trader, table({column: "3", "glaze": ""}, kind=kind)) for _run in range(2))

    assert (counts(first), counts(again), given()) == ((1, 0, 0, 0), (0, 0, 1, 0), {})
    assert first["remarks"] == again["remarks"] == [{"line": 2, "handle": "cup", "reason": remark}]


def test_an_answer_is_taken_over_once_goods_are_asked(trader: Seller, tmp_path: Path) -> None:
    bring(tmp_path, trader, table({"age": "3"}))
    CategoryAttribute.objects.filter(attribute__code="age").update(category=Category.objects.get(slug="everything"))

    result = bring(tmp_path, trader, table({"age": "3"}))

    assert (counts(result), given()) == ((0, 1, 0, 0), {"age": "3"})


def test_a_column_that_is_no_attribute_is_reported_once_and_a_mapping_to_none_is_refused(
    trader: Seller, tmp_path: Path
) -> None:
    rows = "".join(f"cup-{number},Cup,Everything,5,gold\n" for number in range(3))

    result = bring(tmp_path, trader, f"{HEAD},attribute_metal\n{rows}")

    assert (counts(result), len(result["remarks"])) == ((3, 0, 0, 0), 1)
    (tmp_path / "m.json").write_text('{"title": "title", "price": "price", "attribute_metal": "attribute_metal"}')
    with pytest.raises(CommandError, match="“attribute_metal” is not a field of a listing"):
        bring(tmp_path, trader, table({"metal": "gold"}, handle="new"), mapping=tmp_path / "m.json")
    assert not Product.objects.filter(handle="new").exists()


def test_a_mapping_brings_the_column_of_another_shop(trader: Seller, tmp_path: Path) -> None:
    mapping = {
        "handle": "handle",
        "title": "Title",
        "price": "price",
        "category": "category",
        "attribute_material": "Was",
    }
    (tmp_path / "m.json").write_text(json.dumps(mapping))

    good = bring(tmp_path, trader, table({"Was": "Porcelain"}), mapping=tmp_path / "m.json")
    bad = bring(tmp_path, trader, table({"Was": "Gold"}), mapping=tmp_path / "m.json")

    assert (counts(good), given()) == ((1, 0, 0, 0), {"material": ["porcelain"]})
    assert [row["reason"] for row in bad["errors"]] == ["Column “was”: “Gold” is not among the choices."]


# Cost ---------------------------------------------------------------------------------------------------------


def test_an_import_asks_for_attributes_as_often_for_many_rows_as_for_few(trader: Seller, tmp_path: Path) -> None:
    def queries(count: int, capacity: int) -> int:
        rows = "".join(f"s{count}-{number},Cup,Everything,5,cork,{capacity}\n" for number in range(count))
        with CaptureQueriesContext(connection) as sent:
            result = bring(tmp_path, trader, f"{HEAD},attribute_material,attribute_capacity\n{rows}")
        assert (result["products"], result["rejected"]) == (count, 0)
        return sum("catalog_attribute" in query["sql"] or "catalog_productattributes" in query["sql"] for query in sent)

    few = [queries(3, capacity) for capacity in (100, 100, 300)]
    many = [queries(40, capacity) for capacity in (100, 100, 300)]

    assert few == many
    assert ProductAttributes.objects.filter(tokens__contains=["capacity:250-500"]).count() == 43

"""Workbooks as people leave them: sheets out of sight, notes before the table, damage in the middle, a password."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from openpyxl import Workbook

from catalog.feeds.formats import open_feed
from catalog.feeds.listing import FeedListing
from marketplace.kernel.errors import Refused
from tests.catalog.test_feed_cells import changed, errors, listings, read, workbook

HEAD = ["SKU", "Title", "Price"]
MUG = ["A", "Mug", 12.5]


def sheets(*each: tuple[str, str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook with these sheets: name, whether it is seen, and rows."""
    book = Workbook()
    book.remove(book.active)
    for name, state, rows in each:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_a_sheet_that_nobody_sees_is_not_read() -> None:
    content = sheets(("Old", "hidden", [HEAD, ["X", "Old", 1]]), ("New", "visible", [HEAD, MUG]))

    assert [(one.title, one.remarks) for one in listings(content)] == [("Mug", ())]


def test_notes_before_the_table_are_passed_over() -> None:
    content = sheets(
        ("Notes", "visible", [["Please read"], ["Prices are net"]]),
        ("Goods", "visible", [["Price list"], [], HEAD, ["B", "Bad", "dear"], MUG]),
    )

    assert [one.title for one in listings(content)] == ["Mug"]
    assert [line for line, _reason in errors(content)] == [4]


def test_a_second_table_is_said_to_be_left_alone() -> None:
    content = sheets(("Cups", "visible", [HEAD, MUG]), ("More", "visible", [HEAD, ["B", "Cup", 5]]))

    [one] = listings(content)

    assert one.remarks == ("Only the sheet “Cups” was read, not these: More.",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<v>12.5</v>", b"<v>abc</v>"),
        (b"<v>12.5</v>", b"<v>12.5"),
        (b't="inlineStr"><is><t>Mug</t></is>', b't="s"><v>99</v>'),
    ],
)
def test_damage_in_the_middle_ends_with_a_sentence(old: bytes, new: bytes) -> None:
    content = changed(workbook([HEAD, MUG]), "sheet1.xml", old, new)

    with pytest.raises(Refused, match="can't be read beyond line 1") as refused:
        read(content)
    assert refused.value.code == "damaged_file"


def test_a_workbook_with_a_password_is_said_to_have_one() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(4000)

    with pytest.raises(Refused, match="protected by a password"):
        read(content)


def test_a_packed_file_is_no_workbook() -> None:
    with pytest.raises(Refused) as refused:
        read(packed(**{"products.csv": "title,price\nMug,5\n"}))
    assert refused.value.code == "no_table"


def test_columns_that_tell_nothing_are_named_once() -> None:
    first, second = listings(b"title,price,colour code,sale price\nMug,10,x,8\nCup,5,y,\n")

    assert first.remarks == ("Columns that were not read: colour code, sale price. A mapping can say what they are.",)
    assert second.remarks == ()


def of_amazon(*names: str) -> bytes:
    """A template as Amazon hands it out: sheets to read, and the fourth of them to fill in."""
    first, images, definitions, template, browse, valid = names
    heads = [["TemplateType=fptcustom", "Version=2020.0701"], ["SKU", "Name", "Preis"]]
    columns = ["item_sku", "item_name", "standard_price", "quantity"]
    return sheets(
        (first, "visible", [["Read me", "Second column"], ["1", "Fill in the template."]]),
        (images, "visible", [["Image", "Address"], ["Main", "https://pictures.example/1.jpg"]]),
        (definitions, "visible", [["Group", "Field", "Label", "Example"], ["Offer", "standard_price", "Price", "12.50"]]),
        (template, "visible", [*heads, columns, ["KETTLE-1", "Kettle", 25, 3], ["", "No number", 25, 3]]),
        (browse, "visible", [["Node", "Path"], ["123", "Home > Kitchen"]]),
        (valid, "visible", [["Title", "Price"], ["Update", "1"]]),
        ("Dropdown Lists", "hidden", [["item_sku", "item_name"], ["X", "Y"]]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ("Instructions", "Images", "Data Definitions", "Template", "Browse Data", "Valid Values"),
        ("Anweisungen", "Bilder", "Datendefinitionen", "Vorlage", "Browse-Daten", "Gültige Werte"),
        ("Instructions", "Images", "Définitions", "Modèle", "Données", "Valeurs valides"),
        ("説明", "画像", "データ定義", "テンプレート", "ブラウズデータ", "推奨値"),
    ],
)
def test_a_template_of_amazon_is_found_by_what_is_on_its_sheet(names: tuple[str, ...]) -> None:
    content = of_amazon(*names)

    [kettle] = listings(content)

    others = ", ".join(names[:3] + names[4:])
    assert (kettle.handle, kettle.title, kettle.variants[0].pieces, kettle.line) == ("KETTLE-1", "Kettle", 3, 4)
    assert kettle.remarks == (f"Only the sheet “{names[3]}” was read, not these: {others}.",)
    assert errors(content) == [(5, "The handle is missing.")]


def test_of_several_sheets_with_listings_the_one_of_a_known_format_is_read() -> None:
    shopify = [["Handle", "Title", "Variant SKU", "Variant Price"], ["lamp", "Lamp", "L", 12]]
    content = sheets(("Ideas", "visible", [["Idea", "Price"], ["x", 1]]), ("Own", "visible", [HEAD, MUG]),
                     ("Shop", "visible", shopify), ("Shop of May", "visible", shopify))  # fmt: skip

    [lamp] = listings(content)

    assert (lamp.title, lamp.remarks) == (
        "Lamp", ("Only the sheet “Shop” was read, not these: Ideas, Own, Shop of May.",),
    )  # fmt: skip


def test_a_mapping_finds_the_sheet_that_has_its_columns() -> None:
    own = [["Ware", "Was es kostet"], ["Lampe", 12]]
    content = sheets(("Liste", "visible", [HEAD, MUG]), ("Waren", "visible", own))

    mapping = {"title": "Ware", "price": "Was es kostet"}
    _format, items = open_feed(
        io.BytesIO(content), format="auto", currency="EUR", on=date(2026, 11, 29), mapping=mapping
    )

    assert [one.title for one in items if isinstance(one, FeedListing)] == ["Lampe"]

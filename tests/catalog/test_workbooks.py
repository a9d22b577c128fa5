"""Workbooks as people leave them: sheets out of sight, notes before the table, damage in the middle, a password."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

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

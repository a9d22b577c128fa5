"""Files that mean harm or were badly made end with listings or with sentences, soon and in little memory."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
from openpyxl import Workbook

from catalog.feeds import workbooks
from catalog.markup import clean_html
from catalog.search_text import plain
from marketplace.kernel.errors import Refused
from tests.catalog.test_feed_cells import changed, errors, listings, read, workbook
from tests.catalog.test_workbooks import HEAD, MUG

ITEM = "<item><id>1</id><title>Cup</title><price>5 EUR</price><link>https://a.example</link></item>"


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Nothing here may take long: what is slow by the square takes minutes."""
    begun = time.perf_counter()
    yield
    assert time.perf_counter() - begun < 10


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(content)
    return refused.value.code


# XML ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["rot13", "zlib", "hex", "nonsense"])
def test_an_encoding_that_is_none_is_as_good_as_not_declared(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?><rss>{ITEM.replace("Cup", "Täßchen")}</rss>'

    assert [one.title for one in listings(document.encode())] == ["Täßchen"]


@pytest.mark.parametrize(
    ("count", "reason"),
    [(60, "A listing may have 50 pictures at most."), (100_000, "This cell is longer than 1,000,000 characters.")],
)
def test_an_item_may_have_too_many_pictures(count: int, reason: str) -> None:
    pictures = "".join(f"<additional_image_link>https://a.example/{n}</additional_image_link>" for n in range(count))

    assert errors(f"<rss>{ITEM.replace('</item>', pictures + '</item>')}</rss>".encode()) == [(1, reason)]


# Workbooks ------------------------------------------------------------------------------------------------------


def test_a_row_far_below_all_rows_of_excel_is_damage() -> None:
    content = changed(workbook([HEAD, MUG, MUG]), "sheet1.xml", b'<row r="3"', b'<row r="1000000000"')

    assert refusal(content) == "damaged_file"


def test_a_row_that_has_no_end_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LONGEST_ROW", 10_000)
    cells = b"<c/>" * 5_000

    assert refusal(
        changed(workbook([HEAD, MUG]), "sheet1.xml", b'<row r="2"', b"<row>" + cells + b'</row><row r="2"')
    ) == ("damaged_file")
    text = b'<c r="D2" t="inlineStr"><is><t>' + b"x" * 20_000 + b"</t></is></c></row>"
    assert refusal(changed(workbook([HEAD, MUG]), "sheet1.xml", b"</row></sheetData>", text + b"</sheetData>")) == (
        "damaged_file"
    )


def test_any_number_of_rows_may_follow_one_another() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    for number in range(2_000):
        sheet.append([f"M-{number}", f"Mug {number} " + "x" * 200, 12.5])
    content = io.BytesIO()
    book.save(content)

    assert len(listings(content.getvalue())) == 2_000


# Tables -----------------------------------------------------------------------------------------------------------


def test_a_table_may_have_a_hundred_thousand_columns_of_attributes() -> None:
    names = ",".join(f"attribute_c{number}" for number in range(100_000))
    cells = "," * 100_000

    assert [one.title for one in listings(f"title,price,{names}\nCup,5{cells}\n".encode())] == ["Cup"]


def test_names_of_columns_are_said_in_short_and_not_all_of_them() -> None:
    more = ",".join(f"{'x' * 500}{number},{'y' * 500}{number},{'y' * 500}{number}" for number in range(500))

    [cup] = listings(f"title,price,{more}\nCup,5\n".encode())

    assert len(cup.remarks) == 1
    assert "x" * 60 + "0" not in cup.remarks[0] and len(cup.remarks[0]) < 2_000


@pytest.mark.parametrize("weight", ["1e999999999", "1E+1000000 kg", "9" * 5_000, "1e-999999999"])
def test_a_weight_beyond_all_numbers_is_an_error_of_its_cell(weight: str) -> None:
    found = read(f"title,price,weight\nCup,5,{weight}\n".encode())

    assert [type(one).__name__ for one in found] in (["LeftOut"], ["FeedListing"])
    assert not any(getattr(one, "variants", ()) and one.variants[0].weight_grams not in (None, 1) for one in found)


# Descriptions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 200_000, "<ul><li>" * 100_000, "<div <p>" * 100_000, "<div><table><td></div></table>" * 30_000,
     "<b><i>" * 100_000, "<!--" * 100_000, "<" * 400_000, "<svg><p>" * 50_000, "<table><tr><td>" * 50_000],
    ids=lambda markup: markup[:14],
)  # fmt: skip
def test_a_description_may_be_nested_as_deep_as_it_likes(markup: str) -> None:
    assert clean_html("<p>One</p>" + markup).startswith("<p>One</p>")
    plain(markup)


def test_what_people_write_is_left_as_it_is() -> None:
    lines = "".join(f"<li>Line {number}" for number in range(500))
    texts = "<p>One</p>" * 500 + "<ul><li>A<ul><li>B</li></ul></li></ul>" * 300

    assert clean_html(texts) == texts
    assert (
        clean_html(f"<ul>{lines}</ul>") == f"<ul>{lines.replace('<li>', '</li><li>').removeprefix('</li>')}</li></ul>"
    )
    assert clean_html("Text<p>Next<br>Line" * 300).count("<p>") == 300


# Words of yes and no, and of a status ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_live"),
    [("true", True), ("FALSE", False), ("Ja", True), ("nein", False), ("oui", True), ("はい", True), ("否", False), ("نعم", True),
     ("1", True), ("0", False), ("Aktiv", True), ("Entwurf", False), ("publié", True), ("brouillon", False), ("borrador", False),
     ("公開", True), ("下書き", False), ("已上架", True), ("草稿", False), ("منشور", True), ("مسودة", False)],
)  # fmt: skip
def test_a_status_is_read_in_our_languages(text: str, is_live: bool) -> None:
    assert [one.live for one in listings(f"title,price,status\nCup,5,{text}\n".encode())] == [is_live]


@pytest.mark.parametrize(
    ("text", "is_live"), [("1", True), ("0", False), ("-1", False), ("true", True), ("oui", True), ("nein", False)]
)
def test_a_product_of_woocommerce_is_published_by_any_word_for_it(text: str, is_live: bool) -> None:
    head = "ID,Type,SKU,Name,Published,Visibility in catalog,Regular price,In stock?\n"

    assert [one.live for one in listings(f"{head}1,simple,A,Cup,{text},visible,5,ja\n".encode())] == [is_live]


def test_a_word_that_nobody_knows_is_an_error_and_no_draft() -> None:
    head = "ID,Type,SKU,Name,Published,Visibility in catalog,Regular price\n"

    assert errors(f"{head}1,simple,A,Cup,perhaps,visible,5\n".encode()) == [(2, "“perhaps” is neither yes nor no.")]

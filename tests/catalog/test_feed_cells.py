"""Amounts, weights, pieces and numbers as sellers of the world write them, and the encodings that they write in."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.feeds import cells
from catalog.feeds.bad_rows import BadRow
from catalog.feeds.encodings import encoding_of
from catalog.feeds.formats import open_feed
from catalog.feeds.listing import FeedListing, LeftOut
from catalog.feeds.tables import open_table
from catalog.markup import clean_html, paragraphs
from marketplace.kernel.errors import Refused

ON = date(2026, 11, 28)


def read(content: bytes, format: str = "auto", currency: str = "EUR") -> list[Any]:
    return list(open_feed(io.BytesIO(content), format=format, currency=currency, on=ON)[1])


def listings(content: bytes, currency: str = "EUR") -> list[FeedListing]:
    return [one for one in read(content, currency=currency) if isinstance(one, FeedListing)]


def errors(content: bytes, currency: str = "EUR") -> list[tuple[int, str]]:
    left_out = [one for one in read(content, currency=currency) if isinstance(one, LeftOut)]
    return [(row.line, row.reason) for one in left_out for row in one.rows]


# Cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("19.90", "EUR", "19.90"), ("1.234,56 €", "EUR", "1234.56"), ("€19.90", "EUR", "19.90"), ("$19.99", "USD", "19.99"),
        ("$19.99", "AUD", "19.99"), ("US$ 5", "USD", "5"), ("￥1,980", "JPY", "1980"), ("¥1980", "CNY", "1980"),
        ("1,980円", "JPY", "1980"), ("USD 12.00", "USD", "12.00"), ("12.00 usd", "USD", "12.00"), ("١٩٫٩٠", "AED", "19.90"),
        ("1٬234٫50", "AED", "1234.50"), ("１９８０", "JPY", "1980"), ("2.000", "JPY", "2000"), ("1.500", "KWD", "1.500"),
        ("١٢٫٥٠ د.إ.\u200f", "AED", "12.50"), ("٤٥٫٥٠ ر.س", "SAR", "45.50"), ("12,-", "EUR", "12"), ("12,– €", "EUR", "12"),
        ("12.50 Euro", "EUR", "12.50"), ("\u200e€\u00a012,50", "EUR", "12.50"), ("1 290 Kč", "CZK", "1290"),
        ("0,505", "KWD", "0.505"), ("0,500", "EUR", "0.5"),
        ("1.234.567", "EUR", "1234567"), ("1 234,50", "EUR", "1234.50"), ("12.5000", "EUR", "12.5"), (".99", "EUR", "0.99"),
    ],
)  # fmt: skip
def test_a_price_is_read_as_it_is_written(text: str, currency: str, value: str) -> None:
    assert cells.amount(2, text, currency) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("1.000", "EUR", "a thousand times"), ("19.990", "USD", "a thousand times"), ("€19.90", "USD", "not in USD"),
        ("12.00 GBP", "EUR", "not in EUR"), ("¥100", "EUR", "not in EUR"), ("free", "EUR", "not a price"),
        ("١٢ د.إ", "EUR", "not in EUR"), ("12 Euro", "USD", "not in USD"), ("10,-20", "EUR", "not a price"),
        ("-5", "EUR", "not a price"), ("1,2,3", "EUR", "not a price"), ("5 apples", "EUR", "not a price"),
        ("12", "XYZ", "XYZ"),
    ],
)  # fmt: skip
def test_a_price_that_may_mean_something_else_is_refused(text: str, currency: str, reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        cells.amount(2, text, currency)


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        ("500", "g", 500), ("500 g", "kg", 500), ("1.5kg", "g", 1500), ("1,5", "kg", 1500), ("1,500", "g", 1500),
        ("2 lb", "g", 907), ("0,4", "Kilogramm", 400), ("３００ｇ", "kg", 300), ("500グラム", "g", 500),
        ("0,250", "kg", 250), ("1,125", "kg", 1125), ("0,250 kg", "g", 250), ("1,250.5", "g", 1250),
        ("٠٫٥ كجم", "g", 500), ("1.5公斤", "g", 1500), ("250 mg", "g", 1),
    ],
)  # fmt: skip
def test_a_weight_may_name_its_unit(text: str, unit: str, grams: int) -> None:
    assert cells.grams(2, text, unit) == grams


@pytest.mark.parametrize(("text", "pieces"), [("1,000", 1000), ("10+", 10), ("5.0", 5), ("-3", 0), ("12.0000", 12)])
def test_pieces(text: str, pieces: int) -> None:
    assert cells.pieces(2, text) == pieces


def test_pieces_with_a_point_before_three_digits_are_refused() -> None:
    with pytest.raises(BadRow, match="a thousand times"):
        cells.pieces(2, "1.000")


def test_signs_that_look_like_figures_are_no_numbers() -> None:
    header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position"
    pictures = f"{header}\npot,Pot,Size,S,P-1,9.00,https://a.example/1.jpg,²\npot,,,,,,https://a.example/2.jpg,1\n"
    limits = ["²", "٣", "9" * 5000, "-1"]
    rows = [f"a{n},Thing,10,{limit}" for n, limit in enumerate([*limits, "7"])]
    content = "\n".join(["handle,title,price,order_limit", *rows])

    assert [image.url[-5:] for image in listings(pictures.encode())[0].images] == ["1.jpg", "2.jpg"]
    assert [line for line, _reason in errors(content.encode())] == [2, 3, 4, 5]


def test_one_bad_row_ends_nothing_but_itself() -> None:
    rows = [f"a{n},Thing {n},10,EUR" for n in range(3)] + ["bad,Bad,10,XYZ", "free,Free,0,EUR", "z,Last,10,EUR"]
    content = "\n".join(["handle,title,price,currency", *rows]).encode()

    assert [one.handle for one in listings(content)] == ["a0", "a1", "a2", "z"]
    assert [line for line, _reason in errors(content)] == [5, 6]


@pytest.mark.parametrize(
    ("gtin", "kept"),
    [("4006381333931", True), ("4006381333932", False), ("0000000000000", False), ("4.00638E+12", False), ("abc", False),
     ("96385074", True), ("", True)],
)  # fmt: skip
def test_a_number_that_is_no_gtin_is_left_out_with_a_remark(gtin: str, kept: bool) -> None:
    [one] = listings(f"handle,title,price,gtin\na,Thing,10,{gtin}\n".encode())

    assert one.variants[0].gtin == (gtin if kept else "")
    assert any(gtin in remark for remark in one.remarks) is not kept if gtin else not one.remarks


def test_a_sale_in_another_currency_is_refused() -> None:
    content = b"id\ttitle\tprice\tsale_price\tlink\n1\tA\t100.00 USD\t90.00 JPY\thttps://a.example\n"

    assert errors(content, "USD") == [(2, "The reduced price is in another currency than the price.")]


# Encodings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Kaffee-Becher grün", "cp1252"), ("Tür", "cp1252"), ("Åre skål", "cp1252"), ("Théière en fonte émaillée", "cp1252"),
        ("Lámpara pequeña – 5 €", "cp1252"), ("C\u00fc", "cp1252"), ("LED台灯USB", "gb18030"), ("A4纸张Pack", "gb18030"),
        ("景德镇手工青瓷茶杯，釉面温润。", "gb18030"), ("ステンレス急須 600ml", "cp932"), ("①②ⅢⅣ㈱東京ランプ", "cp932"),
        ("ｷｭｳｽ 急須 セット", "cp932"), ("ステンレス急須のセット", "euc_jp"),
        ("탁상용 LED 램프 밝기 조절", "cp949"), ("도자기 찻잔 세트", "cp949"),
        ("ｷｭｳｽ ｾｯﾄ", "cp932"), ("ｽﾃﾝﾚｽﾎﾞﾄﾙ ﾎﾜｲﾄ", "cp932"), ("ﾃﾞｽｸﾗﾝﾌﾟ ﾌｧｰ･ｶﾊﾞｰ", "cp932"), ("台灯", "gb18030"), ("羊毛围巾", "gb18030"),
        ("Größe grün", "utf-8"), ("急須", "utf-8"),
    ],
)  # fmt: skip
def test_an_encoding_is_told_by_how_well_it_reads(text: str, encoding: str) -> None:
    content = f"title,price\n{text},5\n".encode(encoding)

    assert encoding_of(content) == encoding
    assert listings(content)[0].title == text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16", "utf-32"])
def test_the_last_line_of_a_file_may_have_no_end(encoding: str) -> None:
    assert [one.title for one in listings("title,price\nGröße,5".encode(encoding))] == ["Größe"]


def test_the_first_foreign_sign_may_come_late() -> None:
    rows = [f"plain {number:06d},5" for number in range(20_000)]
    content = "\n".join(["title,price", *rows, "ステンレス急須,5"]).encode("cp932")

    assert listings(content)[-1].title == "ステンレス急須"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "shift_jis", "gb18030"])
def test_xml_in_any_of_the_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    document = f"""<?xml version="1.0" encoding="{declared}"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel><item>
<g:id>1</g:id><g:title>茶器</g:title><g:price>10.00 EUR</g:price><g:link>https://a.example/1</g:link></item></channel></rss>"""

    assert listings(document.encode(encoding))[0].title == "茶器"


def test_a_row_of_a_workbook_ends_where_no_table_does() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["handle", "title", "price"])
    for number in range(2, 5):
        sheet.append([f"a{number}", "One", "10"])
        sheet.cell(number, 16_384, "far away")
    content = io.BytesIO()
    book.save(content)

    table = open_table(io.BytesIO(content.getvalue()))

    assert {len(row) for _line, row in table.rows} == {3}


# Tables -------------------------------------------------------------------------------------------------------


def test_excel_s_own_first_line_says_what_parts_the_cells() -> None:
    content = b"sep=;\r\nhandle;title;price\r\na;One, two;10\r\nb;Bad;x\r\n"

    assert [one.title for one in listings(content)] == ["One, two"]
    assert errors(content)[0][0] == 4


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    [one] = listings(b"title,price,title,price\nFirst,10,,\n")

    assert (one.title, one.variants[0].price) == ("First", Decimal(10))


def test_columns_of_one_name_have_a_picture_each() -> None:
    [one] = listings(b"title,price,image,image\nMug,10,https://a.example/1.jpg,https://a.example/2.jpg\n")

    assert [image.url for image in one.images] == ["https://a.example/1.jpg", "https://a.example/2.jpg"]


def test_a_quotation_that_is_not_closed_names_its_line() -> None:
    content = b'handle,title,price\na,One,10\nb,"Two,10\nc,Three,10\nd,Four,10\n'
    found = []

    with pytest.raises(Refused, match="opens in line 3"):
        for item in open_feed(io.BytesIO(content), format="auto", currency="EUR", on=ON)[1]:
            found.append(item)


def test_a_quotation_may_run_over_lines() -> None:
    content = b'handle,title,description,price\na,One,"first\nsecond",10\nb,Bad,,x\n'

    assert [one.handle for one in listings(content)] == ["a"]
    assert errors(content)[0][0] == 4


def test_signs_that_no_text_has_are_left_out() -> None:
    [one] = listings("title,price\nA\x07 m\ufffeu\uffffg\x00,10\n".encode())

    assert one.title == "A mug"


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """A workbook with something else in one of its files."""
    answer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(answer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            target.writestr(entry.filename, data.replace(old, new) if entry.filename.endswith(name) else data)
    return answer.getvalue()


def test_what_a_workbook_says_of_its_size_counts_for_nothing() -> None:
    content = changed(
        workbook([["title", "price"], ["Mug", 10]]),
        "sheet1.xml",
        b'<dimension ref="A1:B2"',
        b'<dimension ref="A1:XFD1048576"',
    )

    assert [one.title for one in listings(content)] == ["Mug"]


def test_a_workbook_with_too_many_words_is_refused_before_it_is_unpacked() -> None:
    content = io.BytesIO(workbook([["title", "price"], ["Mug", 10]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", bytes(50_000_000))

    with pytest.raises(Refused) as refused:
        read(content.getvalue())
    assert refused.value.code == "file_too_large"


@pytest.mark.parametrize("format", ["bagisto", "spree", "spree-translations"])
def test_a_file_of_another_kind_is_refused_by_its_columns(format: str) -> None:
    with pytest.raises(Refused) as refused:
        read(b"title,price\nMug,10\n", format)
    assert refused.value.code == "columns_missing"


def test_an_item_without_the_number_of_the_first_is_an_error_of_its_own() -> None:
    item = '<product sku="A" type="simple" attribute_family_code="default" url_key="a" name="A" price="5" status="1"/>'
    content = f"<products>{item}<product name='B' price='5'/></products>".encode()

    found = read(content)

    assert [type(one) for one in found] == [FeedListing, LeftOut]


def test_an_item_of_google_needs_its_number() -> None:
    items = b"id\ttitle\tprice\tlink\nA\tCup\t5 EUR\thttps://a.example\n\tMug\t6 EUR\thttps://a.example\n"

    assert [one.handle for one in listings(items)] == ["A"]
    assert errors(items) == [(3, "The handle is missing.")]  # the line it stands in is none


def test_german_amounts() -> None:
    """Semicolons and German amounts: what can only be meant one way is read, the rest is asked for."""
    content = b"handle;title;price;quantity\nde1;Schrank;1.234,50;1\nde2;Tisch;1.000;2\n"

    assert [(one.handle, one.variants[0].price) for one in listings(content)] == [("de1", Decimal("1234.50"))]
    assert errors(content)[0][0] == 3


@pytest.mark.parametrize(
    "file",
    [
        "sku,title,price,stock\nA,Mug,12,50,3\nB,Cup,10.00,4\n",
        "Handle,Title,Variant Price,Variant SKU\na,Mug,12,50,A\nb,Cup,10.00,B\n",
        "ID,Type,Name,Regular price,Stock\n1,simple,Mug,12,50,3\n2,simple,Cup,10.00,4\n",
        "id,title,price,link\n1,Mug,12,50 EUR,https://a.example\n2,Cup,10.00,https://a.example\n",
    ],
)
def test_a_row_that_a_comma_has_moved_is_an_error_and_never_another_price(file: str) -> None:
    ((line, reason),) = errors(file.encode())

    assert (line, reason.startswith("This row has more cells than the file has columns")) == (2, True)
    assert [(one.title, str(one.variants[0].price)) for one in listings(file.encode())] == [("Cup", "10.00")]


def test_separators_at_the_end_of_a_row_move_nothing() -> None:
    assert [str(one.variants[0].price) for one in listings(b"title;price\nMug;12,50;;;\n")] == ["12.50"]


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Price list 2026\n", 3), ("Price list 2026;;\n;;\nAs of 1 November, Berlin;;\n", 5), ("\n\n", 4),
        ("# Required | A name;# Required | What it costs;\n", 3),
    ],
)  # fmt: skip
def test_what_stands_above_the_names_of_the_columns_is_passed_over(heading: str, line: int) -> None:
    content = f"{heading}Title;Price;Stock\nMug;dear;3\nCup;12,50;4\n".encode()

    assert [(one.title, str(one.variants[0].price)) for one in listings(content)] == [("Cup", "12.50")]
    assert [row[0] for row in errors(content)] == [line]


def test_names_of_columns_have_signs_that_nobody_sees() -> None:
    [one] = listings("\u200fSKU\u200e;\u00a0Title\u00a0;\u200bPrice\x00;Compare\u00a0 at  price\nA;Mug;8;9\n".encode())

    assert (one.variants[0].sku, one.title, str(one.variants[0].compare_at)) == ("A", "Mug", "9")


def test_columns_may_be_written_as_machines_write_them() -> None:
    head = "seller-sku,Product_Name,Regular_Price,Stock-Quantity,Image_URL,item-description,listing-id\n"
    [one] = listings(f"{head}A,Mug,10,3,https://a.example/1.jpg,Blue,7\n".encode())

    [variant] = one.variants
    assert (one.title, one.description, variant.sku, str(variant.price), variant.pieces) == (
        "Mug",
        "<p>Blue</p>",
        "A",
        "10",
        3,
    )
    assert [image.url for image in one.images] == ["https://a.example/1.jpg"]
    assert one.remarks == ("Columns that were not read: listing-id. A mapping can say what they are.",)


def test_a_currency_may_be_a_sign_and_an_unknown_one_is_named_by_its_cell() -> None:
    content = "sku,title,price,currency\nA,A,10,€\nB,B,10,US Dollar\nC,C,10,$\nD,D,10,usd\n".encode()

    assert [(one.handle, one.currency) for one in listings(content)] == [("A", "EUR"), ("D", "USD")]
    assert [(row.line, row.field, row.value) for one in read(content) if isinstance(one, LeftOut) for row in one.rows] == [
        (3, "currency", "US Dollar"), (4, "currency", "$"),
    ]  # fmt: skip


def test_items_of_a_group_that_differ_in_their_titles_alone_are_choices() -> None:
    head = "id,title,price,link,item_group_id\n"
    [one] = listings(f"{head}1,Cup red,5 EUR,https://a.example,g\n2,Cup blue,6 EUR,https://a.example,g\n".encode())

    assert (one.options, [each.values for each in one.variants]) == (("Choice",), [("Cup red",), ("Cup blue",)])


def test_a_document_that_declares_no_encoding_is_read_as_it_reads_best() -> None:
    document = (
        '<?xml version="1.0"?>\n<products><product sku="A"><title>Größe</title><price>5</price></product></products>'
    )

    assert [one.title for one in listings(document.encode("cp1252"))] == ["Größe"]


def test_a_title_is_one_line() -> None:
    [one] = listings(b'title;price\n"A  big\nmug\there";5\n')

    assert one.title == "A big mug here"


@pytest.mark.parametrize("text", ['A 17" screen & more', "It's 5 < 6", "12\u00a0cm", "One\ntwo\n\nthree"])
def test_plain_text_is_markup_that_cleaning_leaves_alone(text: str) -> None:
    assert clean_html(paragraphs(text)) == paragraphs(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("DEU", "DE"), ("Deutschland", "DE"), ("Germany", "DE"), ("中国", "CN"), ("日本", "JP"),
        ("ألمانيا", "DE"), ("USA", "US"), ("UK", "GB"), ("XK", "XK"), ("ZZ", ""), ("Narnia", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_letters_and_its_names(text: str, code: str) -> None:
    assert cells.country(text) == code


@pytest.mark.parametrize("text", ["691200", "6912.00", "6912 00", "HS 6912-00", "hs691200"])
def test_a_customs_code_is_read_as_it_is_written(text: str) -> None:
    assert cells.hs_code(text) == "691200"


@pytest.mark.parametrize(
    ("typed", "kept", "remarks"),
    [
        (("Deutschland", "6912.00"), ("DE", "691200"), []), (("", ""), ("", ""), []),
        (("Narnia", "ABC"), ("", ""), ["“Narnia” is no country that we know.", "“ABC” is no customs code"]),
    ],
)  # fmt: skip
def test_an_origin_and_a_customs_code_that_are_none_are_said(
    typed: tuple[str, str], kept: tuple[str, str], remarks: list[str]
) -> None:
    [one] = listings(f"title,price,origin,hs_code\nMug,5,{typed[0]},{typed[1]}\n".encode())

    assert (one.origin, one.hs_code) == kept
    assert len(one.remarks) == len(remarks) and all(map(str.startswith, one.remarks, remarks))

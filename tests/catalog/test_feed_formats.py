"""Files of other shops: what each format says of a listing, and which of them a file is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from catalog.feeds.formats import open_feed
from catalog.feeds.listing import FeedListing, LeftOut, Translated
from marketplace.kernel.errors import Refused

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "feeds"
ON = date(2026, 11, 28)
Item = FeedListing | Translated | LeftOut

# ruff: noqa: E501 - lines of files
WOO = """ID,Type,SKU,Name,Published,In stock?,Stock,Backorders allowed?,Weight (lbs),Sale price,Regular price,Categories,Images,Parent,\
Date sale price starts,Date sale price ends,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)
44,variable,TEE,Tee,1,1,,0,.5,,,"Clothing > Tees, Sale","https://a.example/1.jpg, https://a.example/2.jpg",,,,Color,"Red, Blue",Logo,"Yes, No"
76,variation,TEE-R,,1,1,6,0,1,,20,,https://a.example/3.jpg,id:44,,,Color,Red,Logo,
77,variation,TEE-B,,1,1,,1,,18,20,,,TEE,2020-01-01,2020-02-01,Color,Blue,Logo,No
90,simple,CAP,Cap,0,0,,0,,16,18,Hats,,,,,,,,
91,"simple, downloadable, virtual",MP3,Song,1,1,,0,,,5,Music,,,,,,,,
"""
MEDUSA = """Product Handle;Product Title;Product Status;Product Hs Code;Product Origin Country;Product Weight;Variant Title;Variant Sku;\
Variant Ean;Variant Manage Inventory;Variant Allow Backorder;Variant Option 1 Name;Variant Option 1 Value;Variant Price EUR;\
Variant Price Europe [EUR];Variant Price USD
mug;Mug;published;6912.00;pt;350;Small;MUG-S;4006381333931;true;false;Size;Small;12;99;13.50
mug;Mug;published;;;350;Large;MUG-L;;false;false;Size;Large;15;99;
"""
SPREE = """slug,sku,name,price,compare_at_price,currency,status,category1,option1_name,option1_value,weight,weight_unit,inventory_count,\
inventory_backorderable,track_inventory
kettle,KETTLE,Kettle,0,0,USD,active,Kitchen -> Kettles,,,,,,,
kettle,KETTLE-B,,89.99,99.99,USD,,,Color,Black,4.4,lb,50,FALSE,TRUE
kettle,KETTLE-W,,89.99,0,USD,,,Color,White,4.4,lb,,TRUE,TRUE
kettle,KETTLE-B,,79.99,,EUR,,,,,,,,,
"""
BAGISTO = """sku,parent_sku,locale,attribute_family_code,type,categories,name,description,status,weight,price,special_price,\
special_price_from,special_price_to,url_key,manage_stock,inventories,configurable_variants
JKT,,en,default,configurable,Men/Winter Wear,Jacket,Warm,1,,,,,,jacket,1,,"sku=JKT-M,color=Blue,size=M|sku=JKT-L,color=Blue,size=L"
JKT,,fr,default,configurable,Men/Winter Wear,Veste,Chaude,1,,,,,,veste,1,,
JKT-M,JKT,en,default,simple,Men/Winter Wear,Jacket M,Warm,1,1.2,40,30,2026-11-01,2026-12-31,j-m,1,"default=3,east=4",
JKT-L,JKT,en,default,simple,Men/Winter Wear,Jacket L,Warm,1,1.2,40,30,2026-01-01,2026-02-01,j-l,0,,
SET,,en,default,bundle,Men,Set,,1,,10,,,,set,1,,
ODD,,en,default,odd,Men,Odd,,1,,10,,,,odd,1,,
"""
GOOGLE_TSV = """id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tsale_price\tsale_price_effective_date\tbrand\tgtin\t\
item_group_id\tcolor\tsize\tshipping_weight\tproduct_type
S-1\tShirt\tSoft\thttps://a.example/s\thttps://a.example/s1.jpg\tin stock\t15.00 USD\t12.00 USD\t2026-11-01T00:00Z/2026-12-01T00:00Z\tAcme\t\
4006381333931\tS\tRed\tM\t0.2 kg\tApparel > Shirts
S-2\tShirt\tSoft\thttps://a.example/s\thttps://a.example/s2.jpg\tout of stock\t15.00 USD\t\t\tAcme\t\tS\tBlue\tM\t8 oz\tApparel > Shirts
"""
GOOGLE_XML = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>P-1</g:id><title>Pot &amp; lid</title><description>Clay</description><link>https://a.example/p</link>
<g:image_link>https://a.example/p.jpg</g:image_link><g:additional_image_link>https://a.example/q.jpg</g:additional_image_link>
<g:additional_image_link>https://a.example/r.jpg</g:additional_image_link><g:availability>in_stock</g:availability>
<g:price>1980 JPY</g:price><g:shipping_weight>1.5 kg</g:shipping_weight></item></channel></rss>
"""
AMAZON = """TemplateType=fptcustom\tVersion=2021.1014\tThe top 3 rows are for the template
SKU\tName\tParentage\tParent SKU\tTheme\tColor\tPrice\tQuantity\tImage\tWeight\tUnit\tBullet
item_sku\titem_name\tparent_child\tparent_sku\tvariation_theme\tcolor_name\tstandard_price\tquantity\tmain_image_url\t\
item_weight\titem_weight_unit_of_measure\tbullet_point1
LAMP\tLamp\tParent\t\tColor\t\t\t\thttps://a.example/l.jpg\t\t\tBright
LAMP-B\tLamp black\tChild\tLAMP\tColor\tBlack\t30.00\t4\t\t2\tLB\t
LAMP-W\tLamp white\tChild\tLAMP\tColor\tWhite\t30.00\t0\t\t900\tGR\t
"""


def read(
    content: str | bytes, format: str = "auto", currency: str = "USD", **options: object
) -> tuple[str, list[Item]]:
    """The format that was found, and everything in the file."""
    data = content.encode() if isinstance(content, str) else content
    found, items = open_feed(io.BytesIO(data), format=format, currency=currency, on=ON, **options)  # type: ignore[arg-type]
    return found.key, list(items)


def good(items: list[Item]) -> Iterator[FeedListing]:
    return (item for item in items if isinstance(item, FeedListing))


def bad(items: list[Item]) -> list[tuple[int, str, str]]:
    left_out = [item for item in items if isinstance(item, LeftOut)]
    return [(row.line, row.handle, row.reason) for item in left_out for row in item.rows]


def test_a_variable_product_of_woocommerce_has_its_variations_and_what_they_leave_open() -> None:
    format, items = read(WOO)

    tee, cap = good(items)
    assert format == "woocommerce"
    assert (tee.handle, tee.title, tee.kind, tee.options, tee.live) == ("TEE", "Tee", "Tees", ("Color", "Logo"), True)
    assert {(one.values, one.sku, one.price, one.pieces, one.weight_grams) for one in tee.variants} == {
        (("Blue", "No"), "TEE-B", Decimal(20), None, 227),  # the sale is over; no pieces; the parent's weight
        (("Red", "Yes"), "TEE-R-2", Decimal(20), 6, 454),
        (("Red", "No"), "TEE-R-3", Decimal(20), 6, 454),
    }
    assert [image.url[-5:] for image in tee.images] == ["1.jpg", "2.jpg", "3.jpg"]
    assert (cap.live, cap.variants[0].price, cap.variants[0].compare_at) == (False, Decimal(16), Decimal(18))
    assert cap.variants[0].pieces == 0
    reason = "Only goods that are sent can be sold here, no downloads and no services."
    assert bad(items) == [(6, "MP3", reason)]


def test_medusa_says_code_origin_and_prices_in_several_currencies() -> None:
    format, items = read(MEDUSA, currency="EUR")

    (mug,) = good(items)
    assert format == "medusa"
    assert (mug.handle, mug.hs_code, mug.origin, mug.options, mug.currency) == ("mug", "691200", "PT", ("Size",), "EUR")
    small, large = mug.variants
    assert (small.price, small.prices, small.gtin, small.weight_grams, small.pieces) == (
        Decimal(12), (("USD", Decimal("13.50")),), "4006381333931", 350, 0,
    )  # fmt: skip
    assert (large.price, large.prices, large.pieces) == (Decimal(15), (), None)
    assert mug.remarks == ("How many pieces there are is not in the file.",)


def test_medusa_without_prices_in_the_currency_says_which_there_are() -> None:
    with pytest.raises(Refused) as caught:
        read(MEDUSA, currency="JPY")

    assert caught.value.code == "currency_not_in_file"
    assert str(caught.value.message) == "The file has no prices in JPY, only in EUR, USD."


def test_spree_has_pounds_backorders_and_a_second_currency_further_down() -> None:
    format, items = read(SPREE, currency="EUR")

    (kettle,) = good(items)
    assert format == "spree"
    assert (kettle.currency, kettle.kind, kettle.options) == ("USD", "Kettles", ("Color",))
    black, white = kettle.variants
    assert (black.price, black.compare_at, black.prices) == (
        Decimal("89.99"),
        Decimal("99.99"),
        (("EUR", Decimal("79.99")),),
    )
    assert (black.weight_grams, black.pieces, white.pieces, white.prices) == (1996, 50, None, ())


def test_translations_of_spree_name_the_listing_and_the_language() -> None:
    text = "slug,locale,name,description\nkettle,de,Wasserkocher,Kocht Wasser\nkettle,pt,Chaleira,\n,fr,Bouilloire,\n"

    format, items = read(text)

    assert format == "spree-translations"
    assert [(one.handle, [(each.language, each.title, each.description) for each in one.texts])
            for one in items if isinstance(one, Translated)] == [("kettle", [("de", "Wasserkocher", "Kocht Wasser")])]  # fmt: skip
    assert bad(items) == [(3, "kettle", "The shop has no texts in “pt”."), (4, "", "The handle is missing.")]


def test_bagisto_joins_variants_languages_and_warehouses() -> None:
    format, items = read(BAGISTO)

    (jacket,) = good(items)
    assert format == "bagisto"
    assert (jacket.handle, jacket.kind, jacket.options) == ("JKT", "Winter Wear", ("Color", "Size"))
    assert [(one.values, one.price, one.compare_at, one.pieces, one.weight_grams) for one in jacket.variants] == [
        (("Blue", "M"), Decimal(30), Decimal(40), 7, None),
        (("Blue", "L"), Decimal(40), None, None, None),
    ]
    assert [(text.language, text.title) for text in jacket.texts] == [("fr", "Veste")]
    assert len(jacket.remarks) == 1  # on the weight, whose unit nobody knows
    assert bad(items) == [
        (6, "SET", "Products of the kind “bundle” can't be sold here."), (7, "ODD", "“odd” is not a kind of product."),
    ]  # fmt: skip


def test_google_items_of_one_group_are_variants_of_what_differs() -> None:
    format, items = read(GOOGLE_TSV)

    (shirt,) = good(items)
    assert format == "google"
    assert (shirt.handle, shirt.brand, shirt.kind, shirt.options) == ("S", "Acme", "Shirts", ("Color",))
    red, blue = shirt.variants
    assert (red.price, red.compare_at, red.weight_grams, red.pieces, red.gtin) == (
        Decimal("12.00"), Decimal("15.00"), 200, None, "4006381333931",
    )  # fmt: skip
    assert (blue.price, blue.compare_at, blue.weight_grams, blue.pieces) == (Decimal("15.00"), None, 227, 0)


def test_google_xml_has_several_pictures_and_its_own_currency() -> None:
    format, items = read(GOOGLE_XML)

    (pot,) = good(items)
    assert (format, pot.title, pot.currency, pot.variants[0].price) == ("google", "Pot & lid", "JPY", Decimal(1980))
    assert [image.url[-5:] for image in pot.images] == ["p.jpg", "q.jpg", "r.jpg"]


def test_amazon_names_its_columns_in_the_third_line() -> None:
    format, items = read(AMAZON)

    (lamp,) = good(items)
    assert (format, lamp.handle, lamp.options, lamp.description) == (
        "amazon",
        "LAMP",
        ("Color",),
        "<ul><li>Bright</li></ul>",
    )
    assert [(one.values, one.price, one.pieces, one.weight_grams) for one in lamp.variants] == [
        (("Black",), Decimal("30.00"), 4, 907), (("White",), Decimal("30.00"), 0, 900),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("商品名称,价格,库存,重量(克)", "gb18030"),
        ("商品名,価格,在庫数,重さ", "cp932"),
        ("商品名,価格,在庫数,重さ", "utf-16"),
        ("タイトル;価格;在庫;重さ", "utf-8-sig"),
        ("العنوان\tالسعر\tالكمية\tالوزن", "utf-8"),
        ("Bezeichnung;Preis;Bestand;Gewicht", "utf-16-le"),
    ],
)
def test_a_plain_table_is_understood_in_the_languages_and_encodings_of_sellers(header: str, encoding: str) -> None:
    mark = next(mark for mark in ",;\t" if mark in header)
    cells = {"gb18030": "青花瓷茶杯", "cp932": "あおい茶碗"}.get(encoding, "Cup")
    content = f"{header}\n{mark.join([cells, '12.50', '3', '250'])}\n".encode(encoding)

    format, items = read(content)

    (cup,) = good(items)
    assert format == "plain"
    assert (cup.title, cup.variants[0].price, cup.variants[0].pieces, cup.variants[0].weight_grams) == (
        cells, Decimal("12.50"), 3, 250,
    )  # fmt: skip


def test_a_mapping_wins_over_any_guess_and_joins_rows_of_one_handle() -> None:
    text = "Nr;Gruppe;Was;EUR;Farbe;Was auf Deutsch\nA1;A;Bag;10;Red;Tasche\nA2;A;Bag;11;Blue;\n"
    mapping = {"sku": "Nr", "handle": "Gruppe", "title": "Was", "price": "EUR", "option1_value": "Farbe",
               "title_de": "Was auf Deutsch"}  # fmt: skip

    _format, items = read(text, currency="EUR", mapping=mapping)

    (bag,) = good(items)
    assert (bag.handle, bag.title, bag.options) == ("A", "Bag", ("Choice",))
    assert [(one.sku, one.values, one.price) for one in bag.variants] == [
        ("A1", ("Red",), Decimal(10)), ("A2", ("Blue",), Decimal(11)),
    ]  # fmt: skip
    assert [(one.language, one.title) for one in bag.texts] == [("de", "Tasche")]


@pytest.mark.parametrize(
    ("content", "mapping", "code"),
    [
        (b"", None, "file_empty"),
        (b"  \n \n", None, "file_empty"),
        (b"email,first_name\na@b.example,A\n", None, "unknown_format"),
        (b"title,price\nCup,1\n", {"title": "Name", "price": "price"}, "unknown_column"),
        (b"title,price\nCup,1\n", {"title": "title", "cost": "price"}, "unknown_field"),
        (b"title,price\nCup,1\n", {"title": "title"}, "columns_missing"),
        (b"PK\x03\x04 not a workbook", None, "damaged_file"),
        (b"\xd0\xcf\x11\xe0 neither", None, "damaged_file"),
        (
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xx">]><rss><item><id>&x;</id></item></rss>',
            None,
            "damaged_file",
        ),
        (b"<html><body><p>Sign in</p></body></html>", None, "no_table"),
        (b"\x1f\x8b\x08 packed", None, "no_table"),
        (b"%PDF-1.7", None, "no_table"),
        ("Стол,Цена,стул\nЛампа,1,лампа\n".encode("cp1251"), None, "unknown_format"),
        (b"title,price\n\x00\xff\xfe\xff\xff,1\n", None, "damaged_file"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_with_a_reason(
    content: bytes, mapping: dict[str, str] | None, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        read(content, mapping=mapping)

    assert caught.value.code == code


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
@pytest.mark.parametrize(
    ("name", "format", "listings", "variants", "rejected"),
    [
        ("bagisto/sample_products.csv", "bagisto", 5, 8, 17),
        ("bagisto/sample_products.xlsx", "bagisto", 5, 8, 17),
        ("bagisto/sample_products.xls", "bagisto", 5, 8, 17),
        ("bagisto/sample_products.xml", "bagisto", 5, 8, 17),
        ("bagisto/e2e_products-with-errors.csv", "bagisto", 1, 1, 1),
        ("medusa/exported-products-comma.csv", "medusa", 2, 3, 0),
        ("medusa/exported-products-semicolon.csv", "medusa", 2, 3, 0),
        ("medusa/invalid-column.csv", "medusa", 1, 1, 0),
        ("medusa/v1-template.csv", "medusa", 2, 2, 1),
        ("shopify-official/jewelery.csv", "shopify", 20, 23, 0),
        ("spree/products.csv", "spree", 37, 87, 0),
        ("spree/spec_products_import.csv", "spree", 2, 15, 0),
        ("woocommerce/sample_products.csv", "woocommerce", 14, 25, 4),
        ("woocommerce/sample_products.classic-commerce.csv", "woocommerce", 11, 24, 4),
        ("woocommerce/importer_unittest_sample.csv", "woocommerce", 2, 3, 3),
    ],
)
def test_the_sample_files_are_recognised_and_read(
    name: str, format: str, listings: int, variants: int, rejected: int
) -> None:
    found, items = read((SAMPLES / name).read_bytes())

    whole = list(good(items))
    assert found == format
    assert (len(whole), sum(len(one.variants) for one in whole), len(bad(items))) == (listings, variants, rejected)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
def test_one_catalogue_in_four_containers_is_the_same() -> None:
    """Lines differ, and Excel keeps no trailing blanks; everything that makes a listing does not."""
    digests = [
        [one.digest for one in good(read((SAMPLES / "bagisto" / f"sample_products.{ending}").read_bytes())[1])]
        for ending in ("csv", "xlsx", "xls", "xml")
    ]

    assert digests[0] == digests[1] == digests[2] == digests[3]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
def test_the_twins_with_comma_and_semicolon_are_the_same() -> None:
    comma, semicolon = (
        [one.digest for one in good(read((SAMPLES / "medusa" / f"exported-products-{mark}.csv").read_bytes())[1])]
        for mark in ("comma", "semicolon")
    )

    assert comma == semicolon


def test_a_cell_too_many_in_a_template_of_amazon_is_noticed() -> None:
    (left_out,) = (one for one in read(AMAZON.replace("900\tGR\t", "900\tGR\t\tmoved"))[1] if isinstance(one, LeftOut))

    (row,) = left_out.rows
    assert (row.line, row.value) == (6, "moved")
    assert row.reason.startswith("This row has more cells than the file has columns")


@pytest.mark.parametrize("first", ["TemplateType=fptcustom\tVersion=2021\t\t\tThe top 3 rows are Amazon's\t\t\t\t\t\t\t",
                                   "TemplateType=fptcustom\tVersion=2021"])  # fmt: skip
def test_the_first_row_of_a_template_of_amazon_may_have_any_number_of_cells(first: str) -> None:
    (lamp,) = good(read(first + AMAZON[AMAZON.index("\nSKU") :])[1])

    assert (lamp.title, [(one.sku, one.price) for one in lamp.variants]) == (
        "Lamp", [("LAMP-B", Decimal("30.00")), ("LAMP-W", Decimal("30.00"))],
    )  # fmt: skip

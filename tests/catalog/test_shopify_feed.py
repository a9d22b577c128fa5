"""Reading a Shopify export: the traps of real files, in files of our own."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from catalog.feeds.listing import FeedListing, LeftOut, RowError
from catalog.feeds.shopify import read
from marketplace.kernel.errors import Refused

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,Status"
)
NAMES = HEADER.split(",")


def row(**cells: str) -> str:
    """One line of the file; cells by lower-case words joined with underscores."""
    by_name = {name.lower().replace(" ", "_").replace("(", "").replace(")", ""): name for name in NAMES}
    values = {by_name[key]: value for key, value in cells.items()}
    return ",".join('"' + values.get(name, "").replace('"', '""') + '"' for name in NAMES)


def listings(*rows: str, currency: str = "USD", end: str = "\r\n") -> list[FeedListing | LeftOut]:
    return list(read(io.StringIO(end.join([HEADER, *rows]) + end, newline=""), currency=currency))


def only(*rows: str, currency: str = "USD") -> FeedListing:
    (listing,) = listings(*rows, currency=currency)
    assert isinstance(listing, FeedListing), listing
    return listing


def refusal(*rows: str, currency: str = "USD") -> RowError:
    (error,) = listings(*rows, currency=currency)
    assert isinstance(error, LeftOut), error
    (bad,) = error.rows
    return bad


PLAIN = {
    "handle": "pot",
    "title": "Pot",
    "option1_name": "Title",
    "option1_value": "Default Title",
    "variant_price": "9.99",
}


def test_default_title_is_one_variant_without_a_choice() -> None:
    listing = only(row(**PLAIN))

    assert listing.options == ()
    assert [variant.values for variant in listing.variants] == [()]
    assert listing.variants[0].price == Decimal("9.99")


def test_further_rows_of_a_handle_are_variants_that_share_the_names_of_the_choices() -> None:
    listing = only(
        row(
            handle="shirt",
            title="Shirt",
            option1_name="Size",
            option1_value="S",
            option2_name="Colour",
            option2_value="Blue",
            variant_price="60",
        ),
        row(handle="shirt", option1_value="M", option2_value="Blue", variant_price="65"),
    )

    assert listing.options == ("Size", "Colour")
    assert [(v.values, v.price) for v in listing.variants] == [
        (("S", "Blue"), Decimal(60)),
        (("M", "Blue"), Decimal(65)),
    ]


def test_a_row_with_only_a_picture_adds_no_variant() -> None:
    listing = only(
        row(**PLAIN, image_src="https://pictures.example/1.jpg", image_alt_text="Front"),
        row(handle="pot", image_src="https://pictures.example/2.jpg", image_position="2"),
        row(handle="pot", image_src="https://pictures.example/1.jpg"),
    )

    assert len(listing.variants) == 1
    assert [(image.url[-5:], image.position, image.alt) for image in listing.images] == [
        ("1.jpg", 1, "Front"),
        ("2.jpg", 2, ""),
    ]


@pytest.mark.parametrize(
    ("grams", "known"), [("0", None), ("0.0", None), ("", None), ("250", 250), ("0.4", 1), ("28.35", 28)]
)
def test_a_weight_of_zero_is_an_unknown_weight(grams: str, known: int | None) -> None:
    assert only(row(**PLAIN, variant_grams=grams)).variants[0].weight_grams == known


@pytest.mark.parametrize(
    ("before", "kept"), [("", None), ("9.99", None), ("5", None), ("12", Decimal(12)), ("1,200.00", Decimal(1200))]
)
def test_a_price_before_counts_only_when_it_was_higher(before: str, kept: Decimal | None) -> None:
    assert only(row(**PLAIN, variant_compare_at_price=before)).variants[0].compare_at == kept


@pytest.mark.parametrize(
    ("tracker", "quantity", "policy", "pieces"),
    [
        ("shopify", "5", "deny", 5),
        ("shopify", "-3", "deny", 0),
        ("shopify", "", "deny", 0),
        ("", "1", "deny", None),
        ("shopify", "2", "continue", None),
    ],
)
def test_pieces_are_counted_only_where_the_seller_counts_them(
    tracker: str, quantity: str, policy: str, pieces: int | None
) -> None:
    cells = {
        "variant_inventory_tracker": tracker,
        "variant_inventory_qty": quantity,
        "variant_inventory_policy": policy,
    }

    assert only(row(**PLAIN, **cells)).variants[0].pieces == pieces


@pytest.mark.parametrize(
    ("status", "published", "live"),
    [
        ("", "true", True),
        ("", "", True),
        ("active", "true", True),
        ("active", "false", False),
        ("draft", "true", False),
        ("archived", "", False),
    ],
)
def test_a_listing_is_on_sale_when_it_is_active_and_published(status: str, published: str, live: bool) -> None:
    assert only(row(**PLAIN, status=status, published=published)).live is live


def test_markup_is_cleaned() -> None:
    body = '<h2 onclick="x()">Fine</h2><script>alert(1)</script><p style="x">Pot<a href="javascript:x">!</a></p><img src=x onerror=y>'

    assert only(row(**PLAIN, body_html=body)).description == "<h3>Fine</h3><p>Pot!</p>"


def test_line_breaks_inside_a_cell_do_not_break_the_row_and_lines_are_counted_as_an_editor_does() -> None:
    found = listings(row(**PLAIN, body_html="one\ntwo\n\nthree"), row(handle="bad", title="", variant_price="1"))

    assert isinstance(found[0], FeedListing)
    assert found[1] == LeftOut((RowError(6, "bad", "The title is missing.", "title"),))


def test_padded_and_missing_columns_are_understood() -> None:
    text = "\ufeff Handle , Title ,Variant Price,,\r\npot,Pot,3,,\r\n"

    (listing,) = read(io.StringIO(text, newline=""), currency="EUR")

    assert isinstance(listing, FeedListing)
    assert listing.variants[0].price == Decimal(3)


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        ([row(**PLAIN | {"variant_price": "abc"})], 2, "“abc” is not a price."),
        ([row(**PLAIN | {"variant_price": "-1"})], 2, "“-1” is not a price."),
        ([row(**PLAIN | {"variant_price": "1e3"})], 2, "“1e3” is not a price."),
        ([row(**PLAIN | {"variant_price": "9.9999"})], 2, "USD has no amount as fine as “9.9999”."),
        ([row(**PLAIN | {"variant_price": ""})], 2, "The price is missing."),
        ([row(**PLAIN | {"handle": ""})], 2, "The handle is missing."),
        ([row(**PLAIN | {"title": "x" * 256})], 2, "The title is longer than 255 characters."),
        ([row(**PLAIN, gift_card="true")], 2, "Gift cards can't be sold here."),
        ([row(**PLAIN, variant_grams="heavy")], 2, "“heavy” is not a weight in grams."),
        ([row(**PLAIN, variant_grams="NaN")], 2, "“NaN” is not a weight in grams."),
        ([row(**PLAIN, status="gone")], 2, "“gone” is not a status: use active, draft or archived."),
        ([row(**PLAIN, image_src="javascript:alert(1)")], 2, "“javascript:alert(1)” is not an address of a picture."),
        ([row(**PLAIN, image_src="http://[bad")], 2, "“http://[bad” is not an address of a picture."),
        (
            [
                row(handle="s", title="S", option1_name="Size", option1_value="M", variant_price="1"),
                row(handle="s", option1_value="M", variant_price="2"),
            ],
            3,
            "Two variants have the same choices.",
        ),
        (
            [
                row(handle="s", title="S", option1_name="Size", option1_value="M", variant_price="1"),
                row(handle="s", option1_value="", variant_price="2"),
            ],
            3,
            "A choice has no value.",
        ),
    ],
)
def test_a_bad_listing_is_named_with_its_line_and_the_reason(rows: list[str], line: int, reason: str) -> None:
    error = refusal(*rows)

    assert (error.line, error.reason) == (line, reason)


def test_a_bad_listing_does_not_keep_the_next_one_out() -> None:
    first, second = listings(row(**PLAIN | {"variant_price": "x"}), row(**PLAIN | {"handle": "lid", "title": "Lid"}))

    assert isinstance(first, LeftOut)
    assert isinstance(second, FeedListing)


def test_rows_of_one_handle_must_stand_together() -> None:
    found = listings(row(**PLAIN), row(**PLAIN | {"handle": "lid"}), row(**PLAIN))

    assert [type(one).__name__ for one in found] == ["FeedListing", "FeedListing", "LeftOut"]


@pytest.mark.parametrize("text", ["", "a,b\r\n1,2\r\n", "Handle;Title;Price of it\r\n"])
def test_another_file_is_refused_with_the_columns_that_are_missing(text: str) -> None:
    with pytest.raises(Refused, match="This is not a product export of Shopify") as caught:
        list(read(io.StringIO(text, newline=""), currency="EUR"))
    assert caught.value.code == "not_a_shopify_file"


def test_the_digest_tells_a_change_and_nothing_else() -> None:
    one = only(row(**PLAIN))

    assert one.digest == only(row(**PLAIN)).digest
    assert one.digest != only(row(**PLAIN | {"variant_price": "9.98"})).digest
    assert one.digest != only(row(**PLAIN), currency="EUR").digest

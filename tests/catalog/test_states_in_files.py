"""What is on sale, sent and there to be sold, in the words of other shops."""

from __future__ import annotations

from datetime import date

import pytest

from tests.catalog.test_feed_cells import errors, listings


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("in stock", None), ("in_stock", None), ("", None), ("backorder", None), ("https://schema.org/InStock", None),
        ("Out of Stock", 0), ("out_of_stock", 0), ("discontinued", 0), ("sold out", 0), ("http://schema.org/SoldOut", 0),
    ],
)  # fmt: skip
def test_what_is_not_available_is_not_sold(word: str, pieces: int | None) -> None:
    content = f"id,title,price,link,availability\n1,Mug,5.00 EUR,https://a.example,{word}\n"

    assert listings(content.encode())[0].variants[0].pieces == pieces


def test_an_availability_that_nobody_knows_is_asked_for() -> None:
    [left_out] = errors(b"id,title,price,link,availability\n1,Mug,5 EUR,https://a.example,nicht auf Lager\n")

    assert left_out == (
        2,
        "“nicht auf Lager” is not an availability: use in_stock, out_of_stock, preorder or backorder.",
    )


@pytest.mark.parametrize(
    ("word", "day", "terms", "pieces"),
    [
        ("preorder", "2026-12-25T13:00-0800", {"available_on": date(2026, 12, 25), "lead_days": None, "order_limit": 7}, 0),
        ("https://schema.org/PreOrder", "2026-12-25", {"available_on": date(2026, 12, 25), "lead_days": None, "order_limit": 7}, 0),
        ("backorder", "2026-12-02T00:00Z", {"available_on": None, "lead_days": 4, "order_limit": 7}, 0),
        ("preorder", "2026-11-28", {}, 7), ("backorder", "", {}, 7), ("in_stock", "2026-12-25", {"available_on": None}, 7),
        ("out_of_stock", "2026-12-25", {}, 0),
    ],
)  # fmt: skip
def test_what_is_ordered_ahead_is_no_stock_but_waits_for_its_day(
    word: str, day: str, terms: dict[str, object], pieces: int
) -> None:
    content = f"id,title,price,link,availability,availability_date,quantity\n1,Mug,5.00 EUR,https://a.example,{word},{day},7\n"

    (mug,) = listings(content.encode())[0].variants

    assert (dict(mug.terms), mug.pieces) == (terms, pieces)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("", "A pre-order needs the day from which it is sent."),
        ("soon", "“soon” is not a day: write it as 2027-01-31."),
        ("9999-12-31", "A pre-order has to be sent within two years."),
    ],
)
def test_a_pre_order_without_a_day_is_asked_for(day: str, reason: str) -> None:
    head = "id,title,price,link,availability,availability_date\n"

    assert errors(f"{head}1,Mug,5 EUR,https://a.example,preorder,{day}\n".encode()) == [(2, reason)]


def test_the_text_of_an_atom_feed_is_its_summary() -> None:
    [one] = listings(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><title>Mug</title>'
        b"<summary>Blue</summary><g:id>1</g:id><g:price>5 EUR</g:price><g:availability>in stock</g:availability></entry></feed>"
    )

    assert (one.title, one.description) == ("Mug", "<p>Blue</p>")


def test_yes_and_no_of_bagisto_are_words_too() -> None:
    head = "sku,type,attribute_family_code,url_key,name,status,price,manage_stock,inventories\n"
    live, hidden = listings(f"{head}A,simple,d,a,A,TRUE,5,FALSE,\nB,simple,d,b,B,no,5,1,default=2\n".encode())

    assert (live.live, live.variants[0].pieces) == (True, None)
    assert (hidden.live, hidden.variants[0].pieces) == (False, 2)


def test_what_shopify_does_not_send_is_not_sold_and_what_it_does_not_list_is_not_shown() -> None:
    head = "Handle,Title,Product Category,Status,Variant Requires Shipping,Variant Price\n"
    content = f"{head}e-book,E-Book,,active,false,9\nshirt,Shirt,Clothing > Shirts,unlisted,true,9\n"

    [shirt] = listings(content.encode())

    assert (shirt.handle, shirt.kind, shirt.live) == ("shirt", "Shirts", False)
    assert [line for line, _reason in errors(content.encode())] == [2]


def test_a_listing_that_spree_does_not_offer_any_more_is_not_shown() -> None:
    head = "slug,sku,name,price,available_on,discontinue_on\n"
    rows = "a,A,A,5,2024-01-01 00:00:00 UTC,\nb,B,B,5,,2026-11-01\nc,C,C,5,2026-12-01,\n"

    assert [(one.handle, one.live) for one in listings((head + rows).encode())] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]


def test_a_child_that_amazon_is_to_delete_is_not_sold() -> None:
    head = "item_sku\titem_name\tupdate_delete\tstandard_price\tparent_sku\tvariation_theme\tcolor_name\n"
    rows = "P\tMug\t\t\t\tColor\t\nC1\t\t\t5\tP\t\tRed\nC2\t\tLöschen\t5\tP\t\tBlue\nX\tOld\t削除\t5\t\t\t\n"

    mug, old = listings((head + rows).encode())

    assert ([each.values for each in mug.variants], mug.live, old.live) == ([("Red",)], True, False)

"""Days in files of the world: which of them decide that a reduced price is asked today, and which are asked for."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.feeds.bad_rows import BadRow
from catalog.feeds.days import day
from tests.catalog.test_feed_cells import errors, listings

NOT_A_DAY = "is not a day: write it as 2027-01-31."
WOO = "ID,Type,SKU,Name,Regular price,Sale price,Date sale price starts,Date sale price ends\n1,simple,W,Mug,50,25,{},{}\n"
BAGISTO = (
    "sku,type,attribute_family_code,url_key,name,status,price,special_price,special_price_from,special_price_to,inventories\n"
    "B,simple,default,mug,Mug,1,50,25,{},{},default=1\n"
)
AMAZON = "item_sku\titem_name\tstandard_price\tsale_price\tsale_from_date\tsale_end_date\nA\tMug\t50\t25\t{}\t{}\n"
GOOGLE = "id,title,price,link,sale_price,sale_price_effective_date\nG,Mug,50 EUR,https://a.example,25 EUR,{} / {}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-05", date(2026, 11, 5)), ("2026-11-05 23:59:59", date(2026, 11, 5)), ("20261105", date(2026, 11, 5)),
        ("2026/11/5", date(2026, 11, 5)), ("2026年11月5日", date(2026, 11, 5)), ("05.11.2026", date(2026, 11, 5)),
        ("5.11.26", date(2026, 11, 5)), ("25/11/2026", date(2026, 11, 25)), ("11/25/2026", date(2026, 11, 25)),
        ("11/25/2026 10:30 PM", date(2026, 11, 25)), ("11/11/2026", date(2026, 11, 11)), ("25-11-2026", date(2026, 11, 25)),
        ("2026-11-05T00:00+0100", date(2026, 11, 5)), ("46331", date(2026, 11, 5)), ("1793836800", date(2026, 11, 5)),
        ("٢٠٢٦-١١-٠٥", date(2026, 11, 5)), ("２０２６／１１／０５", date(2026, 11, 5)), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(text: str, found: date | None) -> None:
    assert day(2, text) == found


@pytest.mark.parametrize(
    "text", ["05/11/2026", "5-11-2026", "31.02.2026", "next week", "5. November 2026", "2026", "11/2026"]
)
def test_what_may_be_two_days_or_none_is_asked_for(text: str) -> None:
    with pytest.raises(BadRow, match="is not a day"):
        day(2, text)


@pytest.mark.parametrize("file", [WOO, BAGISTO, AMAZON, GOOGLE])
@pytest.mark.parametrize(
    ("begins", "ends", "price"),
    [
        ("01.01.2026", "31.01.2026", "50"), ("01.11.2026", "30.11.2026", "25"), ("13/01/2026", "31/01/2026", "50"),
        ("10/31/2026", "11/30/2026", "25"), ("2026-11-28", "2026-11-28", "25"), ("2026-12-01", "2027-01-31", "50"),
    ],
)  # fmt: skip
def test_a_reduced_price_is_asked_on_its_days_however_these_are_written(
    file: str, begins: str, ends: str, price: str
) -> None:
    (one,) = listings(file.format(begins, ends).encode())

    assert str(one.variants[0].price) == price


@pytest.mark.parametrize("file", [WOO, BAGISTO, AMAZON, GOOGLE])
def test_a_reduced_price_on_days_that_nobody_can_tell_is_asked_for(file: str) -> None:
    ((line, reason),) = errors(file.format("1. Januar 2026", "31. Januar 2026").encode())

    assert (line, reason.endswith(NOT_A_DAY)) == (2, True)

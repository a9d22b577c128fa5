"""For how long an answer to a search is given again, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Product
from catalog.selectors import search as searching
from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db
ENGLISH = Region("en", "US", "USD")


@pytest.fixture
def lamp(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> Product:
    product = listing(shop.shenzhen, "Blue oak lamp", "20", {shop.shenzhen_warehouse: 3}).product
    fill_shelves()
    monkeypatch.setattr(searching, "SECONDS", 2.0)
    searching._kept.clear()
    return product


def test_the_same_question_costs_nothing_for_two_seconds(
    lamp: Product, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    first = searching.search("lamp", Filters(), ENGLISH, Prices.today())
    with django_assert_num_queries(0):
        assert searching.search("lamp", Filters(), ENGLISH, Prices.today()) is first
    now = searching.time.monotonic()
    monkeypatch.setattr(searching.time, "monotonic", lambda: now + 2.1)
    assert searching.search("lamp", Filters(), ENGLISH, Prices.today()) is not first


def test_another_reader_or_page_is_another_question(lamp: Product) -> None:
    prices = Prices.today()
    one = searching.search("lamp", Filters(), ENGLISH, prices)
    for filters, region in ((Filters(in_stock=True), ENGLISH), (Filters(), Region("de", "US", "USD")),
                            (Filters(), Region("en", "US", "USD", is_business=True))):  # fmt: skip
        assert searching.search("lamp", filters, region, prices) is not one


def test_no_more_is_kept_than_fits(lamp: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_MOST_KEPT", 3)
    for number in range(8):
        searching.search(f"lamp {number}", Filters(), ENGLISH, Prices.today())
    assert [question[0] for question in searching._kept] == ["lamp 5", "lamp 6", "lamp 7"]

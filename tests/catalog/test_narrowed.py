"""A category narrowed by a price that very many products have, beside other filters: every way to the goods shows the same."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from catalog.selectors import counting, listing, narrowed, navigation
from catalog.selectors.listing import SORTS, Filters
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region
from tests.catalog.shelves import refresh
from tests.catalog.test_attribute_filters import answer, attribute
from tests.support.cast import Cast, fill_shelves
from tests.support.cast import listing as put_on_sale

pytestmark = pytest.mark.django_db
GERMANY = Region("en", "DE", "EUR")


@pytest.fixture
def shelf(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> dict[str, Product]:
    """Sixty vases of three origins at few prices; pages of four, and limits that so few products reach."""
    Product.objects.update(status="draft")
    chance = random.Random(7)
    for number in range(60):
        put_on_sale(
            shop.shenzhen, f"Vase {number}", str(chance.choice([77, 78, 79, 154, 231])), {shop.shenzhen_warehouse: 3},
            origin=chance.choice(["CN", "CN", "JP", "DE"]), popularity=chance.randrange(9),
            rating_rank=chance.choice([0, 350, 400]),
        )  # fmt: skip
    fill_shelves()
    navigation.forget()
    assert navigation.find("everything")  # by then every page is imported: none takes over a limit of this test
    for module, name, value in (
        (counting, "MOST_COUNTED", 5), (counting, "SMALL", 0), (narrowed, "FEW", 2), (narrowed, "PAGE_SIZE", 4),
        (listing, "PAGE_SIZE", 4),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    return {product.slug: product for product in Product.objects.filter(status="live")}


def walked(query: str, found: Any = narrowed.page_and_counts) -> list[str]:
    """The products of all pages."""
    found_branch = navigation.find("everything")
    assert found_branch is not None
    branch, slugs, after = found_branch[0], [], ""
    for _page in range(40):
        filters = Filters.parse(QueryDict(f"{query}&after={after}"))
        page, _counts = found(branch, filters, GERMANY, Prices.today())
        slugs += [card.slug for card in page.cards]
        after = page.after
        if not after:
            break
    return slugs


@pytest.mark.parametrize("bounds", ["min=10&max=10.3", "max=25", "min=20", "min=10.1&max=10.2"])
@pytest.mark.parametrize("few_prices", [3, 1000])
def test_every_way_shows_the_same_products_in_the_same_order(
    shelf: dict[str, Product], monkeypatch: pytest.MonkeyPatch, bounds: str, few_prices: int
) -> None:
    monkeypatch.setattr(narrowed, "FEW_PRICES", few_prices)
    filters = Filters.parse(QueryDict(bounds))
    low, high = filters.lowest or Decimal(0), filters.highest or Decimal(10**6)
    wanted = {
        slug
        for slug, product in shelf.items()
        if product.origin in ("JP", "DE") and low <= (product.sort_price or 0) <= high
    }
    for sort in SORTS:
        query = f"{bounds}&origin=JP&origin=DE&sort={sort}"
        shown = walked(query)
        assert set(shown) == wanted and len(shown) == len(wanted)
        plain = walked(query, lambda branch, *asked: (listing.shelf([branch.id], *asked, size=4), None))
        assert shown == plain


@pytest.fixture
def painted(shelf: dict[str, Product]) -> dict[str, str]:
    """A colour for each vase: red for two, blue or green for the others."""
    attribute("colour", "colour", "red", "blue", "green")
    colours = {
        slug: "red" if number < 2 else ("blue", "green")[number % 2] for number, slug in enumerate(sorted(shelf))
    }
    for slug, colour in colours.items():
        answer(slug, colour=[colour])
    refresh()
    return colours


@pytest.mark.parametrize("beside", ["", "&max=25", "&origin=CN", "&min=10&origin=JP&origin=DE"])
@pytest.mark.parametrize("colours", [("red",), ("blue",), ("red", "green")])
def test_goods_with_an_attribute_are_the_same_whether_few_or_many_have_it(
    painted: dict[str, str], shelf: dict[str, Product], colours: tuple[str, ...], beside: str
) -> None:
    for sort in SORTS:
        query = "&".join(f"attr=colour:{colour}" for colour in colours) + f"{beside}&sort={sort}"
        shown = walked(query)
        assert shown == walked(query, lambda branch, *asked: (listing.shelf([branch.id], *asked, size=4), None))
        if not beside:
            assert set(shown) == {slug for slug, colour in painted.items() if colour in colours}


def test_goods_with_a_frequent_attribute_are_not_counted(painted: dict[str, str]) -> None:
    [branch, *_trail] = navigation.find("everything") or ()
    kept = branch.cells.within("DE").unfiltered.attributes

    with CaptureQueriesContext(connection) as asked:
        few = counting.counts(branch, Filters(attributes=("colour:red",)), GERMANY, Prices.today())
        many = counting.counts(branch, Filters(attributes=("colour:blue", "colour:red")), GERMANY, Prices.today())

    assert kept == {"colour:red": 2, "colour:blue": 29, "colour:green": 29}
    assert (few.total, few.capped, many.total, many.capped) == (2, False, 5, True)
    assert sum("catalog_placement" in query["sql"] for query in asked.captured_queries) == 1


def test_a_price_that_only_other_goods_have_shows_nothing(shelf: dict[str, Product]) -> None:
    dearest = max(shelf.values(), key=lambda product: product.sort_price or 0)
    Product.objects.filter(pk=dearest.pk).update(origin="KE")
    fill_shelves()
    navigation.forget()

    assert walked("max=25&origin=KE") == []
    assert walked("min=25&origin=KE") == [dearest.slug]

"""Lists narrowed by brand and by how reliably sellers send: counts beside them, held goods, spellings, damage."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import Seller
from catalog.models import Category, Product, SellerScore
from catalog.selectors import sellers
from catalog.selectors.counts import Cells, Choice
from catalog.selectors.listing import Filters
from marketplace.devtools.bench.counting import counted
from tests.catalog.shelves import SHELF, get, products, refresh
from tests.support.cast import Cast, listing, seller, warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(shop: Cast) -> Cast:
    """Five cups: of Akari by two sellers, one of them in capitals; of Bodo by one; one of a seller's own; one nameless."""
    Product.objects.all().update(status="draft")
    other = seller("harbour", "Harbour", "DE", "EUR")
    stock = {warehouse(other): 5}
    listing(shop.shenzhen, "First cup", "10.00", {shop.shenzhen_warehouse: 5}, brand_name="Akari", origin="JP")
    listing(shop.shenzhen, "Second cup", "11.00", {shop.shenzhen_warehouse: 5}, brand_name="Bodo")
    listing(other, "Third cup", "12.00", stock, brand_name="AKARI", origin="JP")
    listing(other, "Fourth cup", "13.00", stock, brand_name="Harbour")
    listing(other, "Fifth cup", "14.00", stock)
    for who, score in ((shop.shenzhen, 91), (other, 99)):
        SellerScore.objects.create(seller=who, score=score, parcels=100, in_time=score)
    refresh()
    return shop


def facet(page: str, name: str) -> dict[str, int]:
    """The counts beside the links of one group, by their labels."""
    found = re.findall(rf'id="facet-{name}-[^"]*"[^>]*>([^<]+)<span class="count">(\d+)</span>', page)
    return {label: int(count) for label, count in found}


def link(page: str, name: str) -> dict[str, list[str]]:
    """The filters that a link of the panel leads to."""
    address = re.search(rf'id="facet-{name}" href="([^"]+)"', page)
    assert address
    return parse_qs(urlsplit(unquote(address[1].replace("&amp;", "&"))).query)


@pytest.mark.parametrize("path", [SHELF, "/en/search/?q=cup"])
def test_a_list_says_how_many_goods_each_brand_and_each_score_has(shelf: Cast, path: str) -> None:
    page = get(path)

    assert facet(page, "brand") == {"AKARI": 2, "Bodo": 1, "Harbour": 1}
    assert facet(page, "score") == {"98% or more": 3}  # 90 % and more are all five


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("brand=Akari&brand=AKARI", {"first-cup", "third-cup"}),
        ("brand=Bodo", {"second-cup"}),
        ("brand=Bodo&brand=Akari", {"first-cup", "second-cup"}),
        ("brand=Akari&brand=AKARI&score=98", {"third-cup"}),
        ("score=98", {"third-cup", "fourth-cup", "fifth-cup"}),
        ("score=90", {"first-cup", "second-cup", "third-cup", "fourth-cup", "fifth-cup"}),
        ("brand=akari", set()),
        ("brand=Bodo&score=98", set()),
    ],
)
@pytest.mark.parametrize("base", [f"{SHELF}?", "/en/search/?q=cup&"])
def test_brands_widen_and_a_score_narrows(shelf: Cast, base: str, query: str, shown: set[str]) -> None:
    assert products(get(f"{base}{query}")) == shown


def test_spellings_that_differ_in_capitals_are_one_choice(shelf: Cast) -> None:
    assert link(get(SHELF), "brand-akari") == {"brand": ["AKARI", "Akari"]}
    chosen = get(f"{SHELF}?brand=AKARI&brand=Akari")
    assert "brand" not in link(chosen, "brand-akari")
    assert 'name="brand" value="AKARI"' in chosen and 'name="brand" value="Akari"' in chosen  # the form of the price


def test_each_group_counts_as_if_it_were_not_set_itself(shelf: Cast) -> None:
    page = get(f"{SHELF}?brand=Bodo&score=80")

    assert facet(page, "brand") == {"Bodo": 1, "AKARI": 2, "Harbour": 1}
    assert facet(page, "seller") == {shelf.shenzhen.name: 1}
    page = get(f"{SHELF}?brand=AKARI&brand=Akari")
    assert facet(page, "score") == {"98% or more": 1}
    assert facet(page, "origin") == {"Japan": 2}


def test_what_is_held_in_the_readers_country_does_not_count(shelf: Cast) -> None:
    Product.objects.filter(slug="third-cup").update(held_in=["FR"])
    refresh()

    assert facet(get(SHELF, "FR"), "brand") == {"Akari": 1, "Bodo": 1, "Harbour": 1}
    assert facet(get(SHELF), "brand")["AKARI"] == 2


def test_brands_that_say_what_the_sellers_say_are_left_out(shelf: Cast) -> None:
    for product in Product.objects.select_related("seller"):
        Product.objects.filter(pk=product.pk).update(brand_name=product.seller.name.upper())
    refresh()

    assert facet(get(SHELF), "brand") == {}


def test_sellers_who_all_send_alike_are_no_choice(shelf: Cast) -> None:
    SellerScore.objects.update(score=99, in_time=99)
    refresh()
    assert facet(get(SHELF), "score") == {}
    SellerScore.objects.update(score=None)
    refresh()
    assert facet(get(SHELF), "score") == {}
    assert products(get(f"{SHELF}?score=80")) == set()


def test_a_seller_who_may_not_sell_any_more_has_no_score(shelf: Cast) -> None:
    Seller.objects.filter(slug="harbour").update(status="suspended")
    sellers.forget()
    assert sellers.reliable(80) == {shelf.shenzhen.pk}
    assert sellers.reliable(98) == frozenset() and sellers.reliable(0) is None


def test_what_is_chosen_can_be_taken_away(shelf: Cast) -> None:
    page = get(f"{SHELF}?brand=Bodo&score=90&min=1")
    chips = re.findall(r'class="chip is-active" href="([^"]+)" rel="nofollow">([^<]+)', page)

    left = {label: parse_qs(urlsplit(url.replace("&amp;", "&")).query) for url, label in chips}
    assert left["Bodo"] == {"score": ["90"], "min": ["1"]}
    assert left["90% or more"] == {"brand": ["Bodo"], "min": ["1"]}
    assert 'name="score" value="90"' in page and 'name="brand" value="Bodo"' in page


@pytest.mark.parametrize(
    "query", ["brand=", "brand=%01", "brand=" + "x" * 121, "brand=a%0Ab", "score=97", "score=ninety"]
)
def test_a_damaged_filter_is_dropped(shelf: Cast, query: str) -> None:
    assert not Filters.parse(QueryDict(query)).active
    assert len(products(get(f"{SHELF}?{query}"))) == 5


def test_a_name_with_markup_and_signs_is_a_name(shelf: Cast) -> None:
    name = "<b>Ö & 'Co'</b>"
    Product.objects.filter(slug="second-cup").update(brand_name=name)
    refresh()

    page = get(SHELF)
    assert name not in page and "&lt;b&gt;Ö &amp; &#x27;Co&#x27;&lt;/b&gt;" in page
    client = Client()
    assert products(client.get(SHELF, {"brand": name}).content.decode()) == {"second-cup"}


def test_both_filters_cost_a_page_no_query_more(shelf: Cast) -> None:
    get(SHELF)
    client = Client()
    with counted() as whole:
        client.get(f"{SHELF}?origin=JP")
    with counted() as narrowed:
        client.get(f"{SHELF}?brand=AKARI&score=80")
    assert narrowed.queries == whole.queries


def test_the_sixty_most_frequent_brands_of_a_category_are_told_apart(shelf: Cast) -> None:
    stock = {shelf.shenzhen_warehouse: 1}
    for number in range(62):
        for copy in range(2 if number < 60 else 1):
            listing(shelf.shenzhen, f"Bowl {number} {copy}", "9.00", stock, brand_name=f"Kiln {number:02}")
    refresh()

    cells = Cells(Category.objects.get(slug="everything").facets)
    known = cells.counts().brands
    assert len(known) == 60 and set(known.values()) == {2}
    assert cells.counts().total == 5 + 122
    assert cells.counts(Choice(brands=["Kiln 07"])).total == 2
    assert products(get(f"{SHELF}?brand=Kiln+61")) == {"bowl-61-0"}  # all others are counted when they are asked for
    assert products(get(f"{SHELF}?brand=Kiln+61&brand=Kiln+07")) == {"bowl-61-0", "bowl-7-0", "bowl-7-1"}
    assert facet(get(f"{SHELF}?brand=Kiln+61"), "brand")["Kiln 07"] == 2  # the others can be chosen beside it
    assert facet(get(f"{SHELF}?brand=Kiln+61&seller={shelf.shenzhen.pk}"), "seller") == {shelf.shenzhen.name: 1}


@pytest.mark.parametrize("path", [SHELF, "/en/search/?q=cup"])
def test_the_filters_stay_open_while_one_chooses_among_them(shelf: Cast, path: str) -> None:
    """On a phone they would close above the goods, and the place where one was reading be lost."""
    open_panel = '<details class="facets" id="facets" hx-boost="true" open>'

    def swapped(trigger: str) -> bool:
        swap = {"HX-Request": "true", "HX-Target": "listing", "HX-Trigger": trigger}
        return open_panel in Client(headers=swap).get(path).content.decode()

    assert (swapped("facet-brand-akari"), swapped("facet-price"), swapped("sort-new")) == (True, True, False)
    assert open_panel not in get(path) and 'href="#found"' in get(path) and 'id="found"' in get(path)

"""How often lists ask database and cache: exact limits, the same for few and for many cards and categories."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.models import Category, Product
from catalog.selectors import attribute_filters, editorial, navigation, sellers, synonyms
from catalog.services import listings
from marketplace.devtools.bench.counting import Counts, counted
from tests.catalog.shelves import refresh
from tests.support.cast import Cast, forget_laws, listing, make_restless

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_that_stands")]

ADMIN = "/admin/catalog/product/"
MOST_QUERIES = {
    "/de/": 4,
    "/de/category/everything/": 5,
    "/de/category/everything/?stock=1&origin=CN&min=1&max=900&sort=price": 5,
    "/de/product/kite-mug/": 8,
    "/de/search/?q=kite": 6,
    "/de/search/?q=kite&stock=1&min=1&sort=new": 6,
    "/de/search/?q=nothinglikethis": 9,  # in three forms, by its number, by other spellings
    "/de/brand/paper-kite/": 4,
    ADMIN: 10,
    f"{ADMIN}?q=kite&status__exact=live": 10,
}
MOST_TRIPS = 3
each_page = pytest.mark.parametrize("path", MOST_QUERIES)


@pytest.fixture
def one_product(shop: Cast) -> Cast:
    """Nothing is on sale but the mug."""
    Product.objects.exclude(slug="kite-mug").delete()
    refresh()
    return shop


def twenty_three_more(shop: Cast) -> None:
    for number in range(23):
        listing(shop.shenzhen, f"{number:02} kite", "12.00", {shop.shenzhen_warehouse: 5, shop.osaka_warehouse: 5})
    refresh()


def grow_categories(count: int) -> None:
    """The tree has `count` categories on two levels."""
    made: list[Category] = []
    for number in range(Category.objects.count() - 1, count - 1):
        root, child = divmod(number, 20)
        path = Category._get_path("", 1, root + 2)
        if child:
            path = Category._get_path(path, 2, child)
        made.append(
            Category(path=path, depth=2 if child else 1, numchild=0 if child else 19, slug=f"c{number}",
                     name_en=f"Category {number}")
        )  # fmt: skip
    Category.objects.bulk_create(made)
    refresh()


def client_for(path: str, admin_client: Client) -> Client:
    """Who looks at the page; nothing that earlier tests left in the process grows old between two counts."""
    attribute_filters.forget()
    editorial.forget()
    synonyms.forget()
    return admin_client if path.startswith("/admin/") else Client()


def asked(client: Client, path: str) -> Counts:
    """What one request asks of database and cache."""
    with counted() as counts:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return counts


def asked_when_warm(client: Client, path: str) -> Counts:
    """The same from the second request of the process on, which knows menu, sellers, rules, rates and tariff."""
    client.get(path)
    return asked(client, path)


# Cards --------------------------------------------------------------------------------------------------------


@each_page
def test_a_page_asks_the_same_for_one_card_and_for_twenty_four(
    one_product: Cast, admin_client: Client, path: str
) -> None:
    client = client_for(path, admin_client)
    few = asked_when_warm(client, path)
    twenty_three_more(one_product)

    many = asked_when_warm(client, path)

    helped = 1 if path == "/de/search/?q=kite" else 0  # one hit is so few that other spellings are looked for
    assert (many.queries, many.cache_trips) == (few.queries - helped, few.cache_trips)
    assert many.queries <= MOST_QUERIES[path]
    assert many.cache_trips <= MOST_TRIPS


@each_page
def test_a_reserve_for_the_exchange_rate_costs_no_query(shop: Cast, admin_client: Client, path: str) -> None:
    client = client_for(path, admin_client)
    calm = asked_when_warm(client, path)
    make_restless(CNY="red", JPY="amber")

    restless = asked_when_warm(client, path)

    assert (restless.queries, restless.cache_trips) == (calm.queries, calm.cache_trips)


def test_so_many_cards_are_really_on_the_pages(one_product: Cast, admin_client: Client) -> None:
    """Or the counts above would say nothing."""
    few = shown(admin_client)
    twenty_three_more(one_product)

    many = shown(admin_client)

    assert few == {"home": 1, "category": 1, "search": 1, "brand": 1, "related": 0, "admin": 1}
    assert many == {"home": 12, "category": 24, "search": 24, "brand": 24, "related": 6, "admin": 24}


def shown(admin_client: Client) -> dict[str, int]:
    client = Client()
    return {
        "home": len(client.get("/de/").context["featured"]),
        "category": len(client.get("/de/category/everything/").context["page"]["cards"]),
        "search": len(client.get("/de/search/?q=kite").context["page"]["cards"]),
        "brand": len(client.get("/de/brand/paper-kite/").context["page"]["cards"]),
        "related": len(client.get("/de/product/kite-mug/").context["view"].related),
        "admin": len(admin_client.get(ADMIN).context["cl"].result_list),
    }


# Categories ---------------------------------------------------------------------------------------------------


@each_page
def test_a_page_asks_the_same_for_five_categories_and_for_five_hundred(
    shop: Cast, admin_client: Client, path: str
) -> None:
    client = client_for(path, admin_client)
    grow_categories(5)
    few, few_when_cold = asked_when_warm(client, path), asked_after_forgetting(client, path)
    grow_categories(500)

    many, many_when_cold = asked_when_warm(client, path), asked_after_forgetting(client, path)

    assert Category.objects.count() == 500
    assert (many.queries, many.cache_trips) == (few.queries, few.cache_trips)
    assert (many_when_cold.queries, many_when_cold.cache_trips) == (few_when_cold.queries, few_when_cold.cache_trips)
    assert max(many.queries, many_when_cold.queries) <= MOST_QUERIES[path]


def asked_after_forgetting(client: Client, path: str) -> Counts:
    """What is asked in the minute's first request, which reads menu and sellers anew."""
    navigation.forget()
    sellers.forget()
    return asked(client, path)


# Cache and counts ---------------------------------------------------------------------------------------------


@each_page
def test_a_page_goes_to_the_cache_three_times_at_most_when_everything_has_to_be_asked_again(
    shop: Cast, admin_client: Client, path: str
) -> None:
    client = client_for(path, admin_client)
    client.get(path)
    forget_laws()
    navigation.forget()
    sellers.forget()

    assert asked(client, path).cache_trips <= MOST_TRIPS


def test_the_list_of_products_never_counts_the_whole_table(shop: Cast, admin_client: Client) -> None:
    statements = asked_when_warm(admin_client, ADMIN).statements

    counting = [
        statement
        for statement in statements
        if re.search(r"\bcount\(", statement, re.IGNORECASE) and not re.search(r"= ANY\(|_id\" IN \(", statement)
    ]  # what belongs to the rows of the page may be counted
    assert [re.findall(r"LIMIT (\d+)", statement) for statement in counting] == [["1001"]]


def test_the_counts_of_the_filters_are_not_taken_from_the_products(shop: Cast) -> None:
    listings.refresh_facets()

    statements = asked_when_warm(Client(), "/de/category/everything/?stock=1&origin=CN").statements

    assert not [statement for statement in statements if re.search(r"\bcount\(", statement, re.IGNORECASE)]

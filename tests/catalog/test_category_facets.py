"""Searches narrowed to a category, and categories by what is known at the door alone."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Category, Product, Variant
from catalog.selectors import category_door, narrowed, navigation
from catalog.services import listings
from marketplace.devtools.bench.counting import counted
from tests.catalog.shelves import refresh
from tests.support.cast import Cast, listing

pytestmark = pytest.mark.django_db
SHELF = "/en/category/everything/"


def page(path: str, country: str = "DE", **query: object) -> Client:
    client = Client()
    client.cookies["region"] = f"{country}.EUR"
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.context  # type: ignore[no-any-return]


def slugs(context: object) -> list[str]:
    return [card.slug for card in context["page"]["cards"]]  # type: ignore[index]


# A category in a search ---------------------------------------------------------------------------------------


@pytest.fixture
def boats(shop: Cast) -> Cast:
    """Five boats: two of paper and one of wood among the toys, one beside them, and one among everything."""
    toys = Category.add_root(slug="toys", name_en="Toys")
    paper = toys.add_child(slug="paper-toys", name_en="Paper toys")
    wooden = toys.add_child(slug="wooden-toys", name_en="Wooden toys")
    places = {"Paper boat": paper, "Origami boat": paper, "Oak boat": wooden, "Toy boat": toys, "Book of a boat": None}
    for number, (name, category) in enumerate(places.items()):
        of, place = (
            (shop.rival, shop.osaka_warehouse) if name == "Oak boat" else (shop.shenzhen, shop.shenzhen_warehouse)
        )
        listing(of, name, f"{(number + 1) * 20}.00", {place: 5}, popularity=number)
        if category is not None:
            Product.objects.filter(slug=name.lower().replace(" ", "-")).update(category=category)
    refresh()
    return shop


def categories(**query: object) -> list[tuple[str, int, bool]]:
    found = page("/en/search/", **{"q": "boat", **query})["facets"]["categories"]  # type: ignore[index]
    return [(item["value"], item["count"], item["selected"]) for item in found]


def test_a_search_counts_the_top_categories_and_then_those_below_the_chosen(boats: Cast) -> None:
    assert categories() == [("toys", 4, False), ("everything", 1, False)]
    assert categories(category="toys") == [("toys", 4, True), ("paper-toys", 2, False), ("wooden-toys", 1, False)]
    assert categories(category="paper-toys") == [("toys", 4, False), ("paper-toys", 2, True)]
    assert categories(category="nowhere") == categories()


def test_a_chosen_category_narrows_the_search_and_its_other_counts(boats: Cast) -> None:
    toys = page("/en/search/", q="boat", category="toys")
    paper = page("/en/search/", q="boat", category="paper-toys", sort="landed")

    assert sorted(slugs(toys)) == ["oak-boat", "origami-boat", "paper-boat", "toy-boat"]
    assert {item["value"]: item["count"] for item in toys["facets"]["origins"]} == {"CN": 3, "JP": 1}  # type: ignore[index]
    assert sorted(slugs(paper)) == ["origami-boat", "paper-boat"]
    assert [chip["label"] for chip in paper["active"]] == ["Paper toys"]  # type: ignore[index]
    assert "category=toys" in paper["active"][0]["remove_url"]  # type: ignore[index]


def test_other_filters_narrow_the_counts_of_the_categories(boats: Cast) -> None:
    assert categories(origin="JP") == [("toys", 1, False)]
    assert categories(origin="JP", sort="landed") == [("toys", 1, False)]


def test_what_is_held_where_the_reader_is_does_not_count(boats: Cast) -> None:
    Product.objects.filter(slug="paper-boat").update(held_in=["DE"])

    assert categories() == [("toys", 3, False), ("everything", 1, False)]


def test_the_categories_cost_no_query(boats: Cast) -> None:
    page("/en/search/", q="boat")

    with counted() as counts:
        page("/en/search/", q="boat", category="toys")

    assert counts.queries == 2


# At the door --------------------------------------------------------------------------------------------------


@pytest.fixture
def heavy(boats: Cast) -> Cast:
    """The cheapest of the boats weighs four kilograms."""
    Variant.objects.filter(product__slug="paper-boat").update(weight_grams=4000)
    Category.objects.filter(slug="toys").update(name_en="Toys")
    refresh()
    return boats


def test_a_category_is_put_in_order_by_the_price_at_the_door(heavy: Cast) -> None:
    shown = page("/en/category/toys/", sort="landed")

    totals = [card.landed.total.amount for card in shown["page"]["cards"]]  # type: ignore[index]
    assert (len(totals), totals) == (4, sorted(totals))
    assert slugs(shown) != slugs(page("/en/category/toys/", sort="price"))
    assert [sort["value"] for sort in shown["sorts"]][-2:] == ["landed", "delivery"]  # type: ignore[index]


def test_a_category_is_narrowed_to_what_arrives_in_time_and_says_how_many_do(heavy: Cast) -> None:
    shown = page("/en/category/toys/", days="14")

    days = {item["value"]: item["count"] for item in shown["facets"]["days"]}  # type: ignore[index]
    assert (list(days), days[14]) == ([3, 7, 14], len(slugs(shown)))
    assert shown["total"] == len(slugs(shown))
    assert [item["count"] for item in page("/en/category/toys/")["facets"]["days"]] == [None] * 3  # type: ignore[index]


def test_the_bounds_are_those_at_the_door_where_that_is_asked_for(heavy: Cast) -> None:
    cards = page("/en/category/toys/", sort="landed")["page"]["cards"]  # type: ignore[index]
    second = cards[1].landed.total.amount

    below = page("/en/category/toys/", sort="landed", max=str(second), door="1")

    assert slugs(below) == [card.slug for card in cards[:2]]
    assert below["total"] == 2


def test_what_is_remembered_of_a_price_at_the_door_ends_with_a_change_of_the_goods(heavy: Cast) -> None:
    first, *others = slugs(page("/en/category/toys/", sort="landed"))
    Variant.objects.filter(product__slug=first).update(price="900000")
    refresh()

    assert slugs(page("/en/category/toys/", sort="landed")) == [*others, first]
    assert first not in slugs(page("/en/category/toys/", max="1000", door="1"))


@pytest.mark.parametrize(
    "query", [{"sort": "landed"}, {"sort": "delivery"}, {"days": "14"}, {"days": "14", "origin": "CN"}]
)
def test_that_costs_no_further_query(heavy: Cast, query: dict[str, str]) -> None:
    kept = {name: value for name, value in query.items() if name == "origin"}
    page("/en/category/toys/", **query)
    with counted() as plain:
        page("/en/category/toys/", **kept)

    with counted() as at_door:
        page("/en/category/toys/", **query)

    assert at_door.queries == plain.queries


def test_in_a_large_category_the_most_popular_are_put_in_order_and_the_page_says_so(
    heavy: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(category_door, "MOST_POPULAR", 2)
    client = Client(HTTP_COOKIE="region=DE.EUR")

    answer = client.get("/en/category/toys/", {"sort": "landed"})
    narrowed = page("/en/category/toys/", sort="landed", origin="JP")
    in_time = page("/en/category/toys/", days="14")

    assert sorted(slugs(answer.context)) == ["oak-boat", "toy-boat"]
    assert "Only the most popular products here were looked at." in answer.content.decode()
    assert answer.context["total"] == 4
    assert (slugs(narrowed), narrowed["total"]) == (["oak-boat"], 1)  # type: ignore[index]
    assert {item["value"]: item["count"] for item in narrowed["facets"]["origins"]} == {"CN": 3, "JP": 1}  # type: ignore[index]
    assert {item["count"] for item in in_time["facets"]["origins"]} == {None}  # type: ignore[index]


def test_a_choice_that_few_goods_pass_is_made_before_the_most_popular_are_looked_at(
    heavy: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(category_door, "MOST_POPULAR", 2)
    monkeypatch.setattr(narrowed, "RARE", 1)

    found = page("/en/category/toys/", sort="landed", origin="JP")
    nothing = page("/en/category/toys/", sort="landed", origin="KE")

    assert (slugs(found), found["total"]) == (["oak-boat"], 1)  # type: ignore[index]
    assert (slugs(nothing), nothing["total"]) == ([], 0)  # type: ignore[index]


def test_pages_at_the_door_follow_one_another(shop: Cast) -> None:
    for number in range(30):
        listing(shop.shenzhen, f"Paper boat {number}", f"{number + 1}.00", {shop.shenzhen_warehouse: 5})
    refresh()
    listings.refresh_facets()
    navigation.forget()

    first = page(SHELF, sort="landed")
    second = page(SHELF, sort="landed", after="24")
    odd = page(SHELF, sort="landed", after="1_2")

    assert "after=24" in first["page"]["next_url"]  # type: ignore[index]
    assert len({*slugs(first), *slugs(second)}) == len(slugs(first)) + len(slugs(second)) == 33
    assert (second["page"]["next_url"], slugs(odd)) == ("", slugs(first))  # type: ignore[index]

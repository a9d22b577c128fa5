"""Wherever goods are shown that the shopper did not pick themselves, several offers of an article take one place."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Category, Product, Variant
from catalog.services import leading, search_terms
from marketplace.devtools.bench.counting import counted
from tests.catalog.test_editorial import collection, shown, tiles
from tests.catalog.test_leading_offers import shared_mug, work
from tests.support import cast as casting
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
BOTH, LEADER, LED = {"morning-mug", "kite-mug"}, {"morning-mug"}, {"kite-mug"}


@pytest.fixture
def mugs(shop: Cast) -> Variant:
    """The mug of the rival, which leads before that of the cast."""
    return shared_mug(shop)


def shopper(country: str = "DE") -> Client:
    client = Client()
    client.cookies["region"] = f"{country}.EUR"
    return client


def hold(slug: str, *countries: str) -> None:
    """Nobody meets the listing there, and the worker knows."""
    Product.objects.filter(slug=slug).update(held_in=list(countries))
    casting.fill_shelves()
    while leading.follow(seconds=1):
        pass
    work()


def suggested(country: str = "DE") -> set[str]:
    page = shopper(country).get("/en/search/suggest/", {"q": "mug"})
    return {item.url.split("/")[-2] for item in page.context["typed"].products}


def related_to(slug: str, country: str = "DE") -> set[str]:
    cards = shopper(country).get(f"/en/product/{slug}/").context["view"].related
    return {card.slug for card in cards if "mug" in card.slug}


def close_to(words: str, country: str = "DE") -> tuple[set[str], set[str]]:
    """What a search finds, and what comes near to it."""
    page = shopper(country).get("/en/search/", {"q": words}).context
    return {card.slug for card in page["page"]["cards"]}, {card.slug for card in page["related"]}


def on_the_first_page(part: str, country: str = "DE") -> set[str]:
    return {card.slug for card in shopper(country).get("/en/").context[part] if "mug" in card.slug}


def test_while_one_types_the_article_is_suggested_once(shop: Cast, mugs: Variant) -> None:
    everywhere = suggested(), suggested("CH")
    hold("morning-mug", "CH")

    assert everywhere == (LEADER, LEADER)
    assert (suggested(), suggested("CH")) == (LEADER, LED)


def test_what_is_suggested_costs_no_query_more(shop: Cast, mugs: Variant) -> None:
    client = shopper()
    client.get("/en/search/suggest/", {"q": "mug"})

    with counted() as counts:
        client.get("/en/search/suggest/", {"q": "mug"})

    assert counts.queries == 1


def test_the_other_offer_of_an_article_does_not_go_well_with_it(shop: Cast, mugs: Variant) -> None:
    assert related_to("kite-mug") == related_to("morning-mug") == set()
    assert related_to("kite-t-shirt") == LEADER


def test_where_an_offer_is_held_the_page_shows_the_other_one(shop: Cast, mugs: Variant) -> None:
    hold("kite-mug", "DE")

    answer = shopper().get("/en/product/kite-mug/")

    assert answer.status_code == 451
    assert "morning-mug" in {card.slug for card in answer.context["related"]}


def test_what_comes_near_to_a_search_shows_an_article_once(shop: Cast, mugs: Variant) -> None:
    search_terms.refresh_terms()

    assert close_to("copper mug") == (set(), LEADER)
    assert close_to("kite mug")[0] == LED and "morning-mug" not in close_to("kite mug")[1]
    assert close_to("morning mug")[0] == LEADER and "kite-mug" not in close_to("morning mug")[1]
    hold("morning-mug", "CH")
    assert close_to("copper mug", "CH") == (set(), LED)


@pytest.mark.parametrize("part", ["featured", "newest"])
def test_the_first_page_shows_an_article_once_though_its_offers_are_in_different_categories(
    shop: Cast, mugs: Variant, part: str
) -> None:
    among_all = on_the_first_page(part)
    other = Category.add_root(slug="cups", name_en="Cups")
    Product.objects.filter(slug="kite-mug").update(category=other)
    casting.fill_shelves()
    work()

    assert among_all == LEADER
    assert on_the_first_page(part) == LEADER
    assert {card.slug for card in shopper().get("/en/category/cups/").context["page"]["cards"]} == LED


def test_a_collection_shows_an_article_once_and_counts_it_once(shop: Cast, mugs: Variant) -> None:
    collection(shop.mug.product, mugs.product, shop.notebook.product)
    before = shown("/de/collection/picnic/"), tiles("/de/")
    hold("morning-mug", "DE")

    assert before == (["morning-mug", "morning-notebook"], [("Ein Picknick", 2)])
    assert (shown("/de/collection/picnic/"), tiles("/de/")) == (["kite-mug", "morning-notebook"], [("Ein Picknick", 2)])


def test_a_collection_without_the_leading_offer_shows_the_other_one(shop: Cast, mugs: Variant) -> None:
    collection(shop.mug.product, shop.notebook.product)

    assert shown("/de/collection/picnic/") == ["kite-mug", "morning-notebook"]

"""Wherever goods are shown that the shopper did not pick themselves, several offers of an article take one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Seller
from catalog.models import Category, Product, Variant
from catalog.selectors.offers import SellerOffer
from catalog.services import leading, search_terms
from marketplace.devtools.bench.counting import counted
from tests.catalog.test_editorial import collection, shown, tiles
from tests.catalog.test_leading_offers import GTIN, LARGE, shared_mug, work
from tests.support import cast as casting
from tests.support.cast import Cast, another_choice

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


# The list of all sellers -----------------------------------------------------------------------------------------


def opened(slug: str, language: str = "en", country: str = "DE") -> tuple[str, list[SellerOffer]]:
    """Where the link of a card leads, and the sellers who are listed there."""
    client = shopper(country)
    answer = client.get(f"/{language}/product/{slug}/offers/")
    assert answer.status_code == 302
    return answer["Location"], list(client.get(answer["Location"]).context["offers"])


@pytest.fixture
def wide_mugs(shop: Cast, mugs: Variant) -> Variant:
    """The second variant of the mug that leads; the rival of it has that one alone."""
    Variant.objects.filter(pk=mugs.pk).update(gtin=LARGE)
    large = another_choice(mugs, "Size", "small", "large", "1650", 5)
    Variant.objects.filter(pk=large.pk).update(gtin=GTIN)
    casting.fill_shelves()
    work()
    return large


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_the_link_of_a_card_opens_the_variant_that_others_have(shop: Cast, wide_mugs: Variant, language: str) -> None:
    client = shopper()
    cards = {card.slug: card for card in client.get(f"/{language}/category/everything/").context["page"]["cards"]}
    page = client.get(f"/{language}/category/everything/").content.decode()

    address, offers = opened("morning-mug", language)

    assert (cards["morning-mug"].more_sellers, "kite-mug" in cards) == (1, False)
    assert f'href="/{language}/product/morning-mug/offers/"' in page
    assert address == f"/{language}/product/morning-mug/?variant={wide_mugs.pk}#offers"
    assert [(each.seller, each.is_here) for each in offers] == [("Asagiri", True), ("Paper Kite", False)]
    assert 'id="offers"' in client.get(address).content.decode()
    assert client.get(f"/{language}/product/morning-mug/").context["offers"] == []


def test_of_several_such_variants_the_first_is_opened_that_can_be_had(shop: Cast, mugs: Variant) -> None:
    for own in (mugs, shop.mug):
        other = another_choice(own, "Size", "small", "large", "1650", 5)
        Variant.objects.filter(pk=other.pk).update(gtin=LARGE)
    first = opened("morning-mug")[0]
    mugs.stock_levels.update(on_hand=0)

    large = Variant.objects.get(product=mugs.product_id, gtin=LARGE)
    assert first.endswith(f"?variant={mugs.pk}#offers")
    assert opened("morning-mug")[0].endswith(f"?variant={large.pk}#offers")


def gone(shop: Cast, mugs: Variant) -> None:
    Seller.objects.filter(pk=shop.shenzhen.pk).update(status=Seller.Status.SUSPENDED)


def sold_out(shop: Cast, mugs: Variant) -> None:
    shop.mug.stock_levels.update(on_hand=0)


def other_number(shop: Cast, mugs: Variant) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(gtin=LARGE)


def held(shop: Cast, mugs: Variant) -> None:
    Product.objects.filter(slug="kite-mug").update(held_in=["DE"])


@pytest.mark.parametrize("change", [gone, sold_out, other_number, held])
def test_where_nobody_else_has_it_any_more_the_link_opens_the_page(
    shop: Cast, mugs: Variant, change: Callable[[Cast, Variant], None]
) -> None:
    change(shop, mugs)

    assert opened("morning-mug") == ("/en/product/morning-mug/", [])


def test_the_sellers_of_what_is_not_there_are_not_there(shop: Cast) -> None:
    answer = Client().get("/en/product/no-such-mug/offers/", follow=True)

    assert answer.status_code == 404

"""Finding goods in a large shop, by what is known at the door, and while one types."""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from catalog.models import Product, SearchEntry, Variant
from catalog.models.search import Band
from catalog.selectors import counting, narrowed, navigation, related, search_hits, sellers, typed
from catalog.selectors import listing as lists
from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import search
from catalog.services import screening, search_bands
from marketplace.kernel.region import Region
from tests.catalog.test_shopify_feed import HEADER, row
from tests.support.cast import Cast, fill_shelves, forbid, forget_laws, listing

pytestmark = pytest.mark.django_db
GERMANY = Region("en", "DE", "EUR")


@pytest.fixture
def boats(shop: Cast) -> Cast:
    """Six paper boats, each more popular than the one before; the last one from Japan."""
    for number in range(6):
        of, place = (shop.rival, shop.osaka_warehouse) if number == 5 else (shop.shenzhen, shop.shenzhen_warehouse)
        listing(of, f"Paper boat {number}", f"{(number + 1) * 20}.00", {place: 5}, popularity=number * 10)
    fill_shelves()
    navigation.forget()
    sellers.forget()
    return shop


def found(text: str = "boat", region: Region = GERMANY, **filters: object) -> list[str]:
    answer = search(text, Filters(**filters), region, Prices.today())  # type: ignore[arg-type]
    return [card.slug.removeprefix("paper-boat-") for card in answer.cards]


# A large shop ------------------------------------------------------------------------------------------------


@pytest.fixture
def large(boats: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """As if two products were many: two of them in the first band, four in the first two."""
    for module in (search_bands, search_hits, typed):
        monkeypatch.setattr(module, "HEAD", 2)
        monkeypatch.setattr(module, "MIDDLE", 4)
    search_bands.refresh_bands()
    return boats


def test_the_bands_follow_the_popularity_and_are_written_once(large: Cast) -> None:
    bands = SearchEntry.objects.filter(language="en", product__slug__startswith="paper-boat-")

    assert list(bands.order_by("-popularity").values_list("band", flat=True)) == [0, 0, 1, 1, 2, 2]
    assert search_bands.refresh_bands() == 0
    Product.objects.filter(slug="paper-boat-0").update(popularity=100)
    assert search_bands.refresh_bands() == 3
    assert bands.get(product__slug="paper-boat-0").band == Band.HEAD


def test_where_nothing_is_more_popular_than_the_rest_the_bands_are_empty(
    boats: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_bands, "HEAD", 2)
    Product.objects.update(popularity=0)

    assert search_bands.refresh_bands() == 0


@pytest.mark.parametrize(("enough", "hits"), [(1, ["5", "4"]), (3, ["5", "4", "3", "2"]), (5, list("543210"))])
def test_a_search_goes_on_among_the_less_popular_until_it_has_enough(
    large: Cast, monkeypatch: pytest.MonkeyPatch, enough: int, hits: list[str]
) -> None:
    monkeypatch.setattr(search_hits, "ENOUGH", enough)

    answer = search("boat", Filters(), GERMANY, Prices.today())

    assert sorted(card.slug.removeprefix("paper-boat-") for card in answer.cards) == sorted(hits)
    assert (answer.counts.total, answer.capped) == (len(hits), enough < 5)


@pytest.mark.parametrize(("most", "near"), [(2, "54"), (3, "543"), (240, "543210")])
def test_what_comes_near_is_looked_for_among_the_more_popular_first(
    large: Cast, monkeypatch: pytest.MonkeyPatch, most: int, near: str
) -> None:
    monkeypatch.setattr(related, "MOST_HITS", most)

    answer = search("boat zeppelin", Filters(), GERMANY, Prices.today())

    assert answer.cards == []
    assert sorted(card.slug.removeprefix("paper-boat-") for card in answer.related) == sorted(near)


def test_a_filter_looks_further_than_the_capped_set(large: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_hits, "ENOUGH", 1)
    SearchEntry.objects.filter(product__slug="paper-boat-5").update(band=Band.MIDDLE)

    assert found() == ["4"]
    assert found(origins=("JP",)) == ["5"]


# At the door --------------------------------------------------------------------------------------------------


def test_hits_are_put_in_order_by_their_price_at_the_door(boats: Cast) -> None:
    Variant.objects.filter(product__slug="paper-boat-0").update(weight_grams=4000)
    fill_shelves()

    answer = search("boat", Filters(sort="landed"), GERMANY, Prices.today())

    totals = [card.landed.total.amount for card in answer.cards if card.landed and card.landed.total]
    assert len(totals) == 6
    assert totals == sorted(totals)
    prices = [card.price.amount for card in answer.cards if card.price]
    assert prices != sorted(prices)


def test_the_bounds_are_those_of_the_price_at_the_door_where_that_is_asked_for(boats: Cast) -> None:
    whole = search("boat", Filters(sort="landed"), GERMANY, Prices.today())
    second = whole.cards[1].landed
    assert second and second.total

    below = search("boat", Filters(sort="landed", highest=second.total.amount, door=True), GERMANY, Prices.today())

    assert [card.slug for card in below.cards] == [card.slug for card in whole.cards[:2]]
    assert below.counts.total == 2


def test_what_may_not_be_sent_comes_last_and_arrives_never(boats: Cast) -> None:
    Product.objects.filter(slug="paper-boat-0").update(hs_code="930200")
    forbid("9302", "DE")
    forget_laws()

    assert found(sort="landed")[-1] == found(sort="delivery")[-1] == "0"
    assert "0" not in found(days=14)


def test_delivery_times_are_counted_where_they_are_asked_for(boats: Cast) -> None:
    answer = search("boat", Filters(days=14), GERMANY, Prices.today())
    page = Client().get("/en/search/", {"q": "boat", "days": "14"}, HTTP_COOKIE="region=DE.EUR")

    assert list(answer.arriving) == [3, 7, 14]
    assert answer.arriving[14] == answer.counts.total == len(answer.cards)
    assert [item["count"] for item in page.context["facets"]["days"]] == list(answer.arriving.values())
    assert [chip["label"] for chip in page.context["active"]] == ["Within 14 days"]


# Narrowed categories ------------------------------------------------------------------------------------------


def narrow(**filters: object) -> tuple[list[str], object]:
    branch = navigation.find("everything")
    assert branch
    page, counts = narrowed.page_and_counts(branch[0], Filters(**filters), GERMANY, Prices.today())  # type: ignore[arg-type]
    return [card.slug for card in page.cards], counts


def walk(filters: Filters) -> list[str]:
    """The page as the shelf gives it."""
    branch = navigation.find("everything")
    assert branch
    return [card.slug for card in lists.shelf([branch[0].id], filters, GERMANY, Prices.today()).cards]


@pytest.mark.parametrize("sort", ["popular", "price", "price_down", "rating", "new"])
def test_every_way_to_the_goods_gives_the_same_page(boats: Cast, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    some: list[dict[str, object]] = [
        {"origins": ("JP",)},
        {"lowest": 5, "highest": 12},
        {"origins": ("CN",), "highest": 8},
    ]
    walked = [walk(Filters(sort=sort, **filters)) for filters in some]  # type: ignore[arg-type]
    assert [narrow(sort=sort, **filters)[0] for filters in some] == walked
    monkeypatch.setattr(narrowed, "RARE", 1)

    assert [narrow(sort=sort, **filters)[0] for filters in some] == walked
    assert [len(slugs) for slugs in walked] == [2, 5, 3]


def test_what_nothing_passes_asks_the_database_nothing(boats: Cast, django_assert_num_queries: object) -> None:
    narrow()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert narrow(origins=("BR",))[0] == []


def test_a_price_that_very_many_have_is_not_counted_to_the_end(boats: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    client = Client()

    page = client.get("/en/category/everything/", {"min": "1"})
    both = client.get("/en/category/everything/", {"min": "1", "origin": "CN"})

    assert "More than 3 products" in page.content.decode()
    assert {item["count"] for item in page.context["facets"]["origins"]} == {None}
    assert (both.context["total"], {card.origin for card in both.context["page"]["cards"]}) == (None, {"CN"})


# While one types ----------------------------------------------------------------------------------------------


def offered(words: str, language: str = "en") -> str:
    answer = Client().get(f"/{language}/search/suggest/", {"q": words})
    assert answer.status_code == 200
    return answer.content.decode()


def test_shelves_sellers_and_products_are_offered_as_options(boats: Cast) -> None:
    page = offered("pap")

    assert page.count('role="option"') == 7  # one seller, and six products at most
    assert page.index("Paper Kite") < page.index("Paper boat 5") < page.index("Paper boat 0")
    assert 'href="/en/category/everything/"' in offered("every")
    assert 'href="/de/category/everything/"' in offered("all", "de")


@pytest.mark.parametrize("words", ["", " ", "p", "%", "'", "x" * 500, "<b>", "☕", "\\"])
def test_nothing_is_offered_for_what_is_no_beginning_of_anything(boats: Cast, words: str) -> None:
    assert "option" not in offered(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "chahu"), ("zh-hans", "cha h"), ("zh-hans", "cháh"), ("ja", "きゅうす"), ("ja", "きゅ"), ("ja", "kyuu"),
     ("ar", "إِبْرِي"), ("zh-hans", "茶壶"), ("ja", "急須")],
)  # fmt: skip
def test_what_is_typed_by_its_sound_or_with_its_marks_is_offered(boats: Cast, language: str, words: str) -> None:
    names = {"name_zh_hans": "陶瓷茶壶", "name_ja": "常滑の急須", "name_ar": "إبريق شاي"}
    listing(boats.shenzhen, "Clay teapot", "10", {boats.shenzhen_warehouse: 5}, **names)
    fill_shelves()

    assert names[f"name_{language.replace('-', '_')}"] in offered(words, language)


def test_what_is_held_where_the_reader_is_is_not_offered(boats: Cast) -> None:
    Product.objects.filter(slug="paper-boat-5").update(held_in=["DE"])
    fill_shelves()
    client = Client()
    client.cookies["region"] = "DE.EUR"

    page = client.get("/en/search/suggest/", {"q": "paper boat"}).content.decode()

    assert "Paper boat 4" in page and "Paper boat 5" not in page


def test_in_a_very_large_shop_beginnings_are_looked_for_among_popular_products(large: Cast) -> None:
    Product.objects.filter(slug="paper-boat-0").update(name_en="Pop-up card")
    fill_shelves()

    assert "Pop-up card" not in offered("po")
    assert "Pop-up card" in offered("pop-up card")


def test_an_imported_listing_is_found_within_five_seconds(shop: Cast, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    zebra = row(handle="zebra", title="Zebra stool", variant_price="60", variant_sku="Z-1",
                variant_inventory_tracker="shopify", variant_inventory_qty="4")  # fmt: skip
    feed.write_text("\r\n".join([HEADER, zebra]) + "\r\n", encoding="utf-8", newline="")
    begun = time.monotonic()

    options = {"seller": "paper-kite", "format": "shopify", "currency": "USD", "stdout": StringIO()}
    call_command("import_listings", str(feed), **options)
    screening.screen_waiting()

    assert [SearchEntry.objects.filter(product__handle="zebra").count(), time.monotonic() - begun < 5] == [7, True]
    assert Product.objects.get(handle="zebra").is_unscreened is False
    country = next(code for code in ("US", "CA", "JP", "CN") if code not in Product.objects.get(handle="zebra").held_in)
    assert found("zebra", Region("en", country, "USD")) == ["zebra"]

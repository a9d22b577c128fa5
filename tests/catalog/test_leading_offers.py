"""Of several sellers' listings of one article lists show the one that leads in the shopper's country."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from moneyed import Money

from accounts.models import Seller
from catalog import tasks
from catalog.models import Category, Lead, OfferChange, Product, SellerScore, StockLevel, Variant
from catalog.selectors import navigation, sellers
from catalog.services import leading, listings, publishing, screening, stock
from logistics import selectors as logistics
from logistics.models import ShippingRate
from marketplace.devtools.bench.counting import counted
from payments.selectors import fx_table
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast, another_choice, listing

pytestmark = pytest.mark.django_db
GTIN, LARGE = "9526140000379", "9526140000744"
CATEGORY, SEARCH = "/en/category/everything/", "/en/search/?q=mug"


def work() -> None:
    """A round of the worker, and what a process keeps of before is forgotten."""
    screening.screen_waiting()
    listings.refresh_facets()
    navigation.forget()
    sellers.forget()


@pytest.fixture
def rival_mug(shop: Cast) -> Variant:
    return shared_mug(shop)


def shared_mug(shop: Cast) -> Variant:
    """The mug of the cast for EUR 20.00, offered by the rival too, for EUR 10.00."""
    made = listing(shop.rival, "Morning mug", "1650", {shop.osaka_warehouse: 9}, hs_code="691110", weight_grams=350)
    Variant.objects.filter(pk=made.pk).update(gtin=f"0{GTIN}")
    Variant.objects.filter(pk=shop.mug.pk).update(gtin=GTIN)
    casting.fill_shelves()
    work()
    return made


class Shown:
    """What a list shows to somebody in a country."""

    def __init__(self, path: str, country: str = "DE") -> None:
        client = Client()
        client.cookies["region"] = f"{country}.EUR"
        self.context = client.get(path).context
        self.cards = list(self.context["page"]["cards"])
        self.total = self.context["total"]

    @property
    def mugs(self) -> set[str]:
        return {card.slug for card in self.cards if "mug" in card.slug}

    def facet(self, name: str) -> dict[str, int]:
        return {str(item["label"]): item["count"] for item in self.context["facets"][name]}


def pages(path: str) -> Iterator[Shown]:
    """In categories and in searches."""
    for start in (CATEGORY, f"{SEARCH}&"):
        yield Shown(start + (path if "&" in start else f"?{path}"))


def test_several_offers_take_one_card_and_it_says_how_many_more_there_are(shop: Cast, rival_mug: Variant) -> None:
    in_category, in_search = Shown(CATEGORY), Shown(SEARCH)
    page = Client().get(CATEGORY, headers={"accept-language": "en-DE"}).content.decode()

    assert in_category.mugs == in_search.mugs == {"morning-mug"}
    assert [card.more_sellers for card in in_search.cards] == [1]
    assert {card.slug: card.more_sellers for card in in_category.cards} == {
        "morning-mug": 1, "kite-t-shirt": 0, "morning-notebook": 0,
    }  # fmt: skip
    assert page.count("1 more seller<") == 1 and 'href="/en/product/morning-mug/offers/"' in page


def test_numbers_of_hits_and_of_filters_are_those_of_what_is_shown(shop: Cast, rival_mug: Variant) -> None:
    in_category, in_search = Shown(CATEGORY), Shown(SEARCH)

    assert (in_category.total, len(in_category.cards)) == (3, 3)
    assert (in_search.total, len(in_search.cards)) == (1, 1)
    assert in_category.context["facets"]["stock"]["count"] == 3
    assert in_category.facet("sellers") == {"Paper Kite": 2, "Asagiri": 2}
    assert in_search.facet("sellers") == {"Paper Kite": 1, "Asagiri": 1}
    for shown in pages("stock=1"):
        assert shown.mugs == {"morning-mug"} and shown.total == len(shown.cards)


@pytest.mark.parametrize("narrowing", ["origin=CN", "min=15&max=30", "door=1&min=22", "seller={shenzhen}"])
def test_what_the_leading_offer_does_not_have_finds_the_other_one(
    shop: Cast, rival_mug: Variant, narrowing: str
) -> None:
    for shown in pages(narrowing.format(shenzhen=shop.shenzhen.pk)):
        assert "kite-mug" in shown.mugs
        assert shown.total == len(shown.cards)


def test_who_asks_for_both_sellers_sees_both(shop: Cast, rival_mug: Variant) -> None:
    for shown in pages(f"seller={shop.shenzhen.pk}&seller={shop.rival.pk}"):
        assert shown.mugs == {"morning-mug", "kite-mug"} and shown.total == len(shown.cards)


def test_each_seller_shows_all_that_is_theirs(shop: Cast, rival_mug: Variant) -> None:
    page = Client().get("/en/brand/paper-kite/")

    assert {card.slug for card in page.context["page"]["cards"]} == {"kite-mug", "kite-t-shirt"}


@pytest.mark.parametrize("sort", ["price", "price_down", "rating", "new", "landed", "delivery"])
def test_every_order_shows_one_of_them(shop: Cast, rival_mug: Variant, sort: str) -> None:
    for shown in pages(f"sort={sort}"):
        assert shown.mugs == {"morning-mug"} and shown.total == len(shown.cards)


def test_a_search_for_words_of_the_other_one_finds_it(shop: Cast, rival_mug: Variant) -> None:
    assert Shown("/en/search/?q=kite+mug").mugs == {"kite-mug"}
    assert Shown("/en/search/?q=morning+mug").mugs == {"morning-mug"}
    assert Shown(f"/en/search/?q={GTIN}").mugs == {"morning-mug"}


def test_a_leader_that_is_held_gives_way_where_it_is(shop: Cast, rival_mug: Variant) -> None:
    casting.forbid("691110", "FR")
    Product.objects.filter(slug="kite-mug").update(hs_code="691200")
    Product.objects.filter(variants=rival_mug).update(is_unscreened=True)

    work()

    for path in (CATEGORY, SEARCH):
        in_france, in_germany = Shown(path, "FR"), Shown(path)
        assert in_france.mugs == {"kite-mug"} and in_germany.mugs == {"morning-mug"}
        assert [card.more_sellers for card in in_france.cards if card.slug == "kite-mug"] == [0]
        assert in_france.total == len(in_france.cards) and in_germany.total == len(in_germany.cards)


def test_a_leader_whose_last_piece_is_bought_gives_way_and_leads_again_when_it_is_given_back(
    shop: Cast, rival_mug: Variant
) -> None:
    stock.reserve(reference="SP-1", demands={StockLevel.objects.get(variant=rival_mug).pk: 9})
    work()
    sold_out = [Shown(path) for path in (CATEGORY, SEARCH)]
    in_stock = Product.objects.get(variants=rival_mug).in_stock
    stock.release(reference="SP-1")
    work()

    assert [shown.mugs for shown in sold_out] == [{"kite-mug"}] * 2
    assert all(card.more_sellers == 0 for shown in sold_out for card in shown.cards)
    assert not in_stock
    assert Shown(CATEGORY).mugs == Shown(SEARCH).mugs == {"morning-mug"}


def test_a_piece_that_is_not_the_last_one_asks_nothing_of_the_worker(shop: Cast, rival_mug: Variant) -> None:
    stock.reserve(reference="SP-1", demands={StockLevel.objects.get(variant=rival_mug).pk: 8})

    assert not OfferChange.objects.exists()


@pytest.mark.parametrize("change", ["withdrawn", "closed", "dearer", "another number", "deleted", "off"])
def test_a_leader_that_does_not_lead_any_more_gives_way(shop: Cast, rival_mug: Variant, change: str) -> None:
    product, variant = Product.objects.get(variants=rival_mug), Variant.objects.filter(pk=rival_mug.pk)
    fx = fx_table(TODAY)
    match change:
        case "withdrawn":
            publishing.withdraw(product_ids=[product.pk], status=Product.Status.ARCHIVED, fx=fx)
        case "closed":
            Seller.objects.filter(pk=shop.rival.pk).update(status=Seller.Status.SUSPENDED)
            listings.refresh_listings(product_ids=[product.pk], fx=fx)
        case "dearer":
            variant.update(price=Decimal("5000"))
        case "another number":
            variant.update(gtin=LARGE)
        case "off":
            variant.update(is_active=False)
            listings.refresh_listings(product_ids=[product.pk], fx=fx)
        case _:
            screening.close_flags(product_ids=[product.pk])
            product.delete()

    work()

    left = {"kite-mug", "morning-mug"} if change == "another number" else {"kite-mug"}
    assert Shown(CATEGORY).mugs == Shown(SEARCH).mugs == left
    assert Shown(CATEGORY).total == len(Shown(CATEGORY).cards)


def test_the_score_counts_with_the_round_by_the_clock(shop: Cast, rival_mug: Variant) -> None:
    Variant.objects.filter(pk=rival_mug.pk).update(price=Decimal("2600"))
    work()
    before = Shown(CATEGORY).mugs
    SellerScore.objects.create(seller=shop.rival, score=0, parcels=20)
    SellerScore.objects.create(seller=shop.shenzhen, score=100, parcels=20, in_time=20)

    tasks.note_offers()
    work()

    assert before == {"morning-mug"}
    assert Shown(CATEGORY).mugs == {"kite-mug"}


def test_in_a_category_without_the_leader_the_other_one_stands(shop: Cast, rival_mug: Variant) -> None:
    everything = Category.objects.get(slug="everything")
    for slug, product in (("cups", "kite-mug"), ("mugs", "morning-mug")):
        shelf = Category.objects.get(pk=everything.pk).add_child(slug=slug, name_en=slug.title())
        Product.objects.filter(slug=product).update(category=shelf)

    work()

    assert Shown("/en/category/cups/").mugs == {"kite-mug"}
    assert Shown("/en/category/mugs/").mugs == {"morning-mug"}
    assert Shown(CATEGORY).mugs == Shown(SEARCH).mugs == {"morning-mug"}
    assert Shown(f"{SEARCH}&category=cups").mugs == {"kite-mug"}


def test_a_listing_with_more_articles_gives_way_to_none_that_lacks_one(shop: Cast, rival_mug: Variant) -> None:
    large = another_choice(shop.mug, "Size", "small", "large", "170.00", 5)
    Variant.objects.filter(pk=large.pk).update(gtin=LARGE)
    work()
    lacks_one = Shown(CATEGORY).mugs
    other = another_choice(rival_mug, "Size", "small", "large", "1800", 5)
    Variant.objects.filter(pk=other.pk).update(gtin=LARGE)

    work()

    assert lacks_one == {"kite-mug", "morning-mug"}
    assert Shown(CATEGORY).mugs == {"morning-mug"}


def test_a_variant_without_a_number_keeps_its_listing_in_the_lists(shop: Cast, rival_mug: Variant) -> None:
    another_choice(shop.mug, "Size", "small", "large", "170.00", 5)
    casting.fill_shelves()

    work()

    assert Shown(CATEGORY).mugs == {"kite-mug", "morning-mug"}


def test_two_listings_of_one_seller_do_not_stand_for_each_other(shop: Cast) -> None:
    again = listing(shop.shenzhen, "Kite mug again", "100.00", {shop.shenzhen_warehouse: 5}, hs_code="691110")
    Variant.objects.filter(pk__in=(again.pk, shop.mug.pk)).update(gtin=GTIN)
    casting.fill_shelves()

    work()

    assert Shown(CATEGORY).mugs == {"kite-mug", "kite-mug-again"}
    assert not Lead.objects.exists()


def test_what_was_noted_while_a_round_is_going_on_is_looked_at_in_the_next(
    shop: Cast, rival_mug: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price rises after it was read and before the round is written."""
    found = leading._ways

    def read_too_early(*args: object) -> object:
        ways = found(*args)  # type: ignore[arg-type]
        Variant.objects.filter(pk=rival_mug.pk).update(price=Money("5000", "JPY").amount)
        listings.refresh_listings(product_ids=[rival_mug.product_id], fx=fx_table(TODAY))
        monkeypatch.setattr(leading, "_ways", found)
        return ways

    tasks.note_offers()
    monkeypatch.setattr(leading, "_ways", read_too_early)
    leading.follow(seconds=0)
    stale = Shown(CATEGORY).mugs

    leading.follow(seconds=0)

    assert stale == {"morning-mug"}
    assert Shown(CATEGORY).mugs == {"kite-mug"}


def test_a_list_with_shared_articles_asks_no_more_queries(shop: Cast, rival_mug: Variant) -> None:
    def asked(path: str) -> int:
        Client().get(path)
        with counted() as counts:
            Client().get(f"{path}{'&' if '?' in path else '?'}sort=price")
        return counts.queries

    shared = [asked(path) for path in (CATEGORY, SEARCH)]
    Variant.objects.update(gtin="")
    casting.fill_shelves()
    work()

    assert not Lead.objects.exists()
    assert shared == [asked(path) for path in (CATEGORY, SEARCH)]


def test_a_listing_that_nobody_else_has_keeps_nothing(shop: Cast, rival_mug: Variant) -> None:
    kept = dict(Product.objects.values_list("slug", "led_in"))
    counts = dict(Product.objects.values_list("slug", "more_offers"))

    assert kept["kite-t-shirt"] is kept["morning-notebook"] is kept["morning-mug"] is None
    assert counts["kite-t-shirt"] is counts["kite-mug"] is None
    assert kept["kite-mug"][0] == "" and "DE" not in kept["kite-mug"] and counts["morning-mug"][""] == 1


def test_countries_are_kept_by_the_shorter_way_to_say_them(shop: Cast, rival_mug: Variant) -> None:
    without_a_rate = Product.objects.get(slug="kite-mug").led_in[1:]
    Product.objects.filter(slug="morning-mug").update(held_in=["FR", "CH"])
    tasks.note_offers()
    work()
    few = Product.objects.get(slug="kite-mug")
    Product.objects.filter(slug="morning-mug").update(held_in=sorted(logistics.destinations() - {"DE", "FR"}))
    tasks.note_offers()

    work()

    many = Product.objects.get(slug="kite-mug")
    assert few.led_in == ["", *sorted(["CH", "FR", *without_a_rate])] and many.led_in == ["DE", "FR"]
    assert Product.objects.get(slug="morning-mug").more_offers == {"": 0, "DE": 1, "FR": 1}
    facets = Category.objects.get(slug="everything").facets["led_in"]
    assert facets == {"": [0, 0], "DE": [1, 1], "FR": [1, 1]}
    assert [Shown(CATEGORY, country).mugs for country in ("DE", "CH")] == [{"morning-mug"}, {"kite-mug"}]


def test_other_freight_decides_anew(shop: Cast, rival_mug: Variant) -> None:
    Variant.objects.filter(pk=rival_mug.pk).update(price=Decimal("2600"))
    work()
    before = Shown(CATEGORY).mugs
    ShippingRate.objects.filter(origin_country="JP").update(price=500)
    casting.forget_laws()

    work()

    assert before == {"morning-mug"} and Shown(CATEGORY).mugs == {"kite-mug"}

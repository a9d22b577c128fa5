"""Shoppers do not meet a listing in a country in which it is held; a link says why; nobody else is touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from moneyed import Money

from accounts.models import Seller, User
from catalog.models import MarketHold, Product, Variant
from catalog.selectors import navigation, sellers
from catalog.services import listings, publishing, screening
from compliance.models import Flag, FlagApproval, GoodsRestriction
from compliance.screening import Finding
from compliance.services import ask_for_recheck, confirm_decision, record_findings, release_flag, uphold_flag
from compliance.services.rechecks import SELLER
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
COUNTRIES = {"FR": "fr", "DE": "de", "US": "en"}


def screen_all() -> None:
    Product.objects.update(is_unscreened=True)
    screening.screen_waiting()
    navigation.forget()
    sellers.forget()


@pytest.fixture
def held(shop: Cast) -> Cast:
    """The mug may not be sold to France; the T-shirt and the notebook may."""
    casting.forbid("691110", "FR")
    screen_all()
    assert dict(Product.objects.values_list("slug", "held_in")) == {
        "kite-t-shirt": [], "kite-mug": ["FR"], "morning-notebook": [],
    }  # fmt: skip
    return shop


def from_(country: str) -> Client:
    client = Client()
    client.cookies["region"] = f"{country}.EUR"
    return client


def slugs(cards: list[object]) -> set[str]:
    return {card.slug for card in cards}  # type: ignore[attr-defined]


def in_category(client: Client) -> set[str]:
    return slugs(client.get("/de/category/everything/").context["page"]["cards"])


def with_a_price(client: Client) -> set[str]:
    return slugs(client.get("/de/category/everything/?min=1&max=900").context["page"]["cards"])


def in_search(client: Client) -> set[str]:
    return slugs(client.get("/en/search/?q=kite").context["page"]["cards"])


def by_number(client: Client) -> set[str]:
    return slugs(client.get("/en/search/?q=KITE-MUG").context["page"]["cards"])


def at_home(client: Client) -> set[str]:
    context = client.get("/de/").context
    return slugs([*context["featured"], *context["newest"]])


def at_the_brand(client: Client) -> set[str]:
    return slugs(client.get("/de/brand/paper-kite/").context["page"]["cards"])


def among_related(client: Client) -> set[str]:
    return slugs(client.get("/de/product/kite-t-shirt/").context["view"].related)


def when_nothing_is_found(client: Client) -> set[str]:
    return slugs(client.get("/de/search/?q=nothinglikethis").context["popular"])


LISTS = [in_category, with_a_price, in_search, by_number, at_home, at_the_brand, among_related, when_nothing_is_found]


# Lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", LISTS)
def test_a_held_listing_is_in_no_list_of_its_country_and_in_those_of_others(
    held: Cast, shown: Callable[[Client], set[str]]
) -> None:
    met = {country: "kite-mug" in shown(from_(country)) for country in COUNTRIES}

    assert met == {"FR": False, "DE": True, "US": True}


def totals(client: Client, address: str) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Of the filters: all, in stock, by seller, by origin."""
    context = client.get(address).context
    facets = context["facets"]
    return (
        context["total"],
        facets["stock"]["count"],
        {item["label"]: item["count"] for item in facets["sellers"]},
        {item["value"]: item["count"] for item in facets["origins"]},
    )


@pytest.mark.parametrize(
    ("address", "abroad", "france"),
    [
        ("/de/category/everything/", (3, 3, {"Paper Kite": 2, "Asagiri": 1}, {"CN": 2, "JP": 1}),
         (2, 2, {"Paper Kite": 1, "Asagiri": 1}, {"CN": 1, "JP": 1})),
        ("/de/category/everything/?min=1", (3, 3, {"Paper Kite": 2, "Asagiri": 1}, {"CN": 2, "JP": 1}),
         (2, 2, {"Paper Kite": 1, "Asagiri": 1}, {"CN": 1, "JP": 1})),
        ("/de/category/everything/?origin=CN", (2, 2, {"Paper Kite": 2}, {"CN": 2, "JP": 1}),
         (1, 1, {"Paper Kite": 1}, {"CN": 1, "JP": 1})),
        ("/en/search/?q=kite", (2, 2, {"Paper Kite": 2}, {"CN": 2}), (1, 1, {"Paper Kite": 1}, {"CN": 1})),
    ],
)  # fmt: skip
def test_the_counts_of_the_filters_are_those_of_what_is_met(
    held: Cast, address: str, abroad: tuple[object, ...], france: tuple[object, ...]
) -> None:
    assert totals(from_("DE"), address) == abroad
    assert totals(from_("US"), address) == abroad
    assert totals(from_("FR"), address) == france


def test_the_counts_of_narrower_categories_are_those_of_the_country(held: Cast) -> None:
    everything = navigation.find("everything")
    assert everything is not None

    counts = {country: everything[0].count_in(country) for country in COUNTRIES}

    assert counts == {"FR": 2, "DE": 3, "US": 3}


def test_counts_are_exact_again_when_the_hold_is_over(held: Cast) -> None:
    GoodsRestriction.objects.filter(code="TEST-BAN").delete()
    screen_all()

    assert totals(from_("FR"), "/de/category/everything/")[0] == 3
    assert not MarketHold.objects.exists()


# The page -----------------------------------------------------------------------------------------------------


def test_a_direct_link_says_why_in_plain_words(held: Cast) -> None:
    answer = from_("FR").get("/en/product/kite-mug/")

    page = answer.content.decode()
    assert answer.status_code == 451
    assert "“Kite mug” is not sold to this country: France" in page
    assert "A rule of your country keeps these goods out." in page
    assert '<meta name="robots" content="noindex">' in page
    assert 'data-testid="add-to-cart"' not in page
    assert "TEST-BAN" not in page
    assert slugs(answer.context["related"]) == {"kite-t-shirt", "morning-notebook"}


@pytest.mark.parametrize("country", ["DE", "US"])
def test_the_page_is_as_ever_elsewhere(held: Cast, country: str) -> None:
    answer = from_(country).get("/en/product/kite-mug/")

    assert answer.status_code == 200
    assert 'data-testid="add-to-cart"' in answer.content.decode()


def test_a_listing_held_everywhere_says_so_everywhere_and_is_on_no_shelf(shop: Cast) -> None:
    casting.forbid("691110", "")
    screen_all()

    answers = {country: from_(country).get("/en/product/kite-mug/") for country in COUNTRIES}

    assert {answer.status_code for answer in answers.values()} == {451}
    assert "“Kite mug” is not sold at the moment" in answers["US"].content.decode()
    assert not Product.objects.get(slug="kite-mug").placements.exists()
    assert in_category(from_("US")) == {"kite-t-shirt", "morning-notebook"}


def test_what_nobody_has_screened_yet_does_not_exist_for_shoppers(shop: Cast) -> None:
    product = Product.objects.get(slug="kite-mug")
    publishing.withdraw(product_ids=[product.pk], status="draft", fx=fx_table(TODAY))
    screening.screen_waiting()
    assert publishing.publish(products=[product], fx=fx_table(TODAY)).done == (product.pk,)

    before = from_("DE").get("/en/product/kite-mug/").status_code, "kite-mug" in in_search(from_("DE"))
    screening.screen_waiting()
    after = from_("DE").get("/en/product/kite-mug/").status_code, "kite-mug" in in_search(from_("DE"))

    assert (before, after) == ((404, False), (200, True))


# The cart -----------------------------------------------------------------------------------------------------


def test_a_held_listing_cannot_be_put_into_the_cart_where_it_is_held(held: Cast) -> None:
    french, german = from_("FR"), from_("DE")

    refused = french.post("/en/cart/add/", {"variant": held.mug.pk, "quantity": 1}, follow=True)
    added = german.post("/en/cart/add/", {"variant": held.mug.pk, "quantity": 1}, follow=True)

    assert "This item is not sold to your country." in refused.content.decode()
    assert "Your cart is empty." in refused.content.decode()
    assert "Kite mug" in added.content.decode()


def test_a_line_that_becomes_held_is_shown_as_such_and_blocks_the_checkout(shop: Cast) -> None:
    client = from_("FR")
    for variant in (shop.mug, shop.tshirt):
        client.post("/en/cart/add/", {"variant": variant.pk, "quantity": 1})
    assert 'data-testid="checkout-start"' in client.get("/en/cart/").content.decode()

    casting.forbid("691110", "FR")
    screen_all()
    cart, checkout = client.get("/en/cart/"), client.get("/en/checkout/")

    page = cart.content.decode()
    assert "This item is not sold to your country. Please take it out." in page
    assert 'data-testid="checkout-start"' not in page
    assert cart.context["goods"] == Money("10.00", "EUR")  # the T-shirt alone
    assert "“Kite mug” is not sold to this country." in checkout.content.decode()
    assert checkout.context["quote"] is None


# Sellers ------------------------------------------------------------------------------------------------------


def test_a_grave_flag_on_the_seller_takes_all_of_their_listings_off_the_shelves_and_no_others(shop: Cast) -> None:
    finding = Finding(
        "seller_party_listed", "critical", {"party": "Li", "listed": "Li", "list": "EU", "reference": "1"}
    )
    record_findings(subject=shop.shenzhen, findings=[finding], seller=shop.shenzhen)

    screening.screen_waiting()

    assert in_category(from_("US")) == {"morning-notebook"}
    assert from_("US").get("/en/product/kite-mug/").status_code == 451
    record_findings(subject=shop.shenzhen, findings=[], seller=shop.shenzhen)
    screening.screen_waiting()
    assert in_category(from_("US")) == {"morning-notebook"}  # until two officers decide
    release_flag(flag=Flag.objects.get(rule="seller_party_listed"), actor=shop.officer, reason="The person has left.")
    second = User.objects.create_user("second@example.test", is_staff=True)
    second.user_permissions.add(Permission.objects.get(codename="review_flags"))
    confirm_decision(approval=FlagApproval.objects.get(), actor=User.objects.get(pk=second.pk))
    screening.screen_waiting()
    assert in_category(from_("US")) == {"kite-t-shirt", "kite-mug", "morning-notebook"}


def test_a_suspended_seller_leaves_the_shelves_and_comes_back(shop: Cast) -> None:
    shelves = {}
    for status in ("suspended", "approved"):
        Seller.objects.filter(pk=shop.shenzhen.pk).update(status=status)
        ask_for_recheck(topic=SELLER, keys=[shop.shenzhen.pk])
        screening.screen_waiting()
        shelves[status] = in_category(from_("DE"))

    assert shelves == {
        "suspended": {"morning-notebook"}, "approved": {"kite-t-shirt", "kite-mug", "morning-notebook"},
    }  # fmt: skip


# In step ------------------------------------------------------------------------------------------------------


def test_a_refresh_of_the_shelves_keeps_what_is_held(held: Cast) -> None:
    listings.refresh_listings(product_ids=[held.mug.product_id], fx=fx_table(TODAY))

    assert list(held.mug.product.placements.values_list("held_in", flat=True)) == [["FR"]]


def test_holds_name_the_flags_behind_them(held: Cast) -> None:
    flag = Flag.objects.get(rule="restricted_goods:TEST-BAN")

    assert list(MarketHold.objects.values_list("product", "countries", "flag")) == [
        (held.mug.product_id, ["FR"], flag.pk)
    ]
    assert abs((clock.now() - MarketHold.objects.get().since).total_seconds()) < 60


def test_a_flag_that_asks_for_a_review_holds_nothing_until_it_is_upheld(shop: Cast) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(price="100")
    Variant.objects.filter(pk=shop.mug.pk).update(price="90", compare_at="154")
    screening.screen_waiting()
    flag = Flag.objects.get(rule="price_before_misleading:OMNIBUS-EU")
    assert Product.objects.get(slug="kite-mug").held_in == []

    uphold_flag(flag=flag, actor=shop.officer, reason="The price before was never asked.")
    screening.screen_waiting()

    held = Product.objects.get(slug="kite-mug").held_in
    assert held == flag.countries
    assert {"DE", "FR"} <= set(held)
    assert "US" not in held

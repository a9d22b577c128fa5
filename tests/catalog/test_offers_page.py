"""Several sellers of one article on one page: who is among them, in which order, and what it costs to ask."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from moneyed import Money

from accounts.models import Seller
from catalog.models import Product, SellerScore, StockLevel, Variant
from catalog.selectors.offers import SellerOffer
from marketplace.devtools.bench.counting import counted
from tests.support.cast import Cast, listing

pytestmark = pytest.mark.django_db
GTIN = "9526140000379"


@pytest.fixture
def rival_mug(shop: Cast) -> Variant:
    """The mug of the cast, offered by the rival too, at half the price; both know its number, written in two ways."""
    made = listing(shop.rival, "Morning mug", "1650", {shop.osaka_warehouse: 9}, hs_code="691110", weight_grams=350)
    Variant.objects.filter(pk=made.pk).update(gtin=f"0{GTIN}")
    Variant.objects.filter(pk=shop.mug.pk).update(gtin=GTIN)
    return made


def offers(client: Client, slug: str = "kite-mug", **query: str) -> list[SellerOffer]:
    return list(client.get(f"/de/product/{slug}/", query).context["offers"])


def test_both_sellers_stand_on_both_pages_with_the_better_offer_first(
    client: Client, shop: Cast, rival_mug: Variant
) -> None:
    of_kite, of_rival = offers(client), offers(client, "morning-mug")

    assert [(each.seller, each.is_best, each.is_here) for each in of_kite] == [
        ("Asagiri", True, False),
        ("Paper Kite", False, True),
    ]
    assert [(each.seller, each.is_best, each.is_here) for each in of_rival] == [
        ("Asagiri", True, True),
        ("Paper Kite", False, False),
    ]
    assert [each.price for each in of_kite] == [Money("10.00", "EUR"), Money("20.00", "EUR")]
    assert [each.total for each in of_kite] == [each.total for each in of_rival]
    assert all(each.total is not None and each.total > each.price for each in of_kite)


def test_the_page_says_what_each_costs_at_the_door_and_puts_any_of_them_into_the_cart(
    client: Client, shop: Cast, rival_mug: Variant
) -> None:
    page = client.get("/en/product/kite-mug/").content.decode()
    answer = client.post("/en/cart/add/", {"variant": rival_mug.pk, "quantity": 1}, follow=True)

    assert page.count('data-testid="offer-total"') == 2
    assert page.count('data-testid="add-offer"') == 1
    assert f'name="variant" value="{rival_mug.pk}"' in page
    assert page.count("New seller") == 3  # both offers, and who sells the one in view
    assert answer.status_code == 200 and "Morning mug" in client.get("/en/cart/").content.decode()


def test_a_bad_score_puts_an_offer_behind_one_that_is_hardly_dearer(
    client: Client, shop: Cast, rival_mug: Variant
) -> None:
    Variant.objects.filter(pk=rival_mug.pk).update(price=Decimal("2600"))
    before = [each.seller for each in offers(client)]
    SellerScore.objects.create(seller=shop.rival, score=0, parcels=20)
    SellerScore.objects.create(seller=shop.shenzhen, score=100, parcels=20, in_time=20)

    after = offers(client)

    assert before == ["Asagiri", "Paper Kite"]
    assert [(each.seller, each.score) for each in after] == [("Paper Kite", 100), ("Asagiri", 0)]


@pytest.mark.parametrize("change", ["held", "closed", "draft", "off", "sold out", "other number", "no check digit"])
def test_who_may_not_or_can_not_sell_it_is_not_among_them(
    client: Client, shop: Cast, rival_mug: Variant, change: str
) -> None:
    product, variant = Product.objects.filter(variants=rival_mug), Variant.objects.filter(pk=rival_mug.pk)
    match change:
        case "held":
            product.update(held_in=["DE"])
        case "closed":
            Seller.objects.filter(pk=shop.rival.pk).update(status=Seller.Status.SUSPENDED)
        case "draft":
            product.update(status=Product.Status.DRAFT)
        case "off":
            variant.update(is_active=False)
        case "sold out":
            StockLevel.objects.filter(variant=rival_mug).update(on_hand=0)
        case "other number":
            variant.update(gtin="9526140000744")
        case _:
            Variant.objects.filter(pk__in=(rival_mug.pk, shop.mug.pk)).update(gtin="9526140000370")

    assert offers(client) == []


def test_of_a_seller_with_two_listings_the_better_one_is_shown(client: Client, shop: Cast, rival_mug: Variant) -> None:
    dearer = listing(shop.rival, "Evening mug", "5000", {shop.osaka_warehouse: 9}, hs_code="691110", weight_grams=350)
    Variant.objects.filter(pk=dearer.pk).update(gtin=GTIN)

    assert [each.variant_id for each in offers(client)] == [rival_mug.pk, shop.mug.pk]


def test_the_offers_cost_one_query_and_none_for_goods_without_a_number(
    client: Client, shop: Cast, rival_mug: Variant
) -> None:
    def asked(slug: str) -> int:
        client.get(f"/de/product/{slug}/")
        with counted() as counts:
            client.get(f"/de/product/{slug}/")
        return counts.queries

    assert asked("kite-mug") == asked("kite-t-shirt") + 1

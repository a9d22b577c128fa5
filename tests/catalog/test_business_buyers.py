"""A reader who buys for a business: net prices said as such, and prices by quantity."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from moneyed import Money

from catalog.models import PriceTier
from catalog.selectors.tiers import TierPrice
from tests.support.cast import Cast, fill_shelves

pytestmark = pytest.mark.django_db
MUG = "/en/product/kite-mug/"


def choose(client: Client, buyer: str) -> None:
    answer = client.post("/en/region/", {"country": "DE", "currency": "EUR", "buyer": buyer, "next": MUG})
    assert (answer.status_code, answer["Location"]) == (302, MUG)


def test_a_business_reads_net_prices_and_what_it_can_get_down_to(shop: Cast) -> None:
    """The mug costs CNY 154.00 alone, 138.60 from six and 115.50 from twelve on: EUR 20.00, 18.00 and 15.00."""
    for quantity, price in ((6, "138.60"), (12, "115.50")):
        PriceTier.objects.create(variant=shop.mug, from_quantity=quantity, price=Decimal(price))
    fill_shelves()
    found = {}
    client = Client()
    for buyer in ("business", ""):
        choose(client, buyer)
        page = client.get(MUG)
        cards = client.get("/en/category/everything/").context["page"]["cards"]
        (card,) = [card for card in cards if card.slug == "kite-mug"]
        tiers = [(tier.from_quantity, tier.price) for tier in page.context["variant"].tiers]
        found[buyer] = "this is the net price" in page.content.decode(), card.is_net, card.tier, tiers

    steps = [(6, Money("18.00", "EUR")), (12, Money("15.00", "EUR"))]
    assert found == {
        "business": (True, True, TierPrice(12, Money("15.00", "EUR")), steps),
        "": (False, False, None, steps),
    }
    assert client.cookies[settings.REGION_COOKIE_NAME].value == "DE.EUR"


def test_the_table_says_what_so_many_pieces_cost_at_the_door_as_the_cart_does(shop: Cast) -> None:
    PriceTier.objects.create(variant=shop.mug, from_quantity=6, price=Decimal("138.60"))
    client = Client()
    choose(client, "")
    (tier,) = client.get(MUG).context["variant"].tiers

    client.post("/en/cart/add/", {"variant": shop.mug.pk, "quantity": 6})
    sums = client.get("/en/cart/").context["landed"]

    assert tier.landed == sums["total"]

"""A price set for a market is the same on card, page, in cart and feed, and the landed price stands on it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from moneyed import Money

from catalog.exports.markets import Market, offers
from catalog.models import MarketPrice, PriceEnding, PricePolicy, Product
from catalog.selectors.price_terms import forget_endings
from catalog.selectors.prices import Prices
from tests.catalog.test_feed_formats import SPREE
from tests.support.cast import Cast, fill_shelves

pytestmark = pytest.mark.django_db


def shown(country: str, currency: str) -> dict[str, Money]:
    """What a reader meets of the mug in each place."""
    client = Client()
    client.cookies[settings.REGION_COOKIE_NAME] = f"{country}.{currency}"
    page = client.get("/en/product/kite-mug/").context
    cards = client.get("/en/category/everything/").context["page"]["cards"]
    (card,) = [card for card in cards if card.slug == "kite-mug"]
    client.post("/en/cart/add/", {"variant": page["variant"].id, "quantity": 1})
    cart = client.get("/en/cart/").context
    market = Market.of(country, "en", currency)
    (offer,) = offers(Product.objects.filter(slug="kite-mug"), market, Prices.today())
    landed = {page["landed"]["total"], card.landed.total, cart["landed"]["total"], offer.landed}
    assert len(landed) == 1 or not page["landed"]["complete"], landed
    return {"page": page["variant"].price, "card": card.price, "cart": cart["goods"], "feed": offer.price,
            "goods": page["landed"]["goods"]}  # fmt: skip


def everywhere(amount: str, currency: str) -> dict[str, Money]:
    return dict.fromkeys(("page", "card", "cart", "feed", "goods"), Money(amount, currency))


def test_every_place_shows_the_price_of_the_market(shop: Cast) -> None:
    """The mug costs CNY 154.00: EUR 20.00, USD 22.00."""
    MarketPrice.objects.create(variant=shop.mug, country="DE", price=Money("23.45", "EUR"))
    MarketPrice.objects.create(variant=shop.mug, price=Money("25.00", "USD"))
    fill_shelves()

    assert shown("DE", "EUR") == everywhere("23.45", "EUR")
    assert shown("US", "USD") == everywhere("25.00", "USD")
    assert shown("FR", "EUR") == everywhere("20.00", "EUR")


def test_every_place_shows_the_same_ending_and_duty_and_tax_are_reckoned_from_it(shop: Cast) -> None:
    PriceEnding.objects.create(currency="EUR", from_amount=0, step=1, ending="0.90", most_below="0.30")
    PricePolicy.objects.create(seller=shop.shenzhen, has_native_endings=True)
    forget_endings()
    fill_shelves()

    assert shown("DE", "EUR") == everywhere("19.90", "EUR")
    assert shown("US", "USD") == everywhere("22.00", "USD")


def test_a_feed_with_prices_in_two_currencies_brings_both_once(shop: Cast, tmp_path: Path) -> None:
    path = tmp_path / "spree.csv"
    found = []
    for euros in ("79.99", "79.99", "81.50"):
        path.write_text(SPREE.replace("79.99", euros), encoding="utf-8")
        out = StringIO()
        call_command("import_listings", str(path), seller="paper-kite", currency="USD", json=True, stdout=out)
        counts = json.loads(out.getvalue())
        price = MarketPrice.objects.get(variant__sku="KETTLE-B").price
        found.append((counts["created"], counts["updated"], counts["unchanged"], price))

    assert found == [
        (1, 0, 0, Money("79.99", "EUR")), (0, 0, 1, Money("79.99", "EUR")), (0, 1, 0, Money("81.50", "EUR")),
    ]  # fmt: skip

"""Where ways of pricing and of offering meet: files during a sale, another currency, a price that no column holds."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from moneyed import Money

from catalog.feeds.formats import open_feed
from catalog.models import MarketPrice, PriceTier, Product, ScheduledPriceItem, Variant
from catalog.services import scheduled_prices
from catalog.services.imports import import_feed
from marketplace.kernel import clock
from payments.selectors import fx_table
from tests.catalog.test_scheduled_prices import DAY, Clock, hands, price_of, sale
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
__all__ = ["hands"]


def bring(cast: Cast, price: str, pieces: int, currency: str = "CNY") -> None:
    """The seller's own table with the mug in it."""
    handle = Product.objects.values_list("handle", flat=True).get(pk=cast.mug.product_id)
    text = f"handle,title,sku,price,quantity\n{handle},Kite mug,{cast.mug.sku},{price},{pieces}\n"
    _format, feed = open_feed(io.BytesIO(text.encode()), format="plain", currency=currency, on=clock.today())
    result = import_feed(seller=cast.shenzhen, feed=feed, fx=fx_table(clock.today()))
    assert (result.updated, result.rejected) == (1, 0)


def test_a_file_leaves_alone_when_and_how_many_can_be_ordered_ahead(shop: Cast) -> None:
    out_on = clock.today() + timedelta(days=20)
    Variant.objects.filter(pk=shop.mug.pk).update(available_on=out_on, order_limit=50, low_stock_at=3)

    bring(shop, "160.00", 9)

    mug = Variant.objects.get(pk=shop.mug.pk)
    assert (mug.available_on, mug.order_limit, mug.low_stock_at, mug.price) == (out_on, 50, 3, Money("160", "CNY"))


def test_a_price_from_a_file_waits_for_the_end_of_a_sale(shop: Cast, hands: Clock) -> None:
    sale(shop, hands)
    hands.forward(days=1)
    during = price_of(shop.mug)

    bring(shop, "160.00", 9)

    assert during == price_of(shop.mug) == (Decimal("123.20"), Decimal("154.00"))
    hands.forward(days=2)
    assert price_of(shop.mug) == (Decimal("160.00"), None)


def test_another_currency_leaves_no_number_of_the_old_one_behind(shop: Cast, hands: Clock) -> None:
    PriceTier.objects.create(variant=shop.mug, from_quantity=10, price=Decimal("80"))
    MarketPrice.objects.create(variant=shop.mug, price=Money("1980", "JPY"))
    MarketPrice.objects.create(variant=shop.mug, country="FR", price=Money("21", "EUR"))
    sale(shop, hands, percent=None, price=Decimal("80"))

    bring(shop, "3000", 9, currency="JPY")

    assert not PriceTier.objects.filter(variant=shop.mug).exists()
    assert list(MarketPrice.objects.filter(variant=shop.mug).values_list("country", flat=True)) == ["FR"]
    assert not ScheduledPriceItem.objects.filter(variant=shop.mug, is_open=True).exists()
    hands.forward(days=1)
    assert Variant.objects.get(pk=shop.mug.pk).price == Money("3000", "JPY")


def test_one_price_that_is_not_possible_keeps_no_other_from_beginning(shop: Cast, hands: Clock) -> None:
    MarketPrice.objects.create(variant=shop.mug, country="JP", price=Money("1000", "JPY"))
    Variant.objects.filter(pk=shop.mug.pk).update(price=Money("1", "CNY"))
    broken = sale(shop, hands, percent=None, price=Decimal("999999999999999"))
    other = sale(shop, hands, variant=shop.tshirt)

    hands.forward(days=1)

    broken.refresh_from_db()
    other.refresh_from_db()
    assert other.state == "running"
    assert price_of(shop.tshirt)[0] == Decimal("61.60")
    assert price_of(shop.mug)[0] == Decimal("1")
    assert not broken.items.filter(is_open=True).exists()


def test_saving_a_sale_that_has_begun_changes_nothing_though_nobody_noted_it_yet(shop: Cast, hands: Clock) -> None:
    row = sale(shop, hands)
    hands.forward(days=1)
    row.__class__.objects.filter(pk=row.pk).update(state="planned")  # as a worker that died in between leaves it
    before = list(row.items.values())

    scheduled_prices.plan(schedule=row)

    assert list(row.items.values()) == before
    hands.forward(days=2)
    assert price_of(shop.mug) == (Decimal("154.00"), None)
    assert timedelta(days=1) == DAY

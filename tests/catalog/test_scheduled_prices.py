"""Scheduled prices: they begin and end by themselves, whatever happens in between, and the price history knows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from moneyed import Money

from catalog import tasks
from catalog.models import MarketPrice, PriceChange, Product, ScheduledPrice, ScheduledPriceItem, Variant
from catalog.services import scheduled_prices
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from tests.support.cast import Cast, fill_shelves

pytestmark = pytest.mark.django_db
State = ScheduledPrice.State
DAY = timedelta(days=1)


class Clock:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)
        tasks.follow_scheduled_prices()


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", lambda: hands.moment)
    return hands


def sale(cast: Cast, hands: Clock, **values: Any) -> ScheduledPrice:
    """A fifth less from tomorrow on for two days; the mug, unless something else is named."""
    told = {"seller": cast.shenzhen, "name": "Kites", "percent": Decimal(20), "variant": cast.mug,
            "starts_at": hands.moment + DAY, "ends_at": hands.moment + 3 * DAY} | values  # fmt: skip
    products = told.pop("products", [])
    row = ScheduledPrice.objects.create(**told)
    row.products.set(products)
    scheduled_prices.plan(schedule=row)
    return row


def price_of(variant: Variant) -> tuple[Decimal, Decimal | None]:
    return Variant.objects.values_list("price", "compare_at").get(pk=variant.pk)


def test_a_sale_begins_and_ends_by_itself(shop: Cast, hands: Clock) -> None:
    row = sale(shop, hands)
    market = MarketPrice.objects.create(variant=shop.mug, country="FR", price=Money("21.00", "EUR"))

    hands.forward(hours=23, minutes=59)
    before = price_of(shop.mug)
    hands.forward(minutes=1)
    during = price_of(shop.mug)
    row.refresh_from_db()
    market.refresh_from_db()
    running = row.state, market.price, market.compare_at
    card = Product.objects.values_list("card_price", "card_compare_at", "sort_price").get(pk=shop.mug.product_id)
    hands.forward(days=2)

    assert before == (Decimal(154), None)
    assert during == (Decimal("123.2"), Decimal(154))
    assert running == (State.RUNNING, Money("16.80", "EUR"), Decimal(21))
    assert card == (Decimal("123.2"), Decimal(154), Decimal(16))
    assert price_of(shop.mug) == (Decimal(154), None)
    market.refresh_from_db()
    assert (market.price, market.compare_at) == (Money("21.00", "EUR"), None)
    row.refresh_from_db()
    assert row.state == State.ENDED
    prices = PriceChange.objects.filter(variant=shop.mug).order_by("pk").values_list("price", flat=True)
    assert list(prices) == [154, Decimal("123.2"), 154]
    assert price_of(shop.tshirt) == (Decimal(77), None)


def test_looking_twice_changes_nothing_more(shop: Cast, hands: Clock) -> None:
    sale(shop, hands)
    hands.forward(days=1)
    first = price_of(shop.mug)

    hands.forward(seconds=20)

    assert price_of(shop.mug) == first == (Decimal("123.2"), Decimal(154))
    assert PriceChange.objects.filter(variant=shop.mug).count() == 2


def test_a_crash_loses_nothing(shop: Cast, hands: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two listings, one at a time; the worker dies at the second, as it goes up and as it comes down."""
    monkeypatch.setattr(scheduled_prices, "_CHUNK", 1)
    sale(shop, hands, variant=None, products=[shop.mug.product, shop.tshirt.product])
    for days, halfway, whole in (
        (1, [Decimal("61.6"), Decimal(154)], [Decimal("61.6"), Decimal("123.2")]),
        (2, [Decimal(77), Decimal("123.2")], [Decimal(77), Decimal(154)]),
    ):
        with pytest.MonkeyPatch.context() as broken, pytest.raises(SystemExit):
            broken.setattr(scheduled_prices.listings, "refresh_listings", _dying_at_the_second())
            hands.forward(days=days)
        assert [price_of(each)[0] for each in (shop.tshirt, shop.mug)] == halfway

        hands.forward(seconds=20)

        assert [price_of(each)[0] for each in (shop.tshirt, shop.mug)] == whole


def _dying_at_the_second() -> Any:
    calls: list[int] = []

    def refresh(**_known: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit

    return refresh


def test_a_worker_that_slept_through_a_sale_does_not_play_it_afterwards(shop: Cast, hands: Clock) -> None:
    row = sale(shop, hands)

    hands.forward(days=4)

    assert price_of(shop.mug) == (Decimal(154), None)
    assert PriceChange.objects.filter(variant=shop.mug).count() == 1
    assert ScheduledPrice.objects.get(pk=row.pk).state == State.ENDED


def test_one_sale_may_follow_the_other_but_not_overlap(shop: Cast, hands: Clock) -> None:
    first = sale(shop, hands)
    second = {"percent": None, "price": Decimal(100), "starts_at": first.ends_at, "ends_at": first.ends_at + DAY}
    sale(shop, hands, **second)

    with pytest.raises(Refused) as refusal:
        sale(shop, hands, **second | {"starts_at": first.ends_at - timedelta(seconds=1)})
    with pytest.raises(IntegrityError, match="scheduled_prices_never_overlap"), transaction.atomic():
        ScheduledPriceItem.objects.create(
            schedule=sale(shop, hands, variant=shop.tshirt), variant=shop.mug, starts_at=first.starts_at,
            ends_at=first.ends_at,
        )  # fmt: skip

    assert refusal.value.code == "overlaps"
    hands.forward(days=1)
    hands.forward(days=2)
    assert price_of(shop.mug) == (Decimal(100), Decimal(154))


def test_what_the_seller_changes_during_a_sale_stays(shop: Cast, hands: Clock) -> None:
    sale(shop, hands)
    hands.forward(days=1)
    Variant.objects.filter(pk=shop.mug.pk).update(price=Decimal(150))

    hands.forward(days=2)

    assert price_of(shop.mug) == (Decimal(150), None)


def test_a_sale_is_called_off_before_and_ended_while_it_runs(shop: Cast, hands: Clock) -> None:
    planned, running = sale(shop, hands), sale(shop, hands, variant=shop.tshirt, starts_at=hands.moment - DAY)
    hands.forward(seconds=20)
    low = price_of(shop.tshirt)[0]

    for row in (planned, running):
        scheduled_prices.stop(schedule=row, moment=hands.moment)
    hands.forward(days=1)

    states = [ScheduledPrice.objects.get(pk=row.pk).state for row in (planned, running)]
    assert (states, low) == ([State.CANCELLED, State.ENDED], Decimal("61.6"))
    assert [price_of(shop.mug), price_of(shop.tshirt)] == [(Decimal(154), None), (Decimal(77), None)]
    with pytest.raises(Refused):
        scheduled_prices.stop(schedule=planned, moment=hands.moment)


def test_a_category_is_lowered_as_a_whole_but_for_the_goods_of_others(shop: Cast, hands: Clock) -> None:
    sale(shop, hands, variant=None, category=shop.mug.product.category)

    hands.forward(days=1)

    found = [price_of(each)[0] for each in (shop.tshirt, shop.mug, shop.notebook)]
    assert found == [Decimal("61.6"), Decimal("123.2"), Decimal(1320)]


def test_a_reduction_says_the_lowest_price_of_thirty_days_on_page_and_card(shop: Cast, hands: Clock) -> None:
    """The mug stood at CNY 154.00, was lowered to 123.20 for two days, and goes to 130.90 three days later."""
    sale(shop, hands)
    hands.forward(days=1)
    hands.forward(days=2)
    later = {"percent": Decimal(15), "starts_at": hands.moment + 3 * DAY, "ends_at": hands.moment + 9 * DAY}
    sale(shop, hands, **later)
    hands.forward(days=3)
    fill_shelves()
    client = Client(headers={"accept-language": "en-DE"})

    page = client.get("/en/product/kite-mug/").content.decode()
    cards = client.get("/en/category/everything/").context["page"]["cards"]
    (card,) = [card for card in cards if card.slug == "kite-mug"]

    assert "Lowest price in the 30 days before the reduction" in page
    assert (card.price, card.compare_at, card.lowest) == (
        Money("17.00", "EUR"), Money("20.00", "EUR"), Money("16.00", "EUR"),
    )  # fmt: skip


def test_where_nobody_knows_the_lowest_price_nothing_is_called_reduced_in_the_union(shop: Cast) -> None:
    """A price before that came with the listing; elsewhere it stands as the seller says."""
    Variant.objects.filter(pk=shop.mug.pk).update(compare_at=Decimal(200))
    fill_shelves()

    found = {}
    for country in ("DE", "US"):
        client = Client(headers={"accept-language": f"en-{country}"})
        found[country] = client.get("/en/product/kite-mug/").context["variant"].compare_at

    assert found == {"DE": None, "US": Money("28.57", "USD")}


def test_thirty_days_after_its_last_price_a_card_knows_what_to_compare_with(shop: Cast, hands: Clock) -> None:
    Variant.objects.filter(pk=shop.mug.pk).update(compare_at=Decimal(200))
    terms = Product.objects.filter(pk=shop.mug.product_id).values_list("card_terms", flat=True)
    fill_shelves()
    at_first = terms.get()
    hands.moment += 31 * DAY

    tasks.refresh_reductions()

    assert (at_first, terms.get()) == (None, {"lowest": "154.0000"})

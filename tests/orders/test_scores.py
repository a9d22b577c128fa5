"""The nightly count of parcels that left by their day, and the score that is made of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.models import Seller
from catalog.models import SellerScore
from logistics.models import Shipment, TrackingEvent
from orders import tasks
from orders.models import Fulfilment, SellerOrder
from tests.orders.buying import cart_with, place
from tests.support.cast import TODAY, Cast

pytestmark = pytest.mark.django_db


def sent(part: SellerOrder, due_on: date, *, left_on: date | None, status: str = "shipped") -> Fulfilment:
    """A parcel that was due on a day; the carrier had it on `left_on`."""
    number = Shipment.objects.count()
    shipment = Shipment.objects.create(
        reference=f"P-{number}",
        carrier="sandbox",
        service_code="air",
        sender={},
        recipient={},
        consignment={},
        declared={},
    )
    for event, day in (("labelled", due_on - timedelta(days=9)), ("handed_over", left_on), ("in_transit", TODAY)):
        if day and (event == "labelled" or left_on):
            TrackingEvent.objects.create(
                shipment=shipment, event_id=f"{number}-{event}", code=event, description_code=event,
                occurred_at=datetime.combine(day, time(23), UTC),
            )  # fmt: skip
    copy = SellerOrder.objects.create(
        order=part.order, position=number + 10, seller=part.seller, warehouse=part.warehouse, service_code="air",
        consignment={}, assessment={}, goods=part.goods, total=part.total,
    )  # fmt: skip
    return Fulfilment.objects.create(seller_order=copy, shipment=shipment, status=status, due_on=due_on)


def row_of(seller: Seller) -> tuple[int | None, int, int, int]:
    return SellerScore.objects.values_list("score", "parcels", "in_time", "cancelled").get(seller=seller)


def test_parcels_are_counted_by_the_day_on_which_the_carrier_had_them(cast: Cast) -> None:
    part = SellerOrder.objects.get(order=place(cart_with((cast.tshirt, 1))))
    day = TODAY - timedelta(days=20)
    for _ in range(8):
        sent(part, day, left_on=day)
    sent(part, day, left_on=day + timedelta(days=1))
    sent(part, day, left_on=None, status="preparing")
    sent(part, day, left_on=None, status="cancelled")
    sent(part, day, left_on=None, status="held")
    sent(part, TODAY, left_on=None, status="preparing")
    sent(part, TODAY - timedelta(days=181), left_on=TODAY)

    for _ in range(2):
        tasks.count_scores()

    assert row_of(cast.shenzhen) == (72, 11, 8, 1)
    assert row_of(cast.rival) == (None, 0, 0, 0)


def test_a_score_that_no_parcel_upholds_any_more_is_taken_back(cast: Cast) -> None:
    SellerScore.objects.create(seller=cast.shenzhen, score=100, parcels=20, in_time=20)

    tasks.count_scores()

    assert row_of(cast.shenzhen) == (None, 0, 0, 0)

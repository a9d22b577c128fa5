"""The nightly count of how reliably sellers send (catalog.scores says how a score is made of it).

A parcel is counted once its day has come, for 180 days. It has left when the carrier first has it. One that compliance
holds is not counted, since its seller can do nothing for it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from accounts.models import Seller
from catalog.models import SellerScore
from catalog.scores import COUNTED_DAYS, score_of
from marketplace.kernel import clock

# A carrier that tells nothing of the way leaves the day on which the parcel was noted as sent.
_COUNT: Final = """
SELECT p.seller_id, count(*), count(*) FILTER (WHERE f.status = 'cancelled'),
    count(*) FILTER (WHERE f.status IN ('shipped', 'delivered')
        AND (COALESCE(left_at.first, f.updated_at) AT TIME ZONE 'UTC')::date <= f.due_on)
FROM orders_fulfilment f JOIN orders_sellerorder p ON p.id = f.seller_order_id
LEFT JOIN LATERAL (
    SELECT min(e.occurred_at) AS first FROM logistics_trackingevent e
    WHERE e.shipment_id = f.shipment_id AND e.code NOT IN ('created', 'declared', 'labelled', 'exception', 'cancelled')
) left_at ON true
WHERE f.due_on >= %(since)s AND f.due_on < %(today)s AND f.status <> 'held'
GROUP BY p.seller_id
"""


def count_scores(today: date) -> int:
    """Every seller has a row with the count up to the day before `today`; how many sellers have a score.

    Run twice, it changes nothing. One query for the count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"since": today - timedelta(days=COUNTED_DAYS), "today": today})
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
    now = clock.now()
    rows = [_row(key, counted.get(key, (0, 0, 0)), now) for key in Seller.objects.values_list("pk", flat=True)]
    SellerScore.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["seller"],
        update_fields=["score", "parcels", "in_time", "cancelled", "computed_at"],
    )  # fmt: skip
    return sum(row.score is not None for row in rows)


def _row(seller_id: int, counted: tuple[int, int, int], now: Any) -> SellerScore:
    parcels, cancelled, in_time = counted
    score = score_of(parcels=parcels, in_time=in_time)
    return SellerScore(
        seller_id=seller_id, score=score, parcels=parcels, in_time=in_time, cancelled=cancelled, computed_at=now
    )

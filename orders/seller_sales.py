"""What sellers sold day by day, in the currency of a law: the sales by which thresholds are reached.

One sale is what a shopper orders from a seller at once, and it counts when it is paid. The amount is what the seller is
paid: the seller's price of every line, without the buffer, freight and taxes that the shopper pays. Where a law counts what is
paid in the end, refunds lessen the day on which they were paid out, each line bearing its part as in the reports on sellers.
What goes back for a sale of an earlier year corrects the report of that year, and not the year in which it goes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from compliance.models import SellerThreshold
from compliance.thresholds import YEAR, DaySales, counted_from
from marketplace.kernel.fx import FxTable
from orders.services.reporting.refunds import refunds_of

_SALES: Final = """
SELECT s.seller_id, (o.paid_at AT TIME ZONE %(zone)s)::date AS day, l.seller_price_currency,
    count(*) FILTER (WHERE l.id = (
        SELECT min(first.id) FROM orders_orderline first JOIN orders_sellerorder part ON part.id = first.seller_order_id
        WHERE part.order_id = o.id AND part.seller_id = s.seller_id)), sum(l.seller_price * l.quantity)
FROM orders_order o
JOIN orders_sellerorder s ON s.order_id = o.id
JOIN orders_orderline l ON l.seller_order_id = s.id
WHERE o.paid_at >= %(begins)s AND o.paid_at < %(ends)s AND (%(country)s = '' OR o.country = %(country)s)
GROUP BY 1, 2, 3
"""
_REFUNDED: Final = """
SELECT DISTINCT op.order_id FROM payments_refund r JOIN orders_orderpayment op ON op.payment_id = r.payment_id
WHERE r.state = 'done' AND r.changed_at >= %(begins)s AND r.changed_at < %(ends)s
"""
_LINES: Final = """
SELECT o.id, o.paid_at, s.seller_id, l.seller_price * l.quantity, l.seller_price_currency
FROM orders_order o
JOIN orders_sellerorder s ON s.order_id = o.id
JOIN orders_orderline l ON l.seller_order_id = s.id
WHERE o.id = ANY(%(orders)s) AND o.paid_at IS NOT NULL
"""


@dataclass(slots=True)
class _Day:
    sales: int = 0
    amount: Decimal = Decimal(0)


def daily_sales(threshold: SellerThreshold, on: date, fx: FxTable) -> dict[int, list[DaySales]]:
    """The days on which each seller sold something that the threshold counts, in order, up to the end of the day `on`.

    Amounts are in the currency of the threshold by the rates of `fx`, not rounded. A handful of queries for all sellers.
    Raises `MissingRate`.
    """
    zone = ZoneInfo(threshold.time_zone)
    begins, ends = _midnight(counted_from(threshold.period, on), zone), _midnight(on + timedelta(days=1), zone)
    of_place = threshold.counts == SellerThreshold.Counts.SALES
    words = {"zone": zone.key, "begins": begins, "ends": ends, "country": threshold.jurisdiction if of_place else ""}
    days: defaultdict[int, dict[date, _Day]] = defaultdict(dict)
    for seller_id, day, currency, sales, amount in _rows(_SALES, words):
        found = days[seller_id].setdefault(day, _Day())
        found.sales += sales
        found.amount += _changed(amount, currency, threshold.currency, fx)
    if not of_place:
        for seller_id, sold_on, day, currency, amount in _refunds(words, zone):
            if threshold.period == YEAR and sold_on.year != day.year:
                continue
            days[seller_id].setdefault(day, _Day()).amount -= _changed(amount, currency, threshold.currency, fx)
    return {key: _in_order(found) for key, found in days.items()}


def _in_order(days: Mapping[date, _Day]) -> list[DaySales]:
    return [DaySales(day, found.sales, found.amount) for day, found in sorted(days.items())]


def _refunds(words: Mapping[str, Any], zone: ZoneInfo) -> Iterable[tuple[int, date, date, str, Decimal]]:
    """What went back: the seller, the days of the sale and of the refund, the currency and the amount, line by line."""
    orders = [row[0] for row in _rows(_REFUNDED, words)]
    refunds = refunds_of(orders, words["begins"], words["ends"])
    for order_id, paid_at, seller_id, amount, currency in _rows(_LINES, {"orders": sorted(refunds)}) if refunds else ():
        for refund in refunds[order_id]:
            days = (moment.astimezone(zone).date() for moment in (paid_at, refund.at))
            yield seller_id, *days, currency, refund.part_of(amount, currency)


def _rows(statement: str, words: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        return list(cursor.fetchall())


def _changed(amount: Decimal, source: str, currency: str, fx: FxTable) -> Decimal:
    if source == currency:
        return amount
    return amount * fx.per_base(currency) / fx.per_base(source)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)

"""Money that went back for paid orders, as the reports count it: by the moment at which the provider paid it out.

The payment that pays an order is the first that was paid; what is given back of another is no refund of the sale, which
stays paid. A refund names no line, so that all lines bear their part (`Refunded`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from compliance.reports.periods import Period
from compliance.reports.returns import Refunded
from compliance.reports.terms import ReportTerms
from compliance.selectors import reports as compliance

_REFUNDS: Final = """
SELECT op.order_id, r.id, r.changed_at, r.amount, p.amount,
    COALESCE((SELECT sum(x.amount) FROM payments_refund x WHERE x.payment_id = r.payment_id AND x.state = 'done'
        AND (x.changed_at, x.id) < (r.changed_at, r.id)), 0)
FROM payments_refund r
JOIN payments_payment p ON p.id = r.payment_id
JOIN orders_orderpayment op ON op.payment_id = p.id
JOIN orders_order o ON o.id = op.order_id
WHERE r.state = 'done' AND p.id = (
    SELECT k.id FROM orders_orderpayment l JOIN payments_payment k ON k.id = l.payment_id
    WHERE l.order_id = op.order_id AND k.state = 'paid' ORDER BY k.paid_at, l.id LIMIT 1
) AND {condition} ORDER BY r.id
"""
_OF_ORDERS: Final = "op.order_id = ANY(%s) AND r.changed_at >= %s AND r.changed_at < %s"
_OF_EARLIER_SALES: Final = """
r.id > %s AND o.paid_at < %s AND (
    (r.changed_at >= %s AND r.changed_at < %s)
    OR (r.changed_at >= %s AND r.changed_at < %s AND NOT EXISTS (
        SELECT FROM {table} c WHERE c.report_kind = %s AND c.is_final AND c.refund_id = r.id)))
"""


def refunds_of(order_ids: Iterable[int], begins: datetime, ends: datetime) -> dict[int, list[Refunded]]:
    """What went back between two moments, by order."""
    keys = list(order_ids)
    return _gathered(_OF_ORDERS, [keys, begins, ends]) if keys else {}


def refunds_of_earlier_sales(
    terms: ReportTerms, period: Period, *, after: int, until: datetime, table: str, most: int
) -> dict[int, list[Refunded]]:
    """What goes into the report of `period` for orders that were paid before it: what went back in the period, and what
    went back in a period whose report is closed and has not counted it. By order, at most so many refunds, those with
    the smallest keys above `after`. `table` is that of the lines of such reports.
    """
    begins, ends = period.moments(terms.zone)
    since = _first_of_closed_row(terms, period).moments(terms.zone)[0]
    condition = _OF_EARLIER_SALES.format(table=connection.ops.quote_name(table))
    words = [after, begins, begins, min(ends, until), since, begins, terms.kind]
    return _gathered(condition, words, most)


def _first_of_closed_row(terms: ReportTerms, period: Period) -> Period:
    """The first of the periods right before this one whose reports are closed, without a gap; the period itself if none."""
    closed = compliance.closed_periods(terms.kind)
    first = period
    while first.before.name in closed:
        first = first.before
    return first


def _gathered(condition: str, words: list[Any], most: int | None = None) -> dict[int, list[Refunded]]:
    found: dict[int, list[Refunded]] = {}
    limit = "" if most is None else f" LIMIT {most:d}"
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS.format(condition=condition) + limit, words)
        for order_id, key, at, amount, total, before in cursor.fetchall():
            found.setdefault(order_id, []).append(Refunded(id=key, at=at, before=before, amount=amount, total=total))
    return found

"""Promises stock to orders, gives it back, and takes it out: exactly once under each reference.

What is bought without stock is counted beside it, as pieces on order, until it has been made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from django.utils.translation import ngettext

from catalog.availability import NO_LIMIT, NOTHING
from catalog.models import StockReservation
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

# Levels are locked in the order of their keys, and what is left is read under the lock. How many more may be on order
# is counted over all warehouses; only the first one of a variant ever takes such orders (catalog.availability).
# A list comes out of a subquery, so that PostgreSQL keeps one plan for lists of any length: planning takes many times
# what the statement does.
_LEFT = """
SELECT l.id, l.on_hand - l.reserved,
    CASE WHEN v.lead_days IS NULL AND COALESCE(v.available_on <= %s, true) THEN 0
         WHEN v.order_limit IS NULL THEN %s
         ELSE greatest(v.order_limit - l.on_order - (SELECT COALESCE(sum(o.on_order), 0) FROM catalog_stocklevel o
                                                     WHERE o.variant_id = v.id AND o.id <> l.id), 0) END,
    EXISTS (SELECT FROM catalog_stockreservation r WHERE r.stock_level_id = l.id AND r.reference = %s)
FROM catalog_stocklevel l JOIN catalog_variant v ON v.id = l.variant_id
WHERE l.id = ANY((SELECT %s::bigint[])::bigint[]) ORDER BY l.id FOR UPDATE OF l
"""
_LOCK = """
SELECT FROM catalog_stocklevel l WHERE l.id = ANY(%s::bigint[]) OR l.id IN (
    SELECT stock_level_id FROM catalog_stockreservation WHERE reference = ANY(%s::varchar[]) AND state = 'held')
ORDER BY l.id FOR UPDATE
"""
_HOLD = """
WITH held AS (
    UPDATE catalog_stocklevel l SET reserved = l.reserved + d.pieces, on_order = l.on_order + d.ahead
    FROM unnest((SELECT %s::bigint[]), (SELECT %s::int[]), (SELECT %s::int[])) d(level, pieces, ahead)
    WHERE l.id = d.level
    RETURNING l.id, d.pieces, d.ahead
)
INSERT INTO catalog_stockreservation (stock_level_id, reference, quantity, to_order, state, created_at)
SELECT id, %s, pieces, ahead, 'held', %s FROM held
"""
_CLOSE = """
WITH held AS (
    SELECT id, stock_level_id, quantity, to_order FROM catalog_stockreservation
    WHERE reference = %(reference)s AND state = 'held' ORDER BY stock_level_id FOR UPDATE
), locked AS (
    SELECT l.id FROM catalog_stocklevel l WHERE l.id IN (SELECT stock_level_id FROM held) ORDER BY l.id FOR UPDATE
), given AS (
    UPDATE catalog_stocklevel l SET reserved = l.reserved - h.quantity,
        on_hand = l.on_hand - CASE WHEN %(state)s = 'consumed' THEN h.quantity ELSE 0 END,
        on_order = l.on_order - CASE WHEN %(state)s = 'consumed' THEN 0 ELSE h.to_order END
    FROM locked JOIN held h ON h.stock_level_id = locked.id WHERE l.id = locked.id
)
UPDATE catalog_stockreservation r SET state = %(state)s FROM held WHERE r.id = held.id
"""
_MADE = """
WITH made AS (
    SELECT r.id, r.stock_level_id, r.to_order FROM catalog_stockreservation r
    JOIN catalog_stocklevel l ON l.id = r.stock_level_id AND l.warehouse_id = %(warehouse)s
    WHERE r.reference = %(reference)s AND r.state = 'consumed' AND r.to_order > 0 AND r.made_at IS NULL
    ORDER BY r.stock_level_id FOR UPDATE OF r
), locked AS (
    SELECT l.id FROM catalog_stocklevel l WHERE l.id IN (SELECT stock_level_id FROM made) ORDER BY l.id FOR UPDATE
), taken AS (
    UPDATE catalog_stocklevel l SET on_order = l.on_order - m.to_order
    FROM locked JOIN made m ON m.stock_level_id = locked.id WHERE l.id = locked.id
)
UPDATE catalog_stockreservation r SET made_at = %(now)s FROM made WHERE r.id = made.id
"""


class OutOfStock(Refused):
    """Fewer pieces are left than were asked for; `stock_level_id` and `available` say where and how many."""

    def __init__(self, stock_level_id: int, available: int) -> None:
        message = ngettext(
            "Only %(count)d piece is left.", "Only %(count)d pieces are left.", available
        ) % {"count": available}  # fmt: skip
        super().__init__("out_of_stock", message)
        self.stock_level_id = stock_level_id
        self.available = available


class NoSuchStock(OutOfStock):
    """The stock level itself is gone."""

    def __init__(self, stock_level_id: int) -> None:
        super().__init__(stock_level_id, 0)


def reserve(
    *,
    reference: str,
    demands: Mapping[int, int],
    to_order: Mapping[int, int] = NOTHING,
    instead_of: Sequence[str] = (),
) -> None:
    """Holds `demands` (pieces by stock level id) under `reference`, all or nothing; a repeat changes nothing.

    `to_order` are pieces that are bought without stock, by the level that will send them. What is held under the
    references `instead_of` is given back in the same breath, so nobody comes in between. Must run in a transaction.
    Rows are locked in primary-key order. Raises `OutOfStock`, `NoSuchStock`.
    """
    levels = list({**demands, **to_order})
    with connection.cursor() as cursor:
        if instead_of:
            cursor.execute(_LOCK, [levels, list(instead_of)])
            for earlier in instead_of:
                release(reference=earlier)
        cursor.execute(_LEFT, [clock.today(), NO_LIMIT, reference, levels])
        found = {level: rest for level, *rest in cursor.fetchall()}
        wanted = []
        for level in levels:
            if level not in found:
                raise NoSuchStock(level)
            left, room, is_held = found[level]
            pieces, ahead = demands.get(level, 0), to_order.get(level, 0)
            if is_held:
                continue
            if left < pieces:
                raise OutOfStock(level, left)
            if room < ahead:
                raise OutOfStock(level, room)
            wanted.append((level, pieces, ahead))
        if wanted:
            cursor.execute(_HOLD, [*map(list, zip(*wanted, strict=True)), reference, clock.now()])


def release(*, reference: str) -> int:
    """Gives back what is still held under `reference`; the number of reservations given back."""
    return _close(reference, StockReservation.State.RELEASED)


def consume(*, reference: str) -> int:
    """Takes what is held under `reference` out of the warehouse; the number of reservations taken out."""
    return _close(reference, StockReservation.State.CONSUMED)


def note_made(*, reference: str, warehouse_id: int) -> int:
    """What was on order under `reference` in the warehouse has come, so that others can order; how many reservations."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_MADE, {"reference": reference, "warehouse": warehouse_id, "now": clock.now()})
        return int(cursor.rowcount)


def _close(reference: str, state: StockReservation.State) -> int:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"reference": reference, "state": state})
        return int(cursor.rowcount)

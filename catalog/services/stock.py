"""Promises stock to orders, gives it back, and takes it out: exactly once under each reference."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction
from django.utils.translation import ngettext

from catalog.models import StockReservation
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

# Levels are locked in the order of their keys, and what is left is read under the lock.
_LEFT = """
SELECT l.id, l.on_hand - l.reserved,
    EXISTS (SELECT FROM catalog_stockreservation r WHERE r.stock_level_id = l.id AND r.reference = %s)
FROM catalog_stocklevel l WHERE l.id = ANY(%s) ORDER BY l.id FOR UPDATE OF l
"""
_HOLD = """
WITH held AS (
    UPDATE catalog_stocklevel l SET reserved = l.reserved + d.pieces
    FROM unnest(%s::bigint[], %s::int[]) d(level, pieces) WHERE l.id = d.level RETURNING l.id, d.pieces
)
INSERT INTO catalog_stockreservation (stock_level_id, reference, quantity, state, created_at)
SELECT id, %s, pieces, 'held', %s FROM held
"""
_CLOSE = """
WITH held AS (
    SELECT id, stock_level_id, quantity FROM catalog_stockreservation
    WHERE reference = %(reference)s AND state = 'held' ORDER BY stock_level_id FOR UPDATE
), locked AS (
    SELECT l.id FROM catalog_stocklevel l WHERE l.id IN (SELECT stock_level_id FROM held) ORDER BY l.id FOR UPDATE
), given AS (
    UPDATE catalog_stocklevel l SET reserved = l.reserved - h.quantity,
        on_hand = l.on_hand - CASE WHEN %(state)s = 'consumed' THEN h.quantity ELSE 0 END
    FROM locked JOIN held h ON h.stock_level_id = locked.id WHERE l.id = locked.id
)
UPDATE catalog_stockreservation r SET state = %(state)s FROM held WHERE r.id = held.id
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


def reserve(*, reference: str, demands: Mapping[int, int]) -> None:
    """Holds `demands` (pieces by stock level id) under `reference`, all or nothing; a repeat changes nothing.

    Must run in a transaction. Rows are locked in primary-key order. Raises `OutOfStock`, `NoSuchStock`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [reference, list(demands)])
        found = {level: (left, is_held) for level, left, is_held in cursor.fetchall()}
        wanted = {}
        for level, pieces in demands.items():
            if level not in found:
                raise NoSuchStock(level)
            left, is_held = found[level]
            if not is_held and left < pieces:
                raise OutOfStock(level, left)
            if not is_held:
                wanted[level] = pieces
        if wanted:
            cursor.execute(_HOLD, [list(wanted), list(wanted.values()), reference, clock.now()])


def release(*, reference: str) -> int:
    """Gives back what is still held under `reference`; the number of reservations given back."""
    return _close(reference, StockReservation.State.RELEASED)


def consume(*, reference: str) -> int:
    """Takes what is held under `reference` out of the warehouse; the number of reservations taken out."""
    return _close(reference, StockReservation.State.CONSUMED)


def _close(reference: str, state: StockReservation.State) -> int:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"reference": reference, "state": state})
        return int(cursor.rowcount)

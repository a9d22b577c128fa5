"""Promises stock to orders, gives it back, and takes it out: exactly once under each reference."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import ngettext

from catalog.models import StockLevel, StockReservation
from marketplace.kernel.errors import Refused


class OutOfStock(Refused):
    """Fewer pieces are left than were asked for; `stock_level_id` and `available` say where and how many."""

    def __init__(self, stock_level_id: int, available: int) -> None:
        message = ngettext(
            "Only %(count)d piece is left.", "Only %(count)d pieces are left.", available
        ) % {"count": available}  # fmt: skip
        super().__init__("out_of_stock", message)
        self.stock_level_id = stock_level_id
        self.available = available


def reserve(*, reference: str, demands: Mapping[int, int]) -> None:
    """Holds `demands` (pieces by stock level id) under `reference`, all or nothing; a repeat changes nothing.

    Must run in a transaction. Rows are locked in primary-key order. Raises `OutOfStock`.
    """
    levels = StockLevel.objects.select_for_update().filter(pk__in=demands).order_by("pk")
    known = set(StockReservation.objects.filter(reference=reference).values_list("stock_level_id", flat=True))
    rows = []
    for level in levels:
        if level.pk in known:
            continue
        quantity = demands[level.pk]
        if level.available < quantity:
            raise OutOfStock(level.pk, level.available)
        StockLevel.objects.filter(pk=level.pk).update(reserved=F("reserved") + quantity)
        rows.append(StockReservation(stock_level=level, reference=reference, quantity=quantity))
    StockReservation.objects.bulk_create(rows)


def release(*, reference: str) -> int:
    """Gives back what is still held under `reference`; the number of reservations given back."""
    return _close(reference, StockReservation.State.RELEASED)


def consume(*, reference: str) -> int:
    """Takes what is held under `reference` out of the warehouse; the number of reservations taken out."""
    return _close(reference, StockReservation.State.CONSUMED)


def _close(reference: str, state: StockReservation.State) -> int:
    with transaction.atomic():
        held = list(
            StockReservation.objects.select_for_update()
            .filter(reference=reference, state=StockReservation.State.HELD)
            .order_by("stock_level_id")
        )
        for reservation in held:
            changes = {"reserved": F("reserved") - reservation.quantity}
            if state == StockReservation.State.CONSUMED:
                changes["on_hand"] = F("on_hand") - reservation.quantity
            StockLevel.objects.filter(pk=reservation.stock_level_id).update(**changes)
        StockReservation.objects.filter(pk__in=[row.pk for row in held]).update(state=state)
    return len(held)

"""Invoices of paid orders: one each, numbered without a gap."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders.models import Invoice, Order

NUMBERS_LOCK: Final = 7_205_010


def issue(*, order: Order) -> Invoice:
    """The invoice of a paid order: the one there is, or a new one with the next number of the year.

    Raises `Refused("not_paid")` for an order that has not been paid.
    """
    if order.paid_at is None:
        raise Refused("not_paid", "")
    kept = Invoice.objects.filter(order=order).first()
    if kept is not None:
        return kept
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:  # numbers are given one after the other, and lost with their transaction
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])
        last = Invoice.objects.filter(year=now.year).aggregate(last=Max("sequence"))["last"] or 0
        invoice, _new = Invoice.objects.get_or_create(
            order=order, defaults={"year": now.year, "sequence": last + 1, "issued_at": now}
        )
    return invoice

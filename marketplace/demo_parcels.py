"""Parcels of the demo's past, from which some sellers have a score: sold at home, so that no report of imports has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from marketplace import demo_orders
from orders.models import Fulfilment

FILE: Final = settings.BASE_DIR / "demo" / "data" / "past_parcels.json"
_DAYS_AGO: Final = (12, 33, 61)  # few days, as the law of each is read
_LATE: Final = timedelta(days=3)


def write(today: date, file: Path = FILE) -> int:
    """The parcels of the file are in the books, paid for lately as seen from `today`; how many were new.

    Needs the catalogue of the demo and the rules. What is there already stays as it is.
    """
    told = [order for each in json.loads(file.read_text("utf-8")) for order in _orders(each, today)]
    missing = demo_orders.new_among(told)
    with transaction.atomic():
        Fulfilment.objects.bulk_create([_sent(each) for each in missing])
    return len(missing)


def _orders(told: Mapping[str, Any], today: date) -> Iterator[dict[str, Any]]:
    """One order for each parcel; the last ones left too late."""
    for number in range(1, told["parcels"] + 1):
        paid_on = today - timedelta(days=_DAYS_AGO[number % len(_DAYS_AGO)])
        paid_at = datetime.combine(paid_on, time(9, 30), UTC).isoformat()
        is_late = number > told["parcels"] - told["late"]
        yield {**told, "number": f"SP-{told['code']}-{number:02}", "paid_at": paid_at, "is_late": is_late}


def _sent(told: Mapping[str, Any]) -> Fulfilment:
    past = demo_orders.read(told)
    due_on = past.paid_at.date() + timedelta(days=settings.HANDLING_DAYS)
    left_at = datetime.combine(due_on, time(16), UTC) + (_LATE if told["is_late"] else timedelta())
    return Fulfilment(
        seller_order=demo_orders.book(past), status=Fulfilment.Status.DELIVERED, updated_at=left_at, due_on=due_on
    )

"""Parcels that wait for goods which are made to order or not out yet."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from typing import Final

import structlog
from django.db import transaction

from accounts.models import User
from marketplace.kernel import clock
from orders.models import Fulfilment, SellerOrder, Step
from orders.services import steps

log = structlog.get_logger(__name__)
_LONGEST: Final = 3600  # seconds; the seller may be ready at any time
_SHORTEST: Final = 60


def seconds_to_wait(fulfilment: Fulfilment) -> float:
    """For how long nothing is to be done for the parcel; 0 when its goods are ready."""
    day = fulfilment.ready_on
    if day is None or day <= clock.today():
        return 0
    left = (datetime.combine(day, time(), UTC) - clock.now()).total_seconds()
    return min(max(left, _SHORTEST), _LONGEST)


def note_ready(*, part: SellerOrder, actor: User) -> bool:
    """The goods of the part are ready before their day: its parcel is declared and sent from now on.

    Whether this call changed anything. The day by which it was to be sent stays.
    """
    today = clock.today()
    waiting = Fulfilment.objects.filter(seller_order=part, ready_on__gt=today)
    with transaction.atomic():
        if not waiting.update(ready_on=today, updated_at=clock.now()):
            return False
        held_back = Step.objects.filter(fulfilment__seller_order=part, kind=Step.Kind.DECLARE)
        for step in held_back.filter(state=Step.State.PENDING):
            Step.objects.filter(pk=step.pk).update(due_at=clock.now())
            transaction.on_commit(partial(steps.book.dispatch, step.pk))
    log.info("goods ready", part=part.reference, actor=actor.pk)
    return True

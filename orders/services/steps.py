"""The work that follows a payment, as rows: taking a step, doing it, and noting what came of it.

A step is taken by setting a lease on its row, done with no transaction open, and noted only by the one who still
holds the lease. A worker that dies leaves a lease that runs out; a message that is lost leaves a row that is due.
So each step is done at least once, and what it asks of the outside carries a key that makes it happen only once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused, Unavailable
from orders.models import Fulfilment, Order, Step

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=settings.STEP_LEASE_SECONDS)
MOST_ATTEMPTS = 12
_LONGEST_PAUSE = 300


@dataclass(frozen=True, slots=True)
class Done:
    """The step is finished; `then` are the kinds of step that follow it."""

    then: tuple[Step.Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """The step has to be done again after `seconds`; that is not a failure."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """The step waits for a person's decision."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The step can't be done until a person mends something."""

    reason: str


Outcome = Done | Again | Hold | Failed
Handler = Callable[[Step], Outcome]


@dataclass(slots=True)
class Book:
    """Which function does which kind of step, and how a step is handed to a worker."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    dispatch: Callable[[int], None] = lambda step_id: None

    def does(self, kind: Step.Kind) -> Callable[[Handler], Handler]:
        """Registers the function that does `kind`."""

        def register(handler: Handler) -> Handler:
            self.handlers[kind] = handler
            return handler

        return register


book = Book()


def create_first(*, order: Order, steps: Sequence[tuple[Step.Kind, Fulfilment | None]]) -> None:
    """The steps with which the work on an order begins; the caller holds the order and knows that it has none."""
    new = [Step(order=order, kind=kind, fulfilment=fulfilment, due_at=clock.now()) for kind, fulfilment in steps]
    rows.add(new)
    for step in new:
        transaction.on_commit(partial(book.dispatch, step.pk))


def create(*, order: Order, kind: Step.Kind, fulfilment: Fulfilment | None = None) -> Step:
    """The step of that kind, made once; handed to a worker when the transaction commits."""
    step, is_new = Step.objects.get_or_create(
        order=order, kind=kind, fulfilment=fulfilment, defaults={"due_at": clock.now()}
    )
    if is_new:
        transaction.on_commit(lambda: book.dispatch(step.pk))
    return step


def create_again(*, order: Order, kind: Step.Kind) -> Step:
    """The step of that kind, to be done once more if it was done; what still runs on the old facts is not noted."""
    step = create(order=order, kind=kind)
    finished = Step.objects.filter(pk=step.pk).exclude(state=Step.State.PENDING)
    if finished.update(state=Step.State.PENDING, attempts=0, due_at=clock.now(), finished_at=None):
        transaction.on_commit(lambda: book.dispatch(step.pk))
    return step


def due(moment: datetime, limit: int = 200) -> list[int]:
    """The steps that should be under way at `moment` and are not."""
    waiting = Q(state=Step.State.PENDING, due_at__lte=moment) | Q(state=Step.State.RUNNING, lease_until__lte=moment)
    return list(Step.objects.filter(waiting).order_by("due_at").values_list("pk", flat=True)[:limit])


def run(step_id: int) -> bool:
    """Does the step if it is due and nobody else has it; whether it was done by this call."""
    step = _take(step_id)
    if step is None:
        return False
    structlog.contextvars.bind_contextvars(step=step.kind, order=step.order.number)
    if step.attempts > MOST_ATTEMPTS and step.kind != Step.Kind.TRACK:
        return _note(step, Failed(step.last_error or "The step did not come to an end."))
    try:
        outcome = book.handlers[step.kind](step)
    except Unavailable as error:
        log.warning("step unavailable", error=str(error), attempt=step.attempts)
        return _retry(step, str(error))
    except Refused as error:
        outcome = Failed(str(error))
    return _note(step, outcome)


def resume(*, step: Step) -> None:
    """Puts a held or failed step back to work, from the beginning of its attempts."""
    states = [Step.State.HELD, Step.State.FAILED]
    changed = Step.objects.filter(pk=step.pk, state__in=states).update(
        state=Step.State.PENDING, attempts=0, due_at=clock.now(), last_error=""
    )
    if changed:
        transaction.on_commit(lambda: book.dispatch(step.pk))


def _take(step_id: int) -> Step | None:
    now = clock.now()
    free = Q(state=Step.State.PENDING, due_at__lte=now) | Q(state=Step.State.RUNNING, lease_until__lte=now)
    taken = Step.objects.filter(free, pk=step_id).update(
        state=Step.State.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    return Step.objects.select_related("order", "fulfilment__seller_order__order", "fulfilment__shipment").get(
        pk=step_id
    )


def _mine(step: Step) -> Q:
    return Q(pk=step.pk, state=Step.State.RUNNING, lease_until=step.lease_until)


def _retry(step: Step, error: str) -> bool:
    pause = min(2**step.attempts, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311
    due_at = clock.now() + timedelta(seconds=pause)
    Step.objects.filter(_mine(step)).update(state=Step.State.PENDING, due_at=due_at, last_error=error[:500])
    return False


def _note(step: Step, outcome: Outcome) -> bool:
    now = clock.now()
    match outcome:
        case Done():
            changes = {"state": Step.State.DONE, "finished_at": now, "last_error": ""}
        case Again(seconds=seconds):
            due_at = now + timedelta(seconds=seconds)
            changes = {"state": Step.State.PENDING, "due_at": due_at, "attempts": 0, "last_error": ""}
        case Hold(reason=reason):
            changes = {"state": Step.State.HELD, "last_error": reason[:500]}
        case Failed(reason=reason):
            changes = {"state": Step.State.FAILED, "last_error": reason[:500]}
    with transaction.atomic():
        if not Step.objects.filter(_mine(step)).update(**changes):
            return False
        if isinstance(outcome, Done):
            for kind in outcome.then:
                create(order=step.order, kind=kind, fulfilment=step.fulfilment)
    return isinstance(outcome, Done)

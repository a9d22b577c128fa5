"""Steps in the background: one worker at a time, repeated when they fail, found again when they are lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import kombu.pools
import pytest
from django.conf import settings
from django.test import Client

from marketplace import celery_app
from marketplace.kernel.errors import Refused, Unavailable
from orders import tasks
from orders.models import Order, Step
from orders.services import steps
from orders.services.steps import Again, Done, Failed, Handler, Hold, Outcome
from tests.orders.buying import cart_with, order_of, paid_order, place, quote_for, step_of
from tests.orders.conftest import Hands
from tests.orders.counterpart import Counterpart
from tests.support.cast import Cast
from tests.support.threads import at_once

Kind, State = Step.Kind, Step.State


@pytest.fixture
def order(cast: Cast) -> Order:
    """An order to hang steps on."""
    return place(cart_with((cast.tshirt, 1)))


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], list[int]]:
    """Puts a function in the place of every handler; the list of attempts that it was called with."""

    def put(handler: Handler) -> list[int]:
        attempts: list[int] = []

        def note(step: Step) -> Outcome:
            attempts.append(step.attempts)
            return handler(step)

        monkeypatch.setattr(steps.book, "handlers", dict.fromkeys(Kind.values, note))
        return attempts

    return put


def made(order: Order, **changes: object) -> Step:
    step = steps.create(order=order, kind=Kind.CONFIRM)
    Step.objects.filter(pk=step.pk).update(**changes)
    return step


def state_of(step: Step) -> tuple[str, int]:
    step.refresh_from_db()
    return step.state, step.attempts


# Who does it --------------------------------------------------------------------------------------------------


def test_every_process_of_the_shop_knows_the_steps_and_hands_them_out() -> None:
    """The web process settles payments: were it not to hand out the steps, they would wait for the sweeper."""
    script = "import django; django.setup(); from orders.services.steps import book; " \
             "print(sorted(book.handlers) == sorted({kinds}), book.dispatch.__module__)"  # fmt: skip

    answer = subprocess.run(
        [sys.executable, "-c", script.format(kinds=list(Kind.values))],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert answer.stdout.split() == ["True", "orders.tasks"]


def test_a_step_exists_once(order: Order) -> None:
    assert made(order) == made(order)
    assert Step.objects.count() == 1


def test_a_step_that_is_done_is_not_done_again(order: Order, does: Callable[[Handler], list[int]]) -> None:
    attempts = does(lambda step: Done())
    step = made(order)

    assert [steps.run(step.pk) for _ in range(3)] == [True, False, False]
    assert attempts == [1]
    assert state_of(step) == (State.DONE, 1)
    assert step.finished_at


@pytest.mark.parametrize("state", [State.DONE, State.HELD, State.FAILED])
def test_a_late_message_moves_nothing_that_stands(
    order: Order, does: Callable[[Handler], list[int]], state: str
) -> None:
    attempts = does(lambda step: Done())
    step = made(order, state=state)

    assert not steps.run(step.pk)
    assert (attempts, state_of(step)) == ([], (state, 0))


def test_a_message_for_a_step_that_is_gone_is_dropped(db: None) -> None:
    assert not steps.run(10**12)


def test_a_step_that_is_not_due_waits(order: Order, does: Callable[[Handler], list[int]], hands: Hands) -> None:
    attempts = does(lambda step: Done())
    step = made(order, due_at=hands.now() + timedelta(seconds=30))

    early = steps.run(step.pk)
    hands.forward(seconds=31)

    assert (early, steps.run(step.pk), attempts) == (False, True, [1])


def test_a_worker_that_has_a_step_has_it_alone(order: Order, does: Callable[[Handler], list[int]]) -> None:
    step = made(order)
    second: list[bool] = []
    attempts = does(lambda own: second.append(steps.run(own.pk)) or Done())

    assert steps.run(step.pk)
    assert (second, attempts) == ([False], [1])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_workers_that_reach_for_a_step_at_once_one_gets_it(
    order: Order, does: Callable[[Handler], list[int]]
) -> None:
    attempts = does(lambda step: time.sleep(0.2) or Done())
    step = made(order)

    done = at_once(*[lambda: steps.run(step.pk)] * 5)

    assert (sorted(done), attempts) == ([False] * 4 + [True], [1])


def test_a_worker_whose_lease_ran_out_notes_nothing(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    """The first worker is slow; the second takes the step over and finishes it before the first comes to an end."""
    step = made(order)

    def slow_then_quick(own: Step) -> Outcome:
        if own.attempts == 1:
            hands.forward(seconds=settings.STEP_LEASE_SECONDS + 1)
            assert steps.run(own.pk)
            return Failed("The first worker thought so.")
        return Done((Kind.NOTIFY,))

    attempts = does(slow_then_quick)

    assert not steps.run(step.pk)
    assert attempts == [1, 2]
    assert (state_of(step), step.last_error) == ((State.DONE, 2), "")
    assert Step.objects.filter(kind=Kind.NOTIFY).count() == 1


def test_an_outage_seen_by_a_worker_whose_lease_ran_out_is_not_noted_either(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    step = made(order)

    def slow_then_quick(own: Step) -> Outcome:
        if own.attempts == 1:
            hands.forward(seconds=settings.STEP_LEASE_SECONDS + 1)
            assert steps.run(own.pk)
            raise Unavailable("The carrier does not answer.")
        return Done()

    does(slow_then_quick)

    assert not steps.run(step.pk)
    assert state_of(step) == (State.DONE, 2)


# What becomes of it -------------------------------------------------------------------------------------------


def test_what_follows_a_step_is_made_with_its_end(
    order: Order, does: Callable[[Handler], list[int]], handed_out: list[int],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    does(lambda step: Done((Kind.SCREEN, Kind.NOTIFY)))
    step = made(order)
    handed_out.clear()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        steps.run(step.pk)

    following = Step.objects.exclude(pk=step.pk).order_by("pk")
    assert list(following.values_list("kind", "state")) == [("screen", "pending"), ("notify", "pending")]
    assert handed_out == [one.pk for one in following]


@pytest.mark.parametrize(
    ("failures", "least", "most"), [(1, 1, 2), (2, 2, 4), (5, 16, 32), (9, 150, 300), (12, 150, 300)]
)
def test_after_an_outage_a_step_waits_longer_each_time(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands, failures: int, least: float, most: float
) -> None:
    def away(step: Step) -> Outcome:
        raise Unavailable("The carrier does not answer.")

    does(away)
    step = made(order, attempts=failures - 1)

    steps.run(step.pk)

    assert state_of(step) == (State.PENDING, failures)
    assert step.last_error == "The carrier does not answer."
    assert least - 1 <= (step.due_at - hands.now()).total_seconds() <= most


def test_after_many_outages_a_person_has_to_look(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    def away(step: Step) -> Outcome:
        raise Unavailable("The carrier does not answer.")

    attempts = does(away)
    step = made(order)

    for _ in range(steps.MOST_ATTEMPTS + 3):
        steps.run(step.pk)
        hands.forward(minutes=6)

    assert len(attempts) == steps.MOST_ATTEMPTS
    assert (state_of(step)[0], step.last_error) == (State.FAILED, "The carrier does not answer.")


def test_a_worker_that_dies_each_time_does_not_try_for_ever(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    def crash(step: Step) -> Outcome:
        raise MemoryError

    attempts = does(crash)
    step = made(order)

    for _ in range(steps.MOST_ATTEMPTS):
        with pytest.raises(MemoryError):
            steps.run(step.pk)
        hands.forward(seconds=settings.STEP_LEASE_SECONDS + 1)
    steps.run(step.pk)

    assert len(attempts) == steps.MOST_ATTEMPTS
    assert state_of(step)[0] == State.FAILED


def test_asking_again_is_no_failure_however_often(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    does(lambda step: Again(2))
    step = made(order)

    for _ in range(steps.MOST_ATTEMPTS * 3):
        steps.run(step.pk)
        assert state_of(step)[0] == State.PENDING
        assert timedelta(seconds=1) < step.due_at - hands.now() <= timedelta(seconds=2)
        hands.forward(seconds=3)


def test_an_outage_after_many_questions_counts_as_the_first(
    order: Order, does: Callable[[Handler], list[int]], hands: Hands
) -> None:
    answers: Iterator[Outcome] = iter([Again(2)] * 30)

    def ask(step: Step) -> Outcome:
        try:
            return next(answers)
        except StopIteration:
            raise Unavailable("The carrier does not answer.") from None

    does(ask)
    step = made(order)

    for _ in range(31):
        steps.run(step.pk)
        hands.forward(seconds=3)

    step.refresh_from_db()
    assert step.last_error == "The carrier does not answer."
    assert step.due_at <= hands.now()


@pytest.mark.parametrize(("outcome", "state", "words"), [
    (Hold("compliance"), State.HELD, "compliance"),
    (Failed("x" * 900), State.FAILED, "x" * 500),
])  # fmt: skip
def test_a_step_that_waits_for_a_person_says_why_and_can_be_resumed(
    order: Order, does: Callable[[Handler], list[int]], outcome: Outcome, state: str, words: str
) -> None:
    does(lambda step: outcome)
    step = made(order)

    steps.run(step.pk)
    stood = (*state_of(step), step.last_error)
    steps.resume(step=step)

    assert stood == (state, 1, words)
    assert (state_of(step), step.last_error) == ((State.PENDING, 0), "")


def test_what_the_outside_refuses_is_left_to_a_person(order: Order, does: Callable[[Handler], list[int]]) -> None:
    def refuse(step: Step) -> Outcome:
        raise Refused("weight_out_of_range", "The carrier takes parcels of up to 30 kg.")

    does(refuse)
    step = made(order)

    assert not steps.run(step.pk)
    assert (state_of(step)[0], step.last_error) == (State.FAILED, "The carrier takes parcels of up to 30 kg.")


@pytest.mark.parametrize("state", [State.PENDING, State.RUNNING, State.DONE])
def test_only_what_stands_still_is_resumed(order: Order, state: str, hands: Hands) -> None:
    step = made(order, state=state, attempts=3, lease_until=hands.now())

    steps.resume(step=step)

    assert state_of(step) == (state, 3)


# What was lost ------------------------------------------------------------------------------------------------


def test_the_sweeper_hands_out_what_stands_too_long_and_nothing_else(
    order: Order, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_step, "delay", sent.append)
    now, soon, ago = hands.now(), hands.now() + timedelta(seconds=60), hands.now() - timedelta(seconds=60)
    wanted = {"lost message": {"state": State.PENDING, "due_at": ago},
              "dead worker": {"state": State.RUNNING, "due_at": ago, "lease_until": now}}  # fmt: skip
    left = {"not due": {"state": State.PENDING, "due_at": soon},
            "at work": {"state": State.RUNNING, "due_at": ago, "lease_until": soon},
            "done": {"state": State.DONE, "due_at": ago}, "held": {"state": State.HELD, "due_at": ago},
            "failed": {"state": State.FAILED, "due_at": ago}}  # fmt: skip
    kinds = iter(Kind.values)
    rows = {name: Step.objects.create(order=order, kind=next(kinds), **values)
            for name, values in (wanted | left).items()}  # fmt: skip

    tasks.sweep()

    assert sorted(sent) == sorted(rows[name].pk for name in wanted)


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch, unused_port: int) -> Iterator[None]:
    """Nobody listens where the broker should be, and steps are handed out as in the shop."""
    monkeypatch.setattr(steps.book, "dispatch", tasks.dispatch)
    kombu.pools.reset()
    monkeypatch.setitem(celery_app.conf, "broker_url", f"redis://127.0.0.1:{unused_port}/0")
    celery_app.amqp._producer_pool = None
    yield
    kombu.pools.reset()
    celery_app.amqp._producer_pool = None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker_away")
def test_without_a_broker_orders_are_placed_and_settled_and_the_steps_wait(
    client: Client, cast: Cast, outside: Counterpart
) -> None:
    order = order_of((cast.tshirt, 1), key=uuid4())
    outside.decide(order)
    headers, body = outside.messages()[0]
    began = time.monotonic()

    answer = client.post("/webhooks/payments/sandbox/", body, content_type="application/json", headers=headers)

    assert (answer.status_code, time.monotonic() - began < 5) == (204, True)
    assert {step.state for step in Step.objects.filter(order=order)} == {State.PENDING}
    assert len(steps.due(step_of(order, Kind.SCREEN).due_at + timedelta(seconds=1))) == 2


@pytest.mark.django_db(transaction=True)
def test_the_broker_gets_each_step_when_the_payment_is_committed(
    cast: Cast, outside: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(steps.book, "dispatch", tasks.dispatch)
    monkeypatch.setattr(tasks.run_step, "delay", sent.append)

    order = paid_order(outside, (cast.tshirt, 1), (cast.notebook, 1))

    assert sent == list(Step.objects.filter(order=order).order_by("pk").values_list("pk", flat=True))


def test_quotes_do_not_need_a_broker(cast: Cast) -> None:
    assert quote_for(cart_with((cast.tshirt, 1))).total

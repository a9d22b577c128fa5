"""Rates are fetched when they are due, once, outside any transaction; each attempt is a row that says how it ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from marketplace.kernel import clock
from payments import rate_fetching, rates, selectors, tasks
from payments.models import ExchangeRate, RateFetch
from payments.rates import RateFact
from tests.payments.rate_server import RateServer, envelope, rate_server, says, status

pytestmark = pytest.mark.django_db
MONDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (23, 25, 26, 27))
NOW = datetime(2026, 11, 27, 15, 10, tzinfo=UTC)  # Friday, ten minutes after the rates came out
State = RateFetch.State


class Clock:
    """The present moment, which a test moves."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> datetime:
        self.moment += timedelta(**amount)
        return self.moment


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
def server(settings: Settings) -> Iterator[RateServer]:
    with rate_server() as running:
        settings.ECB_RATES_URL = running.url
        yield running


def kept_before(on: date, **more: str) -> None:
    ExchangeRate.objects.record(
        RateFact(rates.ECB, "EUR", code, on, Decimal(rate)) for code, rate in ({"USD": "1.10"} | more).items()
    )


def kept() -> list[tuple[str, str, str]]:
    rows = ExchangeRate.objects.order_by("on", "quote").values_list("on", "quote", "rate")
    return [(on.isoformat(), quote, f"{rate.normalize():f}") for on, quote, rate in rows]


# A good day -----------------------------------------------------------------------------------------------------


def test_the_rates_of_the_day_are_fetched_and_prices_follow(server: RateServer) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.1412", "JPY": "177.47"}}))

    fetch = rate_fetching.fetch_due(NOW)

    assert fetch is not None
    assert (fetch.state, fetch.created, fetch.changed, fetch.newest_on) == (State.DONE, 2, 0, FRIDAY)
    assert server.names == ["daily"]
    assert selectors.fx_table(FRIDAY).per_base("USD") == Decimal("1.1412")
    assert selectors.fx_table(THURSDAY).per_base("USD") == Decimal("1.10")
    assert set(ExchangeRate.objects.values_list("source", flat=True)) == {rates.ECB}


def test_missing_days_come_from_the_file_of_ninety_days(server: RateServer) -> None:
    kept_before(MONDAY)
    server.serve(
        daily=envelope({FRIDAY: {"USD": "1.14"}}),
        history=envelope({FRIDAY: {"USD": "1.14"}, THURSDAY: {"USD": "1.13"}, WEDNESDAY: {"USD": "1.12"}, MONDAY: {"USD": "1.10"}}),
    )  # fmt: skip

    rate_fetching.fetch_due(NOW)

    assert server.names == ["daily", "hist-90d"]
    assert kept() == [
        ("2026-11-23", "USD", "1.1"), ("2026-11-25", "USD", "1.12"), ("2026-11-26", "USD", "1.13"),
        ("2026-11-27", "USD", "1.14"),
    ]  # fmt: skip


def test_a_weekend_is_no_missing_day(server: RateServer, hands: Clock) -> None:
    kept_before(date(2026, 11, 20))
    server.serve(daily=envelope({MONDAY: {"USD": "1.12"}}))

    rate_fetching.fetch_due(hands.forward(days=-4))

    assert server.names == ["daily"]


def test_the_first_fetch_of_an_empty_shop_takes_ninety_days(server: RateServer) -> None:
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}), history=envelope({THURSDAY: {"USD": "1.13"}}))

    rate_fetching.fetch_due(NOW)

    assert kept() == [("2026-11-26", "USD", "1.13"), ("2026-11-27", "USD", "1.14")]


def test_a_corrected_rate_takes_the_place_of_the_old_one(server: RateServer) -> None:
    kept_before(FRIDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.15"}}))

    fetch = rate_fetching.fetch_due(NOW)

    assert fetch is not None
    assert (fetch.state, fetch.created, fetch.changed) == (State.DONE, 0, 1)
    assert kept() == [("2026-11-27", "USD", "1.15")]


def test_the_same_file_again_changes_nothing(server: RateServer, hands: Clock) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))
    rate_fetching.fetch_due(NOW)
    before = list(ExchangeRate.objects.order_by("pk").values())

    again = rate_fetching.fetch_due(hands.forward(days=3, hours=1))

    assert again is not None
    assert (again.state, again.created, again.changed) == (State.UNCHANGED, 0, 0)
    assert list(ExchangeRate.objects.order_by("pk").values()) == before


# When it is asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "newest", "next_at"),
    [
        ("2026-11-27T15:10", FRIDAY, "2026-11-30T15:02"),  # all there is: after the weekend
        ("2026-11-27T09:00", THURSDAY, "2026-11-27T15:02"),  # before the hour of publication
        ("2026-11-27T15:10", THURSDAY, "2026-11-27T15:25"),  # late: soon again
        ("2026-11-27T20:00", THURSDAY, "2026-11-27T21:00"),  # very late: every hour
        ("2026-11-28T12:00", FRIDAY, "2026-11-30T15:02"),  # on a Saturday
    ],
)
def test_it_is_asked_again_when_new_rates_may_be_out(moment: str, newest: date, next_at: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert rate_fetching.next_attempt(now, newest) == datetime.fromisoformat(next_at).replace(tzinfo=UTC)


def test_nobody_is_asked_before_it_is_due(server: RateServer, hands: Clock) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))
    rate_fetching.fetch_due(NOW)

    assert rate_fetching.fetch_due(hands.forward(hours=20)) is None
    assert (server.names, RateFetch.objects.count()) == (["daily"], 1)


def test_another_address_is_asked_at_once(server: RateServer, settings: Settings, hands: Clock) -> None:
    settings.ECB_RATES_URL = "http://127.0.0.1:9/nobody/"
    rate_fetching.fetch_due(NOW)
    settings.ECB_RATES_URL = server.url
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}), history=envelope({FRIDAY: {"USD": "1.14"}}))

    fetch = rate_fetching.fetch_due(hands.forward(seconds=5))

    assert fetch is not None
    assert (fetch.state, fetch.attempts) == (State.DONE, 0)


# A bad day ------------------------------------------------------------------------------------------------------


def test_a_failure_is_a_row_with_its_reason_and_is_tried_again_after_growing_pauses(
    server: RateServer, hands: Clock
) -> None:
    kept_before(THURSDAY)
    server.serve(daily=status(503))
    pauses = []

    for _attempt in range(8):
        fetch = rate_fetching.fetch_due(hands.moment)
        assert fetch is not None and fetch.next_at is not None
        pauses.append(int((fetch.next_at - hands.moment).total_seconds() // 60))
        assert rate_fetching.fetch_due(hands.forward(seconds=30)) is None
        hands.moment = fetch.next_at

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert fetch is not None
    assert (fetch.state, fetch.attempts) == (State.FAILED, 8)
    assert fetch.detail == "The source of the rates answered with status 503."
    assert kept() == [("2026-11-26", "USD", "1.1")]


def test_after_a_failure_the_next_good_answer_counts(server: RateServer, hands: Clock) -> None:
    kept_before(THURSDAY)
    server.serve(daily=says(b"<html>"))
    rate_fetching.fetch_due(NOW)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))

    fetch = rate_fetching.fetch_due(hands.forward(minutes=2))

    assert fetch is not None
    assert (fetch.state, fetch.attempts, fetch.detail) == (State.DONE, 0, "")
    assert list(RateFetch.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_nothing_is_kept_when_the_second_file_fails(server: RateServer) -> None:
    kept_before(MONDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}), history=status(500))

    fetch = rate_fetching.fetch_due(NOW)

    assert fetch is not None and fetch.state == State.FAILED
    assert kept() == [("2026-11-23", "USD", "1.1")]


def test_a_worker_that_did_not_come_back_is_replaced(server: RateServer) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))
    lost = RateFetch.objects.create(address=server.url, started_at=NOW - timedelta(minutes=4))

    assert rate_fetching.fetch_due(NOW) is None
    assert rate_fetching.fetch_due(NOW + timedelta(minutes=2)) is not None

    lost.refresh_from_db()
    assert (lost.state, lost.detail) == (State.FAILED, "The worker did not come back.")


def test_two_fetches_can_not_be_under_way() -> None:
    RateFetch.objects.create(address="x", started_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        RateFetch.objects.create(address="x", started_at=NOW)


def test_who_looked_before_another_worker_had_ended_does_not_ask_again(
    server: RateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    RateFetch.objects.create(
        address=server.url, state="done", started_at=NOW, finished_at=NOW, next_at=NOW + timedelta(days=3)
    )
    look, looks = rate_fetching._is_due, iter([True])
    monkeypatch.setattr(rate_fetching, "_is_due", lambda last, moment: next(looks, None) or look(last, moment))

    assert rate_fetching.fetch_due(NOW) is None

    assert (server.asked, RateFetch.objects.count()) == ([], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_one_asks(server: RateServer) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))
    start, done = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        try:
            done.append(rate_fetching.fetch_due(NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(done), sum(fetch is not None for fetch in done)) == (8, 1)
    assert server.names == ["daily"]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_asked_inside_a_transaction(server: RateServer) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        rate_fetching.fetch_due(NOW)

    seen: list[bool] = []

    def look(handler: Any) -> None:
        seen.append(RateFetch.objects.filter(state=State.RUNNING).exists())  # another connection sees it committed
        connection.close()
        says(envelope({FRIDAY: {"USD": "1.14"}}))(handler)

    kept_before(THURSDAY)
    server.serve(daily=look)
    rate_fetching.fetch_due(NOW)

    assert seen == [True]


# Made-up rates ------------------------------------------------------------------------------------------------


def test_made_up_rates_carry_their_name_and_stand_beside_no_published_one(server: RateServer) -> None:
    kept_before(WEDNESDAY)
    ExchangeRate.objects.create(source="Another bank", base="EUR", quote="KES", on=THURSDAY, rate="146")
    server.serve(
        daily=envelope({FRIDAY: {"USD": "1.20", "KES": "147"}}, sender=rates.MADE_UP),
        history=envelope({THURSDAY: {"USD": "1.19", "KES": "999"}, WEDNESDAY: {"USD": "9.99"}}, sender=rates.MADE_UP),
    )

    rate_fetching.fetch_due(NOW)

    made_up = ExchangeRate.objects.filter(source=rates.MADE_UP)
    assert sorted(made_up.values_list("on", "quote")) == [(THURSDAY, "USD"), (FRIDAY, "KES"), (FRIDAY, "USD")]
    assert selectors.fx_table(WEDNESDAY).per_base("USD") == Decimal("1.1")
    assert selectors.fx_table(THURSDAY).per_base("KES") == 146
    assert selectors.fx_table(FRIDAY).source == rates.MADE_UP


def test_outside_the_demo_made_up_rates_are_neither_taken_nor_counted(server: RateServer, settings: Settings) -> None:
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.20"}}, sender=rates.MADE_UP))
    ExchangeRate.objects.create(source=rates.MADE_UP, base="EUR", quote="USD", on=FRIDAY, rate="1.3")
    settings.DEMO = False

    fetch = rate_fetching.fetch_due(NOW)

    assert fetch is not None
    assert (fetch.state, fetch.detail) == (State.FAILED, "Made-up rates are taken in the demo alone.")
    assert selectors.fx_table(FRIDAY).per_base("USD") == Decimal("1.1")
    assert selectors.rate_series(FRIDAY, "USD") == {"USD": [(THURSDAY, Decimal("1.1"))]}


# Tasks ----------------------------------------------------------------------------------------------------------


def test_the_task_may_come_twice(server: RateServer, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(tasks.watch_rates, "delay", lambda: looked.append(True))
    kept_before(THURSDAY)
    server.serve(daily=envelope({FRIDAY: {"USD": "1.14"}}))

    tasks.fetch_rates()
    tasks.fetch_rates()

    assert (server.names, looked) == (["daily"], [True])


def test_beat_asks_for_rates_and_looks_at_them(settings: Settings) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {tasks.fetch_rates.name, tasks.watch_rates.name} <= scheduled

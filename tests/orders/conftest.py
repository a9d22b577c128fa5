"""A shop with laws, freight and rates, the standing cast, and a running counterpart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from demo.sandbox import server
from marketplace.kernel import clock
from orders.services import steps
from tests.orders.counterpart import Counterpart
from tests.support import cast as casting
from tests.support.cast import TODAY, Cast


@pytest.fixture(scope="package", autouse=True)
def _own_memory() -> Iterator[None]:
    """What the process remembers of rules and rates is ours from the first to the last of these tests."""
    casting.forget_laws()
    yield
    casting.forget_laws()


@pytest.fixture
def law_may_change() -> Iterator[Callable[[], None]]:
    """For tests that change rules or rates: call it after a change; the next test starts afresh."""
    yield casting.forget_laws
    casting.forget_laws()


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules and rates are those of one day, whenever the tests run."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A test begins in the source language, whatever page the one before has looked at."""
    with override("en"):
        yield


@pytest.fixture
def cast(cast_of_the_day: Cast) -> Cast:
    """The standing cast, in a shop where the laws hold."""
    return cast_of_the_day


@pytest.fixture(autouse=True)
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps that were handed to workers; nobody else takes them."""
    given: list[int] = []
    monkeypatch.setattr(steps.book, "dispatch", given.append)
    return given


class Hands:
    """The hands of the clock: only forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return timezone.now() + self.ahead

    def forward(self, **amount: float) -> None:
        self.ahead += timedelta(**amount)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A clock that a test may put forward."""
    hands = Hands()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
def outside(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counterpart]:
    """The running counterpart; its parcels stand still and its messages wait to be fetched until a test says otherwise."""
    monkeypatch.setenv("CARRIER_PACE", "3600")
    state = tmp_path / "sandbox.sqlite3"
    with server.serve(port=0, state=str(state)) as url:
        settings.SANDBOX_URL, settings.SANDBOX_SECRET = url, server.DEVELOPMENT_SECRET
        counterpart = Counterpart(url, state)
        counterpart.faults("psp", webhooks={"delay_ms": 60_000})
        yield counterpart
        counterpart.close()


@pytest.fixture
def day() -> date:
    """The day on which the cast goes shopping."""
    return TODAY

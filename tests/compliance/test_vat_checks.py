"""VAT numbers are put to VIES: its answer counts, its silence changes nothing, and nothing is asked twice at once or lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.db import transaction
from django.db.models import QuerySet
from pytest_django import Settings

from accounts.models import Seller, User
from compliance import selectors, services, tasks
from compliance.models import Recheck, Registration
from compliance.registrations import vies
from compliance.registrations.vies import Answer, Down
from compliance.services import Claim, vat_checks
from compliance.services.vat_checks import LEASE, is_own_name, pause_after
from demo.sandbox.server import serve
from marketplace.kernel import clock
from tests.compliance.desk import sent
from tests.compliance.test_registrations import steps
from tests.support import papers
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
State = Registration.State
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
GOOD, UNKNOWN, OF_ANOTHER = "FR40303265045", "DE999999999", "FR83404833048"


class Hands:
    """The present moment, which a test moves."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(clock, "now", hands.now)
    monkeypatch.setattr(clock, "today", lambda: hands.moment.date())
    monkeypatch.setattr("compliance.services.registrations.now", hands.now)
    return hands


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[str]:
    with serve() as url:
        settings.VIES_URL = f"{url}/vies/checkVatService"
        yield url


def switch(sandbox: str, **faults: object) -> None:
    requests.post(f"{sandbox}/faults", json={"vies": faults}, timeout=10).raise_for_status()


def enter(seller: Seller, member: User, number: str) -> Registration:
    country = {"EL": "GR"}.get(number[:2], number[:2])
    claim = Claim(kind="vat", number=number, country=country)
    return services.claim_registration(seller=seller, claim=claim, actor=member)


def waiting(seller: Seller, number: str, **values: Any) -> Registration:
    """A number that waits for VIES, as the service would have kept it."""
    fields = {"kind": "vat", "country": number[:2], "state": State.PENDING, "due_at": clock.now()} | values
    return Registration.objects.create(seller=seller, number=number, **fields)


def counts(seller: Seller) -> bool:
    return bool(selectors.registrations_that_count([seller.pk], clock.today())[seller.pk])


def asked_of(monkeypatch: pytest.MonkeyPatch, *answers: Answer | Down) -> list[str]:
    """VIES answers in this way, one after another; what it was asked."""
    heard: list[str] = []
    left = list(answers)

    def ask(url: str, number: str, requester: str = "") -> Answer:
        heard.append(number)
        answer = left.pop(0)
        if isinstance(answer, Down):
            raise answer
        return answer

    monkeypatch.setattr(vies, "ask", ask)
    return heard


# Answers ------------------------------------------------------------------------------------------------------


def test_a_number_counts_when_vies_knows_it(
    hands: Hands, sandbox: str, shenzhen: Seller, shenzhen_member: User, settings: Settings
) -> None:
    settings.VIES_REQUESTER = "DE136695976"
    number = enter(shenzhen, shenzhen_member, GOOD)
    assert (number.state, number.due_at, counts(shenzhen)) == (State.PENDING, NOW, False)

    tasks.check_vat_numbers()

    number.refresh_from_db()
    assert (number.state, number.checked_with, number.checked_at, number.attempts) == (State.VALID, "VIES", NOW, 0)
    assert number.check_reference.startswith("WAPIAAAA")
    assert number.due_at == NOW + timedelta(days=90)
    assert counts(shenzhen)
    assert steps(number) == [("", "pending", "claimed"), ("pending", "valid", "found_valid")]
    assert Recheck.objects.filter(topic="seller", key=str(shenzhen.pk)).count() == 2
    (message,) = sent()["li@example.test"]
    assert message.subject == "Your number is valid: VAT number · France"
    assert "VIES says that the number is valid." in message.body


@pytest.mark.parametrize("typed", [UNKNOWN])
def test_an_invalid_number_does_not_count_and_is_not_asked_again(
    hands: Hands, sandbox: str, shenzhen: Seller, shenzhen_member: User, typed: str
) -> None:
    number = waiting(shenzhen, typed)

    assert vat_checks.check_due() == 1

    number.refresh_from_db()
    assert (number.state, number.reason, number.due_at) == (State.INVALID, "found_invalid", None)
    hands.forward(days=100)
    assert vat_checks.check_due() == 0


def test_a_valid_number_that_shows_another_name_waits_for_an_officer(
    hands: Hands, sandbox: str, shenzhen: Seller, shenzhen_member: User
) -> None:
    number = enter(shenzhen, shenzhen_member, OF_ANOTHER)

    vat_checks.check_due()

    number.refresh_from_db()
    assert (number.state, number.reason) == (State.CLAIMED, "found_other_name")
    assert "Trading" in number.check_name
    assert not counts(shenzhen)
    assert vat_checks.check_due() == 0


@pytest.mark.parametrize(
    ("shown", "is_own"),
    [
        ("", True), ("SHENZHEN-LIGHT LTD", True), ("Shenzhen Light Limited", True), ("深圳光有限公司", True),
        ("Harbour Trading 12", False), ("Light Bulbs of Lyon SARL", False),
    ],
)  # fmt: skip
def test_a_name_in_the_register_is_compared_with_the_legal_name(shenzhen: Seller, shown: str, is_own: bool) -> None:
    assert is_own_name(shown, shenzhen) is is_own


def test_a_valid_number_is_asked_again_and_ends_when_the_register_has_struck_it_off(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, shenzhen: Seller, shenzhen_member: User
) -> None:
    heard = asked_of(monkeypatch, Answer(True), Down("SERVICE_UNAVAILABLE"), Answer(False))
    number = enter(shenzhen, shenzhen_member, GOOD)
    vat_checks.check_due()
    hands.forward(days=89)
    assert vat_checks.check_due() == 0

    hands.forward(days=1)
    vat_checks.check_due()  # VIES is silent: what was valid stays so
    number.refresh_from_db()
    assert (number.state, number.last_error, counts(shenzhen)) == (State.VALID, "SERVICE_UNAVAILABLE", True)

    hands.forward(minutes=1)
    vat_checks.check_due()
    number.refresh_from_db()
    assert (number.state, counts(shenzhen), heard) == (State.INVALID, False, [GOOD] * 3)


def test_a_new_number_takes_the_place_of_the_old_one_when_it_is_valid(
    hands: Hands, sandbox: str, shenzhen: Seller, shenzhen_member: User
) -> None:
    old = enter(shenzhen, shenzhen_member, GOOD)
    vat_checks.check_due()
    new = enter(shenzhen, shenzhen_member, "FR23334175221")
    old.refresh_from_db()
    assert (old.state, new.state) == (State.VALID, State.PENDING)

    vat_checks.check_due()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.due_at, new.state) == (State.ENDED, None, State.VALID)


# No answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(vies.FAULTS - {vies.INVALID_INPUT}))
def test_a_service_that_is_down_is_not_an_invalid_number(
    hands: Hands, sandbox: str, shenzhen: Seller, shenzhen_member: User, code: str
) -> None:
    number = enter(shenzhen, shenzhen_member, GOOD)
    switch(sandbox, fault_next=1, fault=code)

    assert vat_checks.check_due() == 1

    number.refresh_from_db()
    assert (number.state, number.last_error, number.lease_until) == (State.PENDING, code, None)
    assert (number.due_at, number.attempts, counts(shenzhen)) == (NOW + timedelta(minutes=1), 1, False)
    assert sent() == {}
    assert vat_checks.check_due() == 0

    hands.forward(minutes=1)
    vat_checks.check_due()
    number.refresh_from_db()
    assert (number.state, number.last_error, number.attempts) == (State.VALID, "", 0)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (60, 360)])
def test_the_pause_doubles_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert pause_after(attempts) == timedelta(minutes=minutes)


def test_a_member_state_that_is_silent_does_not_keep_the_others_waiting(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, shenzhen: Seller, rival: Seller
) -> None:
    first, second = waiting(shenzhen, "DE136695976"), waiting(rival, "DE111111125")
    third = waiting(shenzhen, GOOD)
    heard = asked_of(monkeypatch, Down("MS_MAX_CONCURRENT_REQ"), Answer(True))

    assert vat_checks.check_due() == 2

    assert heard == ["DE136695976", GOOD]  # Germany was asked once
    for row in (first, second, third):
        row.refresh_from_db()
    assert (first.attempts, second.attempts, third.state) == (1, 0, State.VALID)
    assert second.due_at == NOW


def test_when_vies_itself_is_down_the_rest_waits(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, shenzhen: Seller, rival: Seller
) -> None:
    waiting(shenzhen, "DE136695976")
    other = waiting(rival, GOOD)
    heard = asked_of(monkeypatch, Down("GLOBAL_MAX_CONCURRENT_REQ"))

    vat_checks.check_due()

    other.refresh_from_db()
    assert (heard, other.attempts, other.lease_until) == (["DE136695976"], 0, None)


def test_no_question_is_asked_inside_a_transaction(monkeypatch: pytest.MonkeyPatch, shenzhen: Seller) -> None:
    heard = asked_of(monkeypatch, Answer(True))
    waiting(shenzhen, GOOD)

    with pytest.raises(RuntimeError), transaction.atomic():
        vat_checks.check_due()

    assert heard == []


def test_what_an_officer_decided_meanwhile_stands(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, shenzhen: Seller, shenzhen_member: User
) -> None:
    vera = papers.verifier()
    number = enter(shenzhen, shenzhen_member, GOOD)

    def ask(*_args: str) -> Answer:
        services.reject_registration(registration=number, actor=vera, reason="Of another company")
        return Answer(True)

    monkeypatch.setattr(vies, "ask", ask)

    vat_checks.check_due()

    number.refresh_from_db()
    assert (number.state, number.reason) == (State.INVALID, "Of another company")


# Workers ------------------------------------------------------------------------------------------------------


class Counting:
    """A slow VIES that counts how many questions about one number are open at the same moment."""

    def __init__(self) -> None:
        self.lock, self.open, self.most, self.heard = threading.Lock(), 0, 0, 0

    def ask(self, *_args: str) -> Answer:
        with self.lock:
            self.open, self.heard = self.open + 1, self.heard + 1
            self.most = max(self.most, self.open)
        time.sleep(0.4)
        with self.lock:
            self.open -= 1
        return Answer(True)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_workers_ask_once(monkeypatch: pytest.MonkeyPatch, shenzhen: Seller) -> None:
    slow = Counting()
    monkeypatch.setattr(vies, "ask", slow.ask)
    number = waiting(shenzhen, GOOD)

    outcomes = at_once(*[vat_checks.check_due] * 4)

    number.refresh_from_db()
    assert (sorted(outcomes), slow.heard, slow.most, number.state) == ([0, 0, 0, 1], 1, 1, State.VALID)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lease_every_worker_would_ask(monkeypatch: pytest.MonkeyPatch, shenzhen: Seller) -> None:
    """What happens when a number is read and asked for, and nobody notes that it is held."""
    slow = Counting()
    monkeypatch.setattr(vies, "ask", slow.ask)

    def take_naively(numbers: QuerySet[Registration]) -> Registration | None:
        return numbers.filter(state=State.PENDING, due_at__lte=clock.now()).first()

    monkeypatch.setattr(vat_checks, "_take", take_naively)
    waiting(shenzhen, GOOD)

    at_once(*[vat_checks.check_due] * 4)

    assert slow.most > 1


ASKING = "import django; django.setup(); from compliance.services import vat_checks; vat_checks.check_due()"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_asks_loses_nothing(
    sandbox: str, shenzhen: Seller, process_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = waiting(shenzhen, GOOD)
    switch(sandbox, delay_ms=20_000)
    environment = process_environment | {"VIES_URL": f"{sandbox}/vies/checkVatService"}
    environment["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
    with subprocess.Popen([sys.executable, "-c", ASKING], env=environment) as worker:
        assert _until(lambda: Registration.objects.get(pk=number.pk).lease_until is not None)
        worker.kill()
    switch(sandbox, delay_ms=0)
    number.refresh_from_db()
    assert (number.state, number.attempts) == (State.PENDING, 1)

    assert vat_checks.check_due() == 0  # the dead worker still holds it

    later = clock.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert vat_checks.check_due() == 1
    number.refresh_from_db()
    assert (number.state, number.lease_until) == (State.VALID, None)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_comes_back_too_late_writes_nothing(monkeypatch: pytest.MonkeyPatch, shenzhen: Seller) -> None:
    number = waiting(shenzhen, GOOD)

    def ask(*_args: str) -> Answer:
        Registration.objects.filter(pk=number.pk).update(lease_until=clock.now() + LEASE)  # another holds it by now
        return Answer(False)

    monkeypatch.setattr(vies, "ask", ask)

    vat_checks.check_due()

    number.refresh_from_db()
    assert (number.state, number.checked_at) == (State.PENDING, None)


def _until(holds: Any) -> bool:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.05)
    return False

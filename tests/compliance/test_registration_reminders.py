"""Sellers are reminded 60, 30 and 7 days before a number ends and when it is over, once each, in their language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Seller, User
from compliance import selectors, tasks
from compliance.models import Letter, Recheck, Registration, RegistrationReminder
from compliance.registrations.reminders import OVER, due_reminder
from compliance.services import reminders
from marketplace.kernel import clock
from tests.compliance.desk import sent

pytestmark = pytest.mark.django_db
LAST = date(2027, 3, 1)


@pytest.fixture
def number(shenzhen: Seller, shenzhen_member: User) -> Registration:
    return Registration.objects.create(
        seller=shenzhen, kind="epr", country="FR", stream="textiles", number="FR012345_11ABCD", state="valid", expires_on=LAST
    )  # fmt: skip


def night(monkeypatch: pytest.MonkeyPatch, days_left: int) -> int:
    """The nightly run so many days before the last day; how many reminders it wrote."""
    moment = datetime(2027, 3, 1, 0, 7, tzinfo=UTC) - timedelta(days=days_left)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "today", lambda: moment.date())
    before = RegistrationReminder.objects.count()
    tasks.remind_of_registrations()
    return RegistrationReminder.objects.count() - before


@pytest.mark.parametrize(
    ("left", "reminder"),
    [(61, None), (60, 60), (59, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, OVER), (-9, OVER)],
)
def test_the_reminder_of_a_day(left: int, reminder: int | None) -> None:
    assert due_reminder(LAST, LAST - timedelta(days=left)) == reminder


def test_each_reminder_is_sent_once(number: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {left: night(monkeypatch, left) for left in range(65, -5, -1)}

    assert {left: count for left, count in written.items() if count} == {60: 1, 30: 1, 7: 1, -1: 1}
    assert night(monkeypatch, 7) == night(monkeypatch, -4) == 0


def test_a_night_without_a_run_is_made_up_for_with_one_letter(
    number: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert night(monkeypatch, 29) == 1  # those of 60 and 30 days would have been two

    (message,) = sent()["li@example.test"]
    assert message.subject == "Ends in 29 days: Producer responsibility: textiles and shoes · France"


@pytest.mark.parametrize(("language", "word"), [("en", "Ends in 60 days"), ("de", None)])
def test_the_letter_is_in_the_language_of_the_member(
    number: Registration, shenzhen_member: User, monkeypatch: pytest.MonkeyPatch, language: str, word: str | None
) -> None:
    User.objects.filter(pk=shenzhen_member.pk).update(language=language)

    night(monkeypatch, 60)

    assert Letter.objects.get().language == language
    (message,) = sent()["li@example.test"]
    assert message.extra_headers["Content-Language"] == language
    if word:
        assert message.subject.startswith(word)
    assert f"/admin/compliance/registration/{number.pk}/change/" in message.body
    assert "FR012345_11ABCD" in message.body


def test_every_member_is_written_to_and_nobody_else(
    number: Registration, shenzhen: Seller, rival_member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = User.objects.create_user("wang@example.test", full_name="Wang Wei")
    shenzhen.members.create(user=another)

    night(monkeypatch, 60)

    assert set(sent()) == {"li@example.test", "wang@example.test"}


def test_what_was_renewed_before_the_letter_goes_out_is_not_told(
    number: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, 30)
    Registration.objects.filter(pk=number.pk).update(expires_on=LAST + timedelta(days=365))

    assert sent() == {}
    assert night(monkeypatch, 30) == 0


@pytest.mark.parametrize("state", ["claimed", "pending", "invalid", "ended"])
def test_a_number_that_does_not_count_ends_quietly(
    number: Registration, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    Registration.objects.filter(pk=number.pk).update(state=state)

    assert night(monkeypatch, 7) == 0


def test_on_the_day_after_its_last_the_number_does_not_count_and_listings_are_looked_at_again(
    number: Registration, shenzhen: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert night(monkeypatch, 0) == 1
    assert Recheck.objects.count() == 0
    assert selectors.registrations_that_count([shenzhen.pk], LAST)[shenzhen.pk] == {("epr", "FR", "textiles")}
    after = LAST + timedelta(days=1)  # by the day alone: nothing has run yet
    assert selectors.registrations_that_count([shenzhen.pk], after)[shenzhen.pk] == frozenset()

    assert night(monkeypatch, -1) == 1

    assert [(row.topic, row.key) for row in Recheck.objects.all()] == [("seller", str(shenzhen.pk))]
    subjects = [message.subject for message in sent()["li@example.test"]]
    assert "Over since March 1, 2027: Producer responsibility: textiles and shoes · France" in subjects
    number.refresh_from_db()
    assert number.state == "valid"


def test_what_was_over_long_ago_is_left_alone(number: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    assert night(monkeypatch, -31) == 0
    assert reminders.remind(LAST + timedelta(days=30)) == 1

"""What nobody decided in time is noted once, and told to each officer once a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Seller, User
from compliance import deadlines, services
from compliance.models import Flag, FlagEvent, Letter
from compliance.services.overdue import note_overdue
from tests.compliance.desk import IVORY, LIGHT, VAGUE, WEAPON, raise_flag, sent, steps

pytestmark = pytest.mark.django_db
MORNING = datetime.combine(date.today() - timedelta(days=2), time(8), UTC)  # letters speak of what is late by now


def due(flag: Flag, moment: datetime | None) -> Flag:
    Flag.objects.filter(pk=flag.pk).update(due_at=moment)
    return flag


@pytest.mark.parametrize(("severity", "days"), [("critical", 1), ("block", 2), ("review", 5), ("notice", 14)])
def test_how_long_the_desk_has(severity: str, days: int) -> None:
    assert deadlines.due_at(severity, MORNING) == MORNING + timedelta(days=days)


def test_an_overdue_flag_says_so_once(shenzhen: Seller, officer: User) -> None:
    late, later = due(raise_flag(WEAPON, shenzhen), MORNING), due(raise_flag(VAGUE, shenzhen), MORNING)
    services.uphold_flag(flag=later, actor=officer, reason="Decided in time.")

    noted = [
        note_overdue(MORNING),
        note_overdue(MORNING + timedelta(minutes=1)),
        note_overdue(MORNING + timedelta(days=1)),
    ]

    assert noted == [0, 1, 0]
    assert (sorted(steps(late)), sorted(steps(later))) == (["opened", "overdue"], ["opened", "upheld"])
    with pytest.raises(IntegrityError, match="flag_is_called_overdue_once"), transaction.atomic():
        FlagEvent.objects.create(flag=late, kind="overdue", actor_label="x")


def test_each_officer_gets_one_letter_a_day_with_their_own_and_nobodys(
    shenzhen: Seller, rival: Seller, officer: User, second_officer: User
) -> None:
    free, mine = due(raise_flag(IVORY, rival, label="Comb"), MORNING), raise_flag(WEAPON, shenzhen, label="Knife")
    services.take_flag(flag=mine, actor=officer)
    due(mine, MORNING)
    assert free.severity == "critical"

    for hours in (1, 2, 9):
        note_overdue(MORNING + timedelta(hours=hours))

    assert Letter.objects.count() == 2
    letters = sent()
    assert letters["officer@example.test"][0].subject == "2 flags are overdue"
    body = letters["officer@example.test"][0].body
    assert body.index("Comb:") < body.index("Knife:")  # the gravest first
    assert letters["second@example.test"][0].subject == "1 flag is overdue"
    note_overdue(MORNING + timedelta(days=1))
    assert set(sent()) == {"officer@example.test", "second@example.test"}


def test_nobody_is_written_to_in_the_night_or_without_a_cause(shenzhen: Seller, officer: User) -> None:
    due(raise_flag(WEAPON, shenzhen), MORNING + timedelta(hours=12))

    note_overdue(MORNING)
    note_overdue(MORNING.replace(hour=23))
    night = Letter.objects.count()
    note_overdue(MORNING + timedelta(hours=19))

    assert (night, Letter.objects.count()) == (1, 1)


def test_a_letter_has_nothing_to_say_when_all_was_decided_meanwhile(shenzhen: Seller, officer: User) -> None:
    flag = due(raise_flag(WEAPON, shenzhen), MORNING)
    note_overdue(MORNING + timedelta(hours=1))
    services.release_flag(flag=flag, actor=officer, reason="Fine.")

    assert sent() == {}
    assert Letter.objects.get().sent_at is not None


def test_a_flag_without_a_day_gets_one(shenzhen: Seller) -> None:
    flag = due(raise_flag(LIGHT, shenzhen), None)

    note_overdue(MORNING)

    flag.refresh_from_db()
    assert flag.due_at == flag.opened_at + timedelta(days=14)


def test_a_letter_that_is_not_sent_is_tried_again(
    shenzhen: Seller, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.mail import EmailMultiAlternatives

    due(raise_flag(WEAPON, shenzhen), MORNING)
    note_overdue(MORNING + timedelta(hours=1))
    send = EmailMultiAlternatives.send

    def refuse(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        raise OSError("no route to the mail server")

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    assert sent() == {}
    letter = Letter.objects.get()
    assert (letter.sent_at, letter.attempts, letter.last_error) == (None, 1, "no route to the mail server")
    assert letter.due_at > letter.made_at

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert sent() == {}  # not yet
    Letter.objects.update(due_at=letter.made_at)
    assert set(sent()) == {"officer@example.test"}

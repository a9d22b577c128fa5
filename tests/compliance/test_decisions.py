"""What officers decide: waivers that end, escalation, suspension, many flags at once; each step tells those above."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Seller, User
from compliance import selectors, services, tasks
from compliance.models import Flag, FlagEvent, Recheck
from compliance.selectors.queue import ORDER
from compliance.services.waivers import end_waivers
from marketplace.kernel import clock
from tests.compliance.desk import IVORY, LIGHT, VAGUE, WEAPON, raise_flag, refusal, sent, steps

pytestmark = pytest.mark.django_db


def test_every_change_of_a_status_asks_for_another_look(shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(WEAPON, shenzhen)
    Recheck.objects.all().delete()

    services.take_flag(flag=flag, actor=officer)
    upheld = services.uphold_flag(flag=flag, actor=officer, reason="No licence.")
    services.release_flag(flag=upheld, actor=officer, reason="The licence has come.")

    assert list(Recheck.objects.values_list("topic", "key")) == [("flag", str(flag.pk))] * 3


# Waivers ----------------------------------------------------------------------------------------------------


def test_a_waived_flag_holds_nothing_until_its_day_is_over(shenzhen: Seller, officer: User) -> None:
    flag, last = raise_flag(WEAPON, shenzhen), clock.today() + timedelta(days=30)

    waived = services.waive_flag(flag=flag, actor=officer, reason="The licence is on its way.", until=last)

    assert (waived.status, waived.waived_until, waived.officer) == ("waived", last, officer)
    assert not selectors.is_blocked(shenzhen)
    assert end_waivers(last) == 0
    assert end_waivers(last + timedelta(days=1)) == 1
    flag.refresh_from_db()
    assert (flag.status, flag.officer, flag.waived_until, flag.closed_at) == ("open", None, None, None)
    assert flag.due_at is not None and flag.due_at > clock.now() + timedelta(days=1)
    assert steps(flag) == ["opened", "waived", "waiver_ended"]
    assert selectors.is_blocked(shenzhen)
    assert Recheck.objects.filter(topic="flag", key=str(flag.pk)).count() == 2
    assert end_waivers(last + timedelta(days=1)) == 0


def test_the_seller_is_told_that_a_waiver_has_ended(
    shenzhen: Seller, shenzhen_member: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = raise_flag(WEAPON, shenzhen, label="Kite knife")
    services.waive_flag(flag=flag, actor=officer, reason="x", until=clock.today() + timedelta(days=1))
    sent()
    later = clock.today() + timedelta(days=2)
    monkeypatch.setattr(clock, "today", lambda: later)

    tasks.end_waivers()

    (letter,) = sent()["li@example.test"]
    assert letter.subject == "A waiver has ended: Kite knife"


def test_a_fault_that_was_raised_anew_is_not_opened_twice(shenzhen: Seller, officer: User) -> None:
    flag, last = raise_flag(WEAPON, shenzhen), clock.today() + timedelta(days=1)
    services.waive_flag(flag=flag, actor=officer, reason="x", until=last)
    Flag.objects.create(
        content_type=flag.content_type, object_id=flag.object_id, rule=flag.rule, severity="block", fingerprint="other"
    )

    assert end_waivers(last + timedelta(days=1)) == 1

    flag.refresh_from_db()
    assert (flag.status, steps(flag)) == ("mended", ["opened", "waived", "waiver_ended"])


def test_a_waiver_needs_a_day_that_can_be(shenzhen: Seller, officer: User) -> None:
    flag, today = raise_flag(WEAPON, shenzhen), clock.today()
    asked = {"flag": flag, "actor": officer, "reason": "x"}

    assert refusal("waiver_end_missing", services.waive_flag, **asked, until=None).field == "until"
    refusal("waiver_end_past", services.waive_flag, **asked, until=today)
    refusal("waiver_too_long", services.waive_flag, **asked, until=today + timedelta(days=181))
    services.waive_flag(**asked, until=today + timedelta(days=180))


# Escalation -------------------------------------------------------------------------------------------------


def test_an_escalated_flag_comes_first_and_is_nobodys(
    shenzhen: Seller, rival: Seller, officer: User, second_officer: User
) -> None:
    grave, light = raise_flag(IVORY, rival), raise_flag(LIGHT, shenzhen, label="Kite lamp")
    services.take_flag(flag=light, actor=officer)

    services.escalate_flag(flag=light, actor=second_officer, reason="The press asks.")

    light.refresh_from_db()
    assert (light.status, light.officer, light.escalated_at is not None) == ("open", None, True)
    assert list(Flag.objects.order_by(*ORDER)) == [light, grave]
    letters = sent()
    assert set(letters) == {"officer@example.test"}  # not to the one who escalates
    (letter,) = letters["officer@example.test"]
    assert letter.subject == "Escalated: Kite lamp"
    assert "The press asks." in letter.body


def test_what_is_decided_is_not_escalated(shenzhen: Seller, officer: User, shenzhen_member: User) -> None:
    flag = raise_flag(WEAPON, shenzhen)

    refusal("not_allowed", services.escalate_flag, flag=flag, actor=shenzhen_member, reason="x")
    refusal("reason_missing", services.escalate_flag, flag=flag, actor=officer, reason=" ")
    services.uphold_flag(flag=flag, actor=officer, reason="x")
    refusal("flag_not_open", services.escalate_flag, flag=flag, actor=officer, reason="x")

    assert steps(flag) == ["opened", "upheld"]


# What was upheld ---------------------------------------------------------------------------------------------


def test_an_upheld_flag_can_be_let_go_later(shenzhen: Seller, officer: User, second_officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen)
    services.uphold_flag(flag=flag, actor=officer, reason="Nobody knows what it is.")

    refusal("flag_not_open", services.uphold_flag, flag=flag, actor=second_officer, reason="again")
    flag.refresh_from_db()
    released = services.release_flag(flag=flag, actor=second_officer, reason="The picture shows it.")

    assert (released.status, released.officer) == ("released", second_officer)
    assert steps(flag) == ["opened", "upheld", "released"]


def test_an_officer_who_acts_for_a_seller_decides_nothing(shenzhen: Seller, rival: Seller, officer: User) -> None:
    flag = raise_flag(VAGUE, rival)
    shenzhen.members.create(user=officer)
    both = User.objects.get(pk=officer.pk)

    refusal("not_allowed", services.release_flag, flag=flag, actor=both, reason="x")
    assert list(selectors.flags_for(both)) == []


# Many at once -----------------------------------------------------------------------------------------------


def test_one_reason_decides_many_flags_and_each_has_its_step(
    shenzhen: Seller, rival: Seller, officer: User, second_officer: User
) -> None:
    free, taken, grave = raise_flag(VAGUE, shenzhen), raise_flag(VAGUE, rival), raise_flag(IVORY, rival)
    services.take_flag(flag=taken, actor=second_officer)

    outcome = services.decide_flags(
        flags=[free, taken, grave], decision="release", actor=officer, reason="All of them are cups."
    )

    assert [flag.pk for flag in outcome.done] == [free.pk]
    assert [flag.pk for flag in outcome.waiting] == [grave.pk]
    assert [(flag.pk, str(why)) for flag, why in outcome.refused] == [(taken.pk, "Another officer works on this flag.")]
    assert (steps(free), steps(taken), steps(grave)) == (
        ["opened", "released"], ["opened", "taken"], ["opened", "proposed"],
    )  # fmt: skip
    assert FlagEvent.objects.filter(reason="All of them are cups.").count() == 2


def test_too_many_at_once_change_nothing(shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen)

    refusal("too_many", services.decide_flags, flags=[flag] * 501, decision="uphold", actor=officer, reason="x")

    assert steps(flag) == ["opened"]


# Holds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "status", "holds"),
    [
        ("critical", "open", True), ("critical", "taken", True), ("critical", "asked", True),
        ("block", "open", True), ("block", "upheld", True),
        ("review", "open", False), ("review", "asked", False), ("review", "upheld", True),
        ("notice", "open", False), ("notice", "upheld", True),
        ("critical", "released", False), ("block", "waived", False), ("block", "mended", False),
    ],
)  # fmt: skip
def test_what_holds_its_subject(severity: str, status: str, holds: bool, shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(VAGUE, shenzhen)
    Flag.objects.filter(pk=flag.pk).update(
        severity=severity, status=status, officer=officer, reason="x", waived_until=clock.today()
    )
    flag.refresh_from_db()

    assert selectors.is_blocked(shenzhen) is holds
    assert selectors.holds(flag) is holds
    assert list(selectors.blocked_ids(Seller)) == ([str(shenzhen.pk)] if holds else [])


@pytest.mark.parametrize(
    ("countries", "anywhere", "in_france", "everywhere"),
    [([], True, True, True), (["FR"], True, True, False), (["DE", "IT"], True, False, False)],
)
def test_where_a_flag_holds(
    countries: list[str], anywhere: bool, in_france: bool, everywhere: bool, shenzhen: Seller
) -> None:
    flag = raise_flag(WEAPON, shenzhen)
    Flag.objects.filter(pk=flag.pk).update(countries=countries)

    found = [selectors.is_blocked(shenzhen), selectors.is_blocked(shenzhen, "FR"), selectors.is_blocked(shenzhen, "")]

    assert found == [anywhere, in_france, everywhere]
    assert selectors.blocked_ids(Seller, "FR").exists() is in_france


# Suspension -------------------------------------------------------------------------------------------------


@pytest.fixture
def verifier(officer: User) -> User:
    """An officer who also decides who may sell."""
    for codename in ("verify_sellers", "read_documents"):
        officer.user_permissions.add(Permission.objects.get(codename=codename))
    return User.objects.get(pk=officer.pk)


def test_suspending_the_seller_upholds_the_flag_and_says_why(
    shenzhen: Seller, shenzhen_member: User, verifier: User
) -> None:
    Seller.objects.filter(pk=shenzhen.pk).update(status="approved")
    flag = raise_flag(VAGUE, shenzhen)

    services.suspend_seller(flag=flag, actor=verifier, reason="Three times the same forgery.")

    shenzhen.refresh_from_db()
    flag.refresh_from_db()
    assert (shenzhen.status, flag.status) == ("suspended", "upheld")
    assert steps(flag) == ["opened", "upheld", "suspended"]
    statement = flag.statements.get()
    assert (statement.restriction, statement.is_decided_by_person) == ("suspended", True)
    assert any("restricted" in letter.subject for letter in sent()["li@example.test"])


def test_who_may_not_suspend_changes_nothing(shenzhen: Seller, officer: User, verifier: User) -> None:
    flag = raise_flag(VAGUE, shenzhen)
    (nobodys,) = services.record_findings(subject=officer, findings=[VAGUE])

    refusal("no_seller", services.suspend_seller, flag=nobodys, actor=verifier, reason="x")
    refusal("reason_missing", services.suspend_seller, flag=flag, actor=verifier, reason=" ")
    refusal("state_changed", services.suspend_seller, flag=flag, actor=verifier, reason="x")  # not selling yet

    before = shenzhen.status
    shenzhen.refresh_from_db()
    assert (shenzhen.status, steps(flag), steps(nobodys)) == (before, ["opened"], ["opened"])

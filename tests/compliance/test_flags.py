"""Flags from findings: raised once, mended by themselves, decided by officers, every step kept for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import Flag, FlagEvent
from compliance.screening import Finding
from marketplace.kernel.errors import Refused

VAGUE = Finding("description_vague", "review", {"sku": "A", "description": "gift"}, "ICS2")
WEAPON = Finding("restricted_goods", "block", {"sku": "A", "name": "Weapons"}, "law", rule="WEAPONS")
LIGHT = Finding("weight_unknown", "notice", {"sku": "A"}, "UPU")


@pytest.fixture
def flag(shenzhen: Seller) -> Flag:
    """An open flag on the Shenzhen seller, standing in for any subject."""
    (raised,) = services.record_findings(subject=shenzhen, findings=[VAGUE], seller=shenzhen)
    return raised


def steps(flag: Flag) -> list[tuple[str, str]]:
    return [(event.kind, event.actor_label) for event in flag.events.all()]


def test_a_finding_raises_one_flag_however_often_it_is_found(shenzhen: Seller) -> None:
    first = services.record_findings(subject=shenzhen, findings=[VAGUE, WEAPON], seller=shenzhen, label="Listing 7")
    again = services.record_findings(subject=shenzhen, findings=[WEAPON, VAGUE], seller=shenzhen, label="Listing 7")

    assert {flag.rule for flag in first} == {"description_vague", "restricted_goods:WEAPONS"}
    assert {flag.pk for flag in first} == {flag.pk for flag in again}
    assert FlagEvent.objects.count() == 2
    assert {flag.subject_label for flag in first} == {"Listing 7"}
    assert first[0].subject == shenzhen


def test_findings_of_one_rule_on_many_lines_make_one_flag(shenzhen: Seller) -> None:
    other = Finding("weight_unknown", "notice", {"sku": "B"}, "UPU")

    (flag,) = services.record_findings(subject=shenzhen, findings=[other, LIGHT, LIGHT])

    assert flag.params == {"sku": "A, B"}


def test_a_flag_closes_by_itself_when_its_finding_is_gone(shenzhen: Seller, flag: Flag) -> None:
    left = services.record_findings(subject=shenzhen, findings=[])

    flag.refresh_from_db()
    assert left == []
    assert (flag.status, flag.closed_at is not None) == ("mended", True)
    assert steps(flag) == [("opened", "screening"), ("mended", "screening")]


def test_flags_of_checks_that_were_not_made_stay(shenzhen: Seller, flag: Flag) -> None:
    services.record_findings(subject=shenzhen, findings=[], checks={"weight_unknown"})

    flag.refresh_from_db()
    assert flag.status == "open"


def test_a_fault_that_comes_back_raises_a_new_flag(shenzhen: Seller, flag: Flag) -> None:
    services.record_findings(subject=shenzhen, findings=[])

    (again,) = services.record_findings(subject=shenzhen, findings=[VAGUE])

    assert again.pk != flag.pk


def test_changed_facts_are_kept_on_the_same_flag(shenzhen: Seller, flag: Flag) -> None:
    changed = Finding("description_vague", "review", {"sku": "A", "description": "parts"}, "ICS2")

    (same,) = services.record_findings(subject=shenzhen, findings=[changed])

    assert (same.pk, same.params["description"]) == (flag.pk, "parts")
    assert [kind for kind, _ in steps(same)] == ["opened", "changed"]


def test_an_officer_takes_and_releases_a_flag(shenzhen: Seller, flag: Flag, officer: User) -> None:
    services.take_flag(flag=flag, actor=officer)
    services.take_flag(flag=flag, actor=officer)
    released = services.release_flag(flag=flag, actor=officer, reason="The photo shows what it is.")

    assert (released.status, released.officer, released.reason) == (
        "released",
        officer,
        "The photo shows what it is.",
    )
    assert steps(flag) == [("opened", "screening"), ("taken", "Vera Lindqvist"), ("released", "Vera Lindqvist")]
    assert services.record_findings(subject=shenzhen, findings=[VAGUE]) == []
    assert Flag.objects.count() == 1


def test_a_released_flag_is_raised_again_on_other_facts(shenzhen: Seller, flag: Flag, officer: User) -> None:
    services.release_flag(flag=flag, actor=officer, reason="fine")
    other = Finding("description_vague", "review", {"sku": "A", "description": "stuff"}, "ICS2")

    (raised,) = services.record_findings(subject=shenzhen, findings=[other])

    assert raised.pk != flag.pk


def test_an_upheld_flag_blocks_until_it_is_mended(shenzhen: Seller, flag: Flag, officer: User) -> None:
    assert not selectors.is_blocked(shenzhen)

    services.uphold_flag(flag=flag, actor=officer, reason="Customs would refuse it.")

    assert selectors.is_blocked(shenzhen)
    assert list(selectors.blocked_ids(Seller)) == [str(shenzhen.pk)]
    services.record_findings(subject=shenzhen, findings=[])
    assert not selectors.is_blocked(shenzhen)


def test_a_blocking_finding_blocks_at_once_and_a_notice_never(shenzhen: Seller, rival: Seller) -> None:
    services.record_findings(subject=shenzhen, findings=[WEAPON])
    services.record_findings(subject=rival, findings=[LIGHT])

    assert selectors.is_blocked(shenzhen)
    assert not selectors.is_blocked(rival)


def test_a_flag_is_given_back(flag: Flag, officer: User, second_officer: User) -> None:
    services.take_flag(flag=flag, actor=officer)
    services.give_back_flag(flag=flag, actor=officer, reason="On leave")

    taken = services.take_flag(flag=flag, actor=second_officer)

    assert taken.officer == second_officer


def refusal(code: str, action: Any, **arguments: Any) -> None:
    before = (list(Flag.objects.values()), FlagEvent.objects.count())
    with pytest.raises(Refused) as refused:
        action(**arguments)
    assert refused.value.code == code
    assert (list(Flag.objects.values()), FlagEvent.objects.count()) == before


def test_what_an_officer_may_not_do_is_refused_and_changes_nothing(
    flag: Flag, officer: User, second_officer: User, shenzhen_member: User
) -> None:
    refusal("not_allowed", services.take_flag, flag=flag, actor=shenzhen_member)
    refusal("not_allowed", services.release_flag, flag=flag, actor=shenzhen_member, reason="mine")
    refusal("reason_missing", services.release_flag, flag=flag, actor=officer, reason="  ")
    services.take_flag(flag=flag, actor=officer)
    refusal("flag_not_open", services.take_flag, flag=flag, actor=second_officer)
    refusal("flag_taken", services.uphold_flag, flag=flag, actor=second_officer, reason="no")
    services.release_flag(flag=flag, actor=officer, reason="fine")
    refusal("flag_not_open", services.release_flag, flag=flag, actor=officer, reason="again")


def test_viewers_see_what_is_theirs(
    flag: Flag, officer: User, shenzhen_member: User, rival_member: User, rival: Seller
) -> None:
    (theirs,) = services.record_findings(subject=rival, findings=[LIGHT], seller=rival)
    (nobodys,) = services.record_findings(subject=officer, findings=[LIGHT])

    assert set(selectors.flags_for(officer)) == {flag, theirs, nobodys}
    assert list(selectors.flags_for(shenzhen_member)) == [flag]
    assert list(selectors.flags_for(rival_member)) == [theirs]
    assert list(selectors.events_of(flag, rival_member)) == []
    assert [event.kind for event in selectors.events_of(flag, shenzhen_member)] == ["opened"]


@pytest.mark.parametrize("action", ["update", "delete", "save"])
def test_the_database_refuses_to_change_a_step(flag: Flag, action: str) -> None:
    event = flag.events.get()

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        if action == "update":
            FlagEvent.objects.update(reason="never happened")
        elif action == "delete":
            FlagEvent.objects.filter(pk=event.pk)._raw_delete("default")
        else:
            event.reason = "never happened"
            event.save()

    event.refresh_from_db()
    assert event.reason == ""


def test_the_database_refuses_a_second_live_flag_and_a_decision_without_reason(flag: Flag) -> None:
    with pytest.raises(IntegrityError, match="one_live_flag"), transaction.atomic():
        Flag.objects.create(
            content_type=flag.content_type, object_id=flag.object_id, rule=flag.rule, severity="notice", fingerprint="x"
        )
    with pytest.raises(IntegrityError, match="decided_flag_has_officer_and_reason"), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(status="released")

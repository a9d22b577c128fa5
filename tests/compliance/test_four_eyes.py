"""Grave flags are let go by two officers: one proposes, another agrees. Also when both act at the same moment."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import Flag, FlagApproval
from compliance.screening import Finding
from compliance.services import approvals
from marketplace.kernel import clock
from tests.compliance.desk import IVORY, LISTED, OWNER, VAGUE, WEAPON, raise_flag, refusal, sent, steps
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def grave(shenzhen: Seller) -> Flag:
    return raise_flag(IVORY, shenzhen, label="Kite comb")


def proposed(flag: Flag, officer: User) -> FlagApproval:
    services.release_flag(flag=flag, actor=officer, reason="It is bone, not ivory.")
    return flag.approvals.get()


@pytest.mark.parametrize(
    ("finding", "needs"),
    [(IVORY, True), (LISTED, True), (OWNER, True), (WEAPON, False), (VAGUE, False)],
    ids=lambda value: str(value),
)
def test_what_needs_a_second_officer(finding: Finding, needs: bool, shenzhen: Seller, officer: User) -> None:
    flag = raise_flag(finding, shenzhen)

    released = services.release_flag(flag=flag, actor=officer, reason="x")

    assert released.is_live is needs
    assert FlagApproval.objects.count() == needs


def test_a_proposed_release_changes_nothing_until_another_officer_agrees(
    grave: Flag, shenzhen: Seller, officer: User, second_officer: User
) -> None:
    approval = proposed(grave, officer)

    grave.refresh_from_db()
    assert (grave.status, grave.officer, approval.verdict) == ("taken", officer, "waiting")
    assert selectors.is_blocked(shenzhen)
    (letter,) = sent()["second@example.test"]
    assert letter.subject == "A second officer is needed: Kite comb"
    assert "It is bone, not ivory." in letter.body

    released = services.confirm_decision(approval=approval, actor=second_officer)

    approval.refresh_from_db()
    assert (released.status, released.officer, released.reason) == ("released", officer, "It is bone, not ivory.")
    assert (approval.verdict, approval.decided_by) == ("confirmed", second_officer)
    assert [(event.kind, event.actor) for event in grave.events.all()][1:] == [
        ("proposed", officer), ("released", second_officer),
    ]  # fmt: skip
    assert not selectors.is_blocked(shenzhen)


def test_a_proposed_waiver_ends_on_the_day_that_was_proposed(grave: Flag, officer: User, second_officer: User) -> None:
    until = clock.today() + timedelta(days=14)
    services.waive_flag(flag=grave, actor=officer, reason="The certificate is under way.", until=until)

    waived = services.confirm_decision(approval=grave.approvals.get(), actor=second_officer, reason="Agreed.")

    assert (waived.status, waived.waived_until, waived.reason) == ("waived", until, "Agreed.")


def test_nobody_agrees_with_themselves(grave: Flag, officer: User, shenzhen_member: User) -> None:
    approval = proposed(grave, officer)

    refusal("same_officer", services.confirm_decision, approval=approval, actor=officer)
    refusal("same_officer", services.reject_decision, approval=approval, actor=officer, reason="x")
    refusal("not_allowed", services.confirm_decision, approval=approval, actor=shenzhen_member)
    with pytest.raises(IntegrityError, match="second_officer_is_another_one"), transaction.atomic():
        FlagApproval.objects.filter(pk=approval.pk).update(verdict="confirmed", decided_by=officer)


def test_a_rejected_decision_goes_back_to_its_officer(grave: Flag, officer: User, second_officer: User) -> None:
    approval = proposed(grave, officer)

    refusal("reason_missing", services.reject_decision, approval=approval, actor=second_officer, reason=" ")
    flag = services.reject_decision(approval=approval, actor=second_officer, reason="Ask for the certificate.")

    assert (flag.status, flag.officer) == ("taken", officer)
    assert steps(grave) == ["opened", "proposed", "rejected"]
    services.ask_seller(flag=grave, actor=officer, template="permit")


def test_who_proposed_takes_it_back(grave: Flag, officer: User, second_officer: User) -> None:
    approval = proposed(grave, officer)

    refusal("other_officer", services.withdraw_decision, approval=approval, actor=second_officer)
    services.withdraw_decision(approval=approval, actor=officer)

    refusal("approval_over", services.confirm_decision, approval=approval, actor=second_officer)
    assert steps(grave) == ["opened", "proposed", "withdrawn"]
    services.uphold_flag(flag=grave, actor=officer, reason="It is ivory.")


def test_while_a_decision_waits_no_other_is_taken(grave: Flag, officer: User, second_officer: User) -> None:
    proposed(grave, officer)
    asked = {"flag": grave, "actor": officer}

    for action, details in (
        (services.release_flag, {"reason": "x"}),
        (services.uphold_flag, {"reason": "x"}),
        (services.waive_flag, {"reason": "x", "until": clock.today() + timedelta(days=1)}),
        (services.give_back_flag, {"reason": "x"}),
        (services.escalate_flag, {"reason": "x"}),
        (services.suspend_seller, {"reason": "x"}),
        (services.ask_seller, {"words": "x"}),
    ):
        refusal("decision_waits", action, **asked, **details)

    assert steps(grave) == ["opened", "proposed"]


def test_facts_that_changed_are_not_let_go_by_an_older_decision(
    grave: Flag, shenzhen: Seller, officer: User, second_officer: User
) -> None:
    approval = proposed(grave, officer)
    raise_flag(Finding("restricted_goods", "critical", {"sku": "A, B", "name": "Ivory"}, "CITES", "IVORY"), shenzhen)

    refusal("facts_changed", services.confirm_decision, approval=approval, actor=second_officer)
    services.reject_decision(approval=approval, actor=second_officer, reason="There are two of them now.")

    assert steps(grave) == ["opened", "proposed", "changed", "rejected"]


def test_a_flag_that_reaches_more_countries_is_not_let_go_by_an_older_decision(
    grave: Flag, officer: User, second_officer: User
) -> None:
    Flag.objects.filter(pk=grave.pk).update(countries=["DE"])
    approval = proposed(Flag.objects.get(pk=grave.pk), officer)
    Flag.objects.filter(pk=grave.pk).update(countries=["DE", "FR"])

    refusal("facts_changed", services.confirm_decision, approval=approval, actor=second_officer)

    assert steps(grave) == ["opened", "proposed"]


def test_a_flag_that_was_mended_meanwhile_is_not_released(
    grave: Flag, shenzhen: Seller, officer: User, second_officer: User
) -> None:
    approval = proposed(grave, officer)
    services.record_findings(subject=shenzhen, findings=[])

    refusal("approval_over", services.confirm_decision, approval=approval, actor=second_officer)
    refusal("approval_over", services.reject_decision, approval=approval, actor=second_officer, reason="x")
    grave.refresh_from_db()
    approval.refresh_from_db()
    assert (grave.status, approval.verdict, approval.decided_by) == ("mended", "withdrawn", None)
    assert approval.decided_at == grave.closed_at
    assert selectors.counts(Flag.objects.all(), second_officer, clock.now()).second == 0


def test_an_upheld_grave_flag_stays_upheld_while_its_release_waits(
    grave: Flag, shenzhen: Seller, officer: User, second_officer: User
) -> None:
    upheld = services.uphold_flag(flag=grave, actor=officer, reason="It is ivory.")

    approval = proposed(upheld, second_officer)

    grave.refresh_from_db()
    assert (grave.status, selectors.is_blocked(shenzhen)) == ("upheld", True)
    assert services.confirm_decision(approval=approval, actor=officer).status == "released"


@pytest.mark.parametrize("change", ["verdict", "delete"])
def test_the_database_keeps_a_verdict(change: str, grave: Flag, officer: User, second_officer: User) -> None:
    approval = proposed(grave, officer)
    services.reject_decision(approval=approval, actor=second_officer, reason="No.")

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        if change == "verdict":
            FlagApproval.objects.filter(pk=approval.pk).update(verdict="confirmed")
        else:
            FlagApproval.objects.filter(pk=approval.pk)._raw_delete("default")


# Races ------------------------------------------------------------------------------------------------------


def _third_officer() -> User:
    user = User.objects.create_user("third@example.test", is_staff=True, full_name="Ugo Third")
    user.user_permissions.add(Permission.objects.get(codename="review_flags"))
    return User.objects.get(pk=user.pk)


def _verdicts(approval: FlagApproval, second: User, third: User) -> list[Any]:
    return at_once(
        lambda: services.confirm_decision(approval=approval, actor=second).status,
        lambda: services.reject_decision(approval=approval, actor=third, reason="No.").status,
    )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_verdicts_at_the_same_moment_one_holds(grave: Flag, officer: User, second_officer: User) -> None:
    third, approval = _third_officer(), proposed(grave, officer)

    outcomes = _verdicts(approval, second_officer, third)

    assert Counter(outcomes)["approval_over"] == 1
    approval.refresh_from_db()
    grave.refresh_from_db()
    assert (approval.verdict, grave.status) in {("confirmed", "released"), ("rejected", "taken")}
    assert len(steps(grave)) == 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_flag_would_be_let_go_against_a_verdict(
    grave: Flag, officer: User, second_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens when both read before one writes: one officer lets it go while the other has refused to."""
    third, approval = _third_officer(), proposed(grave, officer)
    all_have_read = threading.Barrier(2)

    def read_naively(approval: FlagApproval, actor: User, *, second: bool = True) -> tuple[Flag, FlagApproval]:
        pair = Flag.objects.get(pk=approval.flag_id), FlagApproval.objects.get(pk=approval.pk)
        with contextlib.suppress(threading.BrokenBarrierError):
            all_have_read.wait(timeout=10)
        return pair

    def close_naively(approval: FlagApproval, verdict: str, actor: User, reason: str) -> None:
        """As it would be without the trigger that keeps a verdict."""

    monkeypatch.setattr(approvals, "_waiting", read_naively)
    monkeypatch.setattr(approvals, "_close", close_naively)

    outcomes = _verdicts(approval, second_officer, third)

    assert "approval_over" not in outcomes
    assert set(steps(grave)[2:]) == {"released", "rejected"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_officers_who_propose_at_the_same_moment_make_one_proposal(
    grave: Flag, officer: User, second_officer: User
) -> None:
    outcomes = at_once(
        lambda: services.release_flag(flag=grave, actor=officer, reason="x").status,
        lambda: services.release_flag(flag=grave, actor=second_officer, reason="y").status,
    )

    assert sorted(outcomes) == ["flag_taken", "taken"]
    assert FlagApproval.objects.count() == 1

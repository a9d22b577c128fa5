"""Sellers appeal against what restricts them; another officer decides, and a reversal ends the restriction."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Seller, User
from compliance import selectors, services
from compliance.models import Appeal, Flag
from tests.compliance.desk import IVORY, VAGUE, WEAPON, raise_flag, refusal, sent, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def upheld(shenzhen: Seller, officer: User) -> Flag:
    flag = raise_flag(VAGUE, shenzhen, label="Kite box")
    return services.uphold_flag(flag=flag, actor=officer, reason="Nobody knows what it is.")


def appealed(flag: Flag, member: User) -> Appeal:
    return services.lodge_appeal(flag=flag, actor=member, text="The name says it all.")


def test_an_appeal_goes_to_the_officers_who_did_not_decide(
    upheld: Flag, shenzhen_member: User, second_officer: User
) -> None:
    appealed(upheld, shenzhen_member)

    letters = sent()

    assert set(letters) == {"second@example.test"}
    assert letters["second@example.test"][0].subject == "The seller appealed: Kite box"
    assert "The name says it all." in letters["second@example.test"][0].body
    assert steps(upheld) == ["opened", "upheld", "appealed"]


def test_another_officer_reverses_and_the_restriction_ends(
    upheld: Flag, shenzhen: Seller, shenzhen_member: User, officer: User, second_officer: User
) -> None:
    appeal = appealed(upheld, shenzhen_member)
    sent()

    refusal("same_officer", services.decide_appeal, appeal=appeal, actor=officer, answer="No.", reverse=False)
    refusal("appeal_open", services.release_flag, flag=upheld, actor=officer, reason="x")
    services.decide_appeal(appeal=appeal, actor=second_officer, answer="You are right.", reverse=True)

    appeal.refresh_from_db()
    upheld.refresh_from_db()
    assert (appeal.state, appeal.decided_by, appeal.answer) == ("reversed", second_officer, "You are right.")
    assert (upheld.status, selectors.is_blocked(shenzhen)) == ("released", False)
    assert steps(upheld) == ["opened", "upheld", "appealed", "released", "appeal_decided"]
    (letter,) = sent()["li@example.test"]
    assert "the restriction ends" in letter.body and "You are right." in letter.body


def test_a_decision_that_stands_is_answered_and_may_be_appealed_again(
    upheld: Flag, shenzhen_member: User, second_officer: User
) -> None:
    appeal = appealed(upheld, shenzhen_member)

    refusal("reason_missing", services.decide_appeal, appeal=appeal, actor=second_officer, answer=" ", reverse=False)
    services.decide_appeal(appeal=appeal, actor=second_officer, answer="It says nothing.", reverse=False)

    appeal.refresh_from_db()
    upheld.refresh_from_db()
    assert (appeal.state, upheld.status) == ("confirmed", "upheld")
    refusal("appeal_over", services.decide_appeal, appeal=appeal, actor=second_officer, answer="x", reverse=True)
    assert "settlement" in sent()["li@example.test"][0].body
    appealed(upheld, shenzhen_member)
    assert Appeal.objects.count() == 2


def test_what_may_be_appealed(
    upheld: Flag, shenzhen: Seller, shenzhen_member: User, rival_member: User, officer: User
) -> None:
    light, held = raise_flag(WEAPON, shenzhen), upheld
    asked = {"actor": shenzhen_member, "text": "x"}

    refusal("not_allowed", services.lodge_appeal, flag=held, actor=rival_member, text="x")
    refusal("not_allowed", services.lodge_appeal, flag=held, actor=officer, text="x")
    refusal("text_missing", services.lodge_appeal, flag=held, actor=shenzhen_member, text=" ")
    services.lodge_appeal(flag=light, **asked)  # holds by itself, without a decision
    refusal("appeal_open", services.lodge_appeal, flag=light, **asked)
    Flag.objects.filter(pk=held.pk).update(status="open")
    refusal("nothing_to_appeal", services.lodge_appeal, flag=held, **asked)


def test_a_grave_flag_is_let_go_on_appeal_by_two_officers(
    shenzhen: Seller, shenzhen_member: User, officer: User, second_officer: User
) -> None:
    flag = raise_flag(IVORY, shenzhen)
    services.uphold_flag(flag=flag, actor=officer, reason="Ivory.")
    appeal = appealed(flag, shenzhen_member)

    services.decide_appeal(appeal=appeal, actor=second_officer, answer="It is bone.", reverse=True)

    appeal.refresh_from_db()
    flag.refresh_from_db()
    assert (appeal.state, flag.status) == ("open", "upheld")
    services.confirm_decision(approval=flag.approvals.get(), actor=officer)
    appeal.refresh_from_db()
    flag.refresh_from_db()
    assert (appeal.state, appeal.decided_by, appeal.answer) == ("reversed", second_officer, "It is bone.")
    assert (flag.status, flag.officer) == ("released", second_officer)


def test_an_appeal_on_what_was_mended_meanwhile_is_still_answered(
    upheld: Flag, shenzhen: Seller, shenzhen_member: User, second_officer: User
) -> None:
    appeal = appealed(upheld, shenzhen_member)
    services.record_findings(subject=shenzhen, findings=[])

    services.decide_appeal(appeal=appeal, actor=second_officer, answer="It was mended.", reverse=True)

    appeal.refresh_from_db()
    upheld.refresh_from_db()
    assert (appeal.state, upheld.status) == ("reversed", "mended")


def test_the_database_keeps_one_open_appeal_and_every_answer(
    upheld: Flag, shenzhen_member: User, second_officer: User
) -> None:
    appeal = appealed(upheld, shenzhen_member)

    with pytest.raises(IntegrityError, match="one_open_appeal"), transaction.atomic():
        Appeal.objects.create(flag=upheld, author=shenzhen_member, text="again")
    services.decide_appeal(appeal=appeal, actor=second_officer, answer="No.", reverse=False)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(answer="Yes.")

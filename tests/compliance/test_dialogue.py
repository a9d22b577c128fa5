"""Officers ask in the seller's language, sellers answer, and the flag is back where it was."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override

from accounts.models import Seller, User
from compliance import services
from compliance.models import Flag, FlagMessage
from compliance.words.questions import QUESTIONS, question_text
from tests.compliance.desk import WEAPON, raise_flag, refusal, sent, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(shenzhen: Seller, shenzhen_member: User) -> Flag:
    User.objects.filter(pk=shenzhen_member.pk).update(language="zh-hans")
    return raise_flag(WEAPON, shenzhen, label="Kite knife")


def test_a_question_goes_out_in_the_language_of_the_seller(flag: Flag, officer: User) -> None:
    with override("de"):
        message = services.ask_seller(flag=flag, actor=officer, template="permit", words="Bis Freitag, bitte.")

    flag.refresh_from_db()
    assert (flag.status, flag.officer) == ("asked", officer)
    with override("zh-hans"):
        assert message.body == question_text("permit", "Bis Freitag, bitte.")
    assert (message.side, message.template, message.language) == ("officer", "permit", "zh-hans")
    (letter,) = sent()["li@example.test"]
    assert letter.extra_headers["Content-Language"] == "zh-hans"
    assert message.body.splitlines()[-1] in letter.body
    assert f"/admin/compliance/flag/{flag.pk}/change/" in letter.body
    assert sent() == {}  # once


def test_an_answer_brings_the_flag_back_to_who_asked(flag: Flag, officer: User, shenzhen_member: User) -> None:
    services.ask_seller(flag=flag, actor=officer, words="What is it?")
    sent()

    services.answer_flag(flag=flag, actor=shenzhen_member, words="A letter opener.")

    flag.refresh_from_db()
    assert (flag.status, flag.officer) == ("taken", officer)
    assert steps(flag) == ["opened", "asked", "answered"]
    (letter,) = sent()["officer@example.test"]
    assert letter.subject == "The seller answered: Kite knife"
    assert "A letter opener." in letter.body


def test_a_seller_may_write_without_being_asked(flag: Flag, shenzhen_member: User) -> None:
    services.answer_flag(flag=flag, actor=shenzhen_member, words="It is a toy.")

    flag.refresh_from_db()
    assert (flag.status, steps(flag)) == ("open", ["opened", "answered"])
    assert FlagMessage.objects.get().body == "It is a toy."


def test_what_cannot_be_asked_or_answered(
    flag: Flag, officer: User, second_officer: User, shenzhen_member: User, rival_member: User
) -> None:
    asked = {"flag": flag, "actor": officer}
    refusal("message_missing", services.ask_seller, **asked, words="  ")
    refusal("template_unknown", services.ask_seller, **asked, template="nonsense")
    refusal("message_too_long", services.ask_seller, **asked, words="x" * 4001)
    refusal("not_allowed", services.ask_seller, flag=flag, actor=shenzhen_member, words="x")
    refusal("not_allowed", services.answer_flag, flag=flag, actor=rival_member, words="Mine")
    refusal("not_allowed", services.answer_flag, flag=flag, actor=officer, words="As the seller")
    refusal("message_missing", services.answer_flag, flag=flag, actor=shenzhen_member, words=" ")
    services.ask_seller(flag=flag, actor=officer, words="What is it?")
    refusal("flag_taken", services.ask_seller, flag=flag, actor=second_officer, words="And who are you?")
    services.release_flag(flag=flag, actor=officer, reason="Seen in the shop.")
    refusal("flag_not_open", services.answer_flag, flag=flag, actor=shenzhen_member, words="Late")


def test_a_flag_on_nothing_of_a_seller_asks_nobody(officer: User) -> None:
    (flag,) = services.record_findings(subject=officer, findings=[WEAPON])

    refusal("no_seller", services.ask_seller, flag=flag, actor=officer, words="x")


def test_messages_stay_as_they_were_sent(flag: Flag, officer: User) -> None:
    message = services.ask_seller(flag=flag, actor=officer, words="What is it?")

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        FlagMessage.objects.filter(pk=message.pk).update(body="Nothing")


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_says_what_to_send(name: str) -> None:
    label, text = QUESTIONS[name]

    assert str(label) and str(text).startswith("Please ")

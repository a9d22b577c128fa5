"""Whether an address has an account can't be told from how long an answer takes: the same work is done for both.

What takes time is counted, hashes of passwords, statements and letters; a clock would only be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "greta@example.com", "gisela@example.com"


class Work(NamedTuple):
    """What an answer cost: hashes, letters, and the kinds of statements in their order."""

    status: int
    hashes: int
    letters: int
    statements: list[str]


@pytest.fixture
def work_of(monkeypatch: pytest.MonkeyPatch, german_shopper: User) -> Callable[[str, dict[str, str]], Work]:
    """What a form costs for a visitor who comes for the first time."""
    hashes: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(self: Any, password: str, salt: str, *more: Any) -> str:
        hashes.append(password)
        return encode(self, password, salt, *more)

    monkeypatch.setattr(hasher, "encode", counted)

    def work(address: str, fields: dict[str, str]) -> Work:
        client = Client()
        hashes.clear()
        mail.outbox.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.post(address, fields)
        kinds = [
            re.sub(r'^(\w+)(?:.*?(?:FROM|INTO|UPDATE) "(\w+)")?.*', r"\1 \2", query["sql"], flags=re.DOTALL)
            for query in queries
        ]
        return Work(answer.status_code, len(hashes), len(mail.outbox), kinds)

    return work


def sign_up(email: str) -> tuple[str, dict[str, str]]:
    return "/en/account/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD}


def reset(email: str) -> tuple[str, dict[str, str]]:
    return "/en/account/password/reset/", {"email": email}


def sign_in(email: str) -> tuple[str, dict[str, str]]:
    return "/en/account/login/", {"login": email, "password": "Not the password at all"}


def sorts(work: Work) -> list[str]:
    """The tables that are written to, in order."""
    return [kind for kind in work.statements if kind.startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize(("form", "hashes", "letters"), [(sign_up, 1, 1), (reset, 0, 1), (sign_in, 1, 0)])
def test_a_known_address_costs_what_an_unknown_one_costs(
    work_of: Callable[..., Work], form: Callable[[str], tuple[str, dict[str, str]]], hashes: int, letters: int
) -> None:
    work_of(*form("warming-up@example.com"))

    known, unknown = work_of(*form(KNOWN)), work_of(*form(UNKNOWN))

    assert (known.hashes, known.letters) == (unknown.hashes, unknown.letters) == (hashes, letters)
    assert (known.status, sorts(known)) == (unknown.status, sorts(unknown))
    assert abs(len(known.statements) - len(unknown.statements)) <= 2


def test_what_is_made_for_a_known_address_is_gone(work_of: Callable[..., Work], german_shopper: User) -> None:
    work_of(*sign_up(KNOWN))

    assert list(User.objects.all()) == [german_shopper]
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [KNOWN]
    assert [letter.to for letter in mail.outbox] == [[KNOWN]]

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = {"email": "Ada@Example.com", "password1": PASSWORD, "password2": PASSWORD}


def test_a_new_shopper_confirms_the_address_with_a_code_and_is_signed_in(
    client: Client, code_from_mail: Callable[[], str]
) -> None:
    answer = client.post("/de/account/signup/", NEW, follow=True)

    assert answer.redirect_chain == [("/de/account/confirm-email/", 302)]
    assert "_auth_user_id" not in client.session
    assert mail.outbox[0].to == ["ada@example.com"]

    answer = client.post("/de/account/confirm-email/", {"code": code_from_mail()})

    user = User.objects.get(email="ada@example.com")
    assert answer["Location"] == "/de/account/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.language == "de"
    assert client.get("/de/account/").status_code == 200


def test_a_code_may_be_typed_with_spaces_and_without_the_dash(
    client: Client, code_from_mail: Callable[[], str]
) -> None:
    client.post("/en/account/signup/", NEW)

    answer = client.post("/en/account/confirm-email/", {"code": code_from_mail().replace("-", " ") + " "})

    assert answer.status_code == 302
    assert "_auth_user_id" in client.session


def test_three_wrong_codes_end_the_attempt(client: Client, code_from_mail: Callable[[], str]) -> None:
    client.post("/en/account/signup/", NEW)
    right = code_from_mail()

    answers = [client.post("/en/account/confirm-email/", {"code": "1234-5678"}) for _attempt in range(3)]

    assert "This code is not right." in answers[0].content.decode()
    assert answers[2]["Location"] == "/en/account/login/"
    assert client.post("/en/account/confirm-email/", {"code": right})["Location"] == "/en/account/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("code", ["", "\1", "٤٤٤٤", "é" * 5000, "12345678\n" * 3])
def test_a_code_may_be_anything(client: Client, code: str) -> None:
    client.post("/en/account/signup/", NEW)

    answer = client.post("/en/account/confirm-email/", {"code": code})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_new_code_can_be_asked_for_after_a_while(client: Client, code_from_mail: Callable[[], str]) -> None:
    client.post("/en/account/signup/", NEW)
    first = code_from_mail()

    too_soon = client.post("/en/account/confirm-email/", {"action": "resend"})
    assert too_soon.status_code == 429
    assert len(mail.outbox) == 1

    cache.clear()
    client.post("/en/account/confirm-email/", {"action": "resend"})
    assert len(mail.outbox) == 2
    assert code_from_mail() != first
    assert client.post("/en/account/confirm-email/", {"code": code_from_mail()})["Location"] == "/en/account/"


def test_nobody_learns_whether_an_address_has_an_account(client: Client, german_shopper: User) -> None:
    known = client.post("/en/account/signup/", NEW | {"email": german_shopper.email}, follow=True)
    unknown = Client().post("/en/account/signup/", NEW, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert known.content.decode().replace(german_shopper.email, "·").split("<form")[0].count("·") == 1
    assert User.objects.filter(email=german_shopper.email).count() == 1
    assert [message.to for message in mail.outbox] == [[german_shopper.email], ["ada@example.com"]]
    assert "Your code" not in mail.outbox[0].subject
    wrong = client.post("/en/account/confirm-email/", {"code": "1234-5678"})
    assert "This code is not right." in wrong.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password1": "12345", "password2": "12345"}, "This password is too short."),
        ({"password2": "something else"}, "You must type the same password each time."),
        ({"email": "ada@@example"}, "Enter a valid email address."),
        ({"email": "ada\1@example.com"}, "Enter a valid email address."),
        ({"email": ""}, "This field is required."),
        ({"email": "a" * 260 + "@example.com"}, "Ensure this value has at most 254 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client: Client, fields: dict[str, str], sentence: str) -> None:
    answer = client.post("/en/account/signup/", NEW | fields)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not User.objects.exists()
    assert not mail.outbox


def test_many_sign_ups_from_one_place_are_slowed_down(client: Client) -> None:
    answers = [client.post("/en/account/signup/", {"email": f"a{number}@example.com"}) for number in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "<h1>" in answers[-1].content.decode()

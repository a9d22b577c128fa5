from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_member_signs_in_and_comes_to_the_page_that_was_asked_for(client: Client, german_shopper: User) -> None:
    turned_away = client.get("/en/account/addresses/")
    assert turned_away["Location"] == "/en/account/login/?next=/en/account/addresses/"

    data = {"login": "GRETA@example.com", "password": PASSWORD, "next": "/en/account/addresses/"}
    answer = client.post("/en/account/login/", data)

    assert answer["Location"] == "/en/account/addresses/"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_signing_in_never_leads_to_another_site(client: Client, german_shopper: User, target: str) -> None:
    answer = client.post("/en/account/login/", {"login": german_shopper.email, "password": PASSWORD, "next": target})

    assert answer["Location"] == "/en/account/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, german_shopper: User) -> None:
    wrong = client.post("/en/account/login/", {"login": german_shopper.email, "password": "wrong"})
    unknown = client.post("/en/account/login/", {"login": "nobody@example.com", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 200
    sentence = "The e-mail address or the password is not right."
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()


def test_guessing_one_password_is_stopped(client: Client, german_shopper: User) -> None:
    for _attempt in range(5):
        client.post("/en/account/login/", {"login": german_shopper.email, "password": "wrong"})

    answer = client.post("/en/account/login/", {"login": german_shopper.email, "password": PASSWORD})

    assert "There were too many attempts." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_very_often_from_one_place_is_answered_with_429(client: Client, german_shopper: User) -> None:
    answers = [
        client.post("/en/account/login/", {"login": f"a{number}@b.example", "password": ""}) for number in range(31)
    ]

    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    page = answers[30].content.decode()
    assert '<html lang="en"' in page
    assert "<h1>" in page


def test_an_address_must_be_confirmed_before_the_first_sign_in(
    client: Client, german_shopper: User, code_from_mail: Callable[[], str]
) -> None:
    EmailAddress.objects.update(verified=False)

    answer = client.post("/en/account/login/", {"login": german_shopper.email, "password": PASSWORD})

    assert answer["Location"] == "/en/account/confirm-email/"
    assert "_auth_user_id" not in client.session
    assert client.post("/en/account/confirm-email/", {"code": code_from_mail()})["Location"] == "/en/account/"


def test_a_closed_account_cannot_sign_in(client: Client, german_shopper: User) -> None:
    User.objects.update(is_active=False)

    answer = client.post("/en/account/login/", {"login": german_shopper.email, "password": PASSWORD}, follow=True)

    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200


def test_signing_out_asks_first(signed_in: Callable[[User], Client], german_shopper: User) -> None:
    client = signed_in(german_shopper)

    assert client.get("/en/account/logout/").status_code == 200
    assert "_auth_user_id" in client.session

    assert client.post("/en/account/logout/")["Location"] == "/en/"
    assert "_auth_user_id" not in client.session


def test_another_address_is_added_confirmed_and_made_the_main_one(
    signed_in: Callable[[User], Client], german_shopper: User, code_from_mail: Callable[[], str]
) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    answer = client.post("/en/account/email/", {"action_add": "", "email": "greta@work.example"})
    assert answer["Location"] == "/en/account/confirm-email/"
    client.post("/en/account/confirm-email/", {"code": code_from_mail()})
    client.post("/en/account/email/", {"action_primary": "", "email": "greta@work.example"})

    german_shopper.refresh_from_db()
    assert german_shopper.email == "greta@work.example"
    page = client.get("/en/account/email/").content.decode()
    assert "greta@example.com" in page
    assert mail.outbox[-1].to == ["greta@example.com"]


def test_the_address_of_somebody_else_is_not_given_away(
    signed_in: Callable[[User], Client], german_shopper: User, japanese_shopper: User
) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    answer = client.post("/en/account/email/", {"action_add": "", "email": japanese_shopper.email})

    assert answer["Location"] == "/en/account/confirm-email/"
    assert not EmailAddress.objects.filter(user=german_shopper, email=japanese_shopper.email).exists()

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Seven kettles on a quiet pier"


def test_a_forgotten_password_is_replaced_with_a_code(
    client: Client, german_shopper: User, code_from_mail: Callable[[], str]
) -> None:
    answer = client.post("/en/account/password/reset/", {"email": german_shopper.email})
    assert answer["Location"] == "/en/account/password/reset/confirm/"
    assert client.get(answer["Location"]).status_code == 200

    answer = client.post(answer["Location"], {"code": code_from_mail()})
    assert answer["Location"] == "/en/account/password/reset/complete/"
    assert client.get(answer["Location"]).status_code == 200
    client.post(answer["Location"], {"password1": NEW, "password2": NEW})

    german_shopper.refresh_from_db()
    assert german_shopper.check_password(NEW)
    assert client.session["_auth_user_id"] == str(german_shopper.pk)
    assert len(mail.outbox) == 2  # the code, and the news that it was used


def test_an_unknown_address_gets_the_same_pages_and_a_mail_that_says_so(client: Client, db: None) -> None:
    answer = client.post("/en/account/password/reset/", {"email": "nobody@example.com"})

    assert answer["Location"] == "/en/account/password/reset/confirm/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(answer["Location"], {"code": "1234-5678"}).status_code == 200
    assert mail.outbox[0].to == ["nobody@example.com"]
    assert "/en/account/signup/" in str(mail.outbox[0].body)


def test_without_the_code_there_is_no_new_password(client: Client, german_shopper: User) -> None:
    client.post("/en/account/password/reset/", {"email": german_shopper.email})

    answer = client.post("/en/account/password/reset/complete/", {"password1": NEW, "password2": NEW})

    assert answer["Location"] == "/en/account/password/reset/confirm/"
    german_shopper.refresh_from_db()
    assert german_shopper.check_password(PASSWORD)


def test_a_mailbox_is_not_flooded(client: Client, german_shopper: User) -> None:
    answers = [client.post("/en/account/password/reset/", {"email": german_shopper.email}) for _again in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_a_member_changes_the_password(signed_in: Callable[[User], Client], german_shopper: User) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    wrong = client.post("/en/account/password/change/", {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert "This is not your current password." in wrong.content.decode()
    client.post("/en/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    german_shopper.refresh_from_db()
    assert german_shopper.check_password(NEW)
    assert client.get("/en/account/").status_code == 200
    assert "Ihr" in mail.outbox[-1].subject or mail.outbox[-1].subject == "Your password has been changed"

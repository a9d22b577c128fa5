from __future__ import annotations

from collections.abc import Callable
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise SMTPException("connection lost")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_mail_goes_out_in_the_language_of_its_reader(
    client: Client, japanese_shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages: list[str | None] = []
    sent = EmailBackend.send_messages
    from accounts.adapter import AccountAdapter

    render = AccountAdapter.render_mail
    monkeypatch.setattr(
        AccountAdapter,
        "render_mail",
        lambda *args, **options: (languages.append(translation.get_language()), render(*args, **options))[1],
    )

    client.post("/de/account/password/reset/", {"email": japanese_shopper.email})
    client.post("/de/account/password/reset/", {"email": "nobody@example.com"})

    assert languages == ["ja", "de"]
    assert sent is EmailBackend.send_messages


def test_mail_is_plain_and_says_that_a_machine_wrote_it(client: Client, german_shopper: User) -> None:
    client.post("/en/account/password/reset/", {"email": german_shopper.email})

    message = mail.outbox[0]
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert "<" not in message.body
    assert "&" not in message.body
    assert "http://testserver" in message.body


@pytest.mark.usefixtures("mail_server_is_down")
def test_a_code_that_cannot_be_sent_is_a_page_that_says_so(client: Client, german_shopper: User) -> None:
    answer = client.post("/en/account/password/reset/", {"email": german_shopper.email})

    assert answer.status_code == 503


@pytest.mark.usefixtures("mail_server_is_down")
def test_a_notice_that_cannot_be_sent_undoes_nothing(signed_in: Callable[[User], Client], german_shopper: User) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    new = "Seven kettles on a quiet pier"

    answer = client.post("/en/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert answer.status_code == 302
    german_shopper.refresh_from_db()
    assert german_shopper.check_password(new)

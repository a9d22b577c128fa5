from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


@pytest.fixture
def with_app(client: Client, german_shopper: User, rf: object) -> User:
    TOTP.activate(german_shopper, SECRET)
    return german_shopper


def test_an_authenticator_app_is_set_up_and_recovery_codes_are_shown(
    signed_in: Callable[[User], Client], german_shopper: User
) -> None:
    client = signed_in(german_shopper)
    asked = client.get("/en/account/security/totp/activate/")
    assert asked["Location"].startswith("/en/account/reauthenticate/?next=")
    client.post(asked["Location"], {"password": PASSWORD})

    page = client.get("/en/account/security/totp/activate/").content.decode()
    secret = re.search(r'data-testid="totp-secret">([A-Z2-7]{32})<', page)
    assert secret
    wrong = client.post("/en/account/security/totp/activate/", {"code": "000000"})
    assert "This code is not right." in wrong.content.decode()
    answer = client.post("/en/account/security/totp/activate/", {"code": code_of(secret[1])})

    assert answer["Location"] == "/en/account/security/recovery-codes/"
    assert len(re.findall(r"<code>\d{8}</code>", client.get(answer["Location"]).content.decode())) == 10
    kept = json.dumps(Authenticator.objects.get(type="totp").data)
    assert secret[1] not in kept


def test_signing_in_takes_the_code_of_the_app(client: Client, with_app: User) -> None:
    answer = client.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    assert answer["Location"] == "/en/account/security/authenticate/"
    assert client.get("/en/account/")["Location"].startswith("/en/account/login/")

    wrong = client.post(answer["Location"], {"code": "000000"})
    assert "This code is not right." in wrong.content.decode()
    right = client.post(answer["Location"], {"code": code_of(SECRET)})

    assert right["Location"] == "/en/account/"
    assert client.session["_auth_user_id"] == str(with_app.pk)


def test_guessing_codes_of_the_app_is_stopped(client: Client, with_app: User) -> None:
    client.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    for _attempt in range(5):
        client.post("/en/account/security/authenticate/", {"code": "000000"})

    answer = client.post("/en/account/security/authenticate/", {"code": code_of(SECRET)})

    assert "There were too many attempts." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_works_once(client: Client, with_app: User) -> None:
    code = RecoveryCodes.activate(with_app).get_unused_codes()[0]

    client.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    assert client.post("/en/account/security/authenticate/", {"code": code})["Location"] == "/en/account/"

    other = Client()
    other.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    assert (
        "This code is not right." in other.post("/en/account/security/authenticate/", {"code": code}).content.decode()
    )


def test_recovery_codes_are_downloaded_and_made_anew(client: Client, with_app: User) -> None:
    before = RecoveryCodes.activate(with_app).get_unused_codes()
    client.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    client.post("/en/account/security/authenticate/", {"code": code_of(SECRET)})
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    file = client.get("/en/account/security/recovery-codes/download/")
    assert file["Content-Type"].startswith("text/plain")
    assert file.content.decode().split() == before

    assert client.get("/en/account/security/recovery-codes/generate/").status_code == 200
    client.post("/en/account/security/recovery-codes/generate/")
    assert not set(before) & set(RecoveryCodes.activate(with_app).get_unused_codes())


def test_the_app_is_switched_off_with_its_recovery_codes(client: Client, with_app: User) -> None:
    RecoveryCodes.activate(with_app)
    client.post("/en/account/login/", {"login": with_app.email, "password": PASSWORD})
    client.post("/en/account/security/authenticate/", {"code": code_of(SECRET)})
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    assert client.get("/en/account/security/totp/deactivate/").status_code == 200
    client.post("/en/account/security/totp/deactivate/")

    assert not Authenticator.objects.exists()


CREDENTIAL = '{"id": "eA", "rawId": "eA", "type": "public-key", "response": %s}'
UNREADABLE = [
    "", "null", "{}", "[]", "1", '"x"', "{", '{"id": 1}', "9" * 5000, "[" * 100_000,
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    CREDENTIAL % "[]",
    CREDENTIAL % '{"clientDataJSON": "eA", "attestationObject": "eA"}',
    CREDENTIAL % '{"clientDataJSON": "e30", "attestationObject": "oA"}',
]  # fmt: skip


@pytest.mark.parametrize("credential", UNREADABLE, ids=lambda text: text[:40])
def test_a_passkey_that_cannot_be_read_is_refused(
    signed_in: Callable[[User], Client], german_shopper: User, credential: str
) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    client.get("/en/account/security/webauthn/add/")

    answer = client.post("/en/account/security/webauthn/add/", {"name": "Phone", "credential": credential})

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", UNREADABLE, ids=lambda text: text[:40])
def test_signing_in_with_a_passkey_that_cannot_be_read_leads_back(client: Client, db: None, credential: str) -> None:
    client.get("/en/account/security/webauthn/login/", headers={"Accept": "application/json"})

    answer = client.post("/en/account/security/webauthn/login/", {"credential": credential})

    assert answer["Location"] == "/en/account/login/"
    assert "_auth_user_id" not in client.session


def test_every_page_of_the_second_step_opens(signed_in: Callable[[User], Client], german_shopper: User) -> None:
    client = signed_in(german_shopper)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})

    for page in ("", "webauthn/", "webauthn/add/", "totp/activate/"):
        answer = client.get(f"/en/account/security/{page}")
        assert answer.status_code == 200, page
        assert answer.content.decode().count("<h1>") == 1

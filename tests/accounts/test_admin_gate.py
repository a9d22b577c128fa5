from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user("robin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def in_earnest(settings: Settings) -> None:
    settings.DEMO = False


def test_the_sign_in_page_of_the_admin_is_that_of_the_shop(client: Client, administrator: User) -> None:
    turned_away = client.get("/admin/accounts/user/")
    answer = client.get(turned_away["Location"])

    assert answer["Location"].startswith("/en/account/login/?next=")
    assert client.post("/admin/login/", {"username": administrator.email, "password": "x"}).status_code == 302


def test_a_shopper_is_refused(signed_in: Callable[[User], Client], german_shopper: User) -> None:
    client = signed_in(german_shopper)

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403


@pytest.mark.usefixtures("in_earnest")
@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/group/", "/admin/no-such-page/"])
def test_a_password_alone_does_not_open_the_admin(
    signed_in: Callable[[User], Client], administrator: User, path: str
) -> None:
    client = signed_in(administrator)

    answer = client.get(path, follow=True)

    assert answer.redirect_chain[-1] == ("/en/account/security/", 302)
    assert "The administration asks for a second step" in answer.content.decode()


@pytest.mark.usefixtures("in_earnest")
def test_a_seller_needs_a_second_factor_too(signed_in: Callable[[User], Client], seller_owner: User) -> None:
    client = signed_in(seller_owner)

    assert client.get("/admin/")["Location"] == "/en/account/security/"
    assert client.post("/admin/", {"action": "delete"})["Location"] == "/en/account/security/"


@pytest.mark.usefixtures("in_earnest")
def test_with_a_second_factor_the_admin_opens(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert client.get("/admin/").status_code == 302

    TOTP.activate(administrator, SECRET)

    assert client.get("/admin/").status_code == 200


def test_the_demo_is_spared(signed_in: Callable[[User], Client], administrator: User) -> None:
    assert signed_in(administrator).get("/admin/").status_code == 200

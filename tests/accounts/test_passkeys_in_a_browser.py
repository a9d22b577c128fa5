"""Passkeys with a real browser and an authenticator that the browser plays itself, under the real content policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page on localhost, the only name besides a real domain for which browsers make passkeys."""
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"), locale="en")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]


def sign_in(page: Page, user: User) -> None:
    page.goto("/en/account/login/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, user: User) -> None:
    sign_in(page, user)
    page.goto("/en/account/security/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name of the passkey").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")


def sign_out(page: Page) -> None:
    page.goto("/en/account/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/en/")


def test_a_passkey_signs_in_without_a_password(
    page: Page, device: tuple[CDPSession, str], make_user: Callable[..., User]
) -> None:
    user = make_user("greta@example.com")
    add_passkey(page, user)
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Laptop"
    page.goto("/en/account/security/webauthn/")
    assert page.get_by_text("Signs in without a password").is_visible()
    sign_out(page)

    page.goto("/en/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/en/account/")
    assert "You are signed in" in page.locator("main").inner_text()


def test_a_passkey_is_the_second_step_after_a_password(
    page: Page, device: tuple[CDPSession, str], make_user: Callable[..., User]
) -> None:
    user = make_user("greta@example.com")
    add_passkey(page, user)
    sign_out(page)

    sign_in(page, user)
    page.wait_for_url("**/security/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/en/account/")


def test_a_passkey_that_is_refused_is_told_of(
    page: Page, device: tuple[CDPSession, str], make_user: Callable[..., User]
) -> None:
    session, authenticator = device
    add_passkey(page, make_user("greta@example.com"))
    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})

    page.goto("/en/account/login/")
    assert page.get_by_text("The passkey could not be used.").is_hidden()
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("The passkey could not be used.").wait_for(state="visible")
    assert page.url.endswith("/en/account/login/")

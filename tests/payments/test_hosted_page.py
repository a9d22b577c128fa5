"""The hosted page in a real browser: it fits, it breaks no policy, and it leads back to the shop."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.payments.test_sandbox_psp import open_session, shown_code, status_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TOO_SMALL = """[...document.querySelectorAll("button, a, input")]
    .filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"""


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Shop</title><link rel='icon' href='data:,'>")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[str]:
    """Another site, where the shopper is sent back to."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A narrow phone without JavaScript; the test fails on anything that the browser complains about."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    context.close()
    assert [text for text in complaints if "favicon" not in text and "422" not in text] == []


@pytest.mark.parametrize(("button", "status"), [("approve", "paid"), ("decline", "failed"), ("abandon", "open")])
def test_every_button_leads_back_to_another_site(sandbox: str, shop: str, page: Page, button: str, status: str) -> None:
    session = open_session(sandbox, return_url=f"{shop}/return", cancel_url=f"{shop}/cancel")
    page.goto(session["url"])

    page.get_by_test_id(f"pay-{button}").click()

    page.wait_for_url(f"{shop}/**")
    assert page.url == f"{shop}/{'cancel' if button == 'abandon' else 'return'}?session={session['id']}"
    assert status_of(sandbox, session) == status


def test_the_challenge_is_passed_after_a_slip(sandbox: str, shop: str, page: Page) -> None:
    session = open_session(sandbox, return_url=f"{shop}/return", language="ar")
    page.goto(session["url"])
    page.get_by_test_id("pay-challenge").click()
    page.get_by_test_id("pay-code").fill("no")
    page.get_by_test_id("pay-confirm").click()
    assert page.get_by_role("alert").is_visible()

    page.get_by_test_id("pay-code").fill(shown_code(session))
    page.get_by_test_id("pay-confirm").click()

    page.wait_for_url(f"{shop}/**")
    assert status_of(sandbox, session) == "paid"


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_the_page_fits_a_small_phone(sandbox: str, browser: Browser, language: str) -> None:
    long = [{"description": "Donaudampfschifffahrtsgesellschaft " * 3, "amount": {"value": "1", "currency": "EUR"}}]
    session = open_session(sandbox, language=language, lines=long)
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.goto(session["url"])

        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(TOO_SMALL) == []
        with page.expect_navigation():
            page.get_by_test_id("pay-challenge").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(TOO_SMALL) == []

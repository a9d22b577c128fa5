"""The critical flag that waits in the demo: two officers let a namesake go, one of them in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance.models import Flag
from tests.browser.demo.conftest import SignIn
from tests.browser.demo.forms import says
from tests.browser.officers import Read

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("demo")]
CRITICAL = "/admin/compliance/flag/?severity=critical&q=Vasquell"


def open_flag(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("[data-desk-row] a").click()
    page.locator("#flag-panel h2", has_text="Vasquell").wait_for()


def test_two_officers_let_a_namesake_go(sign_in: SignIn, read: Read) -> None:
    first, second = sign_in("compliance", "en"), sign_in("compliance-second", "zh-hans")

    open_flag(first, CRITICAL)
    first.locator("#decide_reason").fill("Another one: born in Rotterdam in 1990, seen on the passport.")
    first.locator("#flag-panel button[value=release]").click()
    says(first, "A second officer has to agree.")
    assert first.locator("#flag-panel button[value=confirm]").count() == 0

    open_flag(second, f"{CRITICAL}&standing=second")
    second.locator("#flag-panel button[value=confirm]").click()
    says(second, "The decision is confirmed.")
    assert second.locator("html").get_attribute("lang") == "zh-hans"
    assert read(lambda: Flag.objects.get(subject_label="Orlena Vasquell, Rotterdam, NL").status) == "released"

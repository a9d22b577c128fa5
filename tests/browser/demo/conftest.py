"""The shop as a newcomer finds it: filled by the steps of `bin/dev`, its accounts signed in by one click."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from accounts.demo_cast import DOMAIN
from marketplace.devtools.environment import ROOT
from marketplace.devtools.preparation import STEPS
from tests.browser.conftest import SWIFT, copy_database
from tests.support.servers import WORKER
from tests.support.stack import Stack, running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOCALES = {"en": "en", "zh-hans": "zh-CN", "ar": "ar"}
SignIn = Callable[[str, str], "Page"]


@pytest.fixture(scope="session")
def shop(chromium_path: str, django_db_setup: None, tmp_path_factory: Any) -> Iterator[Stack]:
    """The demo, on a database that no other test sees."""
    address = copy_database(f"demo_{WORKER or 'main'}")
    with running_stack(tmp_path_factory.mktemp("demo"), address, {**SWIFT, "DEMO": "true"}) as stack:
        stack.start("valkey")  # the steps need it, and nobody else may work while they run
        for step in STEPS[1:]:  # the copy is migrated
            command = [sys.executable, "manage.py", step.command, *step.arguments]
            subprocess.run(command, cwd=ROOT, env=stack.environment, check=True, stdout=subprocess.DEVNULL)
        stack.start()
        stack.wait_for_servers()
        yield stack


@pytest.fixture
def sign_in(new_page: Callable[..., Page]) -> SignIn:
    """A window of somebody of the demo's cast, in a language: `sign_in("compliance", "en")`."""

    def enter(local_part: str, language: str) -> Page:
        page = new_page(LOCALES[language], viewport={"width": 1440, "height": 900})
        page.goto(f"/{language}/demo/")
        with page.expect_navigation():
            page.locator("form", has_text=f"{local_part}@{DOMAIN}").get_by_role("button").click()
        return page

    return enter

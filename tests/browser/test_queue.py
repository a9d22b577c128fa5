"""The queue of flags in a browser: by the keyboard, without scripts, by two officers, without barriers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils.translation import gettext, override

from accounts import services as accounts
from accounts.models import Seller
from catalog.models import MarketHold
from compliance import services
from compliance.models import Flag, Recheck
from compliance.screening import Finding
from compliance.services.rechecks import FLAG
from marketplace.roles import ROLE_RIGHTS
from tests.browser.officers import Read, session_of
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
QUEUE = "/admin/compliance/flag/"
LOCALES = {"en": "en", "zh-hans": "zh-CN", "ar": "ar"}


@dataclass
class Desk:
    """The sessions of two officers, by name, and how to look into the database of the shop."""

    shop: Stack
    sessions: dict[str, str]
    read: Read

    def status(self, label: str) -> str:
        """The status of the flag with this label."""
        return str(self.read(lambda: Flag.objects.filter(subject_label=label).latest("pk").status))

    def sign_in(self, page: Page, name: str) -> Page:
        """The page belongs to the officer from now on."""
        page.context.add_cookies([{"name": "sessionid", "value": self.sessions[name], "url": self.shop.url}])
        return page


@pytest.fixture
def desk(shop: Stack, read: Read) -> Iterator[Desk]:
    """Four flags wait: one that needs two officers, two that block and a notice. Afterwards nothing is held by them."""
    yield Desk(shop, read(_fill), read)
    read(_empty)
    shop.wait_until(lambda: read(_is_all_for_sale), "that the worker lets go what the flags held")


def _empty() -> None:
    flags = Flag.objects.filter(subject_label__startswith="Queue")
    with transaction.atomic():
        flags.update(status="mended")
        services.ask_for_recheck(topic=FLAG, keys=flags.values_list("pk", flat=True))


def _is_all_for_sale() -> bool:
    waiting = Recheck.objects.filter(topic=FLAG)
    return not waiting.exists() and not MarketHold.objects.filter(flag__subject_label__startswith="Queue").exists()


def _fill() -> dict[str, str]:
    _empty()
    accounts.sync_roles(ROLE_RIGHTS)
    seller = Seller.objects.order_by("pk")[0]
    for number, (name, severity) in enumerate([("Ivory", "critical"), ("Knives", "block"), ("Swords", "block"),
                                               ("Feathers", "notice")]):  # fmt: skip
        finding = Finding("restricted_goods", severity, {"sku": f"SKU-{number}", "name": name}, "Law", name.upper())
        services.record_findings(subject=seller, findings=[finding], seller=seller, label=f"Queue {name}", checks=())
    return {name: session_of(name) for name in ("Nadia", "Ugo")}


def titles(page: Page) -> list[str]:
    return page.locator("[data-desk-row] .desk-where bdi:first-child").all_inner_texts()


def opened(page: Page, name: str) -> None:
    """The panel shows the flag, and the focus is in it."""
    page.locator("#flag-panel h2", has_text=name).wait_for()
    page.wait_for_function("() => document.activeElement.closest('#flag-panel') !== null")


def test_an_officer_works_through_the_queue_by_the_keyboard(new_page: Callable[..., Page], desk: Desk) -> None:
    page = desk.sign_in(new_page(viewport={"width": 1440, "height": 900}), "Nadia")
    page.goto(f"{QUEUE}?q=Queue")
    assert titles(page) == ["Queue Ivory", "Queue Knives", "Queue Swords", "Queue Feathers"]

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened(page, "Knives")
    page.keyboard.press("t")
    page.locator("#flag-panel .shop-tag", has_text="Taken").wait_for()
    opened(page, "Knives")
    assert desk.status("Queue Knives") == "taken"
    page.keyboard.press("r")
    page.keyboard.type("The seller has a licence.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened(page, "Swords")

    assert desk.status("Queue Knives") == "released"
    assert titles(page) == ["Queue Ivory", "Queue Swords", "Queue Feathers"]
    page.keyboard.press("/")
    page.keyboard.type("t r x")  # letters in a field are letters
    assert page.locator("#desk-q").input_value() == "t r x"
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    assert page.locator("[data-desk-row] input:checked").count() == 1
    assert page.locator("[data-desk-count]").inner_text() == "(1)"


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_a_grave_flag_goes_through_two_officers(new_page: Callable[..., Page], desk: Desk, language: str) -> None:
    def said(page: Page, sentence: str) -> None:
        with override(language):
            page.get_by_text(gettext(sentence)).first.wait_for()

    nadia, ugo = desk.sign_in(new_page(LOCALES[language]), "Nadia"), desk.sign_in(new_page(LOCALES[language]), "Ugo")

    nadia.goto(f"{QUEUE}?q=Queue+Ivory")
    nadia.locator("[data-desk-row] a").click()
    opened(nadia, "Ivory")
    nadia.locator("#decide_reason").fill("It is bone.")
    nadia.locator("button[value=release]").click()
    said(nadia, "A second officer has to agree.")
    assert desk.status("Queue Ivory") == "taken"

    ugo.goto(f"{QUEUE}?standing=second&q=Queue")
    ugo.locator("[data-desk-row] a").click()
    ugo.locator("#flag-panel button[value=confirm]").click()
    said(ugo, "The decision is confirmed.")
    assert ugo.locator("html").get_attribute("lang") == language
    assert desk.status("Queue Ivory") == "released"


def test_everything_works_without_a_script(new_page: Callable[..., Page], desk: Desk) -> None:
    page = desk.sign_in(new_page(java_script_enabled=False), "Nadia")
    page.goto(f"{QUEUE}?q=Queue&severity=block")

    page.locator("[data-desk-row] a").first.click()
    page.locator("#flag-panel #decide_reason").fill("Forged.")
    page.locator("#flag-panel button[value=uphold]").click()

    page.locator("#flag-panel h2", has_text="Swords").wait_for()
    assert page.url.endswith("#flag-panel")
    assert desk.status("Queue Knives") == "upheld"


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("ar", "dark", 390)])
def test_neither_the_queue_nor_the_form_for_notices_has_a_barrier(
    new_page: Callable[..., Page], desk: Desk, language: str, scheme: str, width: int
) -> None:
    page = desk.sign_in(
        new_page(language, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"),
        "Nadia",
    )
    found = []

    for name, address in (
        ("queue", f"{QUEUE}?q=Queue"), ("notices", "/admin/compliance/notice/"),
        ("transparency", "/admin/compliance/transparency/"), ("report", f"/{language}/report/kite-mug/"),
    ):  # fmt: skip
        page.goto(address)
        found += barriers(page, name)
    page.goto(f"{QUEUE}?q=Queue")
    page.locator("[data-desk-row] a").first.click()
    page.locator("#flag-panel [data-flag]").wait_for()
    found += barriers(page, "panel")
    page.locator("#decide_reason").fill("")
    page.locator("#flag-panel button[value=release]").click()
    page.locator("#flag-panel .errors, #flag-panel .errorlist").first.wait_for()
    found += barriers(page, "panel with a mistake")

    assert found == []


def barriers(page: Page, name: str) -> list[str]:
    """The serious and critical findings of axe, each with the first place it was found at."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{name}: {found['id']} at {found['nodes'][0]['html'][:160]}"
        for found in violations
        if found["impact"] in {"serious", "critical"}
    ]

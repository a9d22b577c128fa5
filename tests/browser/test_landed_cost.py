"""The page that works out a price at any door, by the keyboard alone, and without barriers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.browser.test_barriers import barriers
from tests.browser.walk import amount

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]

TSHIRTS = {
    "ship_from": "CN", "country": "DE", "currency": "EUR", "shipping": "8", "1-description": "cotton T-shirt",
    "1-hs_code": "610910", "1-origin": "CN", "1-price": "20", "1-quantity": "2",
}  # fmt: skip
MUG = {"2-description": "porcelain mug", "2-hs_code": "691110", "2-origin": "CN", "2-price": "15"}


class Keys:
    """Somebody who has a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def focused(self, what: str) -> str:
        """A property of what has the focus."""
        return str(self.page.evaluate(f"String(document.activeElement.{what} ?? '')"))

    def go(self, name: str, key: str = "Tab") -> None:
        """On to the next field or button of this name, in the form of the page."""
        for _ in range(120):
            self.page.keyboard.press(key)
            if self.focused("name") == name and "door-form" in self.focused("form?.className"):
                return
        raise AssertionError(f"{key} never comes to {name}")

    def write(self, name: str, text: str) -> None:
        """Types into the field in place of what it holds."""
        self.go(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Moves through the list to the choice."""
        self.go(name)
        self.page.keyboard.press("Home")
        for _ in range(300):
            if self.focused("value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")


def test_an_arabic_reader_asks_by_the_keyboard_alone(new_page: Callable[..., Page]) -> None:
    page = new_page("ar")
    page.goto("/ar/landed-cost/")
    keys = Keys(page)

    keys.choose("currency", "EUR")
    keys.write("1-description", "cotton t-shirts")
    page.locator("#codes-1 button").first.wait_for()
    keys.go("take")
    page.keyboard.press("Enter")
    page.locator("[name='1-hs_code'][value='610910']").wait_for()
    assert keys.focused("name") == "1-hs_code"  # one goes on where one was
    keys.write("1-price", "20")
    keys.write("1-quantity", "2")
    keys.choose("1-origin", "CN")
    keys.choose("ship_from", "CN")
    keys.choose("country", "DE")
    keys.write("shipping", "8")
    page.keyboard.press("Enter")
    page.get_by_test_id("landed-answer").wait_for()

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert amount(page.get_by_test_id("quote-total").inner_text()) == Decimal("60.69")
    assert keys.focused("id") == "answer"  # the answer is what one reads next
    shared = page.url
    page.goto("/ar/")
    page.goto(shared)
    assert amount(page.get_by_test_id("quote-total").inner_text()) == Decimal("60.69")


def test_a_mistake_is_read_first_and_what_was_typed_stays(new_page: Callable[..., Page]) -> None:
    page = new_page("ar")
    page.goto("/ar/landed-cost/?" + urlencode(TSHIRTS))
    keys = Keys(page)

    keys.write("1-price", "twenty")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()

    assert keys.focused("role") == "alert"
    field = page.locator("[name='1-price']")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("twenty", "true")
    assert page.locator("[name='1-description']").input_value() == "cotton T-shirt"


def test_all_works_without_scripts(new_page: Callable[..., Page]) -> None:
    page = new_page("en", java_script_enabled=False)
    page.goto("/en/landed-cost/")
    page.locator("[name='1-description']").fill("cotton t-shirts")

    page.locator("button[name=find]").click()
    page.locator("button[name=take]").first.click()
    assert page.locator("[name='1-hs_code']").input_value() == "610910"
    page.locator("[name='1-price']").fill("20")
    page.locator("[name='1-origin']").select_option("CN")
    page.locator("button[name=add]").click()
    page.locator("[name='2-price']").fill("15")
    page.locator("button[name=remove]").last.click()
    form = page.get_by_test_id("landed-form")
    form.locator("[name=ship_from]").select_option("CN")
    form.locator("[name=country]").select_option("DE")
    form.locator("[name=currency]").select_option("EUR")
    form.locator("[name='1-quantity']").fill("2")
    form.locator("[name=shipping]").fill("8")
    form.locator("[name=shipping]").press("Enter")

    assert amount(page.get_by_test_id("quote-total").inner_text()) == Decimal("60.69")


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("ar", "dark", 390)])
def test_the_page_has_no_serious_barrier_and_fits(
    new_page: Callable[..., Page], language: str, scheme: str, width: int
) -> None:
    page = new_page(language, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    found, wide = [], []

    for name, query in {
        "empty": {},
        "answer": TSHIRTS | MUG,
        "estimate": TSHIRTS | {"country": "US", "currency": "USD"},
        "unknown": TSHIRTS | {"country": "KE"},
        "blocked": TSHIRTS | {"1-hs_code": "220820"},
        "mistakes": TSHIRTS | {"1-price": "x", "currency": "y", "on": "z"},
        "codes": {"find": "1", "1-description": "cotton t-shirts"},
        "product": {"product": "kite-mug", "country": "DE", "currency": "EUR"},
    }.items():
        page.goto(f"/{language}/landed-cost/?{urlencode(query)}")
        found += barriers(page, name)
        if page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") > 0:
            wide.append(name)

    assert (found, wide) == ([], [])

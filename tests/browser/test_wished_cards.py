"""Cards are the same for everybody; what is wished for or compared is marked on them afterwards, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
KEYS = "/account/wishes/keys/"


def heart(page: Page) -> Locator:
    """The heart of the first card."""
    return page.get_by_test_id("product-card").first.locator(".card-picks button").first


def goes_to(page: Page) -> list[str]:
    """The addresses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_heart_says_whether_it_is_pressed_and_stays_so(
    shop: Stack, new_page: Callable[..., Page], language: str
) -> None:
    page = new_page(language, viewport={"width": 390, "height": 844})
    asked = goes_to(page)
    page.goto(f"/{language}/category/everything/")
    key = heart(page).get_attribute("value")
    before = (heart(page).get_attribute("aria-pressed"), [url for url in asked if KEYS in url])

    heart(page).focus()
    page.keyboard.press("Enter")
    page.locator(".card-picks [aria-pressed=true]").wait_for()
    has_focus = heart(page).evaluate("element => element === document.activeElement")
    page.reload()
    page.locator(".card-picks [aria-pressed=true]").wait_for()
    marked = page.locator(".card-picks [aria-pressed=true]").evaluate_all("all => all.map(each => each.value)")
    others = page.locator(".card-picks [name=wish]").evaluate_all("all => all.map(each => each.ariaPressed)")
    heart(page).press("Enter")
    page.locator(".card-picks [aria-pressed=true]").wait_for(state="detached")
    page.goto(f"/{language}/category/everything/")

    assert before == (None, [])  # who wishes for nothing asks for nothing
    assert has_focus and marked == [key] and set(others) == {"false"}
    assert heart(page).get_attribute("aria-pressed") is None


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_scales_say_what_is_compared_and_take_it_out_again(
    shop: Stack, new_page: Callable[..., Page], language: str
) -> None:
    page = new_page(language, viewport={"width": 390, "height": 844})
    asked = goes_to(page)
    page.goto(f"/{language}/category/everything/")
    pressed = page.locator(".card-picks [aria-pressed=true]")
    cards = page.get_by_test_id("product-card")
    before = [url for url in asked if KEYS in url]

    for number in (0, 1):
        cards.nth(number).locator("[name=compare]").press("Enter")
        pressed.nth(number).wait_for()
    keys = pressed.evaluate_all("all => all.map(each => each.value)")
    page.reload()
    pressed.nth(1).wait_for()
    marked = pressed.evaluate_all("all => all.map(each => [each.name, each.value])")
    cards.first.locator("[name=uncompare]").press("Enter")
    page.locator("#compare-link .cart-count", has_text="1").wait_for()

    assert before == [] and marked == [["uncompare", key] for key in keys]
    assert [each.get_attribute("value") for each in pressed.all()] == keys[1:]


def test_without_a_script_the_form_works_and_the_product_says_so(shop: Stack, new_page: Callable[..., Page]) -> None:
    page = new_page("en", java_script_enabled=False)
    page.goto("/en/category/everything/")

    heart(page).click()
    page.get_by_test_id("product-card").first.locator("h3 a").click()

    assert page.get_by_test_id("wish").get_attribute("name") == "unwish"
    assert "On your wish list" in page.get_by_test_id("wish").inner_text()

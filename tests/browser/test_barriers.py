"""Pages that everybody can use: axe finds no serious barrier on the way of a purchase."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.walk import Walk
from tests.support.cast import GERMAN_ADDRESS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]


def barriers(page: Page, name: str) -> list[str]:
    """The serious and critical findings, each with the first place it was found at."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{name}: {found['id']} at {found['nodes'][0]['html'][:120]}"
        for found in violations
        if found["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("ar", "dark", 390)])
def test_no_page_on_the_way_has_a_serious_barrier(
    new_page: Callable[..., Page], language: str, scheme: str, width: int
) -> None:
    page = new_page(language, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    walk, found = Walk(page, language), []
    walk.enter("DE", "EUR")
    for button in ("wish", "compare"):
        page.locator(f"button[name={button}]").first.click()
        page.locator("#toast [data-testid=picked-link]").wait_for()
        page.locator("#toast [data-dismiss]").click()

    for name, path in [("home", ""), ("category", "category/everything/"), ("search", "search/?q=kite"),
                       ("empty search", "search/?q=zzzz"), ("empty cart", "cart/"),
                       ("comparison", "compare/"), ("wish list", "account/wishes/"),
                       ("product", "product/kite-t-shirt/")]:  # fmt: skip
        page.goto(f"/{language}/{path}")
        found += barriers(page, name)
    walk.add(1)
    walk.at("cart-link").click()
    walk.at("checkout-start").wait_for()
    found += barriers(page, "cart")
    walk.at("checkout-start").click()
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    walk.settled_figures()
    found += barriers(page, "checkout")
    page.locator("[name=address-name]").fill("")
    walk.at("place-order").click()
    page.locator("[role=alert]").first.wait_for()
    found += barriers(page, "checkout with a mistake")
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    walk.at("place-order").click()
    walk.at("pay-approve").click()
    walk.at("order-number").wait_for()
    found += barriers(page, "order")

    assert found == []

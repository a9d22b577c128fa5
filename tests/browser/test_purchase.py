"""A purchase in a real browser, with real workers doing the real steps, from the first page to the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from marketplace.kernel.address import PostalAddress
from tests.browser.walk import FIGURES, Walk, amount
from tests.support.cast import AMERICAN_ADDRESS, GERMAN_ADDRESS
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]


def gather(walk: Walk, first: str, second: str) -> None:
    """A piece in another choice than the one shown first, and one of another seller; then to the checkout."""
    walk.find(first)
    walk.at("variant-option").last.click()
    walk.page.locator("[data-testid=variant-option][aria-current]", has_text="Large").wait_for()
    walk.add(1)
    walk.find(second)
    walk.add(2)
    walk.to_checkout(lines=2)


def bring_to_checkout(page: Page, language: str = "en", words: str = "mug") -> Walk:
    """A shopper in Germany with one piece of what the words find, at the checkout."""
    walk = Walk(page, language)
    walk.enter("DE", "EUR")
    walk.find(words)
    walk.add(1)
    walk.to_checkout(lines=1)
    return walk


def ship_faster(walk: Walk) -> dict[str, Decimal]:
    """The figures with a dearer way of shipping for the first parcel."""
    cheapest = walk.settled_figures()
    walk.at("shipping-option").nth(1).click()
    walk.wait_for_change("quote-shipping", cheapest["shipping"])
    figures = walk.settled_figures()
    assert figures["shipping"] > cheapest["shipping"] and figures["goods"] == cheapest["goods"]
    assert sum(figures[name] for name in FIGURES) == figures["total"]
    return figures


@pytest.mark.parametrize(("language", "country", "currency", "address", "words"), [
    ("en", "US", "USD", AMERICAN_ADDRESS, ("T-shirt", "notebook")),
    ("ar", "DE", "EUR", GERMAN_ADDRESS, ("تيشيرت", "دفتر")),
], ids=["English to the United States", "Arabic to Germany"])  # fmt: skip
def test_goods_of_two_sellers_come_to_the_door(
    new_page: Callable[..., Page], shop: Stack, language: str, country: str, currency: str, address: PostalAddress,
    words: tuple[str, str],
) -> None:  # fmt: skip
    page = new_page(language)
    walk = Walk(page, language)

    walk.enter(country, currency)
    gather(walk, *words)
    walk.fill(address, "shopper@example.com")
    figures = ship_faster(walk)
    walk.at("place-order").click()
    asked_for = amount(walk.at("pay-amount").inner_text())
    walk.at("pay-approve").click()
    walk.at("order-number").wait_for()
    number, agreed = walk.at("order-number").inner_text(), walk.figures()
    walk.wait_for_status("delivered")

    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert (asked_for, agreed) == (figures["total"], figures)
    assert walk.at("tracking-event").count() == 16
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    letters = [letter for letter in shop.mails() if number in letter]
    assert letters and all(f"Content-Language: {language}" in letter for letter in letters)


def test_a_parcel_is_followed_by_its_public_link(new_page: Callable[..., Page]) -> None:
    page = new_page("en")
    walk = bring_to_checkout(page)
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    walk.settled_figures()
    walk.at("place-order").click()
    walk.at("pay-approve").click()

    link = page.locator("a[href*='/track/']")
    link.wait_for(timeout=60_000)
    friend = new_page("en")
    friend.goto(link.get_attribute("href") or "")

    friend.get_by_test_id("tracking-event").first.wait_for()
    assert not [word for word in ("Greta", "Aachener", "50667", "greta@example.com") if word in friend.content()]


def test_after_a_declined_card_another_one_pays(new_page: Callable[..., Page]) -> None:
    page = new_page("de")
    walk = bring_to_checkout(page, "de", "Becher")
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    total = walk.settled_figures()["total"]
    walk.at("place-order").click()

    walk.at("pay-decline").click()
    walk.wait_for_status("awaiting_payment")
    number = walk.at("order-number").inner_text()
    page.locator("form[action$='/pay/'] button").click()
    walk.at("pay-approve").click()

    walk.page.locator("[data-testid=order-status]:not([data-status=awaiting_payment])").wait_for()
    assert walk.at("order-number").inner_text() == number
    assert walk.figures()["total"] == total


def test_another_country_changes_the_fields_and_the_price(new_page: Callable[..., Page]) -> None:
    page = new_page("en")
    walk = bring_to_checkout(page)
    before = walk.settled_figures()
    page.locator("[name=email]").fill("alma@example.com")
    page.locator("[name=address-name]").fill("Alma Reyes")

    page.locator("[name=address-country_code]").select_option("US")
    page.locator("[name=address-country_area]").wait_for()

    after = walk.settled_figures()
    assert page.locator("[name=address-name]").input_value() == "Alma Reyes"
    assert page.locator("[name=email]").input_value() == "alma@example.com"
    assert after["goods"] == before["goods"] and after["tax"] != before["tax"]


def test_new_figures_take_neither_a_tick_nor_a_click_away(new_page: Callable[..., Page]) -> None:
    page = new_page("en")
    walk = bring_to_checkout(page)
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    walk.settled_figures()
    terms = page.locator("[name=terms]")
    terms.uncheck()

    with new_figures(walk, service=1):
        terms.focus()
        page.keyboard.down("Space")
    page.keyboard.up("Space")
    assert terms.is_checked()

    with new_figures(walk, service=0):
        walk.at("place-order").hover()
        page.mouse.down()
    page.mouse.up()
    page.locator("[role=alert]", has_text="The price has changed").or_(walk.at("pay-approve")).wait_for()


@contextmanager
def new_figures(walk: Walk, service: int) -> Iterator[None]:
    """Another way of shipping is chosen before what is done here, and its figures come after that."""
    before = amount(walk.at("quote-shipping").inner_text())
    walk.page.route("**/checkout/", lambda route: None)
    with walk.page.expect_request("**/checkout/"):
        walk.at("shipping-option").nth(service).click()
    yield
    walk.page.unroute("**/checkout/")  # which lets go of what was held
    walk.wait_for_change("quote-shipping", before)
    walk.settled_figures()


def test_a_shopper_without_javascript_buys_as_well(new_page: Callable[..., Page]) -> None:
    page = new_page("en", java_script_enabled=False)
    walk = Walk(page, "en")
    page.goto("/en/product/kite-mug/")
    region = walk.at("region-form")
    region.locator("[name=country]").select_option("DE")
    region.locator("[name=currency]").select_option("EUR")
    region.locator("button").click()

    walk.at("add-to-cart").click()
    line = walk.at("cart-line")
    line.locator("[name=quantity]").fill("2")
    line.locator("button:not([name])").click()
    assert line.locator("[name=quantity]").input_value() == "2"
    walk.at("checkout-start").click()
    walk.fill(GERMAN_ADDRESS, "greta@example.com")
    page.locator("button[name=action][value=refresh]").last.click()
    figures = walk.figures()
    assert page.locator("[name=terms]").is_checked()
    walk.at("place-order").click()
    walk.at("pay-approve").click()

    assert walk.at("order-number").inner_text().startswith("SP-")
    assert walk.figures() == figures
    assert figures["goods"] == 40

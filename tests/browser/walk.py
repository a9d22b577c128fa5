"""How a shopper walks through the shop, by the hooks that are kept stable for automated shoppers."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.kernel.address import PostalAddress

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FIGURES = ("goods", "shipping", "duty", "tax", "fees")


class Walk:
    """One shopper in one window."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def at(self, hook: str) -> Locator:
        """What carries the hook."""
        return self.page.get_by_test_id(hook)

    def enter(self, country: str, currency: str) -> None:
        """Comes in by the first page, changes to the language and chooses where to and in which currency."""
        self.page.goto("/en/")
        if self.language != "en":
            self.at("language-switcher").locator("summary").click()
            self.at("language-switcher").locator(f'a[hreflang="{self.language}"]').click()
            self.page.wait_for_url(f"**/{self.language}/")
        self._choose("country", country)
        self._choose("currency", currency)
        assert self.at("product-card").count() and self.at("landed-total").count()

    def _choose(self, name: str, value: str) -> None:
        select = self.at("region-form").locator(f"select[name={name}]")
        if select.input_value() != value:
            with self.page.expect_navigation():
                select.select_option(value)
        assert select.input_value() == value

    def find(self, words: str) -> None:
        """Searches and opens the first result."""
        self.at("search-input").fill(words)
        self.at("search-input").press("Enter")
        self.at("search-result").first.click()
        self.at("add-to-cart").wait_for()

    def compare(self, words: str, expected: int) -> str:
        """Searches and puts the first result into the comparison, which then holds so many products; its name."""
        self.at("search-input").fill(words)
        self.at("search-input").press("Enter")
        name = self.at("search-result").first.inner_text()
        self.at("product-card").first.locator("button[name=compare]").click()
        self.page.locator("#compare-link .cart-count", has_text=re.compile(rf"^{expected}$")).wait_for()
        return name

    def add(self, expected: int) -> None:
        """Puts the product into the cart, which then holds so many pieces."""
        self.at("add-to-cart").first.click()
        self.page.locator("#cart-count", has_text=re.compile(rf"^{expected}$")).wait_for()

    def to_checkout(self, lines: int) -> None:
        """From the cart with so many lines to the checkout."""
        self.at("cart-link").click()
        self.at("checkout-start").wait_for()
        assert self.at("cart-line").count() == lines
        self.at("checkout-start").click()
        self.at("address-form").wait_for()

    def fill(self, address: PostalAddress, email: str) -> None:
        """Types e-mail address and address, and agrees to the terms."""
        self.page.locator("[name=email]").fill(email)
        for name, value in address.as_dict().items():
            field = self.page.locator(f"[name=address-{name}]")
            if not value or name == "country_code":
                continue
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        terms = self.page.locator("[name=terms]")
        if not terms.is_checked():
            terms.press("Space")  # a click may miss it while the page still moves

    def figures(self) -> dict[str, Decimal]:
        """The figures of the price at the door as they are shown, with their total."""
        return {name: amount(self.at(f"quote-{name}").inner_text()) for name in (*FIGURES, "total")}

    def settled_figures(self) -> dict[str, Decimal]:
        """The figures once the page has taken in what was typed."""
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        return self.figures()

    def wait_for_change(self, hook: str, before: Decimal) -> None:
        """Waits until the amount that carries the hook is another one."""
        deadline = time.monotonic() + 20
        while amount(self.at(hook).inner_text()) == before:
            assert time.monotonic() < deadline, f"{hook} stays at {before}"
            time.sleep(0.05)

    def wait_for_status(self, status: str, seconds: float = 60) -> None:
        """The order page comes to show the status by itself."""
        self.page.locator(f'[data-testid=order-status][data-status="{status}"]').wait_for(timeout=seconds * 1000)


def amount(text: str) -> Decimal:
    """The number in an amount as English and Arabic pages print it; a German one has its marks the other way round."""
    digits = re.sub(r"[^\d.,]", "", text)
    if re.search(r",\d{2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    return Decimal(digits.replace(",", ""))

"""How somebody fills in the forms of the admin, whatever language the page speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, override

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page


def word(page: Page, text: str) -> str:
    """The text in the language of the page."""
    with override(page.locator("html").get_attribute("lang")):
        return gettext(text)


def fill(page: Page, values: dict[str, str]) -> None:
    """Fills in the fields with these names, of whatever kind."""
    for name, value in values.items():
        field = page.locator(f'form :is(input, select, textarea)[name="{name}"]')
        kind = field.first.evaluate("field => field.type")
        if kind == "radio":
            page.locator(f'input[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def choose(page: Page, name: str, label: str) -> None:
    """The option with that label is chosen."""
    page.locator(f'select[name="{name}"]').select_option(label=label)


def button(page: Page, label: str) -> Locator:
    """The buttons with that label."""
    return page.get_by_role("button", name=word(page, label), exact=True)


def press(page: Page, label: str) -> None:
    """Presses the button, which leads to another page."""
    with page.expect_navigation():
        button(page, label).last.click()


def unfold(page: Page, label: str) -> None:
    """Opens the part of a form with that title."""
    page.get_by_text(word(page, label), exact=True).first.click()


def says(page: Page, sentence: str) -> None:
    """Waits until the page says so."""
    page.get_by_text(word(page, sentence)).first.wait_for()


def file(name: str, content: bytes) -> FilePayload:
    """A file as a browser sends it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}

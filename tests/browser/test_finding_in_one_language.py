"""Somebody who reads only Chinese, and somebody who reads only Arabic, finds, compares and buys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.utils.translation.trans_real import translation

from tests.browser.walk import Walk
from tests.support.cast import GERMAN_ADDRESS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
SENTENCE = re.compile(r"[A-Za-z’'-]{2,}(?:[ ,]+[A-Za-z’'-]{1,}){2,}")  # three words or more in a row
SHOWN = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest("script, style, option, body [lang=en]")) found.push(node.data.trim());
  }
  return found.filter(Boolean);
}"""


class Interface:
    """The sentences of the shop in English, those that the reader's language has words for."""

    def __init__(self, language: str) -> None:
        catalogue = translation(language)._catalog  # type: ignore[attr-defined]
        self.patterns = [
            re.compile(".+".join(map(re.escape, PLACE.split(text)))) for text in self._translated(catalogue)
        ]

    @staticmethod
    def _translated(catalogue: object) -> Iterator[str]:
        for key in catalogue.keys():  # type: ignore[attr-defined] # noqa: SIM118
            text = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2].strip()
            if SENTENCE.search(PLACE.sub(" ", text)):
                yield text

    def left_in_english(self, page: Page) -> list[str]:
        """What stands on the page in English though there is a translation."""
        seen = [text for text in page.evaluate(SHOWN) if SENTENCE.search(text)]
        return [text for text in seen if any(pattern.fullmatch(text) for pattern in self.patterns)]


def test_the_check_for_english_finds_it(new_page: Callable[..., Page]) -> None:
    """Or its silence below would say nothing."""
    page = new_page("en")
    page.goto("/en/cart/")

    assert "Your cart is empty." in Interface("ar").left_in_english(page)


@pytest.mark.parametrize(("language", "words", "names"), [
    ("zh-hans", ("马克杯", "笔记本"), ["风筝马克杯", "晨光笔记本"]),
    ("ar", ("كوب", "دفتر"), ["كوب الطائرة الورقية", "دفتر الصباح"]),
], ids=["Chinese", "Arabic"])  # fmt: skip
def test_a_reader_of_one_language_finds_compares_and_buys(
    new_page: Callable[..., Page], language: str, words: tuple[str, str], names: list[str]
) -> None:
    page = new_page(language, viewport={"width": 390, "height": 844})
    walk, interface, english = Walk(page, language), Interface(language), []

    walk.enter("DE", "EUR")
    found = [walk.compare(each, count) for count, each in enumerate(words, start=1)]
    english += interface.left_in_english(page)
    walk.at("compare-link").click()
    walk.at("compare-table").wait_for()
    compared = [each.inner_text().strip() for each in walk.at("compare-product").all()]
    sides = page.evaluate(
        "[...document.querySelectorAll('[data-testid=compare-product]')].map(e => e.getBoundingClientRect().x)"
    )
    english += interface.left_in_english(page)
    walk.add(1)
    english += interface.left_in_english(page)
    walk.to_checkout(lines=1)
    walk.fill(GERMAN_ADDRESS, "reader@example.com")
    figures = walk.settled_figures()
    english += interface.left_in_english(page)
    walk.at("place-order").click()
    walk.at("pay-approve").click()
    walk.at("order-number").wait_for()

    assert found == compared == names
    assert (sides[0] > sides[1]) is (language == "ar")
    assert page.locator("html").get_attribute("lang") == language
    assert walk.figures() == figures
    assert english + interface.left_in_english(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

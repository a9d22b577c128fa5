"""A form that was refused opens where its first error is, and its sections say how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from catalog.models import Product
from tests.browser.officers import Read, session_of
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]


@pytest.fixture
def listing(shop: Stack, read: Read) -> Iterator[tuple[str, int]]:
    """The session of somebody who may change all, and the T-shirt."""

    def make() -> tuple[str, int]:
        key = session_of("Ilse")
        User.objects.filter(email="ilse@sampan.example").update(is_superuser=True)
        return key, Product.objects.get(handle="kite-t-shirt").pk

    yield read(make)
    read(lambda: User.objects.filter(email="ilse@sampan.example").delete())


@pytest.mark.parametrize(
    ("typed", "visible", "counts"),
    [
        (
            {
                "hs_code": "12",
                "name_en": "",
                "variants-0-price_0": "-1",
                "variants-1-price_0": "x",
                "variants-1-weight_grams": "y",
            },
            "name_en",
            {"#general": "2", "#variants": "2"},
        ),
        ({"hs_code": "12"}, "hs_code", {"#general": "1"}),
        (
            {"variants-0-price_0": "-1", "facts-0-battery_watt_hours": "x"},
            "variants-0-price_0",
            {"#variants": "1", "#facts": "1"},
        ),
    ],
)
def test_the_first_error_is_in_front(
    new_page: Callable[..., Page],
    shop: Stack,
    listing: tuple[str, int],
    typed: dict[str, str],
    visible: str,
    counts: dict[str, str],
) -> None:
    session, key = listing
    page = new_page("en", viewport={"width": 390, "height": 844})
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop.url}])
    page.goto(f"/admin/catalog/product/{key}/change/#documents")

    for name, value in typed.items():
        page.locator(f"[name='{name}']").evaluate("(input, value) => { input.value = value; }", value)
    page.locator("[name='_save']").first.click()
    page.locator(".errornote").first.wait_for()

    page.locator(f"[name='{visible}']").wait_for(state="visible")
    shown = page.locator("a[href^='#']:has([data-testid='error-count'])")  # a telephone folds the last ones away
    assert {
        one.get_attribute("href"): one.locator("[data-testid='error-count']").text_content() for one in shown.all()
    } == counts

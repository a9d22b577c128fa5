"""Choosing in a real browser: the list of sellers follows the variant, the keyboard alone does, and nobody loses their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from accounts.models import Seller
from catalog.models import Product, Variant
from logistics.models import Warehouse
from tests.browser.officers import Read
from tests.browser.walk import Walk
from tests.support.cast import another_choice, listing
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
SMALL, LARGE = "9526140000379", "9526140000744"
NAMES = ("Harbour lamp", "Harbour light")
IN_VIEW = "element => { const { top } = element.getBoundingClientRect(); return top >= 0 && top < innerHeight; }"
CENTRED = """element => {
  const { top } = element.getBoundingClientRect();
  element.scrollIntoView({ block: "center", behavior: "instant" });
  return element.getBoundingClientRect().top === top;
}"""
FRAMES = 200  # milliseconds in which the browser puts a page where it will stay


@pytest.fixture
def lamps(shop: Stack, read: Read) -> Iterator[dict[str, int]]:
    """The variants of a lamp in two sizes that both sellers have, by seller and size."""

    lamps = Product.objects.filter(name_en__in=NAMES)

    def hang() -> dict[str, int]:
        if not lamps.update(status=Product.Status.LIVE):
            for slug, name, price in (("paper-kite", NAMES[0], "100"), ("asagiri", NAMES[1], "3000")):
                seller = Seller.objects.get(slug=slug)
                small = listing(seller, name, price, {Warehouse.objects.get(seller=seller): 9})
                large = another_choice(small, "Size", "small", "large", price, 9)
                for variant, gtin in ((small, SMALL), (large, LARGE)):
                    Variant.objects.filter(pk=variant.pk).update(gtin=gtin)
        variants = Variant.objects.filter(product__in=lamps).select_related("seller")
        return {f"{variant.seller.slug} {variant.gtin}": variant.pk for variant in variants}

    offered = read(hang)
    on_sale = lamps.filter(is_unscreened=False, held_in=[])
    shop.wait_until(lambda: read(on_sale.count) == len(NAMES), "the screening of the lamps")
    yield offered
    read(lambda: lamps.update(status=Product.Status.ARCHIVED))


@pytest.mark.parametrize(
    ("language", "has_script"), [("en", True), ("ar", True), ("zh-hans", False)], ids=["English", "Arabic", "no script"]
)
def test_another_seller_is_chosen_for_the_variant_in_view_with_the_keyboard_alone(
    new_page: Callable[..., Page], lamps: dict[str, int], language: str, has_script: bool
) -> None:
    page = new_page(language, java_script_enabled=has_script, viewport={"width": 390, "height": 844})
    walk = Walk(page, language)
    page.goto(f"/{language}/product/harbour-lamp/offers/")
    opened = offered(page)

    come_to(walk.at("variant-option").last)
    page.keyboard.press("Enter")
    page.locator("[data-testid=variant-option][aria-current]", has_text="large").wait_for()
    large = offered(page)
    stays = not has_script or is_in_view(page, "large")
    walk.at("add-offer").focus()
    page.keyboard.press("Enter")
    page.locator("#cart-count", has_text=re.compile("^1$")).wait_for()
    if has_script:
        page.locator("[data-testid=add-offer]:focus").wait_for()
    walk.at("cart-link").click()

    assert opened == [lamps[f"asagiri {SMALL}"]]
    assert large == [lamps[f"asagiri {LARGE}"]]
    assert stays
    walk.at("cart-line").filter(has_text="Harbour light").filter(has_text="large").wait_for()


@pytest.mark.parametrize("width", [390, 1440])
def test_who_chooses_among_the_filters_stays_where_they_are(
    new_page: Callable[..., Page], lamps: dict[str, int], width: int
) -> None:
    page = new_page("en", viewport={"width": width, "height": 400})
    page.goto("/en/category/everything/")
    if width < 960:
        page.locator("#facets > summary").click()

    come_to(page.locator("#facet-origin-CN"))
    page.keyboard.press("Enter")
    page.wait_for_url("**origin=CN")
    page.locator("#facet-origin-CN[aria-current]").wait_for()

    assert is_in_view(page, "China")
    if width < 960:
        page.locator("a.facets-done").press("Enter")
        page.wait_for_function(IN_VIEW, arg=page.locator("#found").element_handle())


def come_to(place: Locator) -> None:
    """Into the middle of the window, as somebody who has read so far, and with the focus."""
    # A smooth scroll to the focus would go on beside the one to the middle.
    place.evaluate("element => element.focus({ preventScroll: true })")
    place.evaluate(CENTRED)
    place.page.wait_for_timeout(FRAMES)
    while not place.evaluate(CENTRED):
        place.page.wait_for_timeout(FRAMES)


def is_in_view(page: Page, text: str) -> bool:
    """Whether what has the focus says so and can be seen, once the page has come to rest."""
    page.wait_for_timeout(FRAMES)
    focused = page.locator(":focus")
    return text in focused.inner_text() and bool(focused.evaluate(IN_VIEW))


def offered(page: Page) -> list[int]:
    """The variants that the buttons of the other sellers put into the cart."""
    inputs = page.locator("[data-testid=offers] input[name=variant]")
    return [int(each.get_attribute("value") or 0) for each in inputs.all()]

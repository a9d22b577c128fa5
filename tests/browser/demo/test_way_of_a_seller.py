"""The way of a seller of the demo: invited, let go by two officers, approved, on sale in Germany, held in France, mended there."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from email import policy
from typing import TYPE_CHECKING

import pytest

from accounts.demo_cast import seller_email
from tests.browser.demo.conftest import SignIn
from tests.browser.demo.forms import button, choose, file, fill, press, says, unfold
from tests.catalog.test_shopify_feed import HEADER, row
from tests.support.papers import pdf, picture
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("demo"), pytest.mark.timeout(300)]
MAIL = seller_email("marsa-palm")
LISTED, BORN = "Tarek Al Zubaydan", "1985-04-01"  # the demo's list has one of this name, born in 1958
SHIRT = row(
    handle="marsa-shirt", title="Marsa shirt", vendor="Marsa Palm", type="Clothing", published="true",
    option1_name="Title", option1_value="Default Title", variant_sku="MARSA-1", variant_grams="180",
    variant_inventory_tracker="shopify", variant_inventory_qty="9", variant_price="90", status="active",
)  # fmt: skip
PAPERS = {
    "is_person": "company", "legal_name": "Marsa Palm Trading LLC", "street_address": "7 Creek Road",
    "city": "Dubai", "country_area": "Dubai", "email": "office@marsa-palm.example", "phone": "+971 4 555 0100",
    "person_name": LISTED, "birth_date": BORN, "trade_register": "DED Dubai", "register_number": "901234",
    "tax_country": "AE", "tax_number": "100123456700003", "bank_holder": "Marsa Palm Trading LLC",
    "bank_country": "AE", "bank_account": "AE07 0331 2345 6789 0123 456", "certifies": "on",
    "owners-0-name": LISTED, "owners-0-birth_date": BORN, "owners-0-country": "AE", "owners-0-share_percent": "100",
}  # fmt: skip
NUMBERS = {("FR", "packaging"): "FR123456_01ABCD", ("FR", "textiles"): "FR123456_11ABCD"}


def test_a_seller_of_the_demo_comes_from_the_invitation_to_a_listing_that_is_held_and_mended(
    sign_in: SignIn, new_page: Callable[..., Page], shop: Stack
) -> None:
    officer, second, member = sign_in("compliance", "en"), sign_in("compliance-second", "zh-hans"), new_page("ar")
    tell_who_they_are(member, invite(officer, shop))
    press_approve(officer)
    says(officer, "A critical flag stands on this seller. It has to be decided first, by two officers.")
    let_the_namesake_go(officer, second)
    press_approve(officer)
    says(officer, "The seller was approved and may sell.")
    describe_the_trade(member)
    import_the_shirt(member, shop)
    describe_the_shirt(member)
    enter_number(member, officer, "DE", "packaging", "DE1234567890123")

    shopper = new_page()
    shop.wait_until(lambda: shown_in(shopper, "DE").count(), "the shirt in Germany")
    shown_in(shopper, "DE").click()
    shopper.get_by_test_id("add-to-cart").wait_for()
    address = shopper.url
    assert shown_in(shopper, "FR").count() == 0
    held = shopper.goto(address)
    assert held is not None and held.status == 451 and shopper.get_by_test_id("held").count() == 1
    member.goto("/admin/compliance/flag/?country=FR")
    member.get_by_text("Marsa shirt").first.wait_for()
    for (country, stream), number in NUMBERS.items():
        enter_number(member, officer, country, stream, number)
    shop.wait_until(lambda: shown_in(shopper, "FR").count(), "the shirt in France")
    shopper.goto(address)
    shopper.get_by_test_id("add-to-cart").wait_for()


def invite(officer: Page, shop: Stack) -> str:
    """The officer sends the invitation again; the link in the letter that came."""
    officer.goto("/admin/compliance/sellerverification/?q=Marsa")
    officer.get_by_role("link", name="Marsa Palm").first.click()
    press(officer, "Send the invitation again")
    found = re.search(r"http://\S+/sell/invitation/\S+/", letter_to(shop, MAIL))
    assert found is not None
    return found[0]


def letter_to(shop: Stack, address: str) -> str:
    """The text of the letter that reached the address; waits for it."""

    def letters() -> list[str]:
        kept = (shop.folder / "mail").iterdir()
        parts = [part for each in kept for part in re.split(r"(?m)^-{70,}$", each.read_text()) if part.strip()]
        read = [email.message_from_string(part.lstrip(), policy=policy.default) for part in parts]
        bodies = [each.get_body(("plain",)) for each in read if address in str(each["to"])]
        return [body.get_content() for body in bodies if body is not None]

    shop.wait_until(letters, f"a letter to {address}")
    return letters()[0]


def tell_who_they_are(member: Page, link: str) -> None:
    """The member accepts by the link, and sends complete papers for review, in Arabic."""
    member.goto(re.sub(r"(//[^/]+)/\w+/", r"\1/ar/", link))
    fill(member, {"password1": "lanterns over the creek", "password2": "lanterns over the creek"})
    press(member, "Accept the invitation")
    assert member.locator("html").get_attribute("dir") == "rtl"
    fill(member, PAPERS)
    member.locator("input[name=identity_document]").set_input_files(file("id.png", picture("PNG")))
    for name in ("register_document", "bank_document"):
        member.locator(f"input[name={name}]").set_input_files(file(f"{name}.pdf", pdf(f"({name})".encode())))
    press(member, "Save and send for review")


def press_approve(officer: Page) -> None:
    """The officer decides on the page of the seller."""
    officer.goto("/admin/compliance/sellerverification/?q=Marsa")
    officer.get_by_role("link", name="Marsa Palm").first.click()
    fill(officer, {"reason": "Register, identity and account agree."})
    press(officer, "Approve")


def let_the_namesake_go(officer: Page, second: Page) -> None:
    """One officer proposes, the other, in Chinese, agrees."""
    queue = "/admin/compliance/flag/?severity=critical"
    officer.goto(f"{queue}&q=Marsa")
    officer.locator("[data-desk-row] a").click()
    officer.locator("#flag-panel h2").wait_for()
    officer.locator("#decide_reason").fill("Born in 1985 in Dubai, the one on the list in 1958.")
    officer.locator("#flag-panel button[value=release]").click()
    says(officer, "A second officer has to agree.")
    second.goto(f"{queue}&standing=second&q=Marsa")
    assert second.locator("html").get_attribute("lang") == "zh-hans"
    second.locator("[data-desk-row] a").click()
    second.locator("#flag-panel button[value=confirm]").click()
    says(second, "The decision is confirmed.")


def describe_the_trade(member: Page) -> None:
    """Where the goods lie and who answers for them."""
    member.goto("/admin/logistics/warehouse/add/")
    fill(member, {"name": "Dubai", "code": "marsa-1", "country": "AE", "street_address": "7 Creek Road",
                  "city": "Dubai"})  # fmt: skip
    press(member, "Save")
    for role, name, country in (("manufacturer", "Marsa Palm LLC", "AE"), ("responsible", "Kontor GmbH", "DE")):
        member.goto("/admin/catalog/economicoperator/add/")
        fill(member, {"role": role, "name": name, "postal_address": "Quay 1, 20457 Harbour", "country": country,
                      "electronic_address": "safety@marsa-palm.example"})  # fmt: skip
        press(member, "Save")


def import_the_shirt(member: Page, shop: Stack) -> None:
    """A file of another shop brings the listing."""
    member.goto("/admin/catalog/importjob/add/")
    fill(member, {"format": "shopify", "currency": "AED"})
    member.locator("input[name=file]").set_input_files(file("marsa.csv", f"{HEADER}\r\n{SHIRT}\r\n".encode()))
    press(member, "Upload and check")
    shop.wait_until(lambda: member.reload() and button(member, "Start the import").count(), "the check of the file")
    press(member, "Start the import")
    member.goto("/admin/catalog/product/")
    shop.wait_until(lambda: member.reload() and shirt(member).count(), "the import")


def shirt(member: Page) -> Locator:
    """The link to the listing in the list of products."""
    return member.get_by_role("link", name="Marsa shirt")


def describe_the_shirt(member: Page) -> None:
    """What the category asks, and what customs and the law of product safety want to know."""
    member.goto("/admin/catalog/product/")
    shirt(member).first.click()
    unfold(member, "Customs and tax")
    fill(member, {"hs_code": "610910", "origin": "AE", "customs_description": "knitted T-shirt of cotton"})
    unfold(member, "Attributes")
    member.locator('[name="attributes-0-is_material"][value=cotton]').check()
    unfold(member, "Safety and customs")
    fill(member, {"facts-0-model_identifier": "MARSA-1", "facts-0-materials-0-name": "cotton",
                  "facts-0-materials-0-number": "100", "facts-0-battery": "none", "facts-0-has_no_warnings": "on",
                  "facts-0-packaging_grams-0-name": "paper", "facts-0-packaging_grams-0-number": "20"})  # fmt: skip
    choose(member, "facts-0-manufacturer", "Marsa Palm LLC")
    choose(member, "facts-0-responsible_person", "Kontor GmbH")
    press(member, "Save")


def enter_number(member: Page, officer: Page, country: str, stream: str, number: str) -> None:
    """The member enters a number with its proof, and the officer finds it valid."""
    member.goto(f"/admin/compliance/registration/enter/?kind=epr&country={country}&stream={stream}")
    fill(member, {"number": number})
    member.locator("input[name=document]").set_input_files(file("proof.pdf", pdf(f"({stream})".encode())))
    press(member, "Enter the number")
    officer.goto(member.url)
    fill(officer, {"reason": "The register shows it."})
    press(officer, "It is valid")


def shown_in(page: Page, country: str) -> Locator:
    """What a shopper in the country finds of the shirt."""
    page.context.clear_cookies()
    page.goto("/en/")
    with page.expect_navigation():
        page.get_by_test_id("region-form").locator("select[name=country]").select_option(country)
    page.get_by_test_id("search-input").fill("Marsa shirt")
    page.get_by_test_id("search-input").press("Enter")
    page.wait_for_url("**/search/**")
    return page.get_by_test_id("search-result").filter(has_text="Marsa shirt")

"""A seller's way in a browser: invited, approved, on sale in Germany, held in France, mended there and released by itself."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from email import policy
from typing import TYPE_CHECKING

import pytest

from accounts import services as accounts
from marketplace.roles import ROLE_RIGHTS
from tests.browser.officers import Read, session_of
from tests.catalog.test_shopify_feed import HEADER, row
from tests.support.papers import pdf, picture
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
MAIL = "lin@loom.example"
SHIRT = row(
    handle="loom-shirt", title="Loom shirt", vendor="Loom", type="Clothing", published="true", option1_name="Title",
    option1_value="Default Title", variant_sku="LOOM-1", variant_grams="180", variant_inventory_tracker="shopify",
    variant_inventory_qty="9", variant_price="90", status="active",
)  # fmt: skip
PAPERS = {
    "is_person": "company", "legal_name": "Loom Ltd", "street_address": "1 Keji Road", "postal_code": "518057",
    "city": "Shenzhen", "country_area": "Guangdong", "email": "office@loom.example", "phone": "+86 755 5550100",
    "person_name": "Lin Mei", "birth_date": "1985-04-01", "trade_register": "SAMR Shenzhen",
    "register_number": "9144030099", "tax_country": "CN", "tax_number": "9144030099", "bank_holder": "Loom Ltd",
    "bank_country": "CN", "bank_account": "6222 0260 0123 4567 890", "certifies": "on", "owners-0-name": "Lin Mei",
    "owners-0-birth_date": "1985-04-01", "owners-0-country": "CN", "owners-0-share_percent": "100",
}  # fmt: skip
NUMBERS = {("FR", "packaging"): "FR123456_01ABCD", ("FR", "textiles"): "FR123456_11ABCD"}


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


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
    page.locator(f'select[name="{name}"]').select_option(label=label)


def press(page: Page, label: str) -> None:
    """Presses the button, which leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=label, exact=True).last.click()


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


def shown_in(page: Page, country: str) -> Locator:
    """What a shopper in the country finds of the shirt."""
    page.context.clear_cookies()
    page.goto("/en/")
    with page.expect_navigation():
        page.get_by_test_id("region-form").locator("select[name=country]").select_option(country)
    page.get_by_test_id("search-input").fill("Loom shirt")
    page.get_by_test_id("search-input").press("Enter")
    page.wait_for_url("**/search/**")
    return page.get_by_test_id("search-result").filter(has_text="Loom shirt")


def test_a_seller_comes_from_the_invitation_to_a_listing_that_is_held_and_mended(
    new_page: Callable[..., Page], shop: Stack, read: Read
) -> None:
    read(lambda: accounts.sync_roles(ROLE_RIGHTS))
    officer, member, shopper = new_page(), new_page(), new_page()
    session = {"name": "sessionid", "value": read(lambda: session_of("Nadia")), "url": shop.url}
    officer.context.add_cookies([session])
    become_a_seller(member, officer, shop)
    describe_the_trade(member)
    import_the_shirt(member, shop)
    describe_the_shirt(member)
    enter_number(member, officer, "DE", "packaging", "DE1234567890123")

    shop.wait_until(lambda: shown_in(shopper, "DE").count(), "the shirt in Germany")
    shown_in(shopper, "DE").click()
    shopper.get_by_test_id("add-to-cart").wait_for()
    address = shopper.url
    assert shown_in(shopper, "FR").count() == 0
    held = shopper.request.get(address)
    assert held.status == 451 and 'data-testid="held"' in held.text()
    member.goto("/admin/compliance/flag/?country=FR")
    member.get_by_text("Loom shirt").first.wait_for()
    for (country, stream), number in NUMBERS.items():
        enter_number(member, officer, country, stream, number)
    shop.wait_until(lambda: shown_in(shopper, "FR").count(), "the shirt in France")
    shopper.goto(address)
    shopper.get_by_test_id("add-to-cart").wait_for()


def become_a_seller(member: Page, officer: Page, shop: Stack) -> None:
    """The officer invites, the member says who they are, the officer approves."""
    officer.goto("/admin/compliance/sellerverification/invite/")
    fill(officer, {"name": "Loom", "country": "CN", "currency": "CNY", "email": MAIL, "language": "en"})
    press(officer, "Send the invitation")
    desk = officer.url
    found = re.search(r"http://\S+/sell/invitation/\S+/", letter_to(shop, MAIL))
    assert found is not None
    member.goto(found[0])
    fill(member, {"password1": "lanterns over the creek", "password2": "lanterns over the creek"})
    press(member, "Accept the invitation")
    fill(member, PAPERS)
    member.locator("input[name=identity_document]").set_input_files(file("id.png", picture("PNG")))
    for name in ("register_document", "bank_document"):
        member.locator(f"input[name={name}]").set_input_files(file(f"{name}.pdf", pdf(f"({name})".encode())))
    press(member, "Save and send for review")
    officer.goto(desk)
    fill(officer, {"reason": "Register, identity and account agree."})
    press(officer, "Approve")
    officer.get_by_text("The seller was approved and may sell.").wait_for()


def describe_the_trade(member: Page) -> None:
    """Where the goods lie and who answers for them."""
    member.goto("/admin/logistics/warehouse/add/")
    fill(member, {"name": "Shenzhen", "code": "loom-1", "country": "CN", "street_address": "1 Keji Road",
                  "postal_code": "518057", "city": "Shenzhen"})  # fmt: skip
    press(member, "Save")
    for role, name, country in (("manufacturer", "Loom Ltd", "CN"), ("responsible", "Kontor GmbH", "DE")):
        member.goto("/admin/catalog/economicoperator/add/")
        fill(member, {"role": role, "name": name, "postal_address": "Quay 1, 20457 Harbour", "country": country,
                      "electronic_address": "safety@loom.example"})  # fmt: skip
        press(member, "Save")


def import_the_shirt(member: Page, shop: Stack) -> None:
    member.goto("/admin/catalog/importjob/add/")
    fill(member, {"format": "shopify", "currency": "CNY"})
    member.locator("input[name=file]").set_input_files(file("loom.csv", f"{HEADER}\r\n{SHIRT}\r\n".encode()))
    press(member, "Upload and check")
    start = member.get_by_role("button", name="Start the import")
    shop.wait_until(lambda: member.reload() and start.count(), "the check of the file")
    press(member, "Start the import")
    member.goto("/admin/catalog/product/")
    listed = member.get_by_role("link", name="Loom shirt")
    shop.wait_until(lambda: member.reload() and listed.count(), "the import")
    listed.first.wait_for()


def describe_the_shirt(member: Page) -> None:
    """What customs and the law of product safety want to know."""
    member.goto("/admin/catalog/product/")
    member.get_by_role("link", name="Loom shirt").first.click()
    member.get_by_text("Customs and tax", exact=True).first.click()
    fill(member, {"hs_code": "610910", "origin": "CN", "customs_description": "knitted T-shirt of cotton"})
    member.get_by_text("Safety and customs", exact=True).first.click()
    fill(member, {"facts-0-model_identifier": "LOOM-1", "facts-0-materials-0-name": "cotton",
                  "facts-0-materials-0-number": "100", "facts-0-battery": "none", "facts-0-has_no_warnings": "on",
                  "facts-0-packaging_grams-0-name": "paper", "facts-0-packaging_grams-0-number": "20"})  # fmt: skip
    choose(member, "facts-0-manufacturer", "Loom Ltd")
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

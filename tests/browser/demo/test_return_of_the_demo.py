"""The return that docs/explanation/ioss-return-by-hand.md adds up: asked for, made by the worker, read down to an order, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.demo.conftest import SignIn
from tests.marketplace.test_demo_orders import table

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("demo")]
REPORTS = "/admin/compliance/report/"
COUNTRIES = {"DE": "Germany", "FR": "France", "all": "Sum"}
BACK = {("DE", "7 %"): "€0.00 1", ("DE", "19 %"): "-€1.60 3", ("FR", "20 %"): "€0.00 1"}
"""Of which refunded, and lines: the page of the paper tells both line by line."""


def test_the_return_of_october_is_made_read_down_to_an_order_and_closed(sign_in: SignIn) -> None:
    page = sign_in("finance", "en")

    page.goto(f"{REPORTS}add/")
    page.locator("[name=kind]").select_option("ioss")
    page.locator("[name=period]").fill("2026-10")
    page.locator("[type=submit]").last.click()
    close = page.get_by_role("button", name="Close for good")
    close.wait_for()
    *sales, (_all, _rate, amount, tax) = table("The return")
    told = [f"{COUNTRIES[to]} {rate} {euro(base)} {euro(due)} {BACK[to, rate]}" for to, rate, base, due in sales]
    assert rows(page, "Sales of the period by country and rate") == [*told, f"Sum {euro(amount)} {euro(tax)}"]
    balances = [" ".join([COUNTRIES[to], *map(euro, figures)]) for to, *figures in table("The return", 1)]
    assert rows(page, "To be paid") == [" ".join(each.split()) for each in balances]

    page.get_by_role("link", name="1 · France 20 %").click()
    page.get_by_role("link", name="SP-OCTOBER-C-1").click()
    page.get_by_text("SP-OCTOBER-C").first.wait_for()
    page.go_back()
    page.go_back()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Figures as CSV").click()
    assert "ioss,2026-10,payable,,,,,,,15.74,EUR" in taken.value.path().read_text("utf-8")
    page.get_by_label("These are the figures that were handed in.").check()
    close.click()
    page.get_by_text("Closed by Amara Okello").wait_for()
    assert page.get_by_role("button", name="Make it again").count() == 0


def rows(page: Page, region: str) -> list[str]:
    """The rows of a table without its head, each as one line."""
    found = page.get_by_role("region", name=region).get_by_role("row").all_inner_texts()
    return [" ".join(row.split()) for row in found[1:]]


def euro(amount: str) -> str:
    """An amount of the paper as the page prints it."""
    return f"{amount[: -len(amount.lstrip('-'))]}€{amount.lstrip('-')}" if amount else ""

"""A return of tax in a browser: asked for, made by the worker, read down to an order, closed for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from accounts import roles
from accounts import services as accounts
from accounts.models import Seller
from logistics.models import Warehouse
from marketplace.kernel import clock
from marketplace.roles import ROLE_RIGHTS
from orders.models import SellerOrder
from tests.browser.officers import Read, session_of
from tests.orders.books import french, gave_back, german, sold
from tests.support.cast import Cast
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.xdist_group("browser")]
REPORTS = "/admin/compliance/report/"
RETURN = [
    "Germany 7 % €18.00 €1.26 -€0.14 2",
    "Germany 19 % €90.00 €17.10 -€1.90 2",
    "France 20 % €50.00 €10.00 €0.00 1",
    "Sum €158.00 €28.36",
]


def sell_last_month() -> tuple[str, str]:
    """Two orders of last month, one of them given back in part; the month and the number of the French order."""
    month = (clock.today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    seller = Seller.objects.get(slug="paper-kite")
    people: Any = SimpleNamespace(shenzhen=seller, shenzhen_warehouse=Warehouse.objects.get(seller=seller))
    cast_ = cast(Cast, people)
    german_order = sold(cast_, f"{month}-05 08:00", german("100.00"), german("20.00", "7"))
    french_order = sold(cast_, f"{month}-12 10:00", french("50.00"), to="FR")
    gave_back(german_order, "14.04", f"{month}-20 12:00")
    return month, french_order.number


def test_a_return_is_made_read_down_to_an_order_and_closed(
    new_page: Callable[..., Page], shop: Stack, read: Read
) -> None:
    read(lambda: accounts.sync_roles(ROLE_RIGHTS))
    month, number = read(sell_last_month)
    page = new_page(viewport={"width": 1440, "height": 900})
    session = {"name": "sessionid", "value": read(lambda: session_of("Fritz", roles.FINANCE)), "url": shop.url}
    page.context.add_cookies([session])

    page.goto(f"{REPORTS}add/")
    page.locator("[name=kind]").select_option("ioss")
    page.locator("[name=period]").fill(month)
    page.locator("[type=submit]").last.click()
    close = page.get_by_role("button", name="Close for good")
    close.wait_for()
    rows = page.get_by_role("region", name="Sales of the period by country and rate").get_by_role("row")
    assert [" ".join(each.split()) for each in rows.all_inner_texts()[1:]] == RETURN

    # the books hold no more of an assessment than a return needs, and the page of the part prints a whole one, or none
    read(lambda: SellerOrder.objects.filter(order__number=number).update(assessment={}))
    page.get_by_role("link", name="1 · France 20 %").click()
    page.get_by_role("link", name=f"{number}-1").click()
    page.get_by_text(number).first.wait_for()
    page.go_back()
    page.go_back()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Figures as CSV").click()
    assert f"ioss,{month},payable,,,,,,,28.36,EUR" in taken.value.path().read_text("utf-8")
    page.get_by_label("These are the figures that were handed in.").check()
    close.click()
    page.get_by_text("Closed by Fritz").wait_for()
    assert page.get_by_role("button", name="Make it again").count() == 0

"""A rule changed in the admin holds in every process within five seconds, and in no request by half."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from catalog.selectors.prices import Prices
from compliance import selectors
from compliance.landed_cost import assess
from compliance.models import TaxRate
from compliance.rules import version as rule_version
from logistics import quotes
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
from tests.orders import pages
from tests.support.cast import Cast

GERMAN = "DE-TAX-STANDARD-2021"
# Another process of the shop: it says which rate it reckons with, and when that became another one.
_WATCH = """
import sys, time, django
django.setup()
from compliance import selectors
from marketplace.kernel import clock
from marketplace.kernel.consignment import Destination
seen = None
while True:
    rule, _guessed = selectors.rule_book(clock.today()).for_destination(Destination("DE")).tax("", "standard")
    if rule.pct != seen:
        seen = rule.pct
        print(seen, time.time(), flush=True)
    time.sleep(0.02)
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_reckons_with_the_new_rate_within_five_seconds(
    process_environment: dict[str, str], valkey_flush: None
) -> None:
    selectors.forget_rule_books()
    rate = TaxRate.objects.create(
        code="DE-VAT", country="DE", pct=19, effective_from=date(2021, 1, 1), source="UStG § 12",
        confidence="official", last_reviewed=date(2026, 1, 1),
    )  # fmt: skip
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", full_name="Root"))
    sent = {"country": "DE", "category": "standard", "code": "DE-VAT", "effective_from": "2021-01-01",
            "status": "in_force", "confidence": "official", "source": "UStG § 12", "change_reason": "Gazette"}  # fmt: skip
    command = [sys.executable, "-c", _WATCH]
    with subprocess.Popen(
        command, env=process_environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert _next(other)[0] == "19"
            delays = []
            for pct in ("20", "21", "22"):
                time.sleep(1.3)  # the other process asks at moments that have nothing to do with ours
                page = f"/admin/compliance/taxrate/{rate.pk}/change/"
                assert client.post(page, sent | {"pct": pct}).status_code == 302
                changed_at = time.time()
                assert _own_rate() == Decimal(pct)
                found, at = _next(other)
                assert found == pct
                delays.append(at - changed_at)
        finally:
            other.kill()
    assert max(delays) < rule_version.CHECK_EVERY + 0.5, delays  # half a second to build the book on a busy machine


def _own_rate() -> Decimal:
    rule, _guessed = selectors.rule_book(clock.today()).for_destination(Destination("DE")).tax("", "standard")
    assert rule is not None
    return rule.pct


def _next(other: subprocess.Popen[str]) -> tuple[str, float]:
    assert other.stdout is not None
    pct, moment = other.stdout.readline().split()
    return pct, float(moment)


@pytest.fixture
def change_of_law(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """From now on the law changes behind every figure that is reckoned; the books that were used are listed."""
    used: list[Any] = []

    def reckoned(consignment: Any, book: Any, fx: Any, on: date) -> Any:
        used.append(book)
        TaxRate.objects.filter(code=GERMAN).update(pct=Decimal(10 + len(used) % 7))
        rule_version._announce()
        rule_version.forget()
        return assess(consignment, book, fx, on)

    monkeypatch.setattr(quotes, "assess", reckoned)
    return used


def _open(address: str) -> Callable[[Client, Cast], None]:
    def visit(client: Client, cast: Cast) -> None:
        assert client.get(address).status_code == 200

    return visit


def _see_checkout(client: Client, cast: Cast) -> None:
    assert client.post("/de/checkout/", pages.filled()).status_code == 200


def _place(client: Client, cast: Cast) -> None:
    client.post("/de/checkout/", pages.filled(action="place", shown_total="1", key=""))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(_open("/de/"), id="first page"),
        pytest.param(_open("/de/category/everything/"), id="category"),
        pytest.param(_open("/de/product/kite-mug/"), id="product"),
        pytest.param(_open("/de/search/?q=kite"), id="search"),
        pytest.param(_open("/de/cart/"), id="cart"),
        pytest.param(_open("/de/checkout/"), id="checkout"),
        pytest.param(_see_checkout, id="checkout with an address"),
        pytest.param(_place, id="placing an order"),
    ],
)
def test_a_request_reckons_with_one_book_though_the_law_changes_meanwhile(
    shop: Cast, change_of_law: list[Any], visit: Callable[[Client, Cast], None]
) -> None:
    client = pages.from_country(Client())
    pages.put_in(client, (shop.tshirt, 1), (shop.notebook, 2))
    Prices.today().cards.clear()
    change_of_law.clear()

    visit(client, shop)

    assert len(change_of_law) > 1
    assert len({id(book) for book in change_of_law}) == 1


@pytest.mark.django_db
def test_the_next_request_reckons_with_the_new_law(shop: Cast, change_of_law: list[Any]) -> None:
    for _ in range(2):
        Client().get("/de/category/everything/")

    assert len({id(book) for book in change_of_law}) == 2

"""Every number of docs/explanation/ioss-return-by-hand.md: the shop assesses the same orders and makes the same return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moneyed import Money

from compliance import selectors
from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from compliance.models import Report
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable
from orders.models import Order
from tests.orders.books import Calendar, closed, gave_back, german, moment, publish, sold
from tests.support.cast import Cast

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "ioss-return-by-hand.md"
RATES = FxTable(base="EUR", on=date(2026, 10, 20), rates={"USD": Decimal("1.10")})
POSTCODES = {"DE": "50667", "FR": "75001"}


def goods(name: str, price: str, hs_code: str, category: str = "standard", pieces: int = 1) -> ConsignmentLine:
    """Pieces of one kind, made in China; the currency is that of the consignment."""
    return ConsignmentLine(name, name, hs_code, "CN", pieces, Money(price, "EUR"), 300, category)


MUG = goods("mug", "20.00", "691110")
ORDERS = {
    "A": ("2026-10-05 08:00", "DE", "EUR", "5.90", [MUG]),
    "B": ("2026-10-12 10:00", "DE", "EUR", "6.60", [goods("picture book", "24.00", "490300", "books"),
                                                     goods("two T-shirts", "10.00", "610910", pieces=2)]),
    "C": ("2026-10-20 18:00", "FR", "USD", "11.00", [goods("lamp", "44.00", "940521")]),
    "D": ("2026-10-31 23:30", "DE", "EUR", "5.90", [MUG]),
    "E": ("2026-09-15 09:00", "FR", "EUR", "5.90", [MUG]),
}  # fmt: skip


def assessed(
    to: str, currency: str, shipping: str, lines: list[ConsignmentLine], on: date
) -> tuple[Consignment, Assessment]:
    """What the law asks for the parcel on a day."""
    in_currency = tuple(
        ConsignmentLine(
            line.sku, line.description, line.hs_code, line.origin, line.quantity, Money(line.unit_price.amount, currency),
            line.weight_grams, line.tax_category,
        )
        for line in lines
    )  # fmt: skip
    consignment = Consignment(
        "CN", Destination(to, "", POSTCODES[to]), currency, in_currency, Money(shipping, currency), Money(0, currency)
    )
    return consignment, assess(consignment, selectors.rule_book(on), RATES, on)


def buy(cast: Cast, name: str) -> Order:
    """The order of the page, as its assessment has it."""
    paid_at, to, currency, shipping, lines = ORDERS[name]
    consignment, assessment = assessed(to, currency, shipping, lines, moment(paid_at).date())
    placeholders = [german(str(line.value.amount)) for line in consignment.lines]
    order = sold(cast, paid_at, *placeholders, to=to, currency=currency, total=assessment.total)
    order.seller_orders.update(assessment=assessment.to_dict())
    return order


@pytest.fixture
def orders(cast: Cast, monkeypatch: pytest.MonkeyPatch, law_may_change: Callable[[], None]) -> dict[str, Order]:
    """Everything that the page tells, looked at in December."""
    Calendar(monkeypatch).turn_to("2026-12-05 09:00")
    publish(date(2026, 9, 30), USD="1.15")
    publish(date(2026, 10, 30), USD="1.11")
    publish(date(2026, 11, 2), USD="1.12")
    found = {name: buy(cast, name) for name in ORDERS}
    gave_back(found["A"], "10.00", "2026-10-25 12:00")
    gave_back(found["E"], "34.68", "2026-10-15 12:00")
    return found


def table(title: str, number: int = 0) -> list[list[str]]:
    """The rows of a table of the page, without its head."""
    part = PAGE.read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    tables = [block.strip() for block in part.split("\n\n") if block.strip().startswith("|")]
    return [
        [cell.strip() for cell in row.strip().strip("|").split("|")] for row in tables[number].strip().splitlines()[2:]
    ]


def test_the_orders_are_assessed_as_the_page_says(orders: dict[str, Order]) -> None:
    found = []
    for name, (paid_at, to, currency, shipping, lines) in ORDERS.items():
        consignment, assessment = assessed(to, currency, shipping, lines, moment(paid_at).date())
        for line, sent in zip(assessment.lines, consignment.lines, strict=True):
            assert line.tax_base is not None and line.tax_rate_pct is not None and line.scheme == "IOSS"
            freight = line.tax_base.amount - sent.value.amount - line.duty.amount
            amounts = (sent.value.amount, freight, line.duty.amount, line.tax_base.amount)
            found.append(
                [name, paid_at, to, line.sku, *(f"{currency} {amount:.2f}" for amount in amounts), f"{line.tax_rate_pct} %",
                 f"{currency} {line.tax.amount:.2f}"]
            )  # fmt: skip

    assert found == table("What was sold")


def test_the_refunds_are_those_of_the_page(orders: dict[str, Order]) -> None:
    shown = [
        (order, amount.removeprefix("EUR "), part.partition(" / "))
        for _n, _at, order, amount, part in table("What went back")
    ]

    assert [(order, amount) for order, amount, _part in shown] == [("A", "10.00"), ("E", "34.68")]
    assert [part for *_rest, part in shown] == [
        ("10.00", " / ", f"{orders['A'].total.amount:.2f}"),
        ("34.68", " / ", f"{orders['E'].total.amount:.2f}"),
    ]


def test_the_return_is_the_one_of_the_page(orders: dict[str, Order]) -> None:
    report = closed("ioss", "2026-10")

    assert _lines(report, orders) == table("The lines of the return")
    figures = report.figures
    totals = figures["totals"]
    assert [[row["country"], f"{row['rate_pct']} %", row["base"], row["tax"]] for row in figures["rows"]] + [
        ["all", "", totals["base"], totals["tax"]]
    ] == table("The return")
    names = ("country", "tax", "corrections", "balance", "payable")
    assert [[row[name] for name in names] for row in figures["countries"]] + [
        ["all", totals["tax"], totals["corrections"], "", totals["payable"]]
    ] == table("The return", 1)
    assert figures["rates"] == [{"currency": "USD", "rate": "0.8928571429", "on": "2026-11-02"}]
    assert report.figures["provisional"] == []


def _lines(report: Report, orders: dict[str, Order]) -> list[list[Any]]:
    names = {order.number: name for name, order in orders.items()}
    refunds = {"A": "refund 1", "E": "refund 2"}
    found = []
    for line in report.lines.order_by("pk"):
        name = names[line.reference.rpartition("-")[0]]
        shown = name if line.kind == "supply" else refunds[name]
        found.append(
            [
                shown,
                line.corrected_period,
                line.country,
                f"{line.rate_pct:.0f} %",
                f"{line.base:.2f}",
                f"{line.tax:.2f}",
            ]
        )
    return found


def test_the_last_order_is_in_the_return_of_november(orders: dict[str, Order]) -> None:
    report = closed("ioss", "2026-11")

    assert [line.reference for line in report.lines.all()] == [f"{orders['D'].number}-1"]

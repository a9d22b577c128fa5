"""Every number of docs/explanation/ioss-return-by-hand.md: the demo's past holds these orders and makes this return."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import SellerScore
from compliance.models import Report
from marketplace import demo_orders, demo_parcels
from marketplace.demo_catalogue import DemoCatalogue
from orders.models import Order
from orders.services import scoring
from tests.orders.books import Calendar, closed
from tests.support import cast as casting

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "ioss-return-by-hand.md"
GOODS = {"HK-KLM-CEL": "mug", "HK-KLM-WHI": "mug", "HK-KLM-COB": "mug", "HK-KNB": "picture book",
         "HK-RRB-WHI": "two bowls", "PW-ARC": "lamp"}  # fmt: skip


@pytest.fixture
def orders(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Order]]:
    """Everything that the page tells, by the letter, looked at in December."""
    settings.DEMO = True
    casting.forget_laws()
    casting.load_laws()
    casting.forget_laws()
    DemoCatalogue().write()
    demo_orders.write()
    Calendar(monkeypatch).turn_to("2026-12-05 09:00")
    yield {order.number[-1]: order for order in Order.objects.all()}
    casting.forget_laws()


def table(title: str, number: int = 0) -> list[list[str]]:
    """The rows of a table of the page, without its head."""
    part = PAGE.read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    tables = [block.strip() for block in part.split("\n\n") if block.strip().startswith("|")]
    return [
        [cell.strip() for cell in row.strip().strip("|").split("|")] for row in tables[number].strip().splitlines()[2:]
    ]


def test_the_orders_are_assessed_as_the_page_says(orders: dict[str, Order]) -> None:
    found = []
    for told in json.loads(demo_orders.FILE.read_text("utf-8"))["orders"]:
        past = demo_orders.read(told)
        currency = told["currency"]
        for line, sent in zip(past.assessment.lines, past.consignment.lines, strict=True):
            assert line.tax_base is not None and line.tax_rate_pct is not None and line.scheme == "IOSS"
            freight = line.tax_base.amount - sent.value.amount - line.duty.amount
            amounts = (sent.value.amount, freight, line.duty.amount, line.tax_base.amount)
            found.append(
                [past.number[-1], f"{past.paid_at:%Y-%m-%d %H:%M}", told["country"], GOODS[line.sku],
                 *(f"{currency} {amount:.2f}" for amount in amounts), f"{line.tax_rate_pct} %",
                 f"{currency} {line.tax.amount:.2f}"]
            )  # fmt: skip

    assert found == table("What was sold")


def test_written_again_the_past_stays_as_it_is(orders: dict[str, Order]) -> None:
    assert len(orders) == 5
    assert demo_orders.write() == 0
    assert orders["A"].delivered_at == datetime.fromisoformat("2026-10-17T08:00Z")


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
    assert figures["rates"] == [{"currency": "USD", "rate": "0.9036688957", "on": "2026-11-02"}]
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


def test_some_sellers_have_a_score_from_their_parcels_and_the_return_stays(orders: dict[str, Order]) -> None:
    today = date(2026, 12, 5)

    new = [demo_parcels.write(today), demo_parcels.write(today)]

    assert new == [42, 0]
    assert scoring.count_scores(today) == 3
    scores = SellerScore.objects.exclude(score=None).values_list("seller__slug", "parcels", "in_time", "score")
    assert sorted(scores) == [("asamori", 12, 12, 100), ("heron-kiln", 14, 12, 85), ("lindenrabe", 16, 15, 93)]
    assert all(order.total == order.goods + order.shipping + order.duty + order.tax + order.fees
               for order in Order.objects.filter(number__startswith="SP-ON"))  # fmt: skip
    assert _lines(closed("ioss", "2026-10"), orders) == table("The lines of the return")

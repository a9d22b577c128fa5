"""Figures as tables for files: what an authority or a register takes, with names of columns that stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.reports.terms import SELLERS, TAX
from marketplace.kernel.spreadsheet import harmless

Row = list[str]


def table_of(kind: str, period: str, figures: Mapping[str, Any], form: str) -> Iterator[Row]:
    """The figures as rows of text, the names of the columns first; `form` is what kind of figures they are."""
    rows = {TAX: _tax, SELLERS: _sellers}.get(form, _volumes)(figures)
    yield ["report", "period", *next(rows)]
    for row in rows:
        yield [kind, period, *row]


def _tax(figures: Mapping[str, Any]) -> Iterator[Row]:
    currency = figures.get("currency", "")
    yield ["line", "corrected_period", "sent_from", "country", "rate_pct", "lines", "taxable_amount", "tax", "currency"]
    for row in figures.get("dispatch", ()):
        amounts = [str(row["lines"]), row["base"], row["tax"], currency]
        yield ["supply", "", row["sent_from"], row["country"], row["rate_pct"], *amounts]
    for row in figures.get("corrections", ()):
        yield [
            "correction",
            row["period"],
            "",
            row["country"],
            "",
            str(row["lines"]),
            row["base"],
            row["tax"],
            currency,
        ]
    for row in figures.get("countries", ()):
        yield ["balance", "", "", row["country"], "", "", "", row["balance"], currency]
    totals = figures.get("totals")
    if totals:
        yield ["payable", "", "", "", "", "", "", totals["payable"], currency]


def _volumes(figures: Mapping[str, Any]) -> Iterator[Row]:
    yield [
        "country",
        "stream",
        "register",
        "producer",
        "number",
        "material",
        "pieces",
        "kilograms",
        "pieces_without_weight",
    ]
    for row in figures.get("producers", ()):
        yield [
            row["country"], row["stream"], *(harmless(row[name]) for name in ("register", "name", "number", "material")),
            str(row["pieces"]), row["kilograms"], str(row["unknown"]),
        ]  # fmt: skip


def _sellers(figures: Mapping[str, Any]) -> Iterator[Row]:
    names = ("activities", "consideration", "fees", "taxes")
    quarters = [f"q{quarter}_{name}" for quarter in range(1, 5) for name in names]
    yield ["seller", "reported", "sales", "amount", "threshold_currency", "currency", *quarters]
    for row in figures.get("sellers", ()):
        yield [
            harmless(row["name"]), "yes" if row["reported"] else "no", str(row["sales"]), row["amount"],
            figures.get("currency", ""), row["currency"],
            *(str(quarter[name]) for quarter in row["quarters"] for name in names),
        ]  # fmt: skip

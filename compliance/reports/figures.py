"""The figures of a return of tax, from sums of its lines: by country and rate, corrections, and what is to be paid.

A country whose corrections are more than its tax gets nothing from the return; that state pays the balance back itself
(European Commission, Guide to the VAT One Stop Shop, part 3). All amounts are texts in the currency of the return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from compliance.reports.returns import CORRECTION, REFUND
from marketplace.kernel.money import round_amount

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of the lines of one kind that share country, rate, place of departure and corrected period."""

    kind: str
    country: str
    rate_pct: Decimal
    sent_from: str
    corrected_period: str
    lines: int
    base: Decimal
    tax: Decimal


def tax_figures(sums: Iterable[Sums], currency: str) -> dict[str, Any]:
    """Plain JSON: `rows` by country and rate, `dispatch` by place of departure too, `corrections` by period and country,
    `countries` with their balance, and `totals`. Refunds in the period are taken off the supplies of their row."""
    rows: dict[tuple[str, Decimal], list[Decimal]] = {}
    dispatch: dict[tuple[str, str, Decimal], list[Decimal]] = {}
    corrections: dict[tuple[str, str], list[Decimal]] = {}
    countries: dict[str, list[Decimal]] = {}
    for each in sums:
        balance = countries.setdefault(each.country, [ZERO, ZERO])
        if each.kind == CORRECTION:
            _add(corrections.setdefault((each.corrected_period, each.country), [ZERO] * 3), each)
            balance[1] += each.tax
            continue
        balance[0] += each.tax
        row = rows.setdefault((each.country, each.rate_pct), [ZERO] * 5)
        _add(row, each)
        if each.kind == REFUND:
            row[3] += each.base
            row[4] += each.tax
        _add(dispatch.setdefault((each.sent_from, each.country, each.rate_pct), [ZERO] * 3), each)
    return {
        "rows": [_row(key, row, currency) for key, row in sorted(rows.items())],
        "dispatch": [
            {"sent_from": sent_from} | _row((country, pct), row, currency)
            for (sent_from, country, pct), row in sorted(dispatch.items())
        ],
        "corrections": [
            {"period": period, "country": country} | _amounts(row, currency)
            for (period, country), row in sorted(corrections.items())
        ],
        "countries": [_balance(country, pair[0], pair[1], currency) for country, pair in sorted(countries.items())],
        "totals": _totals(rows.values(), corrections.values(), countries.values(), currency),
    }


def percent(value: Decimal) -> str:
    """A rate as it is stated: 19, 5.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _add(row: list[Decimal], sums: Sums) -> None:
    row[0] += sums.lines
    row[1] += sums.base
    row[2] += sums.tax


def _row(key: tuple[str, Decimal], row: list[Decimal], currency: str) -> dict[str, Any]:
    found = {"country": key[0], "rate_pct": percent(key[1])} | _amounts(row, currency)
    if len(row) > 3:
        found |= {"refunded_base": _text(row[3], currency), "refunded_tax": _text(row[4], currency)}
    return found


def _amounts(row: list[Decimal], currency: str) -> dict[str, Any]:
    return {"lines": int(row[0]), "base": _text(row[1], currency), "tax": _text(row[2], currency)}


def _balance(country: str, tax: Decimal, corrected: Decimal, currency: str) -> dict[str, str]:
    amounts = {"tax": tax, "corrections": corrected, "balance": tax + corrected, "payable": max(tax + corrected, ZERO)}
    return {"country": country} | {name: _text(amount, currency) for name, amount in amounts.items()}


def _totals(
    rows: Iterable[list[Decimal]],
    corrections: Iterable[list[Decimal]],
    countries: Iterable[list[Decimal]],
    currency: str,
) -> dict[str, str]:
    rows, countries = list(rows), list(countries)
    amounts = {
        "base": sum((row[1] for row in rows), ZERO),
        "tax": sum((row[2] for row in rows), ZERO),
        "corrections": sum((row[2] for row in corrections), ZERO),
        "payable": sum((max(tax + corrected, ZERO) for tax, corrected in countries), ZERO),
    }
    return {name: _text(amount, currency) for name, amount in amounts.items()}


def _text(amount: Decimal, currency: str) -> str:
    return f"{round_amount(amount, currency):f}"

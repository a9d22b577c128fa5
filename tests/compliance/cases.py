"""Short ways to say what is sent where, and the rule book of the shipped files on any day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from moneyed import Money

from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from compliance.rules import files as rule_files
from compliance.rules.book import RuleBook
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable

TODAY = date(2026, 11, 22)
RATES = {
    "USD": "1.1172", "GBP": "0.8338", "CNY": "7.4326", "JPY": "175.68", "NOK": "11.70", "CHF": "0.93",
    "CAD": "1.56", "AUD": "1.70", "NZD": "1.95", "SEK": "11.10", "RON": "5.05", "KWD": "0.3430", "BRL": "6.20",
    "KRW": "1600", "SGD": "1.44", "MYR": "4.70", "THB": "36.2", "IDR": "18600", "PHP": "65.1", "AED": "4.1029",
    "SAR": "4.1895", "ZAR": "19.2", "ILS": "3.65", "INR": "99.1", "CLP": "1060", "MXN": "20.6", "VND": "29400",
}  # fmt: skip
FX = FxTable("EUR", TODAY, {code: Decimal(rate) for code, rate in RATES.items()}, "test")
TSHIRT, SWEATER, SHIRT, BAG, TABLE = "610910", "611011", "620520", "420292", "940360"
CUP, EARPHONES, TOY, BATTERY, BLENDER, BOOK = "691110", "851830", "950300", "850760", "850940", "490199"


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return rule_files.read_all()


@cache
def book(on: date = TODAY) -> RuleBook:
    """The rule book of the shipped files on a day."""
    return RuleBook(on, _rows())


def line(price: str, hs_code: str = TSHIRT, **facts: Any) -> dict[str, Any]:
    """One line; `facts` are those of `ConsignmentLine`, and `origin` is China unless it is said."""
    return {"price": price, "hs_code": hs_code, "origin": "CN", "quantity": 1} | facts


def sent(to: str, currency: str, *lines: dict[str, Any], **facts: Any) -> Consignment:
    """A consignment from China by courier and air; `shipping` and `insurance` are amounts."""
    region, postal_code = facts.pop("region", ""), facts.pop("postal_code", "")
    shipping, insurance = facts.pop("shipping", "0"), facts.pop("insurance", "0")
    return Consignment(
        ship_from=facts.pop("ship_from", "CN"),
        ship_to=Destination(to, region, postal_code),
        currency=currency,
        lines=tuple(_line(number, currency, dict(facts_of)) for number, facts_of in enumerate(lines)),
        shipping=Money(shipping, currency),
        insurance=Money(insurance, currency),
        **facts,
    )


def _line(number: int, currency: str, facts: dict[str, Any]) -> ConsignmentLine:
    price = Money(facts.pop("price"), currency)
    for name in {"duty_rate_pct", "tax_rate_pct"} & facts.keys():
        facts[name] = Decimal(facts[name])
    facts = {"sku": f"SKU-{number}", "description": f"goods of code {facts['hs_code']}"} | facts
    return ConsignmentLine(unit_price=price, **facts)


def assessed(consignment: Consignment, on: date = TODAY) -> Assessment:
    """What the shipped rules of a day make of a consignment."""
    return assess(consignment, book(on), FX, on)


def figures(assessment: Assessment) -> tuple[str, ...]:
    """Duty, tax, fees and total as text."""
    amounts = (assessment.duty, assessment.tax, assessment.fees, assessment.total)
    return tuple(str(money.amount) for money in amounts)


def codes(assessment: Assessment) -> Sequence[str]:
    """The codes of the warnings."""
    return [warning.code for warning in assessment.warnings]


def book_with(*changes: tuple[str, str, dict[str, Any]], on: date = TODAY) -> RuleBook:
    """The rule book of the shipped files with rows changed: (table, code of a row, its new fields).

    A change that names another `code` adds a row like the one it starts from; numbers may be given as text.
    """
    tables = {name: list(rows) for name, rows in _rows().items()}
    for table, code, fields in changes:
        index, row = next((number, row) for number, row in enumerate(tables[table]) if row["code"] == code)
        parsers = rule_files.TABLES[table].columns
        new = row | {name: _read(parsers, name, value) for name, value in fields.items()}
        if new["code"] == code:
            tables[table][index] = new
        else:
            tables[table].append(new)
    return RuleBook(on, tables)


def _read(parsers: Any, name: str, value: Any) -> Any:
    parser = parsers.get(name) or rule_files.RULE_COLUMNS.get(name)
    return parser(value) if parser and isinstance(value, str) else value

"""The rule files in `compliance/data/`, read into checked rows. No database here.

A row that can't be used is refused with the reason; the others stand. The columns of each file are the fields of
the model of the same table, and every table but the HS codes carries the columns of `RULE_COLUMNS`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from moneyed import CurrencyDoesNotExist, get_currency

from compliance.rules.marks import MARKS, REQUIREMENTS
from compliance.rules.places import known_places
from compliance.traders.papers import NEEDS

DATA = Path(__file__).resolve().parent.parent / "data"
STATUSES = ("in_force", "scheduled", "pending_unverified", "ended")
CONFIDENCES = ("official", "secondary", "data_file", "memory", "unverified")

Parser = Callable[[str], Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a file that was not taken: where it stands, its code, and a stable word for the reason."""

    table: str
    line: int
    code: str
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.table}.csv:{self.line} {self.code}: {self.reason} {self.detail}".rstrip()


@dataclass(frozen=True, slots=True)
class RuleTable:
    """One file: how its columns are read, and which of them name the thing that only one row may rule on a day."""

    name: str
    columns: Mapping[str, Parser]
    key: tuple[str, ...]
    places: tuple[str, ...] = ()
    dated: bool = True


def _text(value: str) -> str:
    return value.strip()


def _whole(value: str) -> int:
    return int(value)


def _maybe_whole(value: str) -> int | None:
    return int(value) if value else None


def _flag(value: str) -> bool:
    return {"1": True, "0": False, "": False}[value.strip()]


def _day(value: str) -> date:
    return date.fromisoformat(value)


def _maybe_day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _number(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise ValueError(value)
    return number


def _maybe_number(value: str) -> Decimal | None:
    return _number(value) if value else None


def _one_of(*choices: str) -> Parser:
    return {choice: choice for choice in choices}.__getitem__


def _currency(value: str) -> str:
    if value:
        get_currency(value)
    return value


def _pattern(value: str) -> str:
    re.compile(value)
    return value


def _time_zone(value: str) -> str:
    return ZoneInfo(value).key


def _needs(value: str) -> str:
    if not NEEDS.issuperset(value.split()):
        raise ValueError(value)
    return " ".join(value.split())


def _marks(value: str) -> str:
    words = value.split()
    if not MARKS.issuperset(words):
        raise ValueError(value)
    return " ".join(words)


def _ways(value: str) -> str:
    if not {"air", "sea", "road", "post"}.issuperset(value.split()):
        raise ValueError(value)
    return " ".join(value.split())


def _digits(value: str) -> str:
    if not all(part.isdigit() for part in value.split()):
        raise ValueError(value)
    return " ".join(value.split())


RULE_COLUMNS: Mapping[str, Parser] = {
    "code": _text,
    "effective_from": _day,
    "effective_to": _maybe_day,
    "status": _one_of(*STATUSES),
    "source": _text,
    "confidence": _one_of(*CONFIDENCES),
    "last_reviewed": _day,
    "reviewer": _text,
    "note": _text,
}
_CHANNEL = _one_of("", "post", "courier")
_TRANSPORT = _one_of("", "air", "sea", "road")
_ACTION = _one_of("block", "review", "inform")

TABLES: Mapping[str, RuleTable] = {
    table.name: table
    for table in (
        RuleTable(
            "regimes",
            {
                "family": _text, "jurisdiction": _text, "name": _text, "priority": _whole,
                "route": _one_of("import", "domestic", "within_union"),
                "buyer": _one_of("", "consumer", "business", "registered"),
                "channel": _CHANNEL, "carried_by": _ways, "ship_from": _text, "scheme": _text, "excluded_hs": _digits,
                "excluded_categories": _text, "threshold_amount": _maybe_number, "threshold_currency": _currency,
                "threshold_test": _one_of("", "<", "<=", ">", ">="),
                "threshold_basis": _one_of("", "intrinsic", "fob", "cif", "price_with_freight", "tax_amount"),
                "threshold_scope": _one_of("", "item", "consignment", "day", "year"), "threshold_factor": _number,
                "threshold_rounding": _maybe_number, "threshold_rate": _one_of("", "customs_month", "october"),
                "consignment_limit": _maybe_number,
                "duty_mode": _one_of("none", "mfn", "rate", "flat_per_item", "flat_per_consignment", "flat_per_kg"),
                "duty_amount": _maybe_number, "duty_currency": _currency, "duty_pct": _maybe_number,
                "duty_deduction": _maybe_number, "valuation": _one_of("CIF", "FOB"), "value_factor": _number,
                "value_unit": _maybe_number, "duty_unit": _maybe_number, "tax_unit": _maybe_number,
                "rounding_currency": _currency, "rounding_mode": _one_of("half_up", "down", "up"),
                "rounding_level": _one_of("line", "total"), "tax_factor": _number, "base_factor": _number,
                "tax_mode": _one_of("none", "rate"), "base_freight": _flag, "base_insurance": _flag,
                "base_duty": _flag, "base_fees": _flag, "tax_inside": _flag,
                "collector": _one_of("marketplace", "carrier"), "prepaid_channels": _text,
                "deemed_supplier": _flag, "is_estimate": _flag, "warning": _text,
            },
            ("family",),
            ("jurisdiction", "ship_from"),
        ),
        RuleTable(
            "tax_rates",
            {"country": _text, "region": _text, "category": _text, "pct": _number, "warning": _text},
            ("country", "region", "category"),
            ("country",),
        ),
        RuleTable(
            "duty_rates",
            {
                "destination": _text, "hs_prefix": _digits, "origin": _text, "pct": _maybe_number,
                "pct_max": _maybe_number, "is_single_rate": _flag, "rate_text": _text, "needs_proof": _flag,
            },
            ("destination", "hs_prefix", "origin", "needs_proof"),
            ("destination", "origin"),
        ),
        RuleTable(
            "additional_duties",
            {
                "destination": _text, "program": _text, "name": _text, "origin": _text, "hs_prefixes": _digits,
                "pct": _maybe_number, "method": _one_of("add", "all_in_cap", "of_duty"), "heading": _text, "replaces": _text,
                "is_complete": _flag,
            },
            ("destination", "program", "origin", "hs_prefixes"),
            ("destination", "origin"),
        ),
        RuleTable(
            "fees",
            {
                "family": _text, "jurisdiction": _text, "name": _text,
                "scope": _one_of("consignment", "item", "percent", "kilogram"), "amount": _maybe_number, "currency": _currency,
                "pct": _maybe_number, "minimum": _maybe_number, "maximum": _maybe_number,
                "value_over": _maybe_number, "value_up_to": _maybe_number, "band_currency": _currency,
                "channel": _CHANNEL, "transport": _TRANSPORT, "regimes": _text, "only_if_due": _flag,
            },
            ("family",),
            ("jurisdiction",),
        ),
        RuleTable(
            "exemptions",
            {
                "family": _text, "jurisdiction": _text, "name": _text,
                "charge": _one_of("duty", "additional_duty", "tax"), "program": _text, "regimes": _text,
                "origins": _text, "ship_from": _text, "hs_prefixes": _digits, "categories": _text,
                "needs_proof": _flag, "due_up_to": _maybe_number, "currency": _currency,
            },
            ("family",),
            ("jurisdiction", "origins", "ship_from"),
        ),
        RuleTable("group_members", {"group": _text, "country": _text}, ("group", "country"), ("country",)),
        RuleTable(
            "territories",
            {"country": _text, "postal_prefixes": _text, "name": _text},
            ("country", "postal_prefixes"),
            ("country",),
        ),
        RuleTable(
            "restrictions",
            {
                "family": _text, "topic": _one_of("goods", "lithium", "species", "excise", "age", "sanctions"),
                "name": _text, "action": _ACTION, "hs_prefixes": _digits, "traits": _marks, "lithium": _flag,
                "origins": _text, "watt_hours_over": _maybe_number, "batteries_over": _maybe_whole,
                "minimum_age": _maybe_whole, "document": _text, "destination": _text, "regions": _text,
                "channel": _CHANNEL, "transport": _TRANSPORT, "un_number": _text,
            },
            ("family",),
            ("destination", "origins"),
        ),
        RuleTable(
            "epr_schemes",
            {
                "country": _text, "stream": _text, "register": _text, "number_name": _text, "number_pattern": _pattern,
                "check_digit": _one_of("", "gln"), "example": _text, "action": _ACTION, "traits": _marks, "hs_prefixes": _digits,
                "needs_representative": _text, "reporting": _text, "duty_of_marketplace": _text,
            },
            ("country", "stream"),
            ("country",),
        ),
        RuleTable(
            "product_rules",
            {
                "jurisdiction": _text, "requirement": _one_of(*sorted(REQUIREMENTS)), "name": _text, "action": _ACTION, "traits": _marks,
                "hs_prefixes": _digits,
            },
            ("jurisdiction", "requirement", "traits", "hs_prefixes"),
            ("jurisdiction",),
        ),
        RuleTable(
            "forbidden_claims",
            {
                "jurisdiction": _text, "family": _one_of("environmental", "medical"), "language": _text,
                "phrases": _text, "action": _ACTION,
            },
            ("jurisdiction", "family", "language"),
            ("jurisdiction",),
        ),
        RuleTable(
            "seller_thresholds",
            {
                "jurisdiction": _text, "law": _text, "sales": _whole, "sales_test": _one_of(">=", ">"),
                "amount": _number, "currency": _currency, "amount_test": _one_of(">=", ">"),
                "joins": _one_of("any", "all"), "period": _one_of("year", "twelve_months"),
                "counts": _one_of("sellers", "sales"), "time_zone": _time_zone, "needs": _needs,
                "within_days": _maybe_whole, "consequence": _text,
            },
            ("jurisdiction", "law", "consequence"),
            ("jurisdiction",),
        ),
        RuleTable(
            "report_rules",
            {
                "kind": _text, "name": _text, "figures": _one_of("tax", "volumes", "sellers"), "jurisdiction": _text,
                "schemes": _text, "regimes": _text, "sellers_outside": _text,
                "length": _one_of("month", "quarter", "year"), "currency": _currency,
                "rate": _one_of("last_day", "sale_day"), "time_zone": _time_zone, "due_months": _whole,
                "due_days": _whole, "law": _text,
            },
            ("kind",),
            ("jurisdiction", "sellers_outside"),
        ),
        RuleTable(
            "hs_codes",
            {
                "code": _digits, "description": _text, "shop_category": _text, "handling": _text,
                "version": _text, "source": _text,
            },
            ("code",),
            dated=False,
        ),
    )
}  # fmt: skip


@cache
def _special_territories() -> frozenset[str]:
    """The codes of the parts of countries for which rules may be made, as the shipped file has them."""
    with (DATA / "territories.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


def read_table(name: str, folder: Path = DATA) -> tuple[list[Row], list[RefusedRow]]:
    """The rows of one file, each with its line number under "line", and the rows refused for what they say."""
    table = TABLES[name]
    parsers = dict(table.columns) | (dict(RULE_COLUMNS) if table.dated else {})
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for line, raw in enumerate(csv.DictReader(file), start=2):
            try:
                row = {column: parser(raw[column]) for column, parser in parsers.items()}
            except (KeyError, ValueError, InvalidOperation, TypeError, CurrencyDoesNotExist, re.error):
                column = _bad_column(raw, parsers)
                refused.append(RefusedRow(name, line, raw.get("code") or "", "bad_value", column))
                continue
            reason, detail = _fault(table, row)
            if reason:
                refused.append(RefusedRow(name, line, row["code"], reason, detail))
            else:
                rows.append(row | {"line": line})
    return rows, refused


def read_all(folder: Path = DATA) -> dict[str, list[Row]]:
    """The good rows of every file, as the rule book takes them."""
    return {name: read_table(name, folder)[0] for name in TABLES}


def overlaps(rows: Iterable[Row], key: tuple[str, ...], held: Iterable[Row] = ()) -> list[tuple[Row, Row]]:
    """Pairs (row, row it collides with) among `rows` and those already `held`; unverified rows never collide."""
    taken: dict[tuple[Any, ...], list[Row]] = {}
    found = []
    for row in held:
        if row["status"] != "pending_unverified":
            taken.setdefault(tuple(row[name] for name in key), []).append(row)
    for row in rows:
        if row["status"] == "pending_unverified":
            continue
        others = taken.setdefault(tuple(row[name] for name in key), [])
        clash = next((other for other in others if _meet(row, other)), None)
        if clash is None:
            others.append(row)
        else:
            found.append((row, clash))
    return found


def _meet(one: Row, other: Row) -> bool:
    ends = [row["effective_to"] or date.max for row in (one, other)]
    return bool(one["effective_from"] <= ends[1] and other["effective_from"] <= ends[0])


def _bad_column(raw: Mapping[str, str], parsers: Mapping[str, Parser]) -> str:
    for column, parser in parsers.items():
        try:
            parser(raw[column])
        except (KeyError, ValueError, InvalidOperation, TypeError, CurrencyDoesNotExist, re.error):
            return column
    return ""


def _fault(table: RuleTable, row: Row) -> tuple[str, str]:
    if not row["code"]:
        return "no_code", ""
    if not row["source"]:
        return "no_source", ""
    for column in table.places:
        for place in row[column].split():
            if place != "EU" and place not in known_places() | _special_territories():
                return "unknown_country", place
    if table.dated:
        ends = row["effective_to"]
        if ends is not None and ends < row["effective_from"]:
            return "ends_before_start", ends.isoformat()
        if row["status"] == "ended" and ends is None:
            return "ended_without_day", ""
    return "", ""

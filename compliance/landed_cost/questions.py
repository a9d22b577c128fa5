"""A consignment as JSON, read with care: the question that `manage.py landed_cost` and other programs ask.

Shape: {"on", "ship_from", "ship_to": {"country", "region", "postal_code"}, "channel", "transport", "currency", "buyer",
"buyer_vat_number", "schemes": [...] or null, "shipping", "insurance", "lines": [{"sku", "description", "hs_code",
"origin", "quantity", "unit_price", "currency", "weight_grams", "tax_category", "lithium", "origin_proved",
"duty_rate_pct", "tax_rate_pct"}], "earlier": {"day", "year"}, "fx": {"base", "on", "rates": {}}}. Money and rates are
strings or numbers; what is not said is empty, zero, or the most usual (courier, air, consumer, all schemes).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django_countries.data import COUNTRIES
from moneyed import CURRENCIES, Money

from accounts.address_rules import area_key
from compliance.landed_cost.assessment import AssessmentWarning
from compliance.rules.book import RuleBook
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable
from marketplace.kernel.typed_numbers import whole_number

MOST_LINES, MOST_PIECES, MOST_AMOUNT = 1000, 1_000_000, Decimal(10) ** 12
MOST_PCT = Decimal(10_000)
_LONGEST_TEXT = 500
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DAY = re.compile(r"(19|[2-9]\d)\d\d-\d\d-\d\d", re.ASCII)
# Codes of ISO 4217 that begin with X are of metals, tests and nothing at all, but for these.
_SHARED_CURRENCIES = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})
# Other names by which the categories of the rule book are known.
_CATEGORIES = {"food_general": "food", "children_clothing_footwear": "children_clothing", "": "standard"}
_Read = Callable[[FxTable], Consignment]


class Malformed(ValueError):
    """A question that can't be understood: `field` is where, as "lines[0].quantity"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the day (None: today), the rates that came along, and the consignment once rates are known.

    `currencies` are those in which amounts are stated.
    """

    on: date | None
    fx: FxTable | None
    currencies: frozenset[str]
    consignment: _Read


class _Fields:
    """One JSON object, read field by field; every complaint names the field."""

    def __init__(self, data: Any, path: str = "") -> None:
        self._path = path
        if not isinstance(data, Mapping):
            raise Malformed(path.rstrip(".") or "consignment", "must be an object")
        self._data = data

    def name(self, key: str) -> str:
        return f"{self._path}{key}"

    def bad(self, key: str, message: str) -> Malformed:
        return Malformed(self.name(key), message)

    def raw(self, key: str, default: Any = None) -> Any:
        value = self._data.get(key)
        return default if value is None else value

    def needed(self, key: str) -> Any:
        if self._data.get(key) is None:
            raise self.bad(key, "is missing")
        return self._data[key]

    def text(self, key: str, default: str = "") -> str:
        value = self.raw(key, default)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise self.bad(key, f"must be a text of at most {_LONGEST_TEXT} characters")
        return value.strip()

    def one_of(self, key: str, *choices: str) -> str:
        value = self.text(key, choices[0])
        if value not in choices:
            raise self.bad(key, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def flag(self, key: str) -> bool:
        value = self.raw(key, False)
        if not isinstance(value, bool):
            raise self.bad(key, "must be true or false")
        return value

    def country(self, key: str, *, optional: bool = False) -> str:
        code = self.text(key).upper() if optional else str(self.needed(key)).strip().upper()
        if code not in COUNTRIES and not (optional and not code):
            raise self.bad(key, f"unknown country {code!r}, wanted a code of ISO 3166-1 with two letters")
        return code

    def currency(self, key: str, default: str = "") -> str:
        code = str(self.raw(key, default) or self.needed(key)).strip().upper()
        if not _is_currency(code):
            raise self.bad(key, f"unknown currency {code!r}, wanted a code of ISO 4217")
        return code

    def number(self, key: str, default: str | None = None) -> Decimal:
        value = self.raw(key, default)
        if value is None:
            raise self.bad(key, "is missing")
        return _decimal(value, self.name(key))

    def maybe_number(self, key: str) -> Decimal | None:
        return None if self._data.get(key) in (None, "") else self.number(key)

    def whole(self, key: str, least: int, most: int) -> int:
        value = self.needed(key)
        if isinstance(value, str):
            value = whole_number(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.bad(key, f"must be a whole number from {least} to {most}")
        return value

    def day(self, key: str) -> date | None:
        value = self.raw(key)
        if value is None:
            return None
        try:
            if not _DAY.fullmatch(value):
                raise ValueError
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.bad(key, f"must be a day such as 2026-07-01, not {value!r}") from None

    def inner(self, key: str, default: Any = None) -> _Fields:
        return _Fields(self.raw(key, default), f"{self._path}{key}.")


def _is_currency(code: Any) -> bool:
    return code in CURRENCIES and (not code.startswith("X") or code in _SHARED_CURRENCIES)


def _decimal(value: Any, name: str) -> Decimal:
    try:
        text = value.strip() if isinstance(value, str) else str(value)
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            raise TypeError
        number = Decimal(text)
        if not number.is_finite() or not 0 <= number < MOST_AMOUNT or _decimals(number) > 10:
            raise InvalidOperation
    except (InvalidOperation, TypeError, ValueError):
        raise Malformed(
            name, f"must be a number from 0 to less than {MOST_AMOUNT}, with ten decimals at most"
        ) from None
    return number


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


class _Unread(str):
    """A number as it is written: what it is worth is for the field to say that it stands in."""

    __slots__ = ()


def read(text: str) -> Question:
    """The question in a JSON text. Raises `Malformed` for the first field that can't be understood."""
    try:
        data = json.loads(text, parse_float=_Unread)
    except (ValueError, RecursionError) as error:
        raise Malformed("consignment", f"is not JSON ({str(error).splitlines()[0]})") from None
    fields = _Fields(data)
    currency = fields.currency("currency")
    lines = fields.needed("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise fields.bad("lines", f"must be a list of 1 to {MOST_LINES} lines")
    read_lines = [_line(_Fields(line, f"lines[{index}]."), currency) for index, line in enumerate(lines)]
    base = _base(fields, currency)
    return Question(
        on=fields.day("on"),
        fx=_rates(fields.inner("fx")) if fields.raw("fx") is not None else None,
        currencies=frozenset({currency, *(line.unit_price.currency.code for line in read_lines)}),
        consignment=lambda fx: base(tuple([_in(line, currency, fx) for line in read_lines])),
    )


def understood(consignment: Consignment, rule_book: RuleBook) -> tuple[Consignment, list[AssessmentWarning]]:
    """The consignment with its schemes as the rule book calls them, and what of its words the rule book does not know.

    A scheme may be called by the place that it begins with: "UK" is UK_OMP, "SG" is SG_OVR.
    """
    unknown = []
    categories = rule_book.tax_categories()
    for category in dict.fromkeys(line.tax_category for line in consignment.lines):
        if category not in categories:
            unknown.append(AssessmentWarning("tax_category_unknown", {"category": category}))
    known = {name: name for name in rule_book.schemes()}
    known |= {name.partition("_")[0]: name for name in known}
    named = set()
    for scheme in sorted(consignment.schemes or ()):
        name = known.get("_".join(scheme.upper().replace("-", " ").replace("_", " ").split()))
        if name is None:
            unknown.append(AssessmentWarning("scheme_unknown", {"scheme": scheme}))
        else:
            named.add(name)
    schemes = None if consignment.schemes is None else frozenset(named)
    return replace(consignment, schemes=schemes), unknown


def _base(fields: _Fields, currency: str) -> Callable[[tuple[ConsignmentLine, ...]], Consignment]:
    place, earlier = fields.inner("ship_to", fields.needed("ship_to")), fields.inner("earlier", {})
    country, region = place.country("country"), place.text("region")
    destination = Destination(country, area_key(country, region) or region, place.text("postal_code"))
    day, year = earlier.maybe_number("day"), earlier.maybe_number("year")
    values: dict[str, Any] = {
        "ship_from": fields.country("ship_from"),
        "ship_to": destination,
        "currency": currency,
        "shipping": Money(fields.number("shipping", "0"), currency),
        "insurance": Money(fields.number("insurance", "0"), currency),
        "channel": fields.one_of("channel", "courier", "post"),
        "transport": fields.one_of("transport", "air", "sea", "road"),
        "buyer": fields.one_of("buyer", "consumer", "business"),
        "buyer_vat_number": fields.text("buyer_vat_number"),
        "schemes": _schemes(fields),
        "earlier_today": None if day is None else Money(day, currency),
        "earlier_this_year": None if year is None else Money(year, currency),
    }
    return lambda lines: Consignment(lines=lines, **values)


def _schemes(fields: _Fields) -> frozenset[str] | None:
    schemes = fields.raw("schemes")
    if schemes is None:
        return None
    if not isinstance(schemes, list) or not all(isinstance(scheme, str) for scheme in schemes):
        raise fields.bad("schemes", "must be null or a list of names")
    return frozenset(scheme.strip() for scheme in schemes)


def _line(fields: _Fields, currency: str) -> ConsignmentLine:
    code = str(fields.raw("hs_code", "")).replace(".", "").replace(" ", "")
    if code and not (code.isascii() and code.isdigit() and 6 <= len(code) <= 10):
        raise fields.bad("hs_code", f"must have 6 to 10 digits, not {code!r}")
    grams = fields.raw("weight_grams")
    category = "_".join(fields.text("tax_category").lower().replace("-", " ").split())
    line = ConsignmentLine(
        sku=fields.text("sku"),
        description=fields.text("description"),
        hs_code=code,
        origin=fields.country("origin", optional=True),
        quantity=fields.whole("quantity", 1, MOST_PIECES),
        unit_price=Money(fields.number("unit_price"), fields.currency("currency", currency)),
        weight_grams=None if grams is None else fields.whole("weight_grams", 0, 10_000_000),
        tax_category=_CATEGORIES.get(category, category),
        lithium=fields.flag("lithium"),
        duty_rate_pct=_pct(fields, "duty_rate_pct", MOST_PCT),
        tax_rate_pct=_pct(fields, "tax_rate_pct", Decimal(100)),
        origin_proved=fields.flag("origin_proved"),
    )
    if line.value.amount >= MOST_AMOUNT:
        raise fields.bad("quantity", f"the pieces must be worth less than {MOST_AMOUNT} together")
    return line


def _pct(fields: _Fields, key: str, limit: Decimal) -> Decimal | None:
    pct = fields.maybe_number(key)
    if pct is not None and pct >= limit:
        raise fields.bad(key, f"must be less than {limit}")
    return pct


def _in(line: ConsignmentLine, currency: str, fx: FxTable) -> ConsignmentLine:
    if line.unit_price.currency.code == currency:
        return line
    values = {name: getattr(line, name) for name in line.__slots__}
    return ConsignmentLine(**values | {"unit_price": fx.exact(line.unit_price, currency)})


def _rates(fields: _Fields) -> FxTable:
    rates = fields.needed("rates")
    if not isinstance(rates, Mapping):
        raise fields.bad("rates", "must be an object of rates by currency")
    table: dict[str, Decimal] = {}
    for code, rate in rates.items():
        name = fields.name(f"rates.{code}")
        if not _is_currency(code):
            raise Malformed(name, f"unknown currency {code!r}, wanted a code of ISO 4217")
        table[code] = _decimal(rate, name)
        if not table[code]:
            raise Malformed(name, "must be more than zero")
    base = fields.currency("base")
    return FxTable(base, fields.day("on") or date.max, table, "stated with the consignment")

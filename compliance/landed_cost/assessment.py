"""What the law asks for one consignment, as a frozen value that an order can keep as JSON.

All money is in the currency of the consignment. Percentages are Decimal; None where no rate is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from moneyed import Money

from compliance.rules.rows import RuleRef

QUOTED, ESTIMATE, UNKNOWN, BLOCKED = "quoted", "estimate", "unknown", "blocked"
CHECKOUT, ON_DELIVERY, NOBODY = "checkout", "on_delivery", "none"


@dataclass(frozen=True, slots=True)
class AssessmentWarning:
    """Something the reader must know: a stable code and the words that its sentence needs."""

    code: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One charge, the tax on it, and the rules it follows from."""

    code: str
    name: str
    amount: Money
    tax: Money
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlatDuty:
    """A duty of a fixed amount: the amount as the law states it, how often, and for each of what.

    `per` is "item" (a kind of goods), "consignment" or "kg".
    """

    amount: Money
    count: Decimal
    per: str
    rule: str


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """The figures of one line of goods, each with the codes of its rules.

    `tax_base` is what the tax was reckoned on, as a return to an authority states it, and `at_checkout` whether duty and
    tax are paid with the order; None in what was kept before.
    """

    sku: str
    regime: str
    scheme: str
    customs_value: Money
    duty_rate_pct: Decimal | None
    duty: Money
    duty_rules: tuple[str, ...]
    tax_rate_pct: Decimal | None
    tax: Money
    tax_rules: tuple[str, ...]
    tax_base: Money | None = None
    at_checkout: bool | None = None


class Prepaid(NamedTuple):
    """What of duty, tax and fees is paid with the order."""

    duty: Money
    tax: Money
    fees: Money


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """The low-value test that was made: `value` is what was compared with `limit`, not rounded to money."""

    value: Decimal
    currency: str
    limit: Decimal
    test: str
    basis: str
    scope: str
    passed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Duty, tax and fees of one consignment, who collects them, and the rule behind every figure.

    `status` is quoted, estimate, unknown or blocked. When it is unknown, figures that nobody knows are zero and
    stand in no total: `collected` is then "on_delivery" for an import, and `warnings` say what is missing.
    `deduction` is what the law takes off the duty, as it states it. `due_at_checkout` includes goods, shipping and
    insurance; with `due_on_delivery` it adds up to `total`. `buffer` is how much of `goods` was added for the risk of
    the exchange rate; the law treats it as price.
    """

    status: str
    collected: str
    country: str
    on: date
    regimes: tuple[str, ...]
    goods: Money
    shipping: Money
    insurance: Money
    customs_value: Money
    duty: Money
    tax: Money
    fees: Money
    fee_lines: tuple[FeeLine, ...]
    total: Money
    due_at_checkout: Money
    due_on_delivery: Money
    currency: str
    lines: tuple[AssessedLine, ...]
    rules: tuple[RuleRef, ...]
    warnings: tuple[AssessmentWarning, ...]
    items_declared: int
    threshold: ThresholdResult | None
    flat_duty: FlatDuty | None
    is_import: bool
    deduction: Money | None = None
    buffer: Money | None = None

    @property
    def is_complete(self) -> bool:
        """Whether `total` is all that the shopper will pay."""
        return self.status in {QUOTED, ESTIMATE}

    @property
    def is_open(self) -> bool:
        """Whether the carrier asks for more at the door than anybody can foretell."""
        return self.collected == ON_DELIVERY and not self.is_complete

    @property
    def prepaid(self) -> Prepaid:
        """What is paid with the order; of a parcel that is split between two schemes that may be a part of the charges."""
        if self.collected != ON_DELIVERY:
            return Prepaid(self.duty, self.tax, self.fees)
        lines = [line for line in self.lines if line.at_checkout]
        nothing = Money(0, self.currency)
        return Prepaid(
            sum((line.duty for line in lines), nothing), sum((line.tax for line in lines), nothing), nothing
        )  # fmt: skip

    def rule(self, code: str) -> RuleRef | None:
        """The rule with this code, when it took part."""
        return next((ref for ref in self.rules if ref.id == code), None)

    def to_dict(self) -> dict[str, Any]:
        """The assessment as plain JSON: money and percentages are strings, days ISO dates."""
        plain = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        if self.deduction is not None:
            plain["deduction"] = {"amount": plain["deduction"], "currency": self.deduction.currency.code}
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assessment:
        """The assessment that `to_dict` wrote."""
        currency = data["currency"]

        def money(value: str) -> Money:
            return Money(Decimal(value), currency)

        plain: dict[str, Any] = {name: data[name] for name in _PLAIN_FIELDS}
        flat, threshold, deduction = data["flat_duty"], data["threshold"], data.get("deduction")
        buffer = data.get("buffer")
        return cls(
            on=date.fromisoformat(data["on"]),
            regimes=tuple(data["regimes"]),
            fee_lines=tuple(_fee_line(row, money) for row in data["fee_lines"]),
            lines=tuple(_assessed_line(row, money) for row in data["lines"]),
            rules=tuple(_rule_ref(row) for row in data["rules"]),
            warnings=tuple(AssessmentWarning(row["code"], dict(row["params"])) for row in data["warnings"]),
            threshold=threshold
            and ThresholdResult(**threshold | {key: Decimal(threshold[key]) for key in ("value", "limit")}),
            flat_duty=flat
            and FlatDuty(
                Money(Decimal(flat["amount"]), flat["amount_currency"]),
                Decimal(flat["count"]),
                flat.get("per", "item"),
                flat["rule"],
            ),
            deduction=deduction and Money(Decimal(deduction["amount"]), deduction["currency"]),
            buffer=buffer and money(buffer),
            **plain | {name: money(data[name]) for name in _MONEY_FIELDS},
        )


_PLAIN_FIELDS = ("status", "collected", "country", "currency", "items_declared", "is_import")
_MONEY_FIELDS = (
    *("goods", "shipping", "insurance", "customs_value", "duty", "tax", "fees", "total"),
    *("due_at_checkout", "due_on_delivery"),
)


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return str(value.amount)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, FlatDuty):
        return {
            "amount": str(value.amount.amount),
            "amount_currency": value.amount.currency.code,
            "count": format(value.count, "f"),
            "per": value.per,
            "rule": value.rule,
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _fee_line(row: Mapping[str, Any], money: Any) -> FeeLine:
    return FeeLine(row["code"], row["name"], money(row["amount"]), money(row["tax"]), tuple(row["rules"]))


def _assessed_line(row: Mapping[str, Any], money: Any) -> AssessedLine:
    rates = {key: None if row[key] is None else Decimal(row[key]) for key in ("duty_rate_pct", "tax_rate_pct")}
    return AssessedLine(
        sku=row["sku"],
        regime=row["regime"],
        scheme=row["scheme"],
        customs_value=money(row["customs_value"]),
        duty=money(row["duty"]),
        duty_rules=tuple(row["duty_rules"]),
        tax=money(row["tax"]),
        tax_rules=tuple(row["tax_rules"]),
        tax_base=money(row["tax_base"]) if row.get("tax_base") is not None else None,
        at_checkout=row.get("at_checkout"),
        **rates,
    )


def _rule_ref(row: Mapping[str, Any]) -> RuleRef:
    days = {key: date.fromisoformat(row[key]) for key in ("effective_from", "last_reviewed")}
    return RuleRef(**dict(row) | days)

"""The rules behind an assessment, and the low-value test, as sentences in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from compliance.landed_cost.assessment import Assessment, ThresholdResult
from compliance.models import Status
from compliance.rules.rows import RuleRef
from marketplace.kernel.money import format_money, round_amount
from marketplace.kernel.numbers import written
from marketplace.kernel.places import place_name

_KINDS: dict[str, str | Promise] = {
    "regime": _("Rules for parcels (%(place)s)"),
    "tax": _("Tax rate (%(place)s)"),
    "duty": _("Duty rate (%(place)s)"),
    "additional_duty": _("Additional duty (%(place)s)"),
    "fee": _("Fee (%(place)s)"),
    "exemption": _("Exemption (%(place)s)"),
    "restriction": _("Restriction (%(place)s)"),
}
_EVERYWHERE = _("Restriction for every country")
_BASES: dict[str, str | Promise] = {
    "intrinsic": _("What counts is the price of the goods alone."),
    "fob": _("What counts is the price of the goods, without the way to the country."),
    "cif": _("What counts is the price with shipping and insurance."),
    "price_with_freight": _("What counts is the price with shipping."),
    "tax_amount": _("What counts is the tax that would be due."),
}
_SCOPES: dict[str, str | Promise] = {
    "item": _("Each article is looked at by itself; the value is that of the dearest one."),
    "consignment": _("The whole parcel is looked at together."),
    "day": _("All parcels that the buyer gets in one day count together."),
    "year": _("All parcels that the buyer gets in one year count together."),
}
_OUTCOMES: dict[tuple[str, bool], str | Promise] = {
    ("<=", True): _("%(value)s is not more than the limit of %(limit)s, so the rules for small parcels hold."),
    ("<=", False): _("%(value)s is more than the limit of %(limit)s, so the general rules hold."),
    ("<", True): _("%(value)s is less than the limit of %(limit)s, so the rules for small parcels hold."),
    ("<", False): _("%(value)s is not less than the limit of %(limit)s, so the general rules hold."),
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as a page prints it: what it is in the active language, where it is written, and since when it holds."""

    id: str
    text: str
    source: str
    effective_from: date
    last_reviewed: date
    status: str


def rule_lines(rules: Iterable[RuleRef]) -> list[RuleLine]:
    """The rules in their order, each with a name that says what it rules on and where."""
    return [_line(rule) for rule in rules]


def threshold_sentences(assessment: Assessment) -> list[str]:
    """The low-value test of a consignment: value, limit and outcome, what counted, and what was looked at together.

    Empty when no limit was tested.
    """
    result = assessment.threshold
    if result is None:
        return []
    outcome = _OUTCOMES.get((result.test, result.passed))
    words = {"value": _amount(result.value, result), "limit": _amount(result.limit, result)}
    parts = (outcome and str(outcome) % words, _BASES.get(result.basis), _SCOPES.get(result.scope))
    return [str(part) for part in parts if part]


def _amount(amount: Decimal, result: ThresholdResult) -> str:
    """An amount of a test; not rounded where rounding would hide on which side of the limit it lies."""
    rounded = round_amount(amount, result.currency)
    if amount != result.limit and rounded == result.limit:
        return f"{written(amount)} {result.currency}"
    return format_money(Money(amount, result.currency), get_language() or "en")


def _line(rule: RuleRef) -> RuleLine:
    known = rule.status in Status.values
    return RuleLine(
        id=rule.id,
        text=_name(rule),
        source=rule.source,
        effective_from=rule.effective_from,
        last_reviewed=rule.last_reviewed,
        status=str(Status(rule.status).label) if known else rule.status,
    )


def _name(rule: RuleRef) -> str:
    if rule.kind == "restriction" and not rule.jurisdiction:
        return str(_EVERYWHERE)
    return str(_KINDS.get(rule.kind, rule.kind)) % {"place": place_name(rule.jurisdiction)}

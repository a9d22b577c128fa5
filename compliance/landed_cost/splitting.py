"""Whether the same goods would cost more or less if each line went in a parcel of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from moneyed import Money

from compliance.landed_cost.assessing import charges_of
from compliance.landed_cost.assessment import Assessment, AssessmentWarning
from compliance.landed_cost.parcel import ZERO, Parcel
from compliance.rules.book import RuleBook
from marketplace.kernel.consignment import Consignment
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import format_money

MOST_LINES = 50


def with_advice(
    assessment: Assessment, consignment: Consignment, rule_book: RuleBook, fx: FxTable, on: date, language: str
) -> Assessment:
    """The assessment with the advice of `advice_on` as one more warning. Raises what `assess` raises."""
    advice = advice_on(assessment, consignment, rule_book, fx, on, language)
    return assessment if advice is None else replace(assessment, warnings=(*assessment.warnings, advice))


def advice_on(
    assessment: Assessment, consignment: Consignment, rule_book: RuleBook, fx: FxTable, on: date, language: str
) -> AssessmentWarning | None:
    """By how much separate parcels would cost more or less in duty, tax and fees; None where they would not.

    Freight is taken as it is and shared out by value; that several parcels cost more to send is another matter. No
    advice where a figure is unknown, for one line, or for more than fifty. Raises what `assess` raises.
    """
    if not assessment.is_complete or not 1 < len(consignment.lines) <= MOST_LINES:
        return None
    parcel = Parcel(consignment, fx)
    charges = ZERO
    for index, line in enumerate(consignment.lines):
        alone = replace(
            consignment,
            lines=(line,),
            shipping=parcel.money(parcel.freight[index]),
            insurance=parcel.money(parcel.insurance[index]),
        )
        part = charges_of(alone, rule_book, fx, on)
        if part is None:
            return None
        charges += part
    together: Decimal = assessment.duty.amount + assessment.tax.amount + assessment.fees.amount
    difference = charges - together
    if not difference:
        return None
    code = "splitting_costs_more" if difference > 0 else "splitting_costs_less"
    amount = format_money(Money(abs(difference), consignment.currency), language)
    return AssessmentWarning(code, {"amount": amount})

"""What makes the figures of an assessment less than sure, though nothing in them is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from compliance.landed_cost.assessment import AssessmentWarning, ThresholdResult
from compliance.landed_cost.parcel import HUNDRED, ZERO, Parcel
from compliance.rules.rows import RuleRef
from marketplace.kernel.fx import FxTable

REVIEWED_WITHIN = timedelta(days=90)
UNVERIFIED = frozenset({"memory", "unverified"})


def doubts_about_rules(refs: Iterable[RuleRef], on: date) -> list[AssessmentWarning]:
    """Rules that nobody has read in a source, and the one whose review lies back the longest, if too long."""
    refs = tuple(refs)
    found = []
    unverified = sorted([ref.id for ref in refs if ref.confidence in UNVERIFIED])
    if unverified:
        found.append(AssessmentWarning("rule_unverified", {"rules": ", ".join(unverified)}))
    due = on - REVIEWED_WITHIN
    stale = [ref for ref in refs if ref.last_reviewed < due]
    if stale:
        oldest = min(stale, key=lambda ref: (ref.last_reviewed, ref.id))
        params = {"rule": oldest.id, "date": oldest.last_reviewed.isoformat()}
        found.append(AssessmentWarning("rule_stale", params))
    return found


def doubts_about_rates(
    parcel: Parcel, tests: Sequence[ThresholdResult], currencies: Collection[str]
) -> list[AssessmentWarning]:
    """Exchange rates that are too old, and a value so near to a limit that two weeks may carry it over.

    `tests` are all that were made: the limit that the value lies near to need not be the one that decided.
    """
    fx = parcel.fx
    found = []
    if fx.stale:
        used = {parcel.consignment.currency, *currencies, *(test.currency for test in tests)}
        for currency in sorted(used & fx.stale) if len(used) > 1 else ():
            rated = (fx.rated_on or {}).get(currency)
            params = {"currency": currency, "date": rated.isoformat() if rated else ""}
            found.append(AssessmentWarning("rate_stale", params))
    for test in tests if fx.swing else ():
        if test.limit and test.currency != parcel.consignment.currency:
            reach = swing_between(fx, parcel.consignment.currency, test.currency)
            if abs(test.value - test.limit) * HUNDRED < reach * test.limit:
                params = {"limit": f"{test.limit:f}", "currency": test.currency}
                found.append(AssessmentWarning("near_threshold", params))
    return found


def swing_between(fx: FxTable, one: str, other: str) -> Decimal:
    """By how many percent the rate of two currencies may move in 14 days: their swings against the base, as if they
    moved independently. Zero where neither is known."""
    first, second = fx.swing.get(one, ZERO), fx.swing.get(other, ZERO)
    return (first * first + second * second).sqrt()

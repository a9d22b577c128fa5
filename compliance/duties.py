"""The rate of duty for one line: tariff, then what is put on top of it by origin.

Where six digits don't fix one rate the higher is taken and said so; where nobody knows, there is no rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compliance.assessment import AssessmentWarning
from compliance.rule_book import CountryRules
from compliance.rule_rows import AdditionalRule, DutyRule, RuleRef, stated_rate
from marketplace.kernel.consignment import ConsignmentLine


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """The rate in percent (None when unknown), its rules, what to tell, and whether it is the higher of several."""

    pct: Decimal | None
    refs: tuple[RuleRef, ...] = ()
    warnings: tuple[AssessmentWarning, ...] = ()
    is_estimate: bool = False


def duty_for(rules: CountryRules, line: ConsignmentLine, origins: tuple[str, ...], on: date) -> DutyAnswer:
    """What a line pays; `origins` is its origin, the unions of the origin, and "" for any.

    A national rate stated with the line wins over the tariff, not over the additional duties.
    """
    warnings: list[AssessmentWarning] = []
    refs: list[RuleRef] = []
    estimate = False
    pct = line.duty_rate_pct
    if pct is not None:
        refs.append(stated_rate("duty", rules.country, on))
    elif not line.hs_code:
        return DutyAnswer(None, warnings=(AssessmentWarning("hs_missing", {"sku": line.sku}),))
    else:
        rule = rules.duty(line.hs_code, origins)
        if rule is None or rule.highest is None:
            return DutyAnswer(None, warnings=(_no_rate(rules, line, rule),))
        pct = rule.highest
        refs.append(rule.ref)
        if not rule.is_single_rate or rule.pct_max is not None:
            estimate = True
            warnings.append(_several_rates(line, rule))
    if not rules.additional:
        return DutyAnswer(pct, tuple(refs), tuple(warnings), estimate)
    if not line.origin:
        return DutyAnswer(None, warnings=(AssessmentWarning("origin_missing", {"sku": line.sku}),))
    tariff = pct
    for extra in rules.additional_duties(line.hs_code, origins):
        if extra.pct is None:
            return DutyAnswer(None, warnings=(_extra_warning("additional_duty_unknown", line, extra),))
        pct += max(extra.pct - tariff, Decimal(0)) if extra.is_cap else extra.pct
        refs.append(extra.ref)
        if not extra.is_complete:
            estimate = True
            warnings.append(_extra_warning("additional_duty_by_chapter", line, extra))
    return DutyAnswer(pct, tuple(refs), tuple(warnings), estimate)


def _no_rate(rules: CountryRules, line: ConsignmentLine, rule: DutyRule | None) -> AssessmentWarning:
    if rule is None:
        return AssessmentWarning("duty_rate_unknown", {"hs_code": line.hs_code, "country": rules.country})
    return AssessmentWarning("duty_not_a_percentage", {"hs_code": line.hs_code, "rate": rule.rate_text})


def _several_rates(line: ConsignmentLine, rule: DutyRule) -> AssessmentWarning:
    low, high = f"{rule.pct or 0:f}", f"{rule.highest:f}"
    return AssessmentWarning("duty_rate_range", {"hs_code": line.hs_code, "low": low, "high": high})


def _extra_warning(code: str, line: ConsignmentLine, extra: AdditionalRule) -> AssessmentWarning:
    return AssessmentWarning(code, {"hs_code": line.hs_code, "name": extra.name, "origin": line.origin})

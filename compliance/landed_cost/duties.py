"""The rate of duty for one line: tariff, then what is put on top of it by origin.

Where six digits don't fix one rate the higher is taken and said so; where nobody knows, there is no rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compliance.landed_cost.assessment import AssessmentWarning
from compliance.landed_cost.parcel import HUNDRED, ZERO
from compliance.rules.book import CountryRules
from compliance.rules.rows import AdditionalRule, DutyRule, RegimeRule, RuleRef, stated_rate
from marketplace.kernel.consignment import ConsignmentLine


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """The rate in percent (None when unknown), its rules, what to tell, and whether it is the higher of several."""

    pct: Decimal | None
    refs: tuple[RuleRef, ...] = ()
    warnings: tuple[AssessmentWarning, ...] = ()
    is_estimate: bool = False


def duty_for(
    rules: CountryRules,
    regime: RegimeRule,
    line: ConsignmentLine,
    origins: tuple[str, ...],
    senders: tuple[str, ...],
    on: date,
) -> DutyAnswer:
    """What a line pays under `regime`; `origins` is its origin, the unions of the origin, and "" for any.

    A national rate stated with the line wins over the tariff, and over the one percentage that a regime may put in
    its place; it does not win over the additional duties.
    """
    basic = _basic(rules, regime, line, origins, senders, on)
    if basic.pct is None or not rules.additional:
        return basic
    return _with_additional(basic, basic.pct, rules, regime, line, origins, senders)


def _basic(
    rules: CountryRules,
    regime: RegimeRule,
    line: ConsignmentLine,
    origins: tuple[str, ...],
    senders: tuple[str, ...],
    on: date,
) -> DutyAnswer:
    exempt = rules.exemption("duty", line, origins, senders, regime.code) if rules.exemptions else None
    if exempt is not None:
        return DutyAnswer(ZERO, (exempt.ref,))
    if line.duty_rate_pct is not None:
        return DutyAnswer(line.duty_rate_pct, (stated_rate("duty", rules.country, on),))
    if regime.duty_mode == "rate":
        return DutyAnswer(regime.duty_pct)
    if not line.hs_code:
        return DutyAnswer(None, warnings=(AssessmentWarning("hs_missing", {"sku": line.sku}),))
    rule = rules.duty(line.hs_code, origins, is_proved=line.origin_proved)
    if rule is None or rule.highest is None:
        return DutyAnswer(None, warnings=(_no_rate(rules, line, rule),))
    if rule.is_single_rate and rule.pct_max is None:
        return DutyAnswer(rule.highest, (rule.ref,))
    return DutyAnswer(rule.highest, (rule.ref,), (_several_rates(line, rule),), is_estimate=True)


def _with_additional(
    basic: DutyAnswer,
    tariff: Decimal,
    rules: CountryRules,
    regime: RegimeRule,
    line: ConsignmentLine,
    origins: tuple[str, ...],
    senders: tuple[str, ...],
) -> DutyAnswer:
    """`basic`, whose rate is `tariff`, with what is put on top of it."""
    if not line.origin and len(rules.additional) > ("" in rules.additional):
        return DutyAnswer(None, warnings=(AssessmentWarning("origin_missing", {"sku": line.sku}),))
    pct, refs, warnings, estimate = tariff, list(basic.refs), list(basic.warnings), basic.is_estimate
    spared = rules.exempt_programs(line, origins, senders, regime.code) if rules.exemptions else {}
    for extra in rules.additional_duties(line.hs_code, origins):
        if extra.program in spared:
            refs.append(spared[extra.program].ref)
            continue
        if extra.pct is None:
            return DutyAnswer(None, warnings=(_extra_warning("additional_duty_unknown", line, extra),))
        pct += _on_top(extra, extra.pct, tariff)
        refs.append(extra.ref)
        if not extra.is_complete:
            estimate = True
            warnings.append(_extra_warning("additional_duty_by_chapter", line, extra))
    return DutyAnswer(pct, tuple(refs), tuple(warnings), estimate)


def _on_top(extra: AdditionalRule, pct: Decimal, tariff: Decimal) -> Decimal:
    if extra.method == "all_in_cap":
        return max(pct - tariff, ZERO)
    return tariff * pct / HUNDRED if extra.method == "of_duty" else pct


def _no_rate(rules: CountryRules, line: ConsignmentLine, rule: DutyRule | None) -> AssessmentWarning:
    if rule is None:
        return AssessmentWarning("duty_rate_unknown", {"hs_code": line.hs_code, "country": rules.country})
    return AssessmentWarning("duty_not_a_percentage", {"hs_code": line.hs_code, "rate": rule.rate_text})


def _several_rates(line: ConsignmentLine, rule: DutyRule) -> AssessmentWarning:
    low, high = f"{rule.pct or 0:f}", f"{rule.highest:f}"
    return AssessmentWarning("duty_rate_range", {"hs_code": line.hs_code, "low": low, "high": high})


def _extra_warning(code: str, line: ConsignmentLine, extra: AdditionalRule) -> AssessmentWarning:
    return AssessmentWarning(code, {"hs_code": line.hs_code, "name": extra.name, "origin": line.origin})

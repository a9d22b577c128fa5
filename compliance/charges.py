"""Duty and tax of the lines that one regime takes, and the fees of the whole parcel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from moneyed import Money

from compliance.assessment import AssessmentWarning, FeeLine, FlatDuty
from compliance.duties import duty_for
from compliance.parcel import HUNDRED, ONE, ZERO, Parcel, declared_item
from compliance.rule_book import CountryRules, RuleBook
from compliance.rule_rows import FeeRule, RegimeRule, RuleRef, stated_rate
from marketplace.kernel.consignment import ConsignmentLine
from marketplace.kernel.money import quantum


@dataclass(slots=True)
class LineCharge:
    """The figures of one line while they are reckoned."""

    customs_value: Decimal = ZERO
    duty_pct: Decimal | None = None
    duty: Decimal = ZERO
    tax_pct: Decimal | None = None
    tax: Decimal = ZERO
    duty_refs: tuple[RuleRef, ...] = ()
    tax_refs: tuple[RuleRef, ...] = ()


@dataclass(slots=True)
class Part:
    """What one regime makes of its lines. A part that is not `known` has no duty and no tax."""

    regime: RegimeRule
    charges: dict[int, LineCharge]
    at_checkout: bool
    known: bool = True
    estimate: bool = False
    flat: FlatDuty | None = None
    warnings: list[AssessmentWarning] = field(default_factory=list)


def reckon(
    parcel: Parcel,
    rules: CountryRules,
    regime: RegimeRule,
    indexes: Iterable[int],
    rule_book: RuleBook,
) -> Part:
    """Duty and tax of the lines at `indexes` under `regime`."""
    at_checkout = regime.collects_at_checkout(parcel.consignment.channel)
    charges = {index: LineCharge(parcel.zero, None, parcel.zero, None, parcel.zero) for index in indexes}
    part = Part(regime, charges, at_checkout, estimate=regime.is_estimate)
    if regime.warning:
        part.warnings.append(AssessmentWarning(regime.warning, {"country": rules.country}))
    if regime.consignment_limit is not None:
        _warn_of_limit(part, parcel, regime.consignment_limit)
    if regime.route != "domestic":
        _value(part, parcel)
    if regime.duty_mode == "mfn":
        _tariff_duty(part, parcel, rules, rule_book)
    elif regime.duty_mode == "flat_per_item":
        _flat_duty(part, parcel)
    else:
        for charge in charges.values():
            charge.duty_pct, charge.duty_refs = ZERO, (regime.ref,)
    _tax(part, parcel, rules, rule_book.on)
    if not part.known:
        for charge in charges.values():
            charge.duty_pct = charge.tax_pct = None
            charge.duty = charge.tax = parcel.zero
            charge.duty_refs = charge.tax_refs = (regime.ref,)
    return part


def _warn_of_limit(part: Part, parcel: Parcel, limit: Decimal) -> None:
    currency = part.regime.threshold_currency
    if parcel.to(parcel.exact_goods, currency) > limit:
        params = {"limit": f"{limit:f}", "currency": currency}
        part.warnings.append(AssessmentWarning("consignment_over_limit", params))


def _value(part: Part, parcel: Parcel) -> None:
    cif, factor = part.regime.cif, part.regime.value_factor
    for index, charge in part.charges.items():
        value = parcel.values[index]
        if cif:
            value += parcel.freight[index] + parcel.insurance[index]
        charge.customs_value = value if factor == ONE else parcel.rounded(value * factor)


def _tariff_duty(part: Part, parcel: Parcel, rules: CountryRules, rule_book: RuleBook) -> None:
    for index, charge in part.charges.items():
        line = parcel.lines[index]
        answer = duty_for(rules, line, rule_book.groups_of(line.origin), rule_book.on)
        part.warnings.extend(answer.warnings)
        part.estimate = part.estimate or answer.is_estimate
        if answer.pct is None:
            part.known = False
            continue
        charge.duty_pct = answer.pct
        charge.duty = parcel.rounded(charge.customs_value * answer.pct / HUNDRED)
        charge.duty_refs = (part.regime.ref, *answer.refs)


def _flat_duty(part: Part, parcel: Parcel) -> None:
    """So much for each kind of goods: counted first, changed into the consignment's currency once, then shared out."""
    regime = part.regime
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for index in part.charges:
        kinds.setdefault(declared_item(parcel.lines[index]), []).append(index)
    each = regime.duty_amount or ZERO
    stated = Money(each.quantize(quantum(regime.duty_currency)), regime.duty_currency)
    part.flat = FlatDuty(stated, len(kinds), regime.code)
    weights = [ZERO] * len(parcel.lines)
    for group in kinds.values():
        weight = ONE / len(group) if len(group) > 1 else ONE
        for index in group:
            weights[index] = weight
    shares = parcel.shared(parcel.of(each * len(kinds), regime.duty_currency), weights)
    for index, charge in part.charges.items():
        charge.duty, charge.duty_refs = shares[index], (regime.ref,)


def _tax(part: Part, parcel: Parcel, rules: CountryRules, on: date) -> None:
    regime = part.regime
    if not regime.taxed:
        for charge in part.charges.values():
            charge.tax_pct, charge.tax_refs = ZERO, (regime.ref,)
        return
    region = parcel.consignment.ship_to.region
    factor = regime.value_factor
    share_factor = factor if regime.cif else ONE
    for index, charge in part.charges.items():
        rate = _tax_rate(part, charge, rules, parcel.lines[index], region, on)
        if rate is None:
            continue
        charge.tax_pct = rate
        base = parcel.values[index] * factor
        if regime.base_freight:
            base += parcel.freight[index] * share_factor
        if regime.base_insurance:
            base += parcel.insurance[index] * share_factor
        if factor != ONE:
            base = parcel.rounded(base)
        if regime.base_duty:
            base += charge.duty
        charge.tax = parcel.rounded(base * rate / (HUNDRED - rate if regime.tax_inside else HUNDRED))
        charge.tax_refs = (regime.ref, *charge.tax_refs)
    if part.flat is not None and any(charge.tax_pct for charge in part.charges.values()):
        code = "flat_duty_in_tax_base" if regime.base_duty else "flat_duty_outside_tax_base"
        part.warnings.append(AssessmentWarning(code, {}))


def _tax_rate(
    part: Part, charge: LineCharge, rules: CountryRules, line: ConsignmentLine, region: str, on: date
) -> Decimal | None:
    if line.tax_rate_pct is not None:
        charge.tax_refs = (stated_rate("tax", rules.country, on),)
        return line.tax_rate_pct
    rule, guessed = rules.tax(region, line.tax_category)
    if rule is None:
        part.known = False
        part.warnings.append(AssessmentWarning("tax_rate_unknown", {"country": rules.country}))
        return None
    if guessed:
        part.estimate = True
        part.warnings.append(AssessmentWarning("region_missing", {"country": rules.country}))
    if rule.warning:
        part.warnings.append(AssessmentWarning(rule.warning, {"country": rules.country}))
    charge.tax_refs = (rule.ref,)
    return rule.pct


def fee_lines(
    parcel: Parcel, rules: CountryRules, parts: list[Part], items: int
) -> list[tuple[FeeLine, tuple[RuleRef, ...]]]:
    """The fees that the parcel bears and their rules, with the tax on them where a regime taxes fees."""
    value = sum((charge.customs_value for part in parts for charge in part.charges.values()), ZERO)
    due = sum(
        (charge.duty + charge.tax for part in parts if not part.at_checkout for charge in part.charges.values()), ZERO
    )
    regimes = {part.regime.code for part in parts}
    rule, _ = rules.tax(parcel.consignment.ship_to.region, "standard")
    taxed = rule if rule is not None and any(part.regime.base_fees for part in parts) else None
    lines: list[tuple[FeeLine, tuple[RuleRef, ...]]] = []
    for fee in rules.fees:
        if not _applies(fee, parcel, value, due, regimes):
            continue
        amount = _fee_amount(fee, parcel, value, items)
        tax = parcel.rounded(amount * taxed.pct / HUNDRED) if taxed else parcel.zero
        refs: tuple[RuleRef, ...] = (fee.ref, taxed.ref) if taxed else (fee.ref,)
        codes = tuple(ref.id for ref in refs)
        lines.append((FeeLine(fee.code, fee.name, parcel.money(amount), parcel.money(tax), codes), refs))
    return lines


def _applies(fee: FeeRule, parcel: Parcel, value: Decimal, due: Decimal, regimes: set[str]) -> bool:
    consignment = parcel.consignment
    if fee.channel and fee.channel != consignment.channel:
        return False
    if fee.transport and fee.transport != consignment.transport:
        return False
    if fee.regimes and fee.regimes.isdisjoint(regimes):
        return False
    if fee.only_if_due and not due:
        return False
    if fee.value_over is None and fee.value_up_to is None:
        return True
    tested = parcel.to(value, fee.band_currency)
    return (fee.value_over is None or tested > fee.value_over) and (
        fee.value_up_to is None or tested <= fee.value_up_to
    )


def _fee_amount(fee: FeeRule, parcel: Parcel, value: Decimal, items: int) -> Decimal:
    if fee.scope == "percent":
        amount = parcel.to(value, fee.currency) * (fee.pct or ZERO) / HUNDRED
        if fee.minimum is not None:
            amount = max(amount, fee.minimum)
        if fee.maximum is not None:
            amount = min(amount, fee.maximum)
        return parcel.of(amount, fee.currency)
    return parcel.of((fee.amount or ZERO) * (items if fee.scope == "item" else 1), fee.currency)

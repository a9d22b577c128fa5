"""Duty and tax of the lines that one regime takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from moneyed import Money

from compliance.landed_cost.assessment import AssessmentWarning, FlatDuty
from compliance.landed_cost.duties import duty_for
from compliance.landed_cost.parcel import GRAMS, HUNDRED, ONE, ZERO, Parcel, declared_item
from compliance.landed_cost.rounding import lessened, settled
from compliance.rules.book import CountryRules, RuleBook
from compliance.rules.rows import RegimeRule, RuleRef, stated_rate
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
    tax_base: Decimal = ZERO

    def waive(self, name: str, ref: RuleRef, zero: Decimal) -> None:
        """The charge called `name` is nothing, by one more rule."""
        setattr(self, name, zero)
        setattr(self, f"{name}_pct", ZERO)
        setattr(self, f"{name}_refs", (*getattr(self, f"{name}_refs"), ref))


@dataclass(slots=True)
class Part:
    """What one regime makes of its lines. A part that is not `known` has no duty and no tax."""

    regime: RegimeRule
    charges: dict[int, LineCharge]
    at_checkout: bool
    known: bool = True
    estimate: bool = False
    flat: FlatDuty | None = None
    deduction: Money | None = None
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
    if regime.warning or regime.is_estimate:
        part.warnings.append(AssessmentWarning(regime.warning or "regime_estimated", {"country": rules.country}))
    if regime.consignment_limit is not None and regime.threshold_scope == "item":
        _warn_of_limit(part, parcel, regime.consignment_limit)
    if regime.route == "import":
        _value(part, parcel)
    senders = rule_book.groups_of(parcel.consignment.ship_from)
    if regime.duty_mode == "mfn" or regime.duty_mode == "rate":
        _rated_duty(part, parcel, rules, rule_book, senders)
    elif regime.duty_mode == "none":
        for charge in charges.values():
            charge.duty_pct, charge.duty_refs = ZERO, (regime.ref,)
    else:
        _flat_duty(part, parcel)
    if rules.exemptions:
        _waive(part, parcel, rules, senders, "duty")
    _tax(part, parcel, rules, rule_book, senders)
    if not part.known:
        for charge in charges.values():
            charge.duty_pct = charge.tax_pct = None
            charge.duty = charge.tax = charge.tax_base = parcel.zero
            charge.duty_refs = charge.tax_refs = (regime.ref,)
    elif rules.exemptions:
        _waive(part, parcel, rules, senders, "tax")
    return part


def _warn_of_limit(part: Part, parcel: Parcel, limit: Decimal) -> None:
    currency = part.regime.threshold_currency
    if parcel.to(parcel.exact_goods, currency) > limit:
        params = {"limit": f"{limit:f}", "currency": currency}
        part.warnings.append(AssessmentWarning("consignment_over_limit", params))


def _value(part: Part, parcel: Parcel) -> None:
    regime = part.regime
    cif, factor = regime.cif, regime.value_factor
    amounts = []
    for index in part.charges:
        value = parcel.values[index]
        if cif:
            value += parcel.freight[index] + parcel.insurance[index]
        amounts.append(value if factor == ONE else value * factor)
    values = settled(amounts, regime, regime.value_unit, parcel, part.charges)
    for charge, value in zip(part.charges.values(), values, strict=True):
        charge.customs_value = value


def _rated_duty(part: Part, parcel: Parcel, rules: CountryRules, rule_book: RuleBook, senders: tuple[str, ...]) -> None:
    regime = part.regime
    amounts = []
    for index, charge in part.charges.items():
        line = parcel.lines[index]
        answer = duty_for(rules, regime, line, rule_book.groups_of(line.origin), senders, rule_book.on)
        if answer.warnings:
            part.warnings.extend(answer.warnings)
        part.estimate = part.estimate or answer.is_estimate
        if answer.pct is None:
            part.known = False
            continue
        charge.duty_pct = answer.pct
        amounts.append(charge.customs_value * answer.pct / HUNDRED)
        charge.duty_refs = (regime.ref, *answer.refs)
    if not part.known:
        return
    if regime.duty_deduction:
        part.deduction = Money(regime.duty_deduction.quantize(quantum(regime.duty_currency)), regime.duty_currency)
        amounts = lessened(amounts, parcel.exact_of(regime.duty_deduction, regime.duty_currency))
    duties = settled(amounts, regime, regime.duty_unit, parcel, part.charges)
    for charge, duty in zip(part.charges.values(), duties, strict=True):
        charge.duty = duty


def _flat_duty(part: Part, parcel: Parcel) -> None:
    """So much for each kind of goods, the consignment or a kilogram: counted first, changed into the consignment's
    currency once, then shared out."""
    regime = part.regime
    each = regime.duty_amount or ZERO
    stated = Money(each.quantize(quantum(regime.duty_currency)), regime.duty_currency)
    weights = [ZERO] * len(parcel.lines)
    if regime.duty_mode == "flat_per_item":
        kinds: dict[tuple[str, str, str], list[int]] = {}
        for index in part.charges:
            kinds.setdefault(declared_item(parcel.lines[index]), []).append(index)
        count = Decimal(len(kinds))
        for group in kinds.values():
            weight = ONE / len(group) if len(group) > 1 else ONE
            for index in group:
                weights[index] = weight
    else:
        count = ONE
        for index in part.charges:
            line = parcel.lines[index]
            weights[index] = Decimal((line.weight_grams or 0) * line.quantity) or ONE
        if regime.duty_mode == "flat_per_kg":
            grams = parcel.grams(part.charges)
            if grams is None:
                part.known = False
                part.warnings.append(AssessmentWarning("weight_missing", {}))
                return
            count = grams / GRAMS
    part.flat = FlatDuty(stated, count, regime.duty_mode.removeprefix("flat_per_"), regime.code)
    shares = parcel.shared(parcel.of(each * count, regime.duty_currency), weights)
    for index, charge in part.charges.items():
        charge.duty, charge.duty_refs = shares[index], (regime.ref,)


def _tax(part: Part, parcel: Parcel, rules: CountryRules, rule_book: RuleBook, senders: tuple[str, ...]) -> None:
    regime = part.regime
    if not regime.taxed:
        for charge in part.charges.values():
            charge.tax_pct, charge.tax_refs = ZERO, (regime.ref,)
        return
    amounts = []
    for index, charge in part.charges.items():
        rate = _tax_rate(part, charge, rules, index, parcel, rule_book, senders)
        if rate is None:
            continue
        charge.tax_pct = rate
        base = _tax_base(part, parcel, index, charge)
        amount = base * rate / (HUNDRED - rate if regime.tax_inside else HUNDRED)
        amounts.append(amount)
        charge.tax_base = parcel.rounded(base)
        charge.tax_refs = (regime.ref, *charge.tax_refs)
    if not part.known:
        return
    taxes = settled(amounts, regime, regime.tax_unit, parcel, part.charges)
    for charge, tax in zip(part.charges.values(), taxes, strict=True):
        charge.tax = tax
    if part.flat is not None and any(charge.tax_pct for charge in part.charges.values()):
        code = "flat_duty_in_tax_base" if regime.base_duty else "flat_duty_outside_tax_base"
        part.warnings.append(AssessmentWarning(code, {}))


def _tax_base(part: Part, parcel: Parcel, index: int, charge: LineCharge) -> Decimal:
    """What a line is taxed on: its value as customs see it, and what the regime counts in."""
    regime = part.regime
    factor = regime.value_factor
    if regime.value_unit is not None:
        base = charge.customs_value
        if not regime.cif:
            base += parcel.freight[index] * regime.base_freight + parcel.insurance[index] * regime.base_insurance
    else:
        share_factor = factor if regime.cif else ONE
        base = parcel.values[index] * factor
        if regime.base_freight:
            base += parcel.freight[index] * share_factor
        if regime.base_insurance:
            base += parcel.insurance[index] * share_factor
        if factor != ONE:
            base = parcel.rounded(base)
    if regime.base_factor != ONE:
        base *= regime.base_factor
    return base + charge.duty if regime.base_duty else base


def _tax_rate(
    part: Part,
    charge: LineCharge,
    rules: CountryRules,
    index: int,
    parcel: Parcel,
    rule_book: RuleBook,
    senders: tuple[str, ...],
) -> Decimal | None:
    line = parcel.lines[index]
    if rules.exemptions:
        exempt = rules.exemption("tax", line, rule_book.groups_of(line.origin), senders, part.regime.code)
        if exempt is not None:
            charge.tax_refs = (exempt.ref,)
            return ZERO
    if line.tax_rate_pct is not None:
        charge.tax_refs = (stated_rate("tax", rules.country, rule_book.on),)
        return line.tax_rate_pct
    rule, guessed = rules.tax(parcel.consignment.ship_to.region, line.tax_category)
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
    levied = part.regime.tax_factor
    return rule.pct if levied == ONE else rule.pct * levied


def _waive(part: Part, parcel: Parcel, rules: CountryRules, senders: tuple[str, ...], name: str) -> None:
    """Duty or tax (`name`) so small in all that nobody levies it is taken off every line."""
    for rule in rules.exemptions.get(name, ()):
        if rule.due_up_to is None or not all(
            rule.covers(parcel.lines[index], (parcel.lines[index].origin, ""), senders, part.regime.code)
            for index in part.charges
        ):
            continue
        due = sum((getattr(charge, name) for charge in part.charges.values()), ZERO)
        if due and parcel.to(due, rule.currency) <= rule.due_up_to:
            for charge in part.charges.values():
                charge.waive(name, rule.ref, parcel.zero)

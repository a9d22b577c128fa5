"""The fees of a whole parcel: by consignment, declared item, kilogram, or as a percentage of its value."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.landed_cost.assessment import FeeLine
from compliance.landed_cost.charges import Part
from compliance.landed_cost.parcel import GRAMS, HUNDRED, ZERO, Parcel
from compliance.rules.book import CountryRules
from compliance.rules.rows import FeeRule, RuleRef


def fee_lines(
    parcel: Parcel, rules: CountryRules, parts: Sequence[Part], items: int
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
        if not _applies(fee, parcel, due, regimes):
            continue
        amount = _fee_amount(fee, parcel, value, items)
        tax = parcel.rounded(amount * taxed.pct / HUNDRED) if taxed else parcel.zero
        refs: tuple[RuleRef, ...] = (fee.ref, taxed.ref) if taxed else (fee.ref,)
        codes = tuple(ref.id for ref in refs)
        lines.append((FeeLine(fee.code, fee.name, parcel.money(amount), parcel.money(tax), codes), refs))
    return lines


def _applies(fee: FeeRule, parcel: Parcel, due: Decimal, regimes: set[str]) -> bool:
    """Whether a parcel bears the fee. A band of values is one of the price of the goods, as with every limit."""
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
    tested = parcel.to(parcel.exact_goods, fee.band_currency)
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
    count = Decimal(items if fee.scope == "item" else 1)
    if fee.scope == "kilogram":
        count = (parcel.grams() or ZERO) / GRAMS
    return parcel.of((fee.amount or ZERO) * count, fee.currency)

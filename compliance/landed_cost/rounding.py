"""How amounts are rounded: half up to the minor unit unless a regime says another step, direction or level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from compliance.landed_cost.parcel import ZERO, Parcel
from compliance.rules.rows import RegimeRule

_MODES = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


def settled(
    amounts: Sequence[Decimal], regime: RegimeRule, unit: Decimal | None, parcel: Parcel, indexes: Iterable[int]
) -> list[Decimal]:
    """Exact amounts of the lines at `indexes` as whole minor units of the consignment's currency.

    `unit` is the regime's step for this kind of amount, in its own currency. Where it rounds the total, the lines
    share the rounded total by their exact amounts. Raises `MissingRate`.
    """
    if regime.rounding_level == "line":
        if unit is None and regime.rounding_mode == "half_up":
            return [parcel.rounded(amount) for amount in amounts]
        return [_stepped(amount, regime, unit, parcel) for amount in amounts]
    whole = _stepped(sum(amounts, ZERO), regime, unit, parcel)
    return parcel.shared(whole, amounts, [parcel.lines[index] for index in indexes])


def _stepped(amount: Decimal, regime: RegimeRule, unit: Decimal | None, parcel: Parcel) -> Decimal:
    mode = _MODES[regime.rounding_mode]
    if unit is None:
        return amount.quantize(parcel.unit, mode)
    local = parcel.to(amount, regime.rounding_currency)
    return parcel.of((local / unit).quantize(Decimal(1), mode) * unit, regime.rounding_currency)


def lessened(amounts: Sequence[Decimal], deduction: Decimal) -> list[Decimal]:
    """Amounts from which `deduction` is taken off in proportion, at most down to nothing."""
    whole = sum(amounts, ZERO)
    if whole <= deduction:
        return [ZERO for _ in amounts]
    return [amount - deduction * amount / whole for amount in amounts]

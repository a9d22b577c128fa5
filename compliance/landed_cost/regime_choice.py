"""Which regime takes which lines of a parcel.

Regimes are tried in the order of their priority. A test by consignment takes all lines or none; a test by item
takes those that pass, so that one parcel may be split between two regimes. Nothing is rounded before a test,
unless the row itself says so.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from moneyed import Money

from compliance.landed_cost.assessment import ThresholdResult
from compliance.landed_cost.parcel import HUNDRED, ZERO, Parcel
from compliance.rules.book import CountryRules
from compliance.rules.rows import RegimeRule
from marketplace.kernel.consignment import Consignment

_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PERIODS = ("day", "year")


@dataclass(frozen=True, slots=True)
class Choice:
    """The regimes with the indexes of their lines, the lines that none takes, and the test that mattered.

    `threshold` is the test that a chosen regime passed, else the first that failed, else None; `tests` are all that
    were made. `by_period` is True when what the buyer bought before would have decided, and nobody knows it.
    """

    parts: tuple[tuple[RegimeRule, tuple[int, ...]], ...]
    left: tuple[int, ...]
    threshold: ThresholdResult | None
    by_period: bool = False
    tests: tuple[ThresholdResult, ...] = ()


def choose_regimes(parcel: Parcel, rules: CountryRules, route: str, senders: tuple[str, ...]) -> Choice:
    """The regimes for a parcel on `route` ("import", "domestic" or "within_union") from one of `senders`.

    `senders` are the country that it is sent from, the unions of that country, and "" for any.
    """
    left = list(range(len(parcel.lines)))
    parts: list[tuple[RegimeRule, tuple[int, ...]]] = []
    passed: ThresholdResult | None = None
    failed: ThresholdResult | None = None
    by_period = False
    tests: list[ThresholdResult] = []
    for regime in rules.regimes.get(route, ()):
        if not left:
            break
        if not _is_open_to(regime, parcel, senders):
            continue
        candidates = [index for index in left if not _is_excluded(regime, parcel, index)]
        by_item = regime.threshold_amount is not None and regime.threshold_scope == "item"
        if not candidates or (len(candidates) < len(left) and not by_item):
            continue
        taken, result = _tested(regime, parcel, rules, candidates, by_item)
        if result is not None:
            tests.append(result)
            by_period = by_period or (result.scope in _PERIODS and _earlier(regime, parcel) is None)
            passed, failed = (passed or result, failed) if taken else (passed, failed or result)
        if taken:
            parts.append((regime, tuple(taken)))
            left = [index for index in left if index not in taken]
    return Choice(tuple(parts), tuple(left), passed or failed, by_period, tuple(tests))


def _is_open_to(regime: RegimeRule, parcel: Parcel, senders: tuple[str, ...]) -> bool:
    consignment = parcel.consignment
    if regime.buyer and regime.buyer != consignment.buyer and not _passes_as(regime.buyer, consignment):
        return False
    if regime.channel and regime.channel != consignment.channel:
        return False
    if regime.carried_by and regime.carried_by.isdisjoint((consignment.transport, consignment.channel)):
        return False
    if regime.ship_from and regime.ship_from.isdisjoint(senders):
        return False
    return not regime.scheme or consignment.schemes is None or regime.scheme in consignment.schemes


def _passes_as(buyer: str, consignment: Consignment) -> bool:
    """A business is taken for a consumer until it gives its tax number."""
    if consignment.buyer != "business":
        return False
    return buyer == ("registered" if consignment.buyer_vat_number else "consumer")


def _is_excluded(regime: RegimeRule, parcel: Parcel, index: int) -> bool:
    line = parcel.lines[index]
    if regime.excluded_hs and line.hs_code.startswith(regime.excluded_hs):
        return True
    return line.tax_category in regime.excluded_categories


def _tested(
    regime: RegimeRule, parcel: Parcel, rules: CountryRules, candidates: list[int], by_item: bool
) -> tuple[list[int], ThresholdResult | None]:
    limit = regime.threshold_amount
    if limit is None:
        return candidates, None
    test = _TESTS[regime.threshold_test]
    if by_item:
        values = {index: _item_value(regime, parcel, index) for index in candidates}
        taken = [index for index in candidates if test(values[index], limit)]
        value = max(values.values())
        return taken, _result(regime, value, limit, passed=len(taken) == len(parcel.lines))
    if regime.consignment_limit is not None:  # beside the limit of a day or a year
        value = _consignment_value(regime, parcel, rules, alone=True)
        if not test(value, regime.consignment_limit):
            result = _result(regime, value, regime.consignment_limit, passed=False)
            return [], replace(result, scope="consignment")
    value = _consignment_value(regime, parcel, rules)
    passed = test(value, limit)
    return (candidates if passed else []), _result(regime, value, limit, passed=passed)


def _result(regime: RegimeRule, value: Decimal, limit: Decimal, *, passed: bool) -> ThresholdResult:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        value = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return ThresholdResult(
        value=value,
        currency=regime.threshold_currency,
        limit=limit,
        test=regime.threshold_test,
        basis=regime.threshold_basis,
        scope=regime.threshold_scope,
        passed=passed,
        rule=regime.code,
    )


def _item_value(regime: RegimeRule, parcel: Parcel, index: int) -> Decimal:
    line = parcel.lines[index]
    value = line.unit_price.amount * regime.threshold_factor
    if regime.threshold_basis == "cif":
        value += (parcel.freight[index] + parcel.insurance[index]) * regime.threshold_factor / line.quantity
    elif regime.threshold_basis == "price_with_freight":
        value += parcel.freight[index] * regime.threshold_factor / line.quantity
    return parcel.to(value, regime.threshold_currency, regime.threshold_rate)


def _consignment_value(regime: RegimeRule, parcel: Parcel, rules: CountryRules, *, alone: bool = False) -> Decimal:
    """What a limit is compared with; `alone`: without what the buyer bought before."""
    basis = regime.threshold_basis
    if basis == "tax_amount":
        value = parcel.to(_tax_amount(parcel, rules), regime.threshold_currency, regime.threshold_rate)
    else:
        value = parcel.exact_goods
        if basis == "cif":
            value += parcel.shipping + parcel.insurance_total
        elif basis == "price_with_freight":
            value += parcel.shipping
        earlier = None if alone else _earlier(regime, parcel)
        if earlier is not None:
            value += parcel.exact_of(earlier.amount, earlier.currency.code)
        value = parcel.to(value * regime.threshold_factor, regime.threshold_currency, regime.threshold_rate)
    step = regime.threshold_rounding
    if step:
        value = (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return value


def _earlier(regime: RegimeRule, parcel: Parcel) -> Money | None:
    if regime.threshold_scope == "day":
        return parcel.consignment.earlier_today
    return parcel.consignment.earlier_this_year if regime.threshold_scope == "year" else None


def _tax_amount(parcel: Parcel, rules: CountryRules) -> Decimal:
    """The import tax on price, freight and insurance, without duty: what a limit on the tax is compared with."""
    region = parcel.consignment.ship_to.region
    amount = ZERO
    for index, line in enumerate(parcel.lines):
        pct = line.tax_rate_pct
        if pct is None:
            rule, _ = rules.tax(region, line.tax_category)
            pct = rule.pct if rule is not None else HUNDRED
        base = parcel.exact_values[index] + parcel.freight[index] + parcel.insurance[index]
        amount += base * pct / HUNDRED
    return amount

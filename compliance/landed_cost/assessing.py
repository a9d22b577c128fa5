"""What the law adds to the price of one consignment: `assess`, a pure function over the rule book.

It knows no country by name: regimes, rates, thresholds and bases all come from rows. Amounts are reckoned in
the consignment's currency, rounded half up to its minor unit for each line, never before a threshold is tested.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from moneyed import Money

from compliance.landed_cost.assessment import (
    BLOCKED,
    CHECKOUT,
    ESTIMATE,
    NOBODY,
    ON_DELIVERY,
    QUOTED,
    UNKNOWN,
    AssessedLine,
    Assessment,
    AssessmentWarning,
    FeeLine,
    FlatDuty,
    ThresholdResult,
)
from compliance.landed_cost.charges import LineCharge, Part, reckon
from compliance.landed_cost.doubts import doubts_about_rates, doubts_about_rules
from compliance.landed_cost.fees import fee_lines
from compliance.landed_cost.parcel import ZERO, Parcel, declared_item
from compliance.landed_cost.regime_choice import Choice, choose_regimes
from compliance.rules.book import CountryRules, RuleBook
from compliance.rules.rows import RestrictionRule, RuleRef
from marketplace.kernel.consignment import Consignment
from marketplace.kernel.fx import FxTable


def assess(consignment: Consignment, rule_book: RuleBook, fx: FxTable, on: date) -> Assessment:
    """Duty, tax and fees of `consignment` on the day `on`, with who collects them and the rules they follow from.

    A destination without rules, or goods whose rate nobody knows, are not guessed: the status is "unknown" and
    the carrier collects on delivery (nobody does for a sale inside one country). Raises `MissingRate` where a
    threshold or fee needs a rate that `fx` lacks, `CurrencyMismatch` for mixed currencies, and `ValueError` for
    an empty consignment, a negative amount, or a rule book of another day.
    """
    report = _begun(consignment, rule_book, fx, on)
    blocking = [rule for line in consignment.lines for rule in report.rules.blocking(line, consignment)]
    if blocking:
        return report.blocked(blocking)
    return report.made(*_reckoned(report, rule_book))


def charges_of(consignment: Consignment, rule_book: RuleBook, fx: FxTable, on: date) -> Decimal | None:
    """Duty, tax and fees in one sum, as `assess` has them; None where it would not know them all, or blocks the goods.

    For comparisons, in two thirds of the time. Raises what `assess` raises.
    """
    report = _begun(consignment, rule_book, fx, on)
    if any(rule for line in consignment.lines for rule in report.rules.blocking(line, consignment)):
        return None
    parts, choice = _reckoned(report, rule_book)
    if choice.left or not all(part.known for part in parts):
        return None
    fees = report.fees(parts, known=True)
    due = sum((charge.duty + charge.tax for part in parts for charge in part.charges.values()), ZERO)
    return due + sum((fee.amount.amount + fee.tax.amount for fee in fees), ZERO)


def _begun(consignment: Consignment, rule_book: RuleBook, fx: FxTable, on: date) -> _Report:
    if rule_book.on != on:
        raise ValueError(f"the rule book is that of {rule_book.on}, not of {on}")
    if not consignment.lines:
        raise ValueError("a consignment has at least one line")
    rules = rule_book.for_destination(consignment.ship_to)
    return _Report(Parcel(consignment, fx), rules, rule_book.place(consignment.ship_to), on)


def _reckoned(report: _Report, rule_book: RuleBook) -> tuple[list[Part], Choice]:
    """The regimes that hold for the lines, and what each of them charges."""
    consignment, rules = report.parcel.consignment, report.rules
    senders = rule_book.groups_of(consignment.ship_from)
    abroad = rule_book.territory(consignment.ship_to) != consignment.ship_from
    report.is_import = abroad and not any(one in senders for one in rules.jurisdictions)
    route = "import" if report.is_import else "domestic"
    if route == "domestic" and abroad and "within_union" in rules.regimes:
        route = "within_union"
    choice = choose_regimes(report.parcel, rules, route, senders)
    return [reckon(report.parcel, rules, regime, indexes, rule_book) for regime, indexes in choice.parts], choice


class _Report:
    """Gathers the figures of the parts into one assessment."""

    def __init__(self, parcel: Parcel, rules: CountryRules, place: str, on: date) -> None:
        self.parcel = parcel
        self.rules = rules
        self.place = place
        self.on = on
        self.country = parcel.consignment.ship_to.country
        self.items = len({declared_item(line) for line in parcel.lines})
        self.is_import = True
        self.refs: dict[str, RuleRef] = {}
        self.warnings: dict[tuple[str, ...], AssessmentWarning] = {}
        self.regimes: tuple[str, ...] = ()
        self.flat_duty: FlatDuty | None = None
        self.deduction: Money | None = None
        self.threshold: ThresholdResult | None = None
        self.tests: tuple[ThresholdResult, ...] = ()
        self.duty = self.tax = self.customs_value = parcel.zero

    def blocked(self, blocking: list[RestrictionRule]) -> Assessment:
        """Nothing is reckoned for goods that may not go there."""
        for rule in blocking:
            self.refs[rule.ref.id] = rule.ref
            self._warn("blocked", name=rule.name, rule=rule.code)
        left = range(len(self.parcel.lines))
        return self._assessment(BLOCKED, NOBODY, self._lines([], left), [], self.parcel.zero)

    def made(self, parts: list[Part], choice: Choice) -> Assessment:
        """The assessment of all parts of a choice."""
        left, self.threshold, self.tests = choice.left, choice.threshold, choice.tests
        if left:
            self._warn("no_rules" if self.is_import else "no_domestic_rules", country=self.place)
        known = not left
        estimate = False
        for part in parts:
            known = known and part.known
            estimate = estimate or part.estimate
            self.flat_duty = self.flat_duty or part.flat
            self.deduction = self.deduction or part.deduction
            self.refs[part.regime.ref.id] = part.regime.ref
            for warning in part.warnings:
                self.warnings[warning.code, *warning.params.values()] = warning
        if choice.by_period:
            self._warn("earlier_purchases_unknown", country=self.country)
        self.regimes = tuple([part.regime.code for part in parts])
        fees = self.fees(parts, known=known)
        lines = self._lines(parts, left)
        delivery = self._due_on_delivery(parts, fees)
        if delivery or (self.is_import and not known):
            collected = ON_DELIVERY
            self._warn("carrier_fee_possible")
        else:
            collected = CHECKOUT if self.duty or self.tax or fees else NOBODY
        status = UNKNOWN if not known else ESTIMATE if estimate else QUOTED
        self._doubt()
        return self._assessment(status, collected, lines, fees, delivery)

    def _warn(self, code: str, **params: str) -> None:
        self.warnings[code, *params.values()] = AssessmentWarning(code, params)

    def _doubt(self) -> None:
        currencies = [self.flat_duty.amount.currency.code] if self.flat_duty is not None else []
        doubts = doubts_about_rules(self.refs.values(), self.on)
        for warning in (*doubts, *doubts_about_rates(self.parcel, self.tests, currencies)):
            self.warnings[warning.code, *warning.params.values()] = warning

    def fees(self, parts: list[Part], *, known: bool) -> list[FeeLine]:
        """The fees on an import into a place with rules; none where a figure of its parts is not known."""
        if not (self.is_import and self.rules.is_known):
            return []
        consignment = self.parcel.consignment
        for regime in self.rules.pending_regimes:
            self._warn("pending_rule", name=regime.name, rule=regime.code, country=self.country)
        for fee in self.rules.pending_fees:
            if not fee.channel or fee.channel == consignment.channel:
                self._warn("pending_rule", name=fee.name, rule=fee.code, country=self.country)
        if not known or not self.rules.fees:
            return []
        found = fee_lines(self.parcel, self.rules, parts, self.items)
        self.refs.update((ref.id, ref) for _, refs in found for ref in refs)
        return [line for line, _ in found]

    def _due_on_delivery(self, parts: list[Part], fees: list[FeeLine]) -> Decimal:
        late = [part for part in parts if not part.at_checkout]
        if not late:
            return self.parcel.zero
        due = sum((charge.duty + charge.tax for part in late for charge in part.charges.values()), ZERO)
        return due + sum((fee.amount.amount + fee.tax.amount for fee in fees), ZERO)

    def _lines(self, parts: list[Part], left: Iterable[int]) -> tuple[AssessedLine, ...]:
        lines: list[AssessedLine | None] = [None] * len(self.parcel.lines)
        for part in parts:
            for index, charge in part.charges.items():
                lines[index] = self._line(
                    index, charge, part.regime.code, part.regime.scheme, at_checkout=part.at_checkout
                )
        for index in left:
            zero = self.parcel.zero
            lines[index] = self._line(index, LineCharge(zero, None, zero, None, zero), "", "", at_checkout=False)
        return tuple([line for line in lines if line is not None])

    def _line(self, index: int, charge: LineCharge, regime: str, scheme: str, *, at_checkout: bool) -> AssessedLine:
        currency = self.parcel.currency
        for ref in charge.duty_refs + charge.tax_refs:
            self.refs[ref.id] = ref
        self.duty += charge.duty
        self.tax += charge.tax
        self.customs_value += charge.customs_value
        return AssessedLine(
            sku=self.parcel.lines[index].sku,
            regime=regime,
            scheme=scheme,
            customs_value=Money(charge.customs_value, currency),
            duty_rate_pct=charge.duty_pct,
            duty=Money(charge.duty, currency),
            duty_rules=tuple([ref.id for ref in charge.duty_refs]),
            tax_rate_pct=charge.tax_pct,
            tax=Money(charge.tax, currency),
            tax_rules=tuple([ref.id for ref in charge.tax_refs]),
            tax_base=Money(charge.tax_base, currency),
            at_checkout=at_checkout,
        )

    def _assessment(
        self,
        status: str,
        collected: str,
        lines: tuple[AssessedLine, ...],
        fees: list[FeeLine],
        delivery: Decimal,
    ) -> Assessment:
        parcel, currency = self.parcel, self.parcel.currency
        fee_total = sum([fee.amount.amount for fee in fees], parcel.zero)
        tax = sum([fee.tax.amount for fee in fees], self.tax)
        total = parcel.goods + parcel.shipping + parcel.insurance_total + self.duty + tax + fee_total
        return Assessment(
            status=status,
            collected=collected,
            country=self.country,
            on=self.on,
            regimes=self.regimes,
            goods=Money(parcel.goods, currency),
            shipping=Money(parcel.shipping, currency),
            insurance=Money(parcel.insurance_total, currency),
            customs_value=Money(self.customs_value, currency),
            duty=Money(self.duty, currency),
            tax=Money(tax, currency),
            fees=Money(fee_total, currency),
            fee_lines=tuple(fees),
            total=Money(total, currency),
            due_at_checkout=Money(total - delivery, currency),
            due_on_delivery=Money(delivery, currency),
            currency=parcel.consignment.currency,
            lines=lines,
            rules=tuple(self.refs.values()),
            warnings=tuple(self.warnings.values()),
            items_declared=self.items,
            threshold=self.threshold,
            flat_duty=self.flat_duty,
            deduction=self.deduction,
            is_import=self.is_import,
            buffer=parcel.buffer(),
        )

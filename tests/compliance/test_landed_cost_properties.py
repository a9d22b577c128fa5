"""What holds for every consignment to every destination, whatever is in it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from moneyed import Money

from compliance.assessment import Assessment
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.money import quantum
from tests.compliance.cases import assessed, book

_CODES = ["610910", "611011", "620520", "420292", "691110", "851830", "950300", "490199", "640399", "210690", ""]
_COUNTRIES = [*book().countries(), "BR", "KE"]
_CURRENCIES = ["EUR", "USD", "GBP", "JPY", "NOK", "KWD"]
_REGIONS = ["", "ON", "QC", "BC", "NW"]


@st.composite
def amounts(draw: st.DrawFn, currency: str, highest: int) -> Money:
    units = draw(st.integers(min_value=0, max_value=highest))
    return Money(units * quantum(currency), currency)


@st.composite
def lines(draw: st.DrawFn, currency: str) -> ConsignmentLine:
    return ConsignmentLine(
        sku=draw(st.sampled_from(["A", "B", "C"])),
        description=draw(st.sampled_from(["cotton shirt", "porcelain cup", ""])),
        hs_code=draw(st.sampled_from(_CODES)),
        origin=draw(st.sampled_from(["CN", "DE", "KE", "JP", ""])),
        quantity=draw(st.integers(min_value=1, max_value=9)),
        unit_price=draw(amounts(currency, 60_000)),
        tax_category=draw(st.sampled_from(["standard", "books", "food"])),
        duty_rate_pct=draw(st.none() | st.decimals(0, 80, places=2)),
        tax_rate_pct=draw(st.none() | st.decimals(0, 30, places=2)),
    )


@st.composite
def consignments(draw: st.DrawFn) -> Consignment:
    currency = draw(st.sampled_from(_CURRENCIES))
    return Consignment(
        ship_from=draw(st.sampled_from(["CN", "DE", "US", "JP", "GB"])),
        ship_to=Destination(draw(st.sampled_from(_COUNTRIES)), draw(st.sampled_from(_REGIONS))),
        currency=currency,
        lines=tuple(draw(st.lists(lines(currency), min_size=1, max_size=5))),
        shipping=draw(amounts(currency, 9_000)),
        insurance=draw(amounts(currency, 900)),
        channel=draw(st.sampled_from(["post", "courier"])),
        transport=draw(st.sampled_from(["air", "sea"])),
        buyer=draw(st.sampled_from(["consumer", "business"])),
        schemes=draw(st.sampled_from([None, frozenset(), frozenset({"IOSS", "VOEC"})])),
    )


def _moneys(assessment: Assessment) -> list[Money]:
    names = "goods shipping insurance customs_value duty tax fees total due_at_checkout due_on_delivery".split()
    whole = [getattr(assessment, name) for name in names]
    parts = [money for row in assessment.lines for money in (row.customs_value, row.duty, row.tax)]
    return whole + parts + [money for fee in assessment.fee_lines for money in (fee.amount, fee.tax)]


@settings(max_examples=60)
@given(consignments())
def test_no_figure_is_negative_and_all_are_whole_units(consignment: Consignment) -> None:
    unit = quantum(consignment.currency)

    for money in _moneys(assessed(consignment)):
        assert money.amount >= 0
        assert money.currency.code == consignment.currency
        assert money.amount == money.amount.quantize(unit)


@settings(max_examples=60)
@given(consignments())
def test_lines_and_fees_add_up_to_the_totals(consignment: Consignment) -> None:
    made = assessed(consignment)
    zero = Decimal(0)

    assert made.duty.amount == sum((row.duty.amount for row in made.lines), zero)
    fee_tax = sum((fee.tax.amount for fee in made.fee_lines), zero)
    assert made.tax.amount == sum((row.tax.amount for row in made.lines), zero) + fee_tax
    assert made.fees.amount == sum((fee.amount.amount for fee in made.fee_lines), zero)
    assert made.customs_value.amount == sum((row.customs_value.amount for row in made.lines), zero)
    parts = (made.goods, made.shipping, made.insurance, made.duty, made.tax, made.fees)
    assert made.total.amount == sum((money.amount for money in parts), zero)
    assert made.total == made.due_at_checkout + made.due_on_delivery


@settings(max_examples=60)
@given(consignments(), st.randoms(use_true_random=False))
def test_shuffled_lines_cost_the_same(consignment: Consignment, chance: random.Random) -> None:
    order = list(range(len(consignment.lines)))
    chance.shuffle(order)
    shuffled = replace(consignment, lines=tuple(consignment.lines[index] for index in order))

    one, other = assessed(consignment), assessed(shuffled)

    for name in ("status", "collected", "duty", "tax", "fees", "total", "due_on_delivery", "items_declared"):
        assert getattr(one, name) == getattr(other, name)
    assert {ref.id for ref in one.rules} == {ref.id for ref in other.rules}


@settings(max_examples=60)
@given(consignments())
def test_every_figure_has_a_rule(consignment: Consignment) -> None:
    made = assessed(consignment)
    known = {ref.id for ref in made.rules}

    for row in made.lines:
        assert set(row.duty_rules) | set(row.tax_rules) <= known
        assert not row.duty.amount or row.duty_rules
        assert not row.tax.amount or len(row.tax_rules) >= 2
    for fee in made.fee_lines:
        assert set(fee.rules) <= known
        assert fee.rules
    assert set(made.regimes) <= known


@settings(max_examples=60)
@given(consignments())
def test_what_is_unknown_is_never_charged_by_the_carrier_as_a_figure(consignment: Consignment) -> None:
    made = assessed(consignment)

    if made.status == "unknown":
        assert made.collected == ("on_delivery" if made.is_import else "none")
        assert made.fees.amount == 0
        unknown = [row for row in made.lines if row.tax_rate_pct is None]
        assert unknown
        assert all(row.duty.amount == row.tax.amount == 0 for row in unknown)
    if made.collected == "checkout":
        assert made.due_on_delivery.amount == 0


@settings(max_examples=60)
@given(consignments())
def test_an_assessment_survives_being_kept_as_json(consignment: Consignment) -> None:
    made = assessed(consignment)

    kept = json.loads(json.dumps(made.to_dict()))

    assert Assessment.from_dict(kept) == made
    assert all(isinstance(kept[name], str) for name in ("goods", "duty", "tax", "total"))


@settings(max_examples=60)
@given(consignments(), st.integers(min_value=1, max_value=500))
def test_a_higher_rate_never_lowers_the_total(consignment: Consignment, more: int) -> None:
    stated = tuple(replace(row, duty_rate_pct=Decimal(10), tax_rate_pct=Decimal(20)) for row in consignment.lines)
    higher = tuple(replace(row, tax_rate_pct=Decimal(20) + Decimal(more) / 10) for row in stated)

    low = assessed(replace(consignment, lines=stated))
    high = assessed(replace(consignment, lines=higher))

    if low.regimes == high.regimes and low.is_complete and high.is_complete:
        assert high.total.amount >= low.total.amount

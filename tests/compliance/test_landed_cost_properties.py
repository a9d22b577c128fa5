"""What holds for every consignment to every destination, whatever is in it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from moneyed import Money

from compliance.landed_cost.assessing import charges_of
from compliance.landed_cost.assessment import Assessment
from compliance.rules.files import read_all
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.money import quantum, round_amount
from tests.compliance.cases import FX, TODAY, assessed, book

_ROWS = read_all()
_CODES = ["610910", "611011", "620520", "420292", "691110", "851830", "950300", "490199", "640399", "210690", ""]
_COUNTRIES = [*book().countries(), "KE"]
_CURRENCIES = ["EUR", "USD", "GBP", "JPY", "NOK", "KWD"]
_REGIONS = ["", "ON", "QC", "BC", "NW"]


@st.composite
def amounts(draw: st.DrawFn, currency: str, highest: int) -> Money:
    units = draw(st.integers(min_value=0, max_value=highest))
    return Money(units * quantum(currency), currency)


@st.composite
def lines(draw: st.DrawFn, currency: str) -> ConsignmentLine:
    price = draw(amounts(currency, 60_000))
    buffered = draw(st.integers(0, 30)) if draw(st.booleans()) else None
    return ConsignmentLine(
        sku=draw(st.sampled_from(["A", "B", "C"])),
        description=draw(st.sampled_from(["cotton shirt", "porcelain cup", ""])),
        hs_code=draw(st.sampled_from(_CODES)),
        origin=draw(st.sampled_from(["CN", "DE", "KE", "JP", ""])),
        quantity=draw(st.integers(min_value=1, max_value=9)),
        unit_price=price,
        buffer=None if buffered is None else Money(round_amount(price.amount * buffered / 100, currency), currency),
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
@given(consignments())
def test_the_sum_for_comparisons_is_that_of_the_assessment(consignment: Consignment) -> None:
    made = assessed(consignment)

    charges = charges_of(consignment, book(), FX, TODAY)

    assert charges == ((made.duty + made.tax + made.fees).amount if made.is_complete else None)


@settings(max_examples=60)
@given(consignments())
def test_a_buffer_is_a_part_of_the_goods_and_the_law_takes_it_for_price(consignment: Consignment) -> None:
    made = assessed(consignment)
    buffers = [line.buffer.amount * line.quantity for line in consignment.lines if line.buffer is not None]
    bare = replace(consignment, lines=tuple(replace(line, buffer=None) for line in consignment.lines))

    assert (made.buffer is None) == (not buffers)
    if made.buffer is not None:
        assert 0 <= made.buffer.amount <= made.goods.amount
        assert made.buffer.amount == sum(buffers)
        assert made.buffer.currency.code == consignment.currency
    assert replace(made, buffer=None) == assessed(bare)


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


@settings(max_examples=100)
@given(consignments(), st.integers(min_value=1, max_value=5_000), st.integers(min_value=0, max_value=5))
def test_a_higher_price_or_quantity_never_lowers_the_total_within_one_regime(
    consignment: Consignment, units: int, pieces: int
) -> None:
    line = consignment.lines[0]
    price = line.unit_price + Money(units * quantum(consignment.currency), consignment.currency)
    dearer = replace(line, unit_price=price, quantity=line.quantity + pieces)

    low = assessed(replace(consignment, lines=(line,)))
    high = assessed(replace(consignment, lines=(dearer,)))

    if low.regimes == high.regimes and low.is_complete and high.is_complete:
        assert high.total.amount > low.total.amount
        assert high.duty.amount >= low.duty.amount
        assert high.tax.amount >= low.tax.amount


@settings(max_examples=60)
@given(consignments(), st.integers(min_value=2, max_value=4))
def test_twice_the_goods_and_freight_cost_no_less(consignment: Consignment, times: int) -> None:
    lines = tuple(replace(line, quantity=line.quantity * times) for line in consignment.lines)
    larger = replace(
        consignment, lines=lines, shipping=consignment.shipping * times, insurance=consignment.insurance * times
    )

    one, many = assessed(consignment), assessed(larger)

    if one.regimes == many.regimes and one.is_complete and many.is_complete:
        assert many.total.amount >= one.total.amount
        assert many.items_declared == one.items_declared


@settings(max_examples=60)
@given(consignments())
def test_an_assessment_knows_no_more_than_its_rows(consignment: Consignment) -> None:
    """Every rule that is named stands in the book, or came with the goods; and none of them is unconfirmed."""
    rows = {row["code"]: row for table in _ROWS.values() for row in table if "status" in row}

    for ref in assessed(consignment).rules:
        assert ref.id in rows or ref.id.startswith("STATED-")
        assert ref.status != "pending_unverified"
        if ref.id in rows:
            assert rows[ref.id]["effective_from"] <= TODAY
            assert rows[ref.id]["effective_to"] is None or rows[ref.id]["effective_to"] >= TODAY


@given(
    st.integers(min_value=0, max_value=10**9),
    st.sampled_from(sorted(FX.rates)),
    st.sampled_from(sorted(FX.rates)),
)
def test_there_and_back_is_within_what_rounding_took(units: int, one: str, other: str) -> None:
    money = Money(units * quantum(one), one)

    back = FX.convert(FX.convert(money, other), one)

    half = quantum(other) / 2 * FX.rate(other, one) + quantum(one) / 2
    assert abs(back.amount - money.amount) <= half

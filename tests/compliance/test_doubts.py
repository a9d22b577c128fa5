"""How sure the figures are: reviews, rates, nearness to a limit, and what separate parcels would cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from compliance.landed_cost import assess
from compliance.landed_cost.doubts import swing_between
from compliance.landed_cost.splitting import with_advice
from tests.compliance.cases import CUP, EARPHONES, FX, TODAY, assessed, book, codes, line, sent

SWINGING = replace(FX, swing={"USD": Decimal("1.95"), "BRL": Decimal("14.3"), "GBP": Decimal("1.2")})


@pytest.mark.parametrize(
    ("dollars", "is_near"),
    # 1.95 % of the limit are EUR 2.925: from 147.075 to 152.925, or USD 164.3122 to 170.8478
    [("164.32", True), ("164.31", False), ("170.84", True), ("170.85", False), ("100", False)],
)
def test_a_value_near_the_limit_is_warned_of(dollars: str, is_near: bool) -> None:
    assessment = assess(sent("DE", "USD", line(dollars)), book(), SWINGING, TODAY)

    assert ("near_threshold" in codes(assessment)) == is_near


def test_the_currency_of_the_limit_itself_swings_nowhere() -> None:
    assert "near_threshold" not in codes(assess(sent("DE", "EUR", line("149.99")), book(), SWINGING, TODAY))


def test_two_currencies_swing_as_if_independent() -> None:
    assert swing_between(SWINGING, "EUR", "USD") == Decimal("1.95")
    assert round(swing_between(SWINGING, "GBP", "USD"), 3) == Decimal("2.290")  # the root of 1.2² + 1.95²


def test_an_old_rate_is_said_with_its_day() -> None:
    old = replace(FX, stale=frozenset({"USD"}), rated_on={"USD": date(2026, 10, 30)})

    with_dollars = assess(sent("DE", "USD", line("20")), book(), old, TODAY)
    without = assess(sent("DE", "EUR", line("20")), book(), old, TODAY)

    warning = next(each for each in with_dollars.warnings if each.code == "rate_stale")
    assert warning.params == {"currency": "USD", "date": "2026-10-30"}
    assert "rate_stale" not in codes(without)


def test_a_rule_that_nobody_looked_at_for_ninety_days_is_said() -> None:
    consignment = sent("DE", "EUR", line("20"))
    reviewed = date(2026, 11, 22)
    last, after = reviewed + timedelta(days=90), reviewed + timedelta(days=91)

    assert "rule_stale" not in codes(assessed(consignment, last))
    stale = assessed(consignment, after)
    assert next(each for each in stale.warnings if each.code == "rule_stale").params == {
        "rule": "DE-TAX-STANDARD-2021",
        "date": "2026-11-22",
    }


def test_the_limit_that_is_near_need_not_be_the_one_that_decided() -> None:
    swinging = replace(FX, swing={"BRL": Decimal("13.7"), "USD": Decimal("1.95")})
    above = assess(sent("BR", "BRL", line("300"), region="SP"), book(), swinging, TODAY)  # USD 54.06, under 3,000
    far = assess(sent("BR", "BRL", line("600"), region="SP"), book(), swinging, TODAY)

    assert above.threshold is not None and above.threshold.passed
    near = [each.params["limit"] for each in above.warnings if each.code == "near_threshold"]
    assert near == ["50"]
    assert "near_threshold" not in codes(far)


def test_general_knowledge_is_said_to_be_unverified() -> None:
    assessment = assessed(sent("AU", "AUD", line("1100", EARPHONES, duty_rate_pct=5), insurance="1"))
    known = assessed(sent("DE", "EUR", line("20")))

    assert "rule_unverified" in codes(assessed(sent("FR", "EUR", line("80"), ship_from="DE")))
    assert "rule_unverified" not in codes(known)
    assert "rule_unverified" not in codes(assessment)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (
            [line("10", description="shirt"), line("12", description="shirt")],
            "splitting_costs_more",
        ),  # one kind, not two
        ([line("100"), line("100", CUP)], "splitting_costs_less"),  # together over EUR 150
        ([line("10"), line("10", CUP)], None),  # two kinds together and apart
        ([line("10")], None),
    ],
)
def test_separate_parcels_are_compared_with_one(lines: list[dict[str, object]], code: str | None) -> None:
    consignment = sent("DE", "EUR", *lines)
    assessment = assessed(consignment)

    advised = with_advice(assessment, consignment, book(), FX, TODAY, "en")

    assert [each for each in codes(advised) if each.startswith("splitting")] == ([code] if code else [])
    assert advised.total == assessment.total

"""Tariff, lists, caps and what takes the place of what, by origin of the goods."""

from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.landed_cost.assessment import Assessment
from tests.compliance.cases import (
    BAG,
    BATTERY,
    BLENDER,
    BOOK,
    CUP,
    EARPHONES,
    TABLE,
    TSHIRT,
    assessed,
    codes,
    line,
    sent,
)


def to_the_united_states(hs_code: str, origin: str, **facts: object) -> Assessment:
    return assessed(sent("US", "USD", line("100", hs_code, origin=origin, **facts), ship_from="CN"))


@pytest.mark.parametrize(
    ("hs_code", "origin", "pct", "status"),
    [
        (TSHIRT, "CN", "36.5", "estimate"),  # 16.5 + list 4A 7.5 + 12.5; the list covers most of the chapter
        (TABLE, "CN", "37.5", "quoted"),  # 0 + list 3 25 + 12.5
        (BAG, "CN", "55.1", "estimate"),  # 17.6 of 6.3 to 17.6, + 25 + 12.5
        (BATTERY, "CN", "40.9", "quoted"),
        (BLENDER, "CN", "16.7", "quoted"),
        (TSHIRT, "DE", "16.5", "quoted"),  # an all-in cap of 10 adds nothing to 16.5
        (EARPHONES, "DE", "10", "quoted"),  # 0 filled up to the cap
        (EARPHONES, "JP", "12.5", "quoted"),
        (TSHIRT, "JP", "16.5", "quoted"),
        (TSHIRT, "KE", "16.5", "quoted"),  # not among the sixty economies
        (TSHIRT, "MX", "26.5", "quoted"),
        (TSHIRT, "BR", "54", "estimate"),  # 16.5 + 25 broadly + 12.5
        ("732393", "JP", "52", "estimate"),  # steel pays section 232 instead of the forced-labour duty
        ("880621", "JP", "", "unknown"),  # no tariff row
    ],
)
def test_the_rate_follows_code_and_origin(hs_code: str, origin: str, pct: str, status: str) -> None:
    assessment = to_the_united_states(hs_code, origin)

    assert assessment.lines[0].duty_rate_pct == (Decimal(pct) if pct else None)
    assert assessment.status == status


@pytest.mark.parametrize(
    ("hs_code", "origin", "code"),
    [
        (BOOK, "CN", "additional_duty_unknown"),  # nobody says here on which list books stand
        (CUP, "CN", "additional_duty_unknown"),
        (TSHIRT, "CA", "additional_duty_unknown"),  # the section 338 list is not in the rule book
        (TSHIRT, "", "origin_missing"),
        ("", "DE", "hs_missing"),
        ("010121", "DE", "duty_rate_unknown"),
        ("910211", "DE", "duty_not_a_percentage"),
    ],
)
def test_what_nobody_knows_is_not_guessed(hs_code: str, origin: str, code: str) -> None:
    assessment = to_the_united_states(hs_code, origin)

    assert (assessment.status, assessment.collected) == ("unknown", "on_delivery")
    assert code in codes(assessment)
    assert [money.amount for money in (assessment.duty, assessment.tax, assessment.fees)] == [0, 0, 0]
    assert assessment.lines[0].duty_rate_pct is None


def test_one_unknown_line_makes_the_whole_entry_unknown() -> None:
    assessment = assessed(sent("US", "USD", line("100", TSHIRT, origin="DE"), line("10", BOOK)))

    assert assessment.status == "unknown"
    assert assessment.duty.amount == 0
    assert assessment.total == assessment.goods


def test_state_sales_tax_is_said_to_be_missing_and_nothing_waits_at_the_door() -> None:
    assessment = to_the_united_states(TSHIRT, "CN")

    assert "state_sales_tax_excluded" in codes(assessment)
    assert assessment.collected == "checkout"
    assert assessment.due_on_delivery.amount == 0
    assert [(fee.code, str(fee.amount.amount)) for fee in assessment.fee_lines] == [("US-MPF-INFORMAL", "2.77")]


def test_every_layer_of_the_duty_names_its_rule() -> None:
    assessment = to_the_united_states(TSHIRT, "CN")

    assert assessment.lines[0].duty_rules == ("US-ALL", "US-DUTY-610910", "US-301CN-4A", "US-301FL-CN")
    kinds = {ref.id: ref.kind for ref in assessment.rules}
    assert kinds["US-301FL-CN"] == "additional_duty"
    assert all(ref.source and ref.last_reviewed for ref in assessment.rules)

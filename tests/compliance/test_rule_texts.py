"""The limit that was tested and the rules behind the figures, in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from moneyed import Money

from compliance.landed_cost.assessment import Assessment, ThresholdResult
from compliance.rules.rows import RuleRef
from compliance.words.rules import rule_lines, threshold_sentences

ZERO = Money(0, "EUR")
RULE = RuleRef("EU-X", "duty", "Official Journal", date(2026, 7, 1), "in_force", date(2026, 11, 22), "EU")


def judged(value: str, limit: str, test: str, *, passed: bool, currency: str = "EUR", scope: str = "consignment",
           basis: str = "intrinsic") -> Assessment:  # fmt: skip
    """An assessment of which only the test is looked at."""
    result = ThresholdResult(Decimal(value), currency, Decimal(limit), test, basis, scope, passed, "EU-X")
    return Assessment(
        status="quoted", collected="none", country="DE", on=date(2026, 11, 22), regimes=(), goods=ZERO, shipping=ZERO,
        insurance=ZERO, customs_value=ZERO, duty=ZERO, tax=ZERO, fees=ZERO, fee_lines=(), total=ZERO,
        due_at_checkout=ZERO, due_on_delivery=ZERO, currency="EUR", lines=(), rules=(), warnings=(), items_declared=1,
        threshold=result, flat_duty=None, is_import=True,
    )  # fmt: skip


SMALL, GENERAL = "so the rules for small parcels hold.", "so the general rules hold."


@pytest.mark.parametrize(
    ("assessment", "outcome"),
    [
        (judged("40", "150", "<=", passed=True), f"€40.00 is not more than the limit of €150.00, {SMALL}"),
        (judged("151", "150", "<=", passed=False), f"€151.00 is more than the limit of €150.00, {GENERAL}"),
        (judged("2", "3", "<", passed=True), f"€2.00 is less than the limit of €3.00, {SMALL}"),
        (judged("3", "3", "<", passed=False), f"€3.00 is not less than the limit of €3.00, {GENERAL}"),
        # Rounded it would stand on the wrong side.
        (judged("150.004", "150", "<=", passed=False), f"150.004 EUR is more than the limit of €150.00, {GENERAL}"),
    ],
)
def test_the_outcome_names_value_and_limit(assessment: Assessment, outcome: str) -> None:
    assert threshold_sentences(assessment)[0] == outcome


def test_what_counted_and_what_was_looked_at_together_follow() -> None:
    sentences = threshold_sentences(judged("1", "3000", "<", passed=True, scope="item", basis="price_with_freight"))

    assert sentences[1:] == [
        "What counts is the price with shipping.",
        "Each article is looked at by itself; the value is that of the dearest one.",
    ]
    assert threshold_sentences(replace(judged("1", "2", "<", passed=True), threshold=None)) == []


def test_every_kind_of_rule_has_a_name_with_its_place() -> None:
    kinds = ("regime", "tax", "duty", "additional_duty", "fee", "exemption", "restriction")

    names = [line.text for line in rule_lines(replace(RULE, kind=kind) for kind in kinds)]

    assert len(set(names)) == 7 and all("European Union" in name for name in names)
    (everywhere,) = rule_lines([replace(RULE, kind="restriction", jurisdiction="")])
    assert everywhere.text == "Restriction for every country"
    (line,) = rule_lines([RULE])
    assert (line.id, line.source, line.status) == ("EU-X", "Official Journal", "In force")
    with override("de"):
        assert "Europäische Union" in rule_lines([RULE])[0].text

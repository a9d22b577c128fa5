"""Each check on facts that are right, and on facts that are wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.screening import ListingFacts, PartyFacts, check, checks_for, screen
from compliance.words.explain import finding_text
from compliance.words.warnings import FINDINGS
from tests.compliance.cases import book

CUP = ListingFacts(
    sku="CUP-1", hs_code="691110", origin="CN", weight_grams=300, lithium=False, description="Porcelain tea cup"
)


def found(facts: ListingFacts | PartyFacts) -> list[tuple[str, str, str]]:
    """Check, severity and rule of every finding."""
    return [(finding.check, finding.severity, finding.rule) for finding in screen(facts, book())]


def test_a_good_listing_has_no_finding() -> None:
    assert found(CUP) == []
    assert found(replace(CUP, destination="DE", channel="post", transport="air")) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"hs_code": ""}, ("hs_code_missing", "review", "")),
        ({"hs_code": "69111"}, ("hs_code_malformed", "review", "")),
        ({"hs_code": "991110"}, ("hs_code_malformed", "review", "")),
        ({"hs_code": "6911.10"}, ("hs_code_malformed", "review", "")),
        ({"origin": ""}, ("origin_unknown", "review", "")),
        ({"origin": "China"}, ("origin_unknown", "review", "")),
        ({"description": ""}, ("description_vague", "review", "")),
        ({"description": "Gift"}, ("description_vague", "review", "")),
        ({"description": "Spare parts."}, ("description_vague", "review", "")),
        ({"description": "12345"}, ("description_vague", "review", "")),
        ({"weight_grams": None}, ("weight_unknown", "notice", "")),
        ({"weight_grams": 0}, ("weight_unknown", "notice", "")),
        ({"weight_grams": 70_001}, ("weight_impossible", "review", "")),
        ({"lithium": True}, ("restricted_goods", "notice", "LITHIUM-IN-EQUIPMENT")),
        ({"hs_code": "360410"}, ("restricted_goods", "block", "FIREWORKS")),
        ({"hs_code": "930400"}, ("restricted_goods", "block", "WEAPONS")),
        ({"hs_code": "850760", "channel": "post"}, ("restricted_goods", "block", "LITHIUM-LOOSE-POST")),
        ({"hs_code": "821192", "destination": "GB"}, ("restricted_goods", "review", "KNIVES-GB")),
        ({"hs_code": "950300", "destination": "FR"}, ("restricted_goods", "notice", "TOYS-EU")),
        ({"destination": "KP"}, ("restricted_destination", "block", "SANCTIONS-KP")),
        ({"destination": "RU"}, ("restricted_destination", "review", "SANCTIONS-RU")),
        ({"destination": "UA", "region": "Donetsk"}, ("restricted_destination", "block", "SANCTIONS-UA-REGIONS")),
    ],
)
def test_a_fault_is_found(change: dict[str, object], finding: tuple[str, str, str]) -> None:
    assert found(replace(CUP, **change)) == [finding]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"hs_code": "6911101000"},
        {"description": "Gift box of six porcelain cups"},
        {"description": "陶瓷茶杯"},
        {"destination": "UA", "region": "Kyiv"},
        {"hs_code": "821192", "destination": "US"},
        {"hs_code": "950300"},
    ],
)
def test_what_only_looks_like_a_fault_passes(change: dict[str, object]) -> None:
    assert found(replace(CUP, **change)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "findings"),
    [
        (PartyFacts("Anna Weber", "DE"), []),
        (PartyFacts("", "DE"), [("party_unnamed", "review", "")]),
        (PartyFacts("Kim", "KP"), [("party_place", "block", "SANCTIONS-KP")]),
        (PartyFacts("Olha", "UA", "Crimea"), [("party_place", "block", "SANCTIONS-UA-REGIONS")]),
    ],
)
def test_parties_are_looked_at_by_name_and_place(facts: PartyFacts, findings: list[tuple[str, str, str]]) -> None:
    assert found(facts) == findings


def test_every_check_has_a_reference_and_a_sentence() -> None:
    assert checks_for(ListingFacts) | checks_for(PartyFacts) == FINDINGS.keys()
    for change in ({"hs_code": ""}, {"description": "gift"}, {"destination": "KP"}, {"weight_grams": 99_000}):
        (finding,) = screen(replace(CUP, **change), book())
        assert finding.legal_reference
        assert "%(" not in finding_text(finding)


def test_a_check_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        check("weight_unknown", ListingFacts)(lambda facts, rules: iter(()))

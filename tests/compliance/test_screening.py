"""The registry of checks: each has a table, a severity, a law and words; none ever breaks, whatever the facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from compliance.rules.marks import BATTERIES, MARKS, REQUIREMENTS, TRAITS
from compliance.screening import (
    Finding,
    ListingFacts,
    PartyFacts,
    SellerFacts,
    check,
    checks,
    checks_for,
    screen,
    screen_listing,
)
from compliance.screening.facts import SEVERITIES, Operator, PriceFacts
from compliance.screening.policy import policy
from compliance.screening.registry import SENT
from compliance.words.explain import finding_sentence, finding_text, mending_sentence
from compliance.words.findings import FINDINGS, MENDING, SHOPPER, STREAMS, shopper_reason
from compliance.words.names import REQUIREMENTS as REQUIREMENT_NAMES
from tests.compliance import test_screening_goods, test_screening_markets, test_screening_people
from tests.compliance.cases import _rows, book
from tests.compliance.screening_cases import CUP, LISTED, MARKETS, NUMBERS, Case, found_by

CASES: list[Case] = [*test_screening_goods.CASES, *test_screening_markets.CASES, *test_screening_people.CASES]
IDS = [each.id for each in checks()]
GRAVEST = {each.id: each.severity for each in checks()}
BY_OFFICERS = {"notice_upheld", "seller_decided"}  # findings of a decision, not of a check


def facts_of(case: Case) -> Any:
    return replace(case.facts, **case.change)  # type: ignore[arg-type]


def everything_found(case: Case) -> Iterable[Finding]:
    facts = facts_of(case)
    if isinstance(facts, ListingFacts) and not facts.destination:
        return screen_listing(facts, MARKETS, book(case.on))
    return screen(facts, book(case.on))


# The registry ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDS)
def test_every_check_has_a_case_that_finds_and_one_that_does_not(name: str) -> None:
    cases = [case for case in CASES if case.check == name]

    assert any(case.found for case in cases)
    assert any(not case.found for case in cases)


def test_every_case_is_of_a_check_that_is_there() -> None:
    assert {case.check for case in CASES} == set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_every_check_has_severity_law_and_words(name: str) -> None:
    each = next(each for each in checks() if each.id == name)

    assert each.severity in SEVERITIES
    assert len(each.law) > 20
    assert each.stages
    assert each.run.__module__.startswith("compliance.screening.")
    assert each.run.__name__ == name
    assert {name} <= FINDINGS.keys() & MENDING.keys()
    assert shopper_reason(name).endswith(".")


def test_words_are_of_checks_that_are_there() -> None:
    assert FINDINGS.keys() == MENDING.keys() == set(IDS) | BY_OFFICERS
    assert SHOPPER.keys() <= checks_for(ListingFacts)


def test_kinds_of_facts_share_no_check() -> None:
    kinds = [checks_for(kind) for kind in (ListingFacts, PartyFacts, SellerFacts)]

    assert sum(map(len, kinds)) == len(set().union(*kinds)) == len(IDS)


def test_a_parcel_on_its_way_is_no_offer() -> None:
    """What concerns the offer holds a listing, and never a parcel that has been paid for."""
    assert {each.id for each in checks() if each.looks_at is ListingFacts and SENT in each.stages} == {
        "hs_code_missing", "hs_code_malformed", "origin_unknown", "description_vague", "weight_unknown",
        "weight_impossible", "restricted_goods", "lithium_battery", "protected_species", "excise_goods", "age_limit",
        "sanctioned_goods", "restricted_destination",
    }  # fmt: skip


def test_a_check_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        check("weight_unknown", ListingFacts, severity="notice", law="")(lambda facts, rules: iter(()))


# What a finding says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in CASES if case.found], ids=lambda case: case.check)
def test_a_finding_is_told_whole_with_its_law_and_what_to_do(case: Case) -> None:
    for found in everything_found(case):
        if found.check == case.check:
            rule = f"{found.check}:{found.rule}" if found.rule else found.check
            text, mending = finding_text(found), mending_sentence(rule, found.params)
            assert len(rule) <= 80
            assert len(found.legal_reference) <= 400
            assert SEVERITIES.index(found.severity) >= SEVERITIES.index(GRAVEST[found.check])
            assert text.endswith((".", "!", "?"))
            assert mending.endswith(".")
            assert "%(" not in text + mending
            assert (
                set(re.findall(r"%\((\w+)\)", f"{FINDINGS[found.check]} {MENDING[found.check]}")) <= found.params.keys()
            )
            assert found.legal_reference
            assert all(isinstance(value, str) for value in found.params.values())


def test_words_are_in_the_readers_language() -> None:
    params = {"sku": "CUP-1", "stream": "packaging", "countries": "DE FR", "languages": "de fr", "language": "de"}

    with override("en"):
        assert finding_sentence("epr_missing:packaging-block", params) == (
            "No registration number for packaging is known in: Germany and France."
        )
        assert (
            finding_sentence("warnings_untranslated", params)
            == "The warnings of CUP-1 are missing, or nobody has reviewed them, in: German and French."
        )
    with override("ja"):
        assert "ドイツ、フランス" in finding_sentence("epr_missing:packaging-block", params)


def test_a_flag_of_long_ago_is_told_with_the_words_that_it_has() -> None:
    assert finding_sentence("epr_missing", {}) == "No registration number for  is known in: ."
    assert finding_sentence("no_such_check", {"sku": "A"}) == "no_such_check"
    assert mending_sentence("no_such_check", {"sku": "A"}) == ""


def test_shoppers_read_one_neutral_sentence() -> None:
    assert (
        shopper_reason("epr_missing:packaging-block")
        == "The seller has yet to show that these goods meet a rule of your country."
    )
    assert shopper_reason("restricted_goods:FIREWORKS") == "A rule of your country keeps these goods out."
    assert shopper_reason("rights_complaint") == "We are looking at this listing, and show it again once it is settled."
    assert shopper_reason("of_another_release") == shopper_reason("rights_complaint")


# The rules behind the checks ---------------------------------------------------------------------------------


def test_every_row_can_be_found_by_a_check() -> None:
    """A row that no check asks for would look like law and do nothing."""
    rows = _rows()
    laws = {each for case in CASES for each in (found.rule for found in case.found)}

    assert {row["requirement"] for row in rows["product_rules"]} == REQUIREMENTS
    assert {row["stream"] for row in rows["epr_schemes"]} == STREAMS.keys()
    assert {row["topic"] for row in rows["restrictions"]} == {
        "goods",
        "lithium",
        "species",
        "excise",
        "age",
        "sanctions",
    }
    assert {row["name"] for row in rows["product_rules"]} == set(REQUIREMENT_NAMES)
    assert len([row for row in rows["restrictions"] if row["code"] in laws]) > 25


def test_a_rule_on_age_names_the_age() -> None:
    assert [row["code"] for row in _rows()["restrictions"] if row["topic"] == "age" and not row["minimum_age"]] == []


def test_registers_are_blocking_where_the_marketplace_has_to_ask() -> None:
    rows = _rows()["epr_schemes"]
    blocking = {(row["country"], row["stream"]) for row in rows if row["action"] == "block"}

    french = {("FR", stream) for stream in STREAMS}
    assert blocking == {("DE", "packaging"), ("DE", "weee"), ("DE", "battery"), ("AT", "packaging")} | french
    assert len(rows) == 91
    assert Counter(row["action"] for row in rows) == {"block": 13, "review": 9, "inform": 69}
    assert all(row["number_pattern"] for row in rows if row["action"] == "review")


def test_a_listing_has_room_for_the_languages_of_the_shop() -> None:
    assert policy().listing_languages == {code.split("-")[0] for code, _name in settings.LANGUAGES}


# Whatever the facts are --------------------------------------------------------------------------------------

TEXTS = st.text(max_size=30)
CODES = st.sampled_from(["DE", "FR", "GB", "US", "RU", "KP", "XI", "QQ", "", "UA", "TR", "CH"])
LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "ja", "zh-hans", "ar", "pl", ""])
NUMBER = st.decimals(min_value=-10, max_value=100_000, places=2, allow_nan=False)
AMOUNTS = st.dictionaries(TEXTS, NUMBER, max_size=3)
CLAIMS = (
    st.sampled_from(["", "eco-friendly", "umweltfreundlich", "cures", "治疗", "<", "&amp;<b>", "\x00", "صديق للبيئة"])
    | TEXTS
)
OPERATORS = st.builds(Operator, TEXTS, TEXTS, CODES, TEXTS)
PRICES = st.builds(PriceFacts, st.just("EUR"), NUMBER, *[st.none() | NUMBER] * 4)
REGISTRATIONS = st.frozensets(st.sampled_from(sorted(NUMBERS)) | st.tuples(TEXTS, CODES, TEXTS), max_size=40)
LISTINGS = st.builds(
    ListingFacts, sku=TEXTS, hs_code=st.sampled_from(["", "6911", "610910", "850760", "950300", "2203", "88", "x"]) | TEXTS,
    origin=CODES | TEXTS, weight_grams=st.none() | st.integers(-5, 100_000), lithium=st.booleans(), description=TEXTS,
    destination=CODES | TEXTS, region=TEXTS, postal_code=TEXTS, channel=st.sampled_from(["", "post", "courier", "?"]),
    transport=st.sampled_from(["", "air", "sea"]), traits=st.frozensets(st.sampled_from(sorted(TRAITS))),
    registrations=REGISTRATIONS, lapsed=REGISTRATIONS, texts=st.dictionaries(LANGUAGES, CLAIMS, max_size=4),
    warnings=st.dictionaries(LANGUAGES, CLAIMS, max_size=4), needs_no_warnings=st.booleans(), materials=AMOUNTS,
    cites_species=TEXTS, battery=st.sampled_from(["", "none", "other", *sorted(BATTERIES)]), battery_watt_hours=st.none() | NUMBER,
    batteries=st.none() | st.integers(0, 9), age_from=st.none() | st.integers(0, 21), packaging_grams=AMOUNTS,
    size_mm=st.none() | st.tuples(*[st.integers(-1, 4000)] * 3), energy_label=TEXTS, model_identifier=TEXTS,
    has_picture=st.booleans(), manufacturer=OPERATORS, responsible_person=OPERATORS,
    documents=st.frozensets(st.sampled_from(["conformity", "un38_3", "permit", "test_report", "registration"])),
    expected_prefixes=st.frozensets(st.sampled_from(["69", "42"])), prices=st.lists(PRICES, max_size=2).map(tuple),
    complaints=st.integers(-1, 3), seller_status=st.sampled_from(["approved", "suspended", ""]),
)  # fmt: skip
PLACES = st.lists(CODES, max_size=8)
WHATEVER = limits(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def told(found: Iterable[Finding]) -> set[tuple[str, str, str, str]]:
    """Every finding with each of its countries."""
    return {(each.check, each.rule, each.severity, country) for each in found for country in each.countries or ("",)}


@WHATEVER
@given(LISTINGS, PLACES)
def test_no_facts_break_a_check(facts: ListingFacts, destinations: list[str]) -> None:
    for found in (*screen_listing(facts, destinations, book()), *screen(facts, book())):
        assert found.check in FINDINGS
        assert found.severity in SEVERITIES
        assert set(found.countries) <= set(destinations)
        assert len(set(found.countries)) == len(found.countries)
        finding_text(found)


@WHATEVER
@given(LISTINGS, PLACES, st.sampled_from(sorted(NUMBERS)))
def test_one_more_registration_never_adds_a_finding(
    facts: ListingFacts, destinations: list[str], number: tuple[str, str, str]
) -> None:
    more = replace(facts, registrations=facts.registrations | {number})

    assert told(screen_listing(more, destinations, book())) <= told(screen_listing(facts, destinations, book()))


@WHATEVER
@given(LISTINGS, PLACES)
def test_many_destinations_are_looked_at_as_each_by_itself(facts: ListingFacts, destinations: list[str]) -> None:
    together = told(screen_listing(facts, destinations, book()))

    apart = [told(screen_listing(facts, [code], book())) for code in destinations]
    assert together == set().union(told(screen_listing(facts, [], book())), *apart)


@WHATEVER
@given(LISTINGS, PLACES)
def test_no_two_findings_are_told_apart_by_nothing(facts: ListingFacts, destinations: list[str]) -> None:
    """A flag is known by its check and rule, so that each finding needs one of its own."""
    keys = [(each.check, each.rule) for each in screen_listing(facts, destinations, book())]

    assert len(set(keys)) == len(keys)


@given(
    st.builds(
        PartyFacts,
        TEXTS,
        CODES | TEXTS,
        TEXTS,
        TEXTS,
        st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    )
)
def test_no_party_breaks_a_check(facts: PartyFacts) -> None:
    for found in screen(facts, book()):
        assert len(f"{found.check}:{found.rule}") <= 80
        finding_text(found)


def test_marks_of_rules_are_a_closed_list() -> None:
    used = {
        word
        for name in ("restrictions", "epr_schemes", "product_rules")
        for row in _rows()[name]
        for word in row["traits"].split()
    }

    assert used <= MARKS
    assert found_by(Case("restricted_goods", CUP, {"traits": frozenset({"blade"}), "destination": "SG"}))
    assert LISTED.prices[0].price == Decimal(20)

"""The checklist follows from what and where a seller wants to sell: each step with its state, reason and page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from compliance.onboarding import Goods, Situation, Step, checklist
from compliance.onboarding.checklist import FACTS, PARTS, step_sources
from compliance.onboarding.steps import DONE, NOT_NEEDED, OPEN, SECTIONS, WAITING
from compliance.rules.book import RuleBook
from compliance.rules.files import read_all
from compliance.traders.papers import MISSING
from compliance.words import onboarding as words

BOOK = RuleBook(date(2026, 11, 28), read_all())
SHIRT, LAMP, MUG = (
    Goods("610910", frozenset({"packaging", "textile"})),
    Goods("940521", frozenset({"packaging", "electronics"})),
    Goods("691110", frozenset({"packaging", "food_contact"})),
)
NEW = Situation("onboarding", "CN", markets=("DE", "FR"), missing=frozenset(MISSING), stores=frozenset({"CN"}))


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    """Sentences are read in the source language."""
    with override("en"):
        yield


def steps(situation: Situation) -> dict[str, Step]:
    return {step.id: step for step in checklist(situation, BOOK).steps}


def states(situation: Situation, *prefixes: str) -> dict[str, str]:
    return {name: step.state for name, step in steps(situation).items() if name.startswith(prefixes)}


def having(situation: Situation, *numbers: tuple[str, str, str], **changes: Any) -> Situation:
    return replace(situation, counting=frozenset(numbers), **changes)


# Who they are -------------------------------------------------------------------------------------------------


def test_a_seller_who_has_just_come_has_everything_before_them() -> None:
    found = checklist(NEW, BOOK)

    assert [step.id for step in found.of("who")] == ["markets", *PARTS, "review"]
    assert found.next is not None
    assert found.next.id == "business"
    assert found.percent == 5  # where they want to sell is said: 1 of 17
    assert steps(NEW)["review"].is_possible is False


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_part_of_the_papers_is_done_when_nothing_of_it_lacks(name: str) -> None:
    for paper in PARTS[name]:
        assert steps(replace(NEW, missing=frozenset({paper})))[name].state == OPEN
    assert steps(replace(NEW, missing=frozenset(MISSING) - PARTS[name]))[name].state == DONE


def test_every_paper_belongs_to_a_part() -> None:
    assert set().union(*PARTS.values()) == set(MISSING)


def test_a_person_needs_no_register_and_no_owners() -> None:
    person = replace(NEW, is_person=True, missing=frozenset({"birth_date"}))

    assert states(person, "register", "owners") == {"register": NOT_NEEDED, "owners": NOT_NEEDED}


@pytest.mark.parametrize(
    ("status", "missing", "state", "is_possible"),
    [
        ("onboarding", {"email"}, OPEN, False), ("onboarding", set(), OPEN, True), ("in_review", set(), WAITING, False),
        ("approved", set(), DONE, False), ("suspended", set(), DONE, False),
    ],
)  # fmt: skip
def test_papers_are_sent_when_they_are_whole(status: str, missing: set[str], state: str, is_possible: bool) -> None:
    review = steps(replace(NEW, status=status, missing=frozenset(missing)))["review"]

    assert (review.state, review.is_possible) == (state, is_possible)


def test_who_was_invited_has_to_come_first() -> None:
    invited = checklist(replace(NEW, status="invited"), BOOK)

    assert [step.id for step in invited.steps if step.is_possible and step.section == "who"] == []


# Tax and customs ----------------------------------------------------------------------------------------------


def test_the_marketplace_pays_where_it_is_the_deemed_supplier() -> None:
    found = steps(replace(NEW, markets=("DE", "GB", "NO", "AU", "CH", "US")))

    assert {name: step.rule for name, step in found.items() if name.startswith("deemed:")} == {
        "deemed:EU": "EU-LV-3EUR", "deemed:GB": "GB-LV", "deemed:NO": "NO-VOEC", "deemed:AU": "AU-LVIG", "deemed:CH": "CH-PLATFORM",
    }  # fmt: skip
    assert {step.state for name, step in found.items() if name.startswith(("deemed:", "border:"))} == {NOT_NEEDED}
    assert "border:US" in found
    assert "border:CH" not in found  # there the marketplace pays without a limit
    assert words.step_reason(found["deemed:EU"].kind, found["deemed:EU"].params).startswith(
        "Up to €150.00 the marketplace"
    )


def test_a_seller_from_abroad_who_sends_from_home_needs_no_tax_number() -> None:
    assert states(NEW, "vat:", "uk_vat:", "eori:", "oss:") == {}


def test_goods_in_a_warehouse_in_the_union_need_numbers_there() -> None:
    stored = replace(NEW, stores=frozenset({"CN", "DE", "PL"}), markets=("FR",))

    assert states(stored, "vat:", "eori:") == {"vat:DE": OPEN, "vat:PL": OPEN, "eori:EU": OPEN}
    held = having(stored, ("vat", "DE", ""), ("eori", "FR", ""))  # any state of the Union may have given the EORI
    assert states(held, "vat:", "eori:") == {"vat:DE": DONE, "vat:PL": OPEN, "eori:EU": DONE}
    waiting = replace(stored, waiting=frozenset({("vat", "PL", ""), ("eori", "DE", "")}))
    assert states(waiting, "vat:", "eori:") == {"vat:DE": OPEN, "vat:PL": WAITING, "eori:EU": WAITING}


def test_goods_in_a_warehouse_in_the_united_kingdom_need_numbers_there() -> None:
    german = replace(NEW, country="DE", stores=frozenset({"DE", "GB"}), markets=("DE", "GB"))

    assert states(german, "vat:", "uk_vat:", "eori:") == {
        "vat:DE": OPEN, "uk_vat:GB": OPEN, "eori:EU": OPEN, "eori:GB": OPEN,
    }  # fmt: skip


def test_a_seller_of_the_union_is_taxed_at_home_and_advised_of_the_one_stop_shop() -> None:
    german = replace(NEW, country="DE", stores=frozenset({"DE"}), markets=("DE", "FR"))
    found = steps(german)

    assert states(german, "vat:", "oss:", "deemed:", "eori:") == {"vat:DE": OPEN, "oss:DE": OPEN}
    assert (found["vat:DE"].is_required, found["oss:DE"].is_required) == (True, False)
    assert states(replace(german, markets=("DE",)), "oss:") == {}
    assert states(replace(german, markets=("DE", "US")), "eori:") == {"eori:EU": OPEN}  # who exports needs one


# Producer registers -------------------------------------------------------------------------------------------


def test_registers_follow_from_goods_and_countries() -> None:
    clothes = replace(NEW, goods=(SHIRT,), markets=("DE", "FR"))
    lamps = replace(NEW, goods=(LAMP,), markets=("DE", "FR"))
    both = replace(NEW, goods=(SHIRT, LAMP), markets=("FR",))

    assert set(states(clothes, "epr:")) == {"epr:DE:packaging", "epr:FR:packaging", "epr:FR:textiles"}
    assert set(states(lamps, "epr:")) == {"epr:DE:packaging", "epr:DE:weee", "epr:FR:packaging", "epr:FR:weee"}
    assert set(states(both, "epr:")) == {"epr:FR:packaging", "epr:FR:textiles", "epr:FR:weee"}


def test_before_the_first_listing_packaging_is_known() -> None:
    assert set(states(NEW, "epr:")) == {"epr:DE:packaging", "epr:FR:packaging"}
    assert states(replace(NEW, markets=()), "epr:", "deemed:", "facts:") == {}


def test_a_number_that_counts_or_waits_settles_its_register_alone() -> None:
    held = having(NEW, ("epr", "FR", "packaging"), waiting=frozenset({("epr", "DE", "packaging")}))

    assert states(held, "epr:") == {"epr:DE:packaging": WAITING, "epr:FR:packaging": DONE}


def test_what_nobody_holds_goods_for_is_advice() -> None:
    found = steps(replace(NEW, markets=("NL", "ES"), goods=(MUG,)))

    assert (found["epr:NL:packaging"].is_required, found["epr:ES:packaging"].is_required) == (False, True)
    assert "nothing is held here" in words.step_reason(found["epr:NL:packaging"].kind, found["epr:NL:packaging"].params)


def test_a_register_says_where_the_number_comes_from_and_by_which_law() -> None:
    step = steps(replace(NEW, goods=(SHIRT,)))["epr:FR:textiles"]

    assert (step.rule, step.page) == ("FR-EPR-TEXTILES", "enter:epr:FR:textiles")
    assert step.source
    assert words.step_title(step.kind, step.params) == "Producer responsibility: textiles and shoes · France"
    assert "SYDEREP by Refashion" in words.step_reason(step.kind, step.params)


# Listings -----------------------------------------------------------------------------------------------------


def test_facts_of_listings_wait_for_the_first_one_and_are_counted() -> None:
    first = replace(NEW, goods=(SHIRT,), listings=2, faults={"manufacturer_missing": 2, "warnings_unsaid": 1})

    assert {step.is_possible for name, step in steps(NEW).items() if name.startswith("facts:")} == {False}
    found = states(first, "facts:")
    assert found["facts:manufacturer"] == found["facts:warnings_said"] == OPEN
    assert found["facts:responsible_person"] == found["facts:identification"] == DONE
    assert steps(first)["facts:manufacturer"].params["count"] == "2"
    assert words.step_count(steps(first)["facts:manufacturer"].params) == "Listings that lack it: 2."


def test_outside_the_union_less_is_asked_of_a_listing() -> None:
    asked = states(replace(NEW, markets=("JP",), goods=(SHIRT,), listings=1), "facts:")

    assert "facts:responsible_person" not in asked


@pytest.mark.parametrize(
    ("status", "complete", "on_sale", "state", "is_possible"),
    [
        ("onboarding", 1, 0, OPEN, False), ("approved", 0, 0, OPEN, False), ("approved", 1, 0, OPEN, True),
        ("approved", 1, 1, DONE, True),
    ],
)  # fmt: skip
def test_a_listing_goes_on_sale_when_the_seller_is_approved_and_it_is_whole(
    status: str, complete: int, on_sale: int, state: str, is_possible: bool
) -> None:
    step = steps(replace(NEW, status=status, listings=1, complete=complete, on_sale=on_sale))["on_sale"]

    assert (step.state, step.is_possible) == (state, is_possible)


# The whole ----------------------------------------------------------------------------------------------------


def test_a_seller_who_has_done_all_is_at_a_hundred_percent() -> None:
    done = having(
        replace(NEW, status="approved", missing=frozenset(), goods=(SHIRT,), listings=1, complete=1, on_sale=1),
        ("epr", "DE", "packaging"), ("epr", "FR", "packaging"), ("epr", "FR", "textiles"),
    )  # fmt: skip
    found = checklist(done, BOOK)

    assert (found.percent, found.next) == (100, None)
    assert {step.state for step in found.counted} == {DONE}


def test_one_number_that_lacks_is_less_than_a_hundred_and_is_the_next_step() -> None:
    nearly = having(
        replace(NEW, status="approved", missing=frozenset(), goods=(SHIRT,), listings=1, complete=1, on_sale=1),
        ("epr", "DE", "packaging"), ("epr", "FR", "packaging"),
    )  # fmt: skip
    found = checklist(nearly, BOOK)

    assert found.percent < 100
    assert found.next is not None
    assert found.next.id == "epr:FR:textiles"


def test_every_kind_of_step_has_words_and_a_source() -> None:
    kinds = {"epr_block", "epr_review", "epr_inform", *(f"facts_{name}" for name in FACTS), *PARTS}
    kinds |= {"markets", "review", "first_listing", "on_sale", "deemed", "deemed_up_to", "at_border", "at_border_above"}
    kinds |= {"vat_home", "tax_home", "vat_storage", "oss", "eori"}

    assert kinds == words.KINDS
    assert set(SECTIONS) == words.SECTIONS.keys()
    assert set(PARTS) <= step_sources().keys()


@given(
    country=st.sampled_from(["CN", "DE", "GB", "US", "JP", "NO", "AU", "KE"]),
    markets=st.lists(st.sampled_from(BOOK.countries()), unique=True, max_size=12),
    stores=st.frozensets(st.sampled_from(["CN", "DE", "PL", "GB", "US", "JP", "AU"]), max_size=3),
    missing=st.frozensets(st.sampled_from(sorted(MISSING))),
    status=st.sampled_from(["invited", "onboarding", "in_review", "approved", "suspended", "refused"]),
    goods=st.lists(st.sampled_from([SHIRT, LAMP, MUG]), unique=True, max_size=3),
    listings=st.integers(0, 3),
)
def test_whatever_a_seller_wants_the_list_holds_together(**told: Any) -> None:
    told["markets"], told["goods"] = tuple(sorted(told["markets"])), tuple(told["goods"])
    found = checklist(Situation(**told), BOOK)

    assert len({step.id for step in found.steps}) == len(found.steps)
    assert 0 <= found.percent <= 100
    assert (found.percent == 100) == all(step.state == DONE for step in found.counted)
    for step in found.steps:
        assert step.source
        assert words.step_title(step.kind, step.params)
        assert words.step_reason(step.kind, step.params)
    assert found.next is None or (found.next.state == OPEN and found.next.is_possible and found.next.is_required)

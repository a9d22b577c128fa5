"""Checks on what a listing has to show where it is sold: who answers for the goods, what they are, how to use them safely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from compliance.rules.market import GoodsRules, Placed
from compliance.rules.obligations import RequirementRule
from compliance.screening.facts import BLOCK, NOTICE, REVIEW, ListingFacts, Operator
from compliance.screening.policy import policy
from compliance.screening.registry import LISTED, Hit, by_rule, check

_GPSR: Final = "Regulation (EU) 2023/988 art. 19"
_TOYS: Final = "Directive 2009/48/EC art. 10, 11 and annex V"
_CERTIFICATES: Final = ("conformity", "test_report")
# Northern Ireland follows the law of the Union on goods: Windsor Framework, annex 2.
_ALSO_INSIDE: Final = {"XI": "EU"}


@check("manufacturer_missing", ListingFacts, severity=BLOCK, law=f"{_GPSR} (a)", stages=(LISTED,))
def manufacturer_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(facts.manufacturer.is_whole, "manufacturer", facts, rules)


@check("responsible_person_missing", ListingFacts, severity=BLOCK, law=f"{_GPSR} (b), 16", stages=(LISTED,))
def responsible_person_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    groups_of = rules.market.groups_of
    for placed in _required("responsible_person", rules):
        place = placed.rule.jurisdiction
        if not any(_is_inside(each, place, groups_of) for each in (facts.manufacturer, facts.responsible_person)):
            yield by_rule(placed.rule, placed.countries, sku=facts.sku, place=place)


@check("identification_missing", ListingFacts, severity=REVIEW, law=f"{_GPSR} (c)", stages=(LISTED,))
def identification_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(facts.has_picture and bool(facts.model_identifier), "identification", facts, rules)


@check("warnings_unsaid", ListingFacts, severity=NOTICE, law=f"{_GPSR} (d)", stages=(LISTED,))
def warnings_unsaid(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(facts.needs_no_warnings or bool(_said(facts)), "warnings_said", facts, rules)


@check("warnings_untranslated", ListingFacts, severity=REVIEW, law=f"{_GPSR} (d)", stages=(LISTED,))
def warnings_untranslated(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    for rule, countries in _unread(facts, rules, in_listing=True):
        yield by_rule(rule, countries, **_languages(facts, countries, rules))


@check("warnings_to_enclose", ListingFacts, severity=NOTICE, law=f"{_GPSR} (d)", stages=(LISTED,))
def warnings_to_enclose(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    for rule, countries in _unread(facts, rules, in_listing=False):
        yield Hit(_languages(facts, countries, rules), NOTICE, rule.ref.source, rule.ref.id, countries)


@check(
    "declaration_missing", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Directive 2009/48/EC art. 15; Directives 2014/30/EU, 2014/35/EU, 2014/53/EU; Regulation (EC) No 765/2008 art. 30",
)  # fmt: skip
def declaration_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless("conformity" in facts.documents, "ce_declaration", facts, rules)


@check(
    "safety_certificate_missing", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Consumer Product Safety Improvement Act (United States) section 102; 16 CFR part 1110",
)  # fmt: skip
def safety_certificate_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(not facts.documents.isdisjoint(_CERTIFICATES), "safety_certificate", facts, rules)


@check("energy_label_missing", ListingFacts, severity=REVIEW, law="Regulation (EU) 2017/1369 art. 5", stages=(LISTED,))
def energy_label_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(bool(facts.energy_label), "energy_label", facts, rules)


@check("age_grading_missing", ListingFacts, severity=REVIEW, law=_TOYS, stages=(LISTED,))
def age_grading_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _unless(facts.age_from is not None, "age_grading", facts, rules)


def _required(requirement: str, rules: GoodsRules) -> tuple[Placed[RequirementRule], ...]:
    return rules.requirements.get(requirement, ())


def _unless(is_met: bool, requirement: str, facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if not is_met:
        for placed in _required(requirement, rules):
            yield by_rule(placed.rule, placed.countries, sku=facts.sku, name=placed.rule.name)


def _is_inside(operator: Operator, place: str, groups_of: Callable[[str], tuple[str, ...]]) -> bool:
    """Whether somebody can be reached and is established in a country or union."""
    groups = groups_of(operator.country)
    return operator.is_whole and (place in groups or _ALSO_INSIDE.get(place, place) in groups)


def _said(facts: ListingFacts) -> set[str]:
    """The languages that have a warning, without script or country."""
    return {code.partition("-")[0] for code, text in facts.warnings.items() if text.strip()}


def _unread(
    facts: ListingFacts, rules: GoodsRules, *, in_listing: bool
) -> Iterator[tuple[RequirementRule, tuple[str, ...]]]:
    """Each rule with the countries whose shoppers can't read the warnings.

    `in_listing`: those with a language that a listing has room for, else the others.
    """
    said = _said(facts)
    if not said or facts.needs_no_warnings:
        return
    languages, room = rules.market.languages, policy().listing_languages
    for placed in _required("warnings", rules):
        countries = tuple(
            country
            for country in placed.countries or languages
            if languages[country]
            and said.isdisjoint(languages[country])
            and room.isdisjoint(languages[country]) != in_listing
        )
        if countries:
            yield placed.rule, countries


def _languages(facts: ListingFacts, countries: tuple[str, ...], rules: GoodsRules) -> dict[str, str]:
    """The words of a finding: the first language of each country that a listing has room for, else the first."""
    room = policy().listing_languages
    asked = {}
    for country in countries:
        official = rules.market.languages[country]
        asked[next((code for code in official if code in room), official[0])] = True
    return {"sku": facts.sku, "countries": " ".join(countries), "languages": " ".join(asked)}

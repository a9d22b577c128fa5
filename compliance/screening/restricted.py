"""Checks on what may not go everywhere or every way: restricted goods, batteries, species, excise, age, sanctions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compliance.rules.market import GoodsRules
from compliance.rules.rows import RestrictionRule
from compliance.screening.facts import BLOCK, NOTICE, ListingFacts
from compliance.screening.registry import LISTED, Hit, by_rule, check

_GOODS: Final = "Import, export and transport law of the destination, as the rule says"
_LITHIUM: Final = (
    "IATA Dangerous Goods Regulations, packing instructions 965 to 970; Convention of the Universal Postal Union"
)
_SPECIES: Final = "Convention on International Trade in Endangered Species; Regulation (EC) No 338/97"
_EXCISE: Final = "Directive (EU) 2020/262 and national excise law"
_AGE: Final = "National law on sales to minors, as the rule says"
_SANCTIONS: Final = "Sanctions of the European Union, the United Nations, the United Kingdom and the United States"


@check("restricted_goods", ListingFacts, severity=BLOCK, law=_GOODS)
def restricted_goods(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("goods", facts, rules)


@check("lithium_battery", ListingFacts, severity=BLOCK, law=_LITHIUM)
def lithium_battery(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("lithium", facts, rules)


@check("battery_unsaid", ListingFacts, severity=NOTICE, law=_LITHIUM, stages=(LISTED,))
def battery_unsaid(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if "lithium" in rules.marks and (not facts.battery or facts.battery_watt_hours is None or facts.batteries is None):
        yield Hit({"sku": facts.sku})


@check("protected_species", ListingFacts, severity=BLOCK, law=_SPECIES)
def protected_species(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("species", facts, rules)


@check("excise_goods", ListingFacts, severity=BLOCK, law=_EXCISE)
def excise_goods(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("excise", facts, rules)


@check("age_limit", ListingFacts, severity=BLOCK, law=_AGE)
def age_limit(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("age", facts, rules)


@check("sanctioned_goods", ListingFacts, severity=BLOCK, law=_SANCTIONS)
def sanctioned_goods(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _of_topic("sanctions", facts, rules)


@check("restricted_destination", ListingFacts, severity=BLOCK, law=_SANCTIONS)
def restricted_destination(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    for placed in rules.places:
        rule = placed.rule
        if rule.reaches(facts.region, facts.channel, facts.transport, facts.origin):
            place = facts.destination or rule.destination
            yield by_rule(rule, placed.countries, name=rule.name, country=place, region=facts.region)


def _of_topic(topic: str, facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    """The rules of a topic that name the goods and that what is known of them does not put aside."""
    for placed in rules.restrictions:
        rule = placed.rule
        if rule.topic == topic and _concerns(rule, facts):
            yield by_rule(rule, placed.countries, **_words(rule, facts))


def _concerns(rule: RestrictionRule, facts: ListingFacts) -> bool:
    capacity, pieces, age = facts.battery_watt_hours, facts.batteries, facts.age_from
    return (
        rule.reaches(facts.region, facts.channel, facts.transport, facts.origin)
        and (rule.watt_hours_over is None or (capacity is not None and capacity > rule.watt_hours_over))
        and (rule.batteries_over is None or (pieces is not None and pieces > rule.batteries_over))
        and (rule.minimum_age is None or age is None or age < rule.minimum_age)
        and (not rule.document or rule.document not in facts.documents)
    )


def _words(rule: RestrictionRule, facts: ListingFacts) -> dict[str, str]:
    words = {"sku": facts.sku, "name": rule.name, "un_number": rule.un_number}
    if rule.watt_hours_over is not None:
        words["limit"] = f"{rule.watt_hours_over:f}"
    if rule.minimum_age is not None:
        words["age"] = str(rule.minimum_age)
    if rule.topic == "species":
        words["species"] = facts.cites_species
    return words

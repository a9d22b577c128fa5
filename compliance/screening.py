"""What is wrong with a listing, a parcel or a party: small checks on plain facts, each with its legal reference.

`screen` runs every check that is registered for the kind of facts. A check sees the facts and the rule book of
the day, and gives findings; it loads nothing and changes nothing. Names of parties are not compared with
sanction lists here: the rule book holds places and goods, not persons.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from compliance.rules.book import RuleBook
from compliance.rules.files import DATA, known_places
from compliance.rules.rows import RestrictionRule
from marketplace.kernel.consignment import Destination

BLOCK, REVIEW, NOTICE = "block", "review", "notice"
_SEVERITIES: Final = {"block": BLOCK, "review": REVIEW, "inform": NOTICE}
_HEAVIEST_PARCEL_GRAMS: Final = 70_000
_HS_CODE = re.compile(r"(?!00|77|98|99)\d{6,10}")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """Goods as they are listed or sent. Empty text means "not known"; a listing has no destination yet."""

    sku: str
    hs_code: str
    origin: str
    weight_grams: int | None
    lithium: bool
    description: str
    destination: str = ""
    region: str = ""
    postal_code: str = ""
    channel: str = ""
    transport: str = ""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Somebody who buys, sells or receives: a name and where they are."""

    name: str
    country: str
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. `rule` is the row of the rule book behind it, when there is one."""

    check: str
    severity: str
    params: Mapping[str, str] = field(default_factory=dict)
    legal_reference: str = ""
    rule: str = ""


Facts = ListingFacts | PartyFacts
_Facts = TypeVar("_Facts", ListingFacts, PartyFacts)
_registry: dict[str, tuple[type, Callable[[Any, RuleBook], Iterator[Finding]]]] = {}


def screen(facts: Facts, rule_book: RuleBook) -> tuple[Finding, ...]:
    """Every finding on the facts, in the order of the registry."""
    kind = type(facts)
    checks = [check for wanted, check in _registry.values() if wanted is kind]
    return tuple(finding for check in checks for finding in check(facts, rule_book))


def checks_for(kind: type[Facts]) -> frozenset[str]:
    """The ids of the checks that `screen` makes on facts of one kind."""
    return frozenset(name for name, (wanted, _check) in _registry.items() if wanted is kind)


def check(
    name: str, kind: type[_Facts]
) -> Callable[[Callable[[_Facts, RuleBook], Iterator[Finding]]], Callable[[_Facts, RuleBook], Iterator[Finding]]]:
    """Registers a function as the check `name` on facts of `kind`."""

    def register(function: Callable[[_Facts, RuleBook], Iterator[Finding]]) -> Callable[..., Iterator[Finding]]:
        if name in _registry:
            raise ValueError(f"a check named {name} is registered already")
        _registry[name] = kind, function
        return function

    return register


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about goods; customs refuse a description made of them alone."""
    with (DATA / "stop_words.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"].casefold() for row in csv.DictReader(file))


_DECLARATION = "UPU Convention, customs data; Delegated Regulation (EU) 2015/2446, annex B"


@check("hs_code_missing", ListingFacts)
def _hs_code_missing(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    if not facts.hs_code:
        yield Finding("hs_code_missing", REVIEW, {"sku": facts.sku}, _DECLARATION)


@check("hs_code_malformed", ListingFacts)
def _hs_code_malformed(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    if facts.hs_code and not _HS_CODE.fullmatch(facts.hs_code):
        yield Finding("hs_code_malformed", REVIEW, {"sku": facts.sku, "hs_code": facts.hs_code}, _DECLARATION)


@check("origin_unknown", ListingFacts)
def _origin_unknown(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    if facts.origin not in known_places():
        yield Finding("origin_unknown", REVIEW, {"sku": facts.sku, "origin": facts.origin}, _DECLARATION)


@check("restricted_goods", ListingFacts)
def _restricted_goods(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    for rule in _restrictions(facts.destination, facts.region, facts.postal_code, rule_book):
        if (rule.hs_prefixes or rule.lithium) and rule.concerns(
            facts.hs_code, facts.lithium, facts.region, facts.channel, facts.transport
        ):
            yield _by_rule("restricted_goods", rule, {"sku": facts.sku})


@check("restricted_destination", ListingFacts)
def _restricted_destination(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    yield from _by_place("restricted_destination", facts.destination, facts.region, facts.postal_code, rule_book)


@check("description_vague", ListingFacts)
def _description_vague(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    text = " ".join(facts.description.casefold().split()).strip(" .,;:-")
    words = _WORD.findall(text)
    if not words or text in stop_words() or all(_says_nothing(word) for word in words):
        reference = "European Commission, ICS2, acceptable goods descriptions"
        yield Finding("description_vague", REVIEW, {"sku": facts.sku, "description": facts.description}, reference)


@check("weight_unknown", ListingFacts)
def _weight_unknown(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    if not facts.weight_grams:
        yield Finding("weight_unknown", NOTICE, {"sku": facts.sku}, _DECLARATION)


@check("weight_impossible", ListingFacts)
def _weight_impossible(facts: ListingFacts, rule_book: RuleBook) -> Iterator[Finding]:
    grams = facts.weight_grams
    if grams is not None and (grams < 0 or grams > _HEAVIEST_PARCEL_GRAMS):
        yield Finding("weight_impossible", REVIEW, {"sku": facts.sku, "grams": str(grams)}, _DECLARATION)


@check("party_place", PartyFacts)
def _party_place(facts: PartyFacts, rule_book: RuleBook) -> Iterator[Finding]:
    yield from _by_place("party_place", facts.country, facts.region, facts.postal_code, rule_book)


@check("party_unnamed", PartyFacts)
def _party_unnamed(facts: PartyFacts, rule_book: RuleBook) -> Iterator[Finding]:
    if len(_WORD.findall(facts.name)) == 0:
        yield Finding("party_unnamed", REVIEW, {"name": facts.name}, _DECLARATION)


def _says_nothing(word: str) -> bool:
    return word in stop_words() or (len(word) < 3 and word.isascii())


def _restrictions(country: str, region: str, postal_code: str, rule_book: RuleBook) -> tuple[RestrictionRule, ...]:
    return rule_book.for_destination(Destination(country, region, postal_code)).restrictions


def _by_place(name: str, country: str, region: str, postal_code: str, rule_book: RuleBook) -> Iterator[Finding]:
    for rule in _restrictions(country, region, postal_code, rule_book):
        if not rule.hs_prefixes and not rule.lithium and rule.concerns("", False, region, rule.channel, rule.transport):
            yield _by_rule(name, rule, {"country": country, "region": region})


def _by_rule(name: str, rule: RestrictionRule, params: dict[str, str]) -> Finding:
    details = {"name": rule.name, "un_number": rule.un_number} | params
    return Finding(name, _SEVERITIES[rule.action], details, rule.ref.source, rule.code)

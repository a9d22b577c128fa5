"""Checks on people: who receives, who sells, who complains, and whether a sanction list names one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from compliance.rules.book import RuleBook
from compliance.rules.market import GoodsRules
from compliance.screening.facts import BLOCK, CRITICAL, NOTICE, REVIEW, ListingFacts, PartyFacts, SellerFacts
from compliance.screening.registry import LISTED, Hit, by_rule, check
from marketplace.kernel.consignment import Destination

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_APPROVED: Final = "approved"
_TRADERS: Final = "Regulation (EU) 2022/2065 art. 30"
SANCTIONS: Final = "Sanctions of the European Union, the United Nations, the United Kingdom and the United States"
_RECIPIENT: Final = "UPU Convention, customs data; Delegated Regulation (EU) 2015/2446, annex B"
_LONGEST_RULE: Final = 60
RECIPIENT_LISTED: Final = "party_listed"


@check("party_place", PartyFacts, severity=BLOCK, law=SANCTIONS)
def party_place(facts: PartyFacts, rules: RuleBook) -> Iterator[Hit]:
    is_told = bool(facts.region or facts.postal_code)
    return _by_place(Destination(facts.country, facts.region, facts.postal_code), rules, is_told=is_told)


@check("party_unnamed", PartyFacts, severity=REVIEW, law=_RECIPIENT)
def party_unnamed(facts: PartyFacts, rules: RuleBook) -> Iterator[Hit]:
    if not _WORD.search(facts.name):
        yield Hit({"name": facts.name})


@check(RECIPIENT_LISTED, PartyFacts, severity=CRITICAL, law=SANCTIONS)
def party_listed(facts: PartyFacts, rules: RuleBook) -> Iterator[Hit]:
    return _listed(facts)


@check("seller_place", SellerFacts, severity=BLOCK, law=SANCTIONS)
def seller_place(facts: SellerFacts, rules: RuleBook) -> Iterator[Hit]:
    elsewhere = dict.fromkeys(party.country for party in facts.parties if party.country != facts.country)
    for place in (Destination(facts.country, facts.region, facts.postal_code), *map(Destination, elsewhere)):
        yield from _by_place(place, rules)


@check("seller_party_listed", SellerFacts, severity=CRITICAL, law=SANCTIONS)
def seller_party_listed(facts: SellerFacts, rules: RuleBook) -> Iterator[Hit]:
    for party in facts.parties:
        yield from _listed(party)


@check("verification_incomplete", SellerFacts, severity=REVIEW, law=f"{_TRADERS} (1)")
def verification_incomplete(facts: SellerFacts, rules: RuleBook) -> Iterator[Hit]:
    """A seller who is looked at or sells and has not given all; one who is still filling in reads it on their list."""
    if facts.missing and facts.status in (_APPROVED, "in_review"):
        severity = REVIEW if facts.status == _APPROVED else NOTICE
        yield Hit({"seller": facts.name, "missing": " ".join(sorted(facts.missing))}, severity)


@check("registration_expiring", SellerFacts, severity=NOTICE, law="Law of the register, as the registration says")
def registration_expiring(facts: SellerFacts, rules: RuleBook) -> Iterator[Hit]:
    for kind, country, stream, last_day in facts.expiring:
        words = {"kind": kind, "country": country, "stream": stream, "date": last_day.isoformat()}
        yield Hit(words, rule="-".join(filter(None, (kind, country, stream))))


@check(
    "threshold_reached", SellerFacts, severity=NOTICE,
    law="Directive 2011/16/EU annex V as amended by Directive (EU) 2021/514; 15 U.S.C. § 45f",
)  # fmt: skip
def threshold_reached(facts: SellerFacts, rules: RuleBook) -> Iterator[Hit]:
    for code, law, period, due_on, source in facts.reached:
        words = {"law": law, "period": period, "date": due_on.isoformat()}
        yield Hit(words, law=source, rule="-".join(filter(None, (code, period))))


@check("seller_not_approved", ListingFacts, severity=NOTICE, law=f"{_TRADERS} (1), (2)", stages=(LISTED,))
def seller_not_approved(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    """A word to the seller only: the shop shows no listing of a seller who is not approved."""
    if facts.seller_status != _APPROVED:
        yield Hit({"sku": facts.sku, "status": facts.seller_status})


@check(
    "rights_complaint", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Regulation (EU) 2022/2065 art. 16; Regulation (EU) No 608/2013; trade mark and copyright law",
)  # fmt: skip
def rights_complaint(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.complaints > 0:
        yield Hit({"sku": facts.sku, "count": str(facts.complaints)})


def _by_place(place: Destination, rules: RuleBook, *, is_told: bool = True) -> Iterator[Hit]:
    """The rules on a place. Of an address that tells neither region nor postal code, those on its regions as well."""
    for rule in rules.for_destination(place).restrictions:
        is_there = rule.reaches(place.region, rule.channel, rule.transport, "") or not is_told
        if not rule.names_goods and is_there:
            words = {"country": place.country, "region": place.region}
            yield by_rule(rule, (), name=rule.name, un_number=rule.un_number, **words)


def _listed(party: PartyFacts) -> Iterator[Hit]:
    """One hit for each entry, so that one that is put aside leaves the others standing."""
    for match in party.matches:
        yield Hit(words_of(party.name, match), rule="-".join(match[:2])[:_LONGEST_RULE])


def words_of(name: str, match: tuple[str, str, str, str]) -> dict[str, str]:
    """The details of a hit: the name that was looked for, and the entry of a list that is like it."""
    source, reference, listed_name, likeness = match
    return {"party": name, "list": source, "reference": reference, "listed": listed_name, "likeness": likeness}

"""Checks on producer responsibility: a number in the register of each country and stream that the goods belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compliance.rules.market import GoodsRules, Placed
from compliance.rules.obligations import SchemeRule
from compliance.screening.facts import BLOCK, BY_ACTION, ListingFacts
from compliance.screening.registry import LISTED, Hit, check

EPR: Final = "epr"
_LAW: Final = "Directive 2008/98/EC art. 8a; Regulation (EU) 2025/40 art. 44, 45; national law of the register"


@check("epr_missing", ListingFacts, severity=BLOCK, law=_LAW, stages=(LISTED,))
def epr_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _without_number(facts, rules, is_lapsed=False)


@check("epr_expired", ListingFacts, severity=BLOCK, law=_LAW, stages=(LISTED,))
def epr_expired(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _without_number(facts, rules, is_lapsed=True)


def _without_number(facts: ListingFacts, rules: GoodsRules, *, is_lapsed: bool) -> Iterator[Hit]:
    """One hit for each stream and severity, with every country in which no number counts."""
    for stream, schemes in rules.schemes.items():
        found: dict[str, list[Placed[SchemeRule]]] = {}
        for placed in schemes:
            key = EPR, placed.rule.country, stream
            if key not in facts.registrations and (key in facts.lapsed) == is_lapsed:
                found.setdefault(BY_ACTION[placed.rule.action], []).append(placed)
        for severity, group in found.items():
            yield _hit(facts, stream, severity, group)


def _hit(facts: ListingFacts, stream: str, severity: str, group: list[Placed[SchemeRule]]) -> Hit:
    countries = tuple(dict.fromkeys(country for placed in group for country in placed.countries))
    source = group[0].rule.ref.source if len(group) == 1 else ""  # those of several stand with their rows
    params = {
        "sku": facts.sku,
        "stream": stream,
        "countries": " ".join(countries),
        "schemes": " ".join(placed.rule.ref.id for placed in group),
    }
    return Hit(params, severity, source, f"{stream}-{severity}", countries)

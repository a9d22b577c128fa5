"""Checks on what may not be said of goods: green claims without proof, cures that goods are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from compliance.rules.market import EVERYWHERE, GoodsRules, Placed
from compliance.rules.obligations import ClaimRule, plain_text
from compliance.screening.facts import REVIEW, ListingFacts
from compliance.screening.registry import LISTED, Hit, by_rule, check

_MOST_NAMED: Final = 5
_plain = lru_cache(maxsize=64)(plain_text)  # each check reads the same texts


@check(
    "claim_environmental", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Directive 2005/29/EC annex I, 4a, as amended by Directive (EU) 2024/825",
)  # fmt: skip
def claim_environmental(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _claims("environmental", facts, rules)


@check(
    "claim_medical", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Directive 2001/83/EC art. 1, 87; Regulation (EC) No 1924/2006 art. 10; Regulation (EU) No 655/2013",
)  # fmt: skip
def claim_medical(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    return _claims("medical", facts, rules)


def _claims(family: str, facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    """One hit for each rule, with the phrases that stand in the texts and the language of the first such text."""
    found: dict[str, tuple[Placed[ClaimRule], str, list[str]]] = {}
    for code, text in facts.texts.items():
        language = code.partition("-")[0]
        for placed, phrases in _in_text(family, language, _plain(text), rules):
            said = found.setdefault(placed.rule.ref.id, (placed, language, []))[-1]
            said += [phrase for phrase in phrases if phrase not in said]
    for placed, language, said in found.values():
        phrases = ", ".join(said[:_MOST_NAMED])
        yield by_rule(placed.rule, placed.countries, sku=facts.sku, phrases=phrases, language=language)


def _in_text(
    family: str, language: str, text: str, rules: GoodsRules
) -> Iterator[tuple[Placed[ClaimRule], Sequence[str]]]:
    """The rules on the language of a text that find something in it; where none does, those on English."""
    for spoken in dict.fromkeys((language, *EVERYWHERE)):
        own = [placed for placed in rules.claims.get(spoken, ()) if placed.rule.family == family]
        found = [(placed, phrases) for placed in own if (phrases := placed.rule.found_in(text))]
        if found:
            yield from found
            return

"""Checks on what may not be said of goods: green claims without proof, cures that goods are not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from compliance.rules.market import GoodsRules
from compliance.rules.obligations import plain_text
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
    """One hit for each rule, with the phrases that stand in the text in its language."""
    for code, text in facts.texts.items():
        language = code.partition("-")[0]
        for placed in rules.claims.get(language, ()):
            if placed.rule.family == family:
                found = placed.rule.found_in(_plain(text))
                if found:
                    phrases = ", ".join(found[:_MOST_NAMED])
                    yield by_rule(placed.rule, placed.countries, sku=facts.sku, phrases=phrases, language=language)

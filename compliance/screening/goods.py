"""Checks on what is said of the goods themselves: code, origin, description, weight and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from compliance.classification.contradiction import contradiction
from compliance.rules.files import known_places
from compliance.rules.market import GoodsRules
from compliance.screening.facts import NOTICE, REVIEW, ListingFacts
from compliance.screening.policy import policy, stop_words
from compliance.screening.registry import LISTED, Hit, check

_HS_CODE = re.compile(r"(?!00|77|98|99)\d{6,10}", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_DECLARATION: Final = "UPU Convention, customs data; Delegated Regulation (EU) 2015/2446, annex B"
_DESCRIPTION: Final = "European Commission, ICS2, acceptable goods descriptions"
_CLASSIFICATION: Final = "Regulation (EU) No 952/2013 art. 15, 57; Harmonized System Convention, general rules"
_PACKAGING: Final = "Directive 94/62/EC art. 12; Regulation (EU) 2025/40 art. 44 (reporting of packaging by weight)"


@check("hs_code_missing", ListingFacts, severity=REVIEW, law=_DECLARATION)
def hs_code_missing(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if not facts.hs_code:
        yield Hit({"sku": facts.sku})


@check("hs_code_malformed", ListingFacts, severity=REVIEW, law=_DECLARATION)
def hs_code_malformed(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.hs_code and not _HS_CODE.fullmatch(facts.hs_code):
        yield Hit({"sku": facts.sku, "hs_code": facts.hs_code})


@check("hs_code_contradictory", ListingFacts, severity=REVIEW, law=_CLASSIFICATION, stages=(LISTED,))
def hs_code_contradictory(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    found = contradiction(facts.hs_code, tuple(facts.expected_chapters))
    if found is not None:
        yield Hit({"sku": facts.sku, "hs_code": facts.hs_code, "chapters": " ".join(found.expected)})


@check("origin_unknown", ListingFacts, severity=REVIEW, law=_DECLARATION)
def origin_unknown(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.origin not in known_places():
        yield Hit({"sku": facts.sku, "origin": facts.origin})


@check("description_vague", ListingFacts, severity=REVIEW, law=_DESCRIPTION)
def description_vague(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    text = " ".join(facts.description.casefold().split()).strip(" .,;:-")
    words = _WORD.findall(text)
    if not words or text in stop_words() or all(_says_nothing(word) for word in words):
        yield Hit({"sku": facts.sku, "description": facts.description})


@check("weight_unknown", ListingFacts, severity=NOTICE, law=_DECLARATION)
def weight_unknown(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if not facts.weight_grams:
        yield Hit({"sku": facts.sku})


@check("weight_impossible", ListingFacts, severity=REVIEW, law=_DECLARATION)
def weight_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    grams = facts.weight_grams
    if grams is not None and (grams < 0 or grams > policy().heaviest_piece):
        yield Hit({"sku": facts.sku, "grams": str(grams)})


@check("size_impossible", ListingFacts, severity=REVIEW, law=_DECLARATION, stages=(LISTED,))
def size_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.size_mm is None:
        return
    volume = Decimal(facts.size_mm[0]) * facts.size_mm[1] * facts.size_mm[2] / 1000  # cm³
    is_too_dense = facts.weight_grams is not None and facts.weight_grams > volume * policy().densest_goods
    if min(facts.size_mm) <= 0 or max(facts.size_mm) > policy().longest_edge or is_too_dense:
        yield Hit({"sku": facts.sku, "size": " × ".join(map(str, facts.size_mm))})


@check("packaging_impossible", ListingFacts, severity=REVIEW, law=_PACKAGING, stages=(LISTED,))
def packaging_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    weights = facts.packaging_grams.values()
    total = sum(weights, Decimal(0))
    limit = (facts.weight_grams or policy().heaviest_piece) * policy().heaviest_packaging
    if any(grams < 0 for grams in weights) or total > limit:
        yield Hit({"sku": facts.sku, "grams": f"{total:f}"})


def _says_nothing(word: str) -> bool:
    return word in stop_words() or (len(word) < 3 and word.isascii())

"""Checks on what is said of the goods themselves: code, origin, description, weight and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from compliance.classification.contradiction import contradiction
from compliance.classification.vocabulary import subheadings
from compliance.rules.market import GoodsRules
from compliance.rules.obligations import plain_text
from compliance.rules.places import known_places
from compliance.screening.facts import NOTICE, REVIEW, ListingFacts
from compliance.screening.policy import lightest_piece, nothing_said, policy
from compliance.screening.registry import LISTED, Hit, check

_HS_CODE = re.compile(r"\d{6}(\d\d){0,2}", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
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
    code = facts.hs_code
    if code and not (_HS_CODE.fullmatch(code) and code[:6] in subheadings()):
        yield Hit({"sku": facts.sku, "hs_code": facts.hs_code})


@check("hs_code_contradictory", ListingFacts, severity=REVIEW, law=_CLASSIFICATION, stages=(LISTED,))
def hs_code_contradictory(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    found = contradiction(facts.hs_code, tuple(facts.expected_prefixes))
    if found is not None:
        yield Hit({"sku": facts.sku, "hs_code": facts.hs_code, "chapters": " ".join(found.expected)})


@check("origin_unknown", ListingFacts, severity=REVIEW, law=_DECLARATION)
def origin_unknown(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.origin not in known_places():
        yield Hit({"sku": facts.sku, "origin": facts.origin})


@check("description_vague", ListingFacts, severity=REVIEW, law=_DESCRIPTION)
def description_vague(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if not _LETTER.search(nothing_said().sub(" ", plain_text(facts.description))):
        yield Hit({"sku": facts.sku, "description": facts.description})


@check("weight_unknown", ListingFacts, severity=NOTICE, law=_DECLARATION)
def weight_unknown(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if not facts.weight_grams:
        yield Hit({"sku": facts.sku})


@check("weight_impossible", ListingFacts, severity=REVIEW, law=_DECLARATION)
def weight_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    grams = facts.weight_grams
    if grams and not lightest_piece(facts.hs_code) <= grams <= policy().heaviest_piece:
        yield Hit({"sku": facts.sku, "grams": str(grams)})


@check("size_impossible", ListingFacts, severity=REVIEW, law=_DECLARATION, stages=(LISTED,))
def size_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    if facts.size_mm is None:
        return
    volume = Decimal(facts.size_mm[0]) * facts.size_mm[1] * facts.size_mm[2] / 1000  # cm³
    grams = facts.weight_grams or None
    is_of_no_matter = grams and not volume * policy().thinnest_goods <= grams <= volume * policy().densest_goods
    if min(facts.size_mm) <= 0 or max(facts.size_mm) > policy().longest_edge or is_of_no_matter:
        yield Hit({"sku": facts.sku, "size": " × ".join(map(str, facts.size_mm))})


@check("packaging_impossible", ListingFacts, severity=REVIEW, law=_PACKAGING, stages=(LISTED,))
def packaging_impossible(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    weights = facts.packaging_grams.values()
    total = sum(weights, Decimal(0))
    limit = (facts.weight_grams or policy().heaviest_piece) * policy().heaviest_packaging
    if any(grams < 0 for grams in weights) or total > limit:
        yield Hit({"sku": facts.sku, "grams": f"{total:f}"})

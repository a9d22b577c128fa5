"""The checks on what is said of goods, on prices and on claims: each on facts that are right and on facts that are wrong."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from compliance.rules.obligations import plain_text
from compliance.screening.facts import PriceFacts
from tests.compliance.screening_cases import CUP, EU, LISTED, Case, Found, days, findings, found_by

BEFORE_GREEN, GREEN = days(date(2026, 9, 27))
BEFORE_FRENCH, FRENCH = days(date(2022, 1, 1))
BEFORE_OMNIBUS, OMNIBUS = days(date(2022, 5, 28))
REVIEW, NOTICE = [Found("review")], [Found("notice")]
GERMAN = ("AT", "BE", "DE", "LU")


def price(asked: str, said: str | None = None, lowest: str | None = None, usual: str | None = None) -> PriceFacts:
    said_before, of_30_days, usual_low = (each and Decimal(each) for each in (said, lowest, usual))
    return PriceFacts("EUR", Decimal(asked), said_before, of_30_days, usual_low, None)  # type: ignore[arg-type]


# Made of words that say nothing, and of what joins them, in each language.
VAGUE = [
    "parts and accessories", "Parts & accessories", "gift box", "Toys for kids", "household items", "as per invoice",
    "general cargo", "freight of all kinds", "FREIGHT ALL KINDS", "samples of no value", "clothes", "ladies' clothing",
    "2 pcs. other goods", "cl\u00adothes", "Geschenk", "Geschenke für Kinder", "Ersatzteile und Zubehör", "Diverse Waren",
    "laut Rechnung", "Muster ohne Wert", "cadeau", "Pièces détachées et accessoires", "vêtements pour femmes",
    "échantillons sans valeur", "regalo", "Piezas y accesorios", "artículos para el hogar", "ropa de mujer", "礼品", "礼品盒",
    "配件和零件", "日用品", "衣服", "样品，无商业价值", "ギフト", "部品とアクセサリー", "雑貨", "おもちゃ", "هدية", "هدايا للأطفال",
    "قطع غيار وإكسسوارات", "ملابس", "بضائع عامة",
]  # fmt: skip
PLAIN = [
    "gift box made of cardboard", "cotton clothes hanger", "toy car of wood", "spare parts for bicycles", "tea gift box",
    "Geschenkpapier", "Geschenkbox aus Karton", "Baumwollkleid", "boîte cadeau en carton", "caja de regalo de cartón",
    "玩具车", "礼品袋", "棉制衣服", "木製おもちゃ", "衣服用ハンガー", "صندوق هدايا من الورق", "ملابس قطنية", "陶瓷茶杯", "Sample case",
]  # fmt: skip

GOODS = [
    Case("hs_code_missing", CUP, {}, []),
    Case("hs_code_missing", CUP, {"hs_code": ""}, REVIEW),
    Case("hs_code_missing", CUP, {"hs_code": "", "destination": "DE"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "6911101000"}, []),
    Case("hs_code_malformed", CUP, {"hs_code": "69111000"}, []),
    Case("hs_code_malformed", CUP, {"hs_code": ""}, []),
    # No nomenclature has an odd number of digits, and heading 6109 ends with 6109.90.
    Case("hs_code_malformed", CUP, {"hs_code": "6911101"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "691110100"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "610990"}, []),
    Case("hs_code_malformed", CUP, {"hs_code": "610999"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "6109991000"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "69111"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "69111010001"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "771110"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "991110"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "6911.10"}, REVIEW),
    Case("hs_code_malformed", CUP, {"hs_code": "٦٩١١١٠"}, REVIEW),
    Case("hs_code_contradictory", CUP, {"expected_prefixes": frozenset({"69", "70"})}, []),
    # Lamps may be Christmas goods (9505), and never toys.
    Case("hs_code_contradictory", CUP, {"hs_code": "950510", "expected_prefixes": frozenset({"94", "9505"})}, []),
    Case("hs_code_contradictory", CUP, {"hs_code": "950300", "expected_prefixes": frozenset({"94", "9505"})}, REVIEW),
    Case("hs_code_contradictory", CUP, {}, []),
    Case("hs_code_contradictory", CUP, {"hs_code": "", "expected_prefixes": frozenset({"42"})}, []),
    Case("hs_code_contradictory", CUP, {"hs_code": "950300", "expected_prefixes": frozenset({"42"})}, REVIEW),
    Case("hs_code_contradictory", CUP, {"expected_prefixes": frozenset({"42"}), "destination": "DE"}, []),
    Case("origin_unknown", CUP, {"origin": "XI"}, []),
    Case("origin_unknown", CUP, {"origin": ""}, REVIEW),
    Case("origin_unknown", CUP, {"origin": "China"}, REVIEW),
    Case("description_vague", CUP, {"description": "Gift box of six porcelain cups"}, []),
    Case("description_vague", CUP, {"description": "陶瓷茶杯"}, []),
    Case("description_vague", CUP, {"description": ""}, REVIEW),
    Case("description_vague", CUP, {"description": "Gift"}, REVIEW),
    Case("description_vague", CUP, {"description": "Spare parts."}, REVIEW),
    Case("description_vague", CUP, {"description": "12345"}, REVIEW),
    *[Case("description_vague", CUP, {"description": text}, REVIEW) for text in VAGUE],
    *[Case("description_vague", CUP, {"description": text}, []) for text in PLAIN],
    Case("weight_unknown", CUP, {"weight_grams": 1}, []),
    Case("weight_unknown", CUP, {"weight_grams": None}, NOTICE),
    Case("weight_unknown", CUP, {"weight_grams": 0}, NOTICE),
    Case("weight_impossible", CUP, {"weight_grams": 70_000}, []),
    Case("weight_impossible", CUP, {"weight_grams": 70_001}, REVIEW),
    Case("weight_impossible", CUP, {"weight_grams": -1}, REVIEW),
    # No lamp for a desk weighs less than 20 grams; no more is said of lamps of other kinds.
    Case("weight_impossible", CUP, {"hs_code": "940521", "weight_grams": 1}, REVIEW),
    Case("weight_impossible", CUP, {"hs_code": "9405210000", "weight_grams": 19}, REVIEW),
    Case("weight_impossible", CUP, {"hs_code": "940521", "weight_grams": 20}, []),
    Case("weight_impossible", CUP, {"hs_code": "940531", "weight_grams": 1}, []),
    Case("weight_impossible", CUP, {"hs_code": "940521", "weight_grams": 0}, []),  # that is unknown
    Case("size_impossible", CUP, {"size_mm": None}, []),
    Case("size_impossible", CUP, {"size_mm": (3000, 10, 10)}, []),
    Case("size_impossible", CUP, {"size_mm": (3001, 10, 10)}, REVIEW),
    Case("size_impossible", CUP, {"size_mm": (0, 10, 10)}, REVIEW),
    # One cubic centimetre of osmium weighs 22.6 grams.
    Case("size_impossible", CUP, {"size_mm": (10, 10, 10), "weight_grams": 22}, []),
    Case("size_impossible", CUP, {"size_mm": (10, 10, 10), "weight_grams": 23}, REVIEW),
    # Nothing weighs less than the air in its place: ten litres of it weigh 12 grams.
    Case("size_impossible", CUP, {"size_mm": (250, 200, 200), "weight_grams": 12}, []),
    Case("size_impossible", CUP, {"size_mm": (250, 200, 200), "weight_grams": 11}, REVIEW),
    Case("size_impossible", CUP, {"size_mm": (250, 200, 200), "weight_grams": 0}, []),
    Case("packaging_impossible", CUP, {"packaging_grams": {"paper": Decimal(1000), "plastic": Decimal(500)}}, []),
    Case("packaging_impossible", CUP, {"packaging_grams": {"paper": Decimal(1000), "plastic": Decimal(501)}}, REVIEW),
    Case("packaging_impossible", CUP, {"packaging_grams": {"paper": Decimal(-1)}}, REVIEW),
]

PRICES = [
    # Below 40 % of the lower end of what the category costs.
    Case("price_under_declared", CUP, {"prices": (price("4.00", usual="10"),)}, []),
    Case("price_under_declared", CUP, {"prices": (price("3.99", usual="10"),)}, REVIEW),
    Case("price_under_declared", CUP, {"prices": (price("3.99", usual="10"), price("1", usual="10"))}, REVIEW),
    Case("price_under_declared", CUP, {"prices": (price("0.01"),)}, []),
    Case("price_under_declared", CUP, {"prices": (price("1", usual="10"),), "destination": "DE"}, []),
    Case("price_before_misleading", CUP, {"prices": (price("20", said="25", lowest="25"),)}, []),
    Case("price_before_misleading", CUP, {"prices": (price("20", said="25"),)}, []),
    Case("price_before_misleading", CUP, {"prices": (price("20", lowest="18"),)}, []),
    Case(
        "price_before_misleading", CUP, {"prices": (price("20", said="25", lowest="24.99"),)},
        [Found("review", "OMNIBUS-EU", EU)],
    ),
    Case(
        "price_before_misleading", CUP, {"prices": (price("20", said="25", lowest="24.99"),)}, [], BEFORE_OMNIBUS
    ),
    Case(
        "price_before_misleading", CUP, {"prices": (price("20", said="25", lowest="24.99"),)},
        [Found("review", "OMNIBUS-EU", EU)], OMNIBUS,
    ),
    Case("price_before_misleading", CUP, {"prices": (price("20", "25", "24"),), "destination": "DE"}, []),
]  # fmt: skip

GREEN_IN_ENGLISH = [Found("review", "EU-GREEN-EN", EU), Found("notice", "GB-GREEN-EN", ("GB",))]
MEDICAL_IN_ENGLISH = [
    Found("review", "EU-MEDICAL-EN", EU), Found("review", "GB-MEDICAL-EN", ("GB",)),
    Found("review", "US-MEDICAL-EN", ("US",)),
]  # fmt: skip
FRIENDLY = {"texts": {"de": "<b>Umweltfreundliche</b> Tasse"}}
CLAIMS = [
    Case("claim_environmental", CUP, {"texts": {"en": "A cup for tea, evergreen in form."}}, []),
    Case("claim_environmental", CUP, FRIENDLY, [Found("review", "EU-GREEN-DE", GERMAN)]),
    Case("claim_environmental", CUP, FRIENDLY, [], BEFORE_GREEN),
    Case("claim_environmental", CUP, FRIENDLY, [Found("review", "EU-GREEN-DE", GERMAN)], GREEN),
    Case("claim_environmental", CUP, FRIENDLY | {"destination": "DE"}, []),
    # English is read everywhere, also where it is not official; Chinese is official nowhere in the Union.
    Case(
        "claim_environmental", CUP, {"texts": {"en": "An eco‑friendly cup"}},
        [Found("review", "EU-GREEN-EN", EU), Found("notice", "GB-GREEN-EN", ("GB",))],
    ),
    Case("claim_environmental", CUP, {"texts": {"zh-hans": "环保茶杯"}}, [Found("review", "EU-GREEN-ZH", EU)]),
    Case("claim_environmental", CUP, {"texts": {"ja": "環境に優しい"}}, [Found("review", "EU-GREEN-JA", EU)]),
    Case("claim_environmental", CUP, {"texts": {"ar": "كوب وصديق للبيئة"}}, [Found("review", "EU-GREEN-AR", EU)]),
    Case("claim_environmental", CUP, {"texts": {"es": "Taza ecológica"}}, [Found("review", "EU-GREEN-ES", ("ES",))]),
    Case(
        "claim_environmental", CUP, {"texts": {"fr": "Respectueux de l’environnement"}},
        [Found("review", "FR-GREEN-FR", ("FR",)), Found("review", "EU-GREEN-FR", ("BE", "FR", "LU"))],
    ),
    Case("claim_environmental", CUP, {"texts": {"fr": "Tasse biodégradable"}}, [], BEFORE_FRENCH),
    Case(
        "claim_environmental", CUP, {"texts": {"fr": "Tasse biodégradable"}}, [Found("review", "FR-GREEN-FR", ("FR",))],
        FRENCH,
    ),
    # A sign that nobody sees hides nothing.
    Case("claim_environmental", CUP, {"texts": {"de": "Umwelt\u00adfreund\u200blich"}}, [Found("review", "EU-GREEN-DE", GERMAN)]),
    Case("claim_environmental", CUP, {"texts": {"de": "Umwelt&shy;freundlich"}}, [Found("review", "EU-GREEN-DE", GERMAN)]),
    Case("claim_environmental", CUP, {"texts": {"en": "100% recyclable"}}, GREEN_IN_ENGLISH),
    Case("claim_environmental", CUP, {"texts": {"en": "Made of a recyclable material"}}, []),
    # English is a claim in whatever text it stands; what the language of the text has told is told once.
    Case("claim_environmental", CUP, {"texts": {"de": "Unsere zero waste Tasse"}}, GREEN_IN_ENGLISH),
    Case("claim_environmental", CUP, {"texts": {"zh-hans": "我们的zero waste茶杯"}}, GREEN_IN_ENGLISH),
    Case("claim_environmental", CUP, {"texts": {"en": "Zero waste", "de": "Zero waste", "fr": "Zero waste"}}, GREEN_IN_ENGLISH),
    Case("claim_environmental", CUP, {"texts": {"es": "Taza biodegradable"}}, [Found("review", "EU-GREEN-ES", ("ES",))]),
    Case("claim_environmental", CUP, {"texts": {"en": "Eine umweltfreundliche Tasse"}}, []),
    *[Case("claim_medical", CUP, {"texts": {"en": text}}, MEDICAL_IN_ENGLISH) for text in (
        "Relieves headaches", "It heals eczema.", "Migraine relief", "heals\u200b eczema", "Relieves joint pain",
    )],
    Case("claim_medical", CUP, {"texts": {"en": "A cutting mat that heals itself"}}, []),
    Case("claim_medical", CUP, {"texts": {"fr": "Une tasse, relieves headaches"}}, MEDICAL_IN_ENGLISH),
    Case("claim_medical", CUP, {"texts": {"de": "Lindert Kopfschmerzen"}}, [Found("review", "EU-MEDICAL-DE", GERMAN)]),
    Case("claim_medical", CUP, {"texts": {"en": "A secure lid. The cup cures nothing."}}, [
        Found("review", "EU-MEDICAL-EN", EU), Found("review", "GB-MEDICAL-EN", ("GB",)),
        Found("review", "US-MEDICAL-EN", ("US",)),
    ]),
    Case("claim_medical", CUP, {"texts": {"en": "A secure lid.", "de": "Geheilte Risse"}}, []),
    Case("claim_medical", CUP, {"texts": {"de": "Heilt Kopfschmerzen"}}, [Found("review", "EU-MEDICAL-DE", GERMAN)]),
    Case("claim_medical", CUP, {"texts": {"es": "Alivia el dolor"}}, [Found("review", "EU-MEDICAL-ES", ("ES",))]),
    Case("claim_medical", CUP, {"texts": {"fr": "Guérit"}}, [Found("review", "EU-MEDICAL-FR", ("BE", "FR", "LU"))]),
    Case("claim_medical", CUP, {"texts": {"ar": "لعلاج الألم"}}, [Found("review", "EU-MEDICAL-AR", EU)]),
    Case("claim_medical", CUP, {"texts": {"zh-hans": "降血压"}}, [Found("review", "EU-MEDICAL-ZH", EU)]),
    Case("claim_medical", CUP, {"texts": {"ja": "痛みを和らげる"}}, [
        Found("review", "JP-MEDICAL-JA", ("JP",)), Found("review", "EU-MEDICAL-JA", EU),
    ]),
    Case("claim_medical", CUP, {"texts": {"en": "cures"}}, [], date(2012, 8, 13)),
    Case("claim_medical", CUP, {"texts": {"en": "cures"}}, [Found("review", "GB-MEDICAL-EN", ("GB",))], date(2012, 8, 14)),
]  # fmt: skip

CASES = [*GOODS, *PRICES, *CLAIMS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_the_check_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    assert sorted(found_by(case)) == sorted(case.found)


def test_right_facts_have_no_finding() -> None:
    assert findings(LISTED) == []
    assert findings(replace(CUP, destination="DE", channel="post", transport="air")) == []


def test_no_sign_without_a_shape_of_its_own_changes_a_text() -> None:
    unseen = [chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Cf"]

    assert plain_text(f"eco{''.join(unseen)}logical") == " ecological "


def test_a_claim_is_told_with_all_its_phrases_and_the_text_in_which_it_stands() -> None:
    facts = replace(CUP, texts={"de": "Unsere zero waste Tasse", "fr": "Tasse zero waste, planet friendly"})
    found = next(each for each in findings(facts) if each.rule == "EU-GREEN-EN")

    assert (found.params["language"], found.params["phrases"]) == ("de", "zero waste, planet friendly")

"""The checks that depend on where goods go: producers, product safety, restricted goods, each with its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from compliance.screening.facts import Operator
from tests.compliance.cases import book, book_with
from tests.compliance.screening_cases import (
    CUP,
    EU,
    LISTED,
    MAKER,
    MARKETS,
    NO_ROOM,
    NUMBERS,
    PERSON,
    ROOM,
    Case,
    Found,
    days,
    findings,
    found_by,
)

DE = {"destination": "DE"}
NOBODY: dict[str, object] = {"registrations": frozenset()}
NAMED = ("AT", "DE", "FR", "ES", "PL")  # where the law makes a register block, or the shape of its number was read
BEFORE_LUCID, LUCID = days(date(2022, 7, 1))
BEFORE_BATT, BATT = days(date(2025, 8, 18))
BEFORE_GPSR, GPSR = days(date(2024, 12, 13))
BEFORE_CPSC, CPSC = days(date(2026, 7, 8))
BEFORE_PHONES, PHONES = days(date(2025, 6, 20))
BEFORE_VAPE_DUTY, VAPE_DUTY = days(date(2026, 10, 1))
BEFORE_DRONES, DRONES = days(date(2026, 9, 3))
BEFORE_TR, TR = days(date(2026, 2, 6))


def without(*keys: tuple[str, str]) -> dict[str, object]:
    """The registrations of a seller who has all but some."""
    return {"registrations": NUMBERS - {("epr", *key) for key in keys}}


PRODUCERS = [
    Case("epr_missing", LISTED, {}),
    Case("epr_missing", LISTED, NOBODY, [
        Found("block", "packaging-block", ("AT", "DE", "FR")),
        Found("review", "packaging-review", ("ES", "PL")),
        Found("notice", "packaging-notice", (*(code for code in EU if code not in NAMED), "GB")),
    ]),
    # Of the day before, only the registers of national law; since then that of each member state (PPWR art. 45).
    Case("epr_missing", LISTED, NOBODY, [
        Found("block", "packaging-block", ("AT", "DE", "FR")),
        Found("review", "packaging-review", ("ES", "PL")),
        Found("notice", "packaging-notice", ("IT", "NL", "GB")),
    ], date(2026, 8, 11)),
    Case("epr_missing", LISTED, without(("SE", "packaging")), [Found("notice", "packaging-notice", ("SE",))], date(2026, 8, 12)),
    Case("epr_missing", LISTED, without(("BE", "battery"), ("DK", "battery"), ("DE", "battery")) | {"lithium": True}, [
        Found("block", "battery-block", ("DE",)), Found("notice", "battery-notice", ("BE", "DK")),
    ]),
    Case("epr_missing", LISTED, without(("DK", "battery")) | {"lithium": True}, [], date(2025, 8, 17)),
    Case("epr_missing", LISTED, without(("DE", "packaging")), [Found("block", "packaging-block", ("DE",))]),
    Case("epr_missing", LISTED, without(("DE", "weee"), ("FR", "textiles"))),
    Case("epr_missing", LISTED, without(("DE", "weee"), ("IE", "weee")) | {"traits": frozenset({"electronics"})}, [
        Found("block", "weee-block", ("DE",)), Found("notice", "weee-notice", ("IE",)),
    ]),
    Case("epr_missing", LISTED, without(("DE", "weee")) | {"hs_code": "851830"}, [Found("block", "weee-block", ("DE",))]),
    Case("epr_missing", LISTED, without(("DE", "battery")) | {"lithium": True}, [Found("block", "battery-block", ("DE",))]),
    Case("epr_missing", LISTED, without(("FR", "textiles")) | {"hs_code": "640399"}, [Found("block", "textiles-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "furniture")) | {"hs_code": "940360"}, [Found("block", "furniture-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "toys")) | {"traits": frozenset({"toy"})}, [Found("block", "toys-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "sport")) | {"hs_code": "950691"}, [Found("block", "sport-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "diy")) | {"hs_code": "820559"}, [Found("block", "diy-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "paper")) | {"hs_code": "482010"}, [Found("block", "paper-block", ("FR",))]),
    Case("epr_missing", LISTED, without(("FR", "paper")) | {"hs_code": "490199"}),  # books are outside the stream
    # A number of another kind, country or stream does not count.
    Case(
        "epr_missing", LISTED,
        {"registrations": NUMBERS - {("epr", "DE", "packaging")} | {("vat", "DE", ""), ("epr", "CH", "packaging")}},
        [Found("block", "packaging-block", ("DE",))],
    ),
    Case("epr_missing", LISTED, without(("DE", "packaging")), [], BEFORE_LUCID),
    Case("epr_missing", LISTED, without(("DE", "packaging")), [Found("block", "packaging-block", ("DE",))], LUCID),
    Case("epr_missing", LISTED, without(("DE", "battery")) | {"hs_code": "850650"}, [], BEFORE_BATT),
    Case("epr_missing", LISTED, without(("DE", "battery")) | {"hs_code": "850650"}, [Found("block", "battery-block", ("DE",))], BATT),
    Case("epr_missing", LISTED, NOBODY | DE),  # a parcel on its way is no offer
    Case("epr_expired", LISTED, without(("DE", "packaging"))),
    Case(
        "epr_expired", LISTED, without(("DE", "packaging")) | {"lapsed": frozenset({("epr", "DE", "packaging")})},
        [Found("block", "packaging-block", ("DE",))],
    ),
    Case("epr_missing", LISTED, without(("DE", "packaging")) | {"lapsed": frozenset({("epr", "DE", "packaging")})}),
    Case("epr_expired", LISTED, {"lapsed": frozenset({("epr", "DE", "packaging")})}),  # renewed
]  # fmt: skip

GERMAN_MAKER = replace(MAKER, country="DE")
UNMADE = [Found("block", "GPSR-MANUFACTURER-EU", EU)]
UNANSWERED = [Found("block", "GPSR-RESPONSIBLE-EU", EU)]
UNCERTIFIED = [Found("review", "CPSC-CERTIFICATE-US", ("US",))]
NO_MAKER, NO_PERSON = {"manufacturer": Operator()}, {"responsible_person": Operator()}
SAID = {"needs_no_warnings": False, "warnings": {"en": "Hot.", "de": "Heiß."}}
IN_EVERY_OTHER = {"warnings": dict.fromkeys("bg cs da el et fi hr hu it lt lv nl pl pt ro sk sl sv".split(), "!")}
NO_WARNING = {"needs_no_warnings": False}
TOY, PHONE = {"hs_code": "950300"}, {"hs_code": "851713", "traits": frozenset({"electronics"})}
SAFETY = [
    Case("manufacturer_missing", LISTED, {}),
    Case("manufacturer_missing", LISTED, NO_MAKER, UNMADE),
    Case("manufacturer_missing", LISTED, {"manufacturer": replace(MAKER, electronic_address="")}, UNMADE),
    Case("manufacturer_missing", LISTED, NO_MAKER, [], BEFORE_GPSR),
    Case("manufacturer_missing", LISTED, NO_MAKER, UNMADE, GPSR),
    Case("manufacturer_missing", LISTED, NO_MAKER | DE),
    Case("responsible_person_missing", LISTED, {}),
    Case("responsible_person_missing", LISTED, NO_PERSON, UNANSWERED),
    Case("responsible_person_missing", LISTED, NO_PERSON | {"manufacturer": GERMAN_MAKER}),
    Case("responsible_person_missing", LISTED, {"responsible_person": replace(PERSON, country="CN")}, UNANSWERED),
    Case("responsible_person_missing", LISTED, {"responsible_person": replace(PERSON, postal_address="")}, UNANSWERED),
    Case("responsible_person_missing", LISTED, NO_PERSON, [], BEFORE_GPSR),
    Case("responsible_person_missing", LISTED, NO_PERSON, UNANSWERED, GPSR),
    # Before that day only goods with CE marking needed somebody in the Union.
    Case("responsible_person_missing", LISTED, NO_PERSON | TOY, [Found("review", "MSR-RESPONSIBLE-EU", EU)], BEFORE_GPSR),
    Case("identification_missing", LISTED, {}),
    Case("identification_missing", LISTED, {"has_picture": False}, [Found("review", "GPSR-IDENTIFICATION-EU", EU)]),
    Case("identification_missing", LISTED, {"model_identifier": ""}, [Found("review", "GPSR-IDENTIFICATION-EU", EU)]),
    Case("warnings_unsaid", LISTED, SAID),
    Case("warnings_unsaid", LISTED, NO_WARNING, [Found("notice", "GPSR-WARNINGS-SAID-EU", EU)]),
    Case("warnings_unsaid", LISTED, NO_WARNING | {"warnings": {"de": " "}}, [Found("notice", "GPSR-WARNINGS-SAID-EU", EU)]),
    Case("warnings_untranslated", LISTED, {}),
    Case("warnings_untranslated", LISTED, SAID, [Found("review", "GPSR-WARNINGS-EU", ("ES", "FR"))]),
    Case("warnings_untranslated", LISTED, SAID | {"warnings": {"zh-hans": "热"}}, [Found("review", "GPSR-WARNINGS-EU", ROOM)]),
    Case("warnings_untranslated", LISTED, SAID | {"warnings": dict.fromkeys("de en es fr".split(), "!")}),
    Case("warnings_untranslated", LISTED, SAID, [], BEFORE_GPSR),
    Case("warnings_untranslated", LISTED, SAID, [Found("review", "GPSR-WARNINGS-EU", ("ES", "FR"))], GPSR),
    Case("warnings_to_enclose", LISTED, {}),
    Case("warnings_to_enclose", LISTED, SAID, [Found("notice", "GPSR-WARNINGS-EU", NO_ROOM)]),
    Case("warnings_to_enclose", LISTED, SAID | IN_EVERY_OTHER),
    Case("declaration_missing", LISTED, {}),
    Case("declaration_missing", LISTED, TOY | {"documents": frozenset({"conformity"})}),
    Case("declaration_missing", LISTED, TOY, [Found("review", "CE-EU", EU), Found("notice", "UKCA-GB", ("GB",))]),
    Case("declaration_missing", LISTED, PHONE, [Found("review", "CE-EU", EU), Found("notice", "UKCA-GB", ("GB",))]),
    Case("declaration_missing", LISTED, TOY, [Found("review", "CE-EU", EU)], date(2024, 9, 30)),
    Case("safety_certificate_missing", LISTED, {}),
    Case("safety_certificate_missing", LISTED, TOY | {"documents": frozenset({"test_report"})}),
    Case("safety_certificate_missing", LISTED, TOY, UNCERTIFIED),
    Case("safety_certificate_missing", LISTED, {"traits": frozenset({"children"})}, [], BEFORE_CPSC),
    Case("safety_certificate_missing", LISTED, {"traits": frozenset({"children"})}, UNCERTIFIED, CPSC),
    Case("energy_label_missing", LISTED, PHONE | {"energy_label": "1234567"}),
    Case("energy_label_missing", LISTED, PHONE, [Found("review", "ENERGY-PHONES-EU", EU)]),
    Case("energy_label_missing", LISTED, PHONE, [], BEFORE_PHONES),
    Case("energy_label_missing", LISTED, PHONE, [Found("review", "ENERGY-PHONES-EU", EU)], PHONES),
    Case("energy_label_missing", LISTED, {"hs_code": "841810"}, [Found("review", "ENERGY-EU", EU)]),
    Case("age_grading_missing", LISTED, TOY | {"age_from": 0}),
    Case("age_grading_missing", LISTED, {}),
    Case("age_grading_missing", LISTED, TOY, [
        Found("review", "TOYS-AGE-EU", EU), Found("review", "TOYS-AGE-GB", ("GB",)), Found("notice", "TOYS-AGE-US", ("US",)),
    ]),
]  # fmt: skip

DRONE_US = {"hs_code": "880622", "destination": "US"}
WH, LARGE = {"battery": "li_ion_inside", "lithium": True}, Decimal("100.01")
BANK = {"hs_code": "850760", "battery": "li_ion_loose", "lithium": True}
TESTED = {"documents": frozenset({"un38_3"})}
LARGE_ONE = WH | TESTED | {"battery_watt_hours": LARGE}
POST, COURIER = {"destination": "US", "channel": "post"}, {"destination": "US", "channel": "courier"}
VAPE, WINE = {"hs_code": "240412"}, {"hs_code": "220421"}
CORAL = {"cites_species": "Corallium rubrum", "hs_code": "711790"}
PERMITTED = {"documents": frozenset({"permit"})}
IN_EQUIPMENT = Found("notice", "LITHIUM-IN-EQUIPMENT")
RESTRICTED = [
    Case("restricted_goods", LISTED, {}),
    Case("restricted_goods", LISTED, {"hs_code": "360410"}, [Found("block", "FIREWORKS")]),
    Case("restricted_goods", CUP, {"hs_code": "930400"}, [Found("block", "WEAPONS")]),
    Case("restricted_goods", CUP, {"hs_code": "901910"}, [Found("review", "MEDICAL-DEVICES")]),
    Case("restricted_goods", CUP, {"hs_code": "330300"} | POST | {"transport": "air"}, [
        Found("block", "AEROSOL-AIR-POST"), Found("notice", "COSMETICS-US"),
    ]),
    Case("restricted_goods", CUP, {"hs_code": "330300", "destination": "AU"} | {"channel": "post", "transport": "sea"}),
    Case("restricted_goods", CUP, {"hs_code": "330499"}, [
        Found("notice", "COSMETICS-EU", EU), Found("notice", "COSMETICS-GB", ("GB",)), Found("notice", "COSMETICS-US", ("US",)),
    ]),
    Case("restricted_goods", CUP, {"hs_code": "330499", "documents": frozenset({"registration"})}),
    Case("restricted_goods", CUP, {"hs_code": "821193", "destination": "DE"}, [Found("review", "KNIVES-DE")]),
    Case("restricted_goods", CUP, {"traits": frozenset({"blade"}), "destination": "JP"}, [Found("review", "KNIVES-JP")]),
    Case("restricted_goods", CUP, {"traits": frozenset({"blade"}), "destination": "FR"}),
    Case("restricted_goods", CUP, {"traits": frozenset({"plant"}), "destination": "AU"}, [Found("notice", "BIOSECURITY-AU")]),
    Case("restricted_goods", CUP, {"hs_code": "880622", "destination": "IN"}, [Found("review", "DRONES"), Found("block", "DRONES-IN")]),
    Case("restricted_goods", CUP, DRONE_US, [Found("review", "DRONES")], BEFORE_DRONES),
    Case("restricted_goods", CUP, DRONE_US, [Found("review", "DRONES"), Found("notice", "DRONES-US")], DRONES),
    Case("restricted_goods", CUP, TOY | DE, [Found("notice", "TOYS-EU")], date(2026, 11, 21)),
    Case("restricted_goods", CUP, TOY | DE, [], date(2026, 11, 22)),
    Case("lithium_battery", LISTED, {}),
    Case("lithium_battery", LISTED, {"lithium": True}, [IN_EQUIPMENT]),
    Case("lithium_battery", LISTED, WH | TESTED | {"battery_watt_hours": Decimal(100), "batteries": 2} | POST),
    Case("lithium_battery", LISTED, LARGE_ONE | POST, [Found("block", "LITHIUM-LARGE-POST")]),
    Case("lithium_battery", LISTED, LARGE_ONE | COURIER | {"transport": "air"}, [Found("review", "LITHIUM-LARGE-AIR")]),
    Case("lithium_battery", LISTED, LARGE_ONE | COURIER | {"transport": "sea"}),
    Case("lithium_battery", LISTED, WH | TESTED | {"batteries": 3} | POST, [Found("block", "LITHIUM-MANY-POST")]),
    Case("lithium_battery", LISTED, WH | TESTED | {"batteries": 3} | COURIER),
    Case("lithium_battery", LISTED, BANK | TESTED | POST, [Found("block", "LITHIUM-LOOSE-POST")]),
    Case("lithium_battery", LISTED, BANK | TESTED | COURIER, [Found("review", "LITHIUM-LOOSE-COURIER")]),
    Case("lithium_battery", LISTED, BANK | TESTED),
    Case("lithium_battery", LISTED, BANK, [Found("review", "LITHIUM-LOOSE-TEST"), IN_EQUIPMENT]),
    Case("battery_unsaid", LISTED, {}),
    Case("battery_unsaid", LISTED, WH | {"battery_watt_hours": Decimal(37), "batteries": 1}),
    Case("battery_unsaid", LISTED, {"lithium": True}, [Found("notice")]),
    Case("battery_unsaid", LISTED, WH | {"batteries": 1}, [Found("notice")]),
    Case("battery_unsaid", LISTED, {"lithium": True} | POST),
    Case("protected_species", LISTED, {}),
    Case("protected_species", LISTED, CORAL, [Found("block", "CITES-SPECIES")]),
    Case("protected_species", LISTED, CORAL | {"documents": frozenset({"permit"})}),
    # Ivory, tortoise-shell, coral, hides of reptiles: the code itself names the material. Other hides are looked at.
    *[Case("protected_species", LISTED, {"hs_code": code}, [Found("block", "CITES-MATERIAL")]) for code in (
        "960110", "960190", "050710", "050790", "050800", "410320", "411330",
    )],
    Case("protected_species", LISTED, {"hs_code": "960110"} | PERMITTED),
    Case("protected_species", CUP, {"hs_code": "960110"} | DE, [Found("block", "CITES-MATERIAL")]),
    Case("protected_species", CUP, {"hs_code": "960110"} | DE | PERMITTED),
    Case("protected_species", CUP, {"hs_code": "411390", "destination": "US"}, [Found("review", "CITES")]),
    Case("protected_species", CUP, {"hs_code": "960200", "destination": "US"}),
    Case("excise_goods", LISTED, {}),
    Case("excise_goods", LISTED, WINE, [Found("block", "ALCOHOL")]),
    Case("excise_goods", CUP, WINE | {"destination": "SA"}, [Found("block", "ALCOHOL-SA"), Found("block", "ALCOHOL")]),
    Case("excise_goods", CUP, VAPE | {"destination": "SG"}, [Found("block", "VAPE-SG"), Found("block", "TOBACCO")]),
    Case("excise_goods", CUP, VAPE | {"destination": "GB"}, [Found("block", "VAPE-GB"), Found("block", "TOBACCO")], BEFORE_VAPE_DUTY),
    Case("excise_goods", CUP, VAPE | {"destination": "GB"}, [
        Found("block", "VAPE-GB"), Found("review", "VAPE-DUTY-GB"), Found("block", "TOBACCO"),
    ], VAPE_DUTY),
    Case("age_limit", LISTED, {}),
    Case("age_limit", LISTED, {"traits": frozenset({"blade"})}, [Found("review", "KNIVES-GB", ("GB",))]),
    Case("age_limit", LISTED, {"traits": frozenset({"blade"}), "age_from": 17}, [Found("review", "KNIVES-GB", ("GB",))]),
    Case("age_limit", LISTED, {"traits": frozenset({"blade"}), "age_from": 18}),
    Case("age_limit", CUP, {"hs_code": "821192", "destination": "GB"}, [Found("review", "KNIVES-GB")]),
    Case("age_limit", LISTED, WINE, [Found("notice", "ALCOHOL-AGE"), Found("notice", "ALCOHOL-AGE-US", ("US",))]),
    Case("age_limit", LISTED, WINE | {"age_from": 18}, [Found("notice", "ALCOHOL-AGE-US", ("US",))]),
    Case("age_limit", LISTED, WINE | {"age_from": 21}),
    Case("sanctioned_goods", LISTED, {}),
    Case("sanctioned_goods", LISTED, {"origin": "KP"}, [Found("block", "SANCTIONS-ORIGIN-KP")]),
    Case("sanctioned_goods", LISTED, {"origin": "BY"}, [Found("review", "SANCTIONS-ORIGIN-RU", EU)]),
    Case("sanctioned_goods", CUP, {"hs_code": "854231", "destination": "RU"}, [Found("block", "SANCTIONS-DUAL-RU")]),
    Case("sanctioned_goods", CUP, {"hs_code": "854231", "destination": "US"}),
    Case("restricted_destination", CUP, DE),
    Case("restricted_destination", CUP, {"destination": "KP"}, [Found("block", "SANCTIONS-KP")]),
    Case("restricted_destination", CUP, {"destination": "RU"}, [Found("review", "SANCTIONS-RU")]),
    Case("restricted_destination", CUP, {"destination": "UA", "region": "Donetsk"}, [Found("block", "SANCTIONS-UA-REGIONS")]),
    Case("restricted_destination", CUP, {"destination": "UA", "region": "Kyiv"}),
    Case("restricted_destination", CUP, {"destination": "UA", "postal_code": "95000"}, [Found("block", "SANCTIONS-UA-43")]),
    Case("restricted_destination", CUP, {"destination": "TR"}, [], BEFORE_TR),
    Case("restricted_destination", CUP, {"destination": "TR"}, [Found("block", "TR-BROKER")], TR),
]  # fmt: skip

CASES = [*PRODUCERS, *SAFETY, *RESTRICTED]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_the_check_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    assert sorted(found_by(case)) == sorted(case.found)


def test_a_listing_is_told_once_for_all_countries_of_a_rule() -> None:
    found = findings(replace(LISTED, hs_code="950300"), destinations=("KP", "DE", "XI", "DE", "QQ"))

    assert [(each.check, each.rule, each.countries) for each in found if each.check == "age_grading_missing"] == [
        ("age_grading_missing", "TOYS-AGE-EU", ("DE",)),
        ("age_grading_missing", "TOYS-AGE-XI", ("XI",)),
    ]
    assert [(each.rule, each.countries) for each in found if each.check == "restricted_destination"] == [
        ("SANCTIONS-KP", ("KP",))
    ]


def test_northern_ireland_is_answered_for_from_the_union() -> None:
    assert findings(LISTED, destinations=("XI",)) == []
    missing = findings(replace(LISTED, responsible_person=Operator()), destinations=("XI",))
    assert [(each.check, each.countries) for each in missing] == [("responsible_person_missing", ("XI",))]


def test_an_offer_is_made_in_countries_and_in_those_parts_of_them_that_a_hold_can_name() -> None:
    rules = book()

    assert rules.offered_in(["GB", "DE", "ES"]) == ("DE", "ES", "GB", "XI")
    assert rules.offered_in(["DE", "ES"]) == ("DE", "ES")
    assert [part.code for part in rules.parts_like_countries()] == ["XI"]


def test_a_register_that_nobody_has_verified_asks_for_nothing() -> None:
    facts = replace(LISTED, **without(("DE", "packaging")))  # type: ignore[arg-type]
    rules = book_with(("epr_schemes", "DE-EPR-PACKAGING", {"status": "pending_unverified"}))

    assert findings(facts, rules) == []
    assert [each.rule for each in findings(facts)] == ["packaging-block"]


def test_an_epr_finding_names_the_registers_behind_it() -> None:
    (found,) = findings(replace(LISTED, **without(("DE", "packaging"), ("FR", "packaging"))), destinations=MARKETS)  # type: ignore[arg-type]

    assert found.params == {
        "sku": "CUP-1",
        "stream": "packaging",
        "countries": "DE FR",
        "schemes": "DE-EPR-PACKAGING FR-EPR-PACKAGING",
    }
    assert found.legal_reference.startswith("Directive 2008/98/EC art. 8a")

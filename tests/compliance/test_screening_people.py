"""The checks on those who buy, sell and complain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.screening import PartyFacts, screen
from tests.compliance.cases import book
from tests.compliance.screening_cases import ANNA, CUP, LI, LISTED, Case, Found, found_by

KIM = ("EU", "EU.4711.32", "KIM Yong", "0.97")
OTHER = ("OFAC", "22-118", "Kim Yong Il", "0.91")
LISTED_KIM = PartyFacts("Kim Yong", "CN", matches=(KIM,))
IN_MINSK = (PartyFacts("Li Na", "CN"), PartyFacts("Ivan", "BY"))

CASES = [
    Case("party_place", ANNA, {}),
    Case("party_place", ANNA, {"country": "KP"}, [Found("block", "SANCTIONS-KP")]),
    Case("party_place", ANNA, {"country": "UA", "region": "Crimea"}, [Found("block", "SANCTIONS-UA-REGIONS")]),
    Case("party_place", ANNA, {"country": "UA", "region": "Kyiv"}),
    Case("party_place", ANNA, {"country": "UA", "region": "АР Крим"}, [Found("block", "SANCTIONS-UA-REGIONS")]),
    Case("party_place", ANNA, {"country": "UA", "postal_code": "83000"}, [Found("block", "SANCTIONS-UA-14")]),
    Case("party_place", ANNA, {"country": "UA", "postal_code": "01001"}),
    Case("party_place", ANNA, {"country": "UA"}, [Found("block", "SANCTIONS-UA-REGIONS")]),  # it may lie anywhere
    Case("party_place", ANNA, {"country": "TR"}, [], date(2026, 2, 5)),
    Case("party_place", ANNA, {"country": "TR"}, [Found("block", "TR-BROKER")], date(2026, 2, 6)),
    Case("party_unnamed", ANNA, {}),
    Case("party_unnamed", ANNA, {"name": "李"}),
    Case("party_unnamed", ANNA, {"name": ""}, [Found("review")]),
    Case("party_unnamed", ANNA, {"name": "123 -"}, [Found("review")]),
    Case("party_listed", ANNA, {}),
    Case("party_listed", ANNA, {"matches": (KIM,)}, [Found("critical", "EU-EU.4711.32")]),
    Case("party_listed", ANNA, {"matches": (KIM, OTHER)}, [
        Found("critical", "EU-EU.4711.32"), Found("critical", "OFAC-22-118"),
    ]),
    Case("seller_place", LI, {}),
    Case("seller_place", LI, {"country": "IR"}, [Found("block", "SANCTIONS-IR")]),
    Case("seller_place", LI, {"parties": IN_MINSK}, [Found("review", "SANCTIONS-BY")]),
    Case("seller_place", LI, {"country": "IR", "region": "Fars", "parties": (PartyFacts("Ali", "IR"),)}, [
        Found("block", "SANCTIONS-IR"),
    ]),
    Case("seller_place", LI, {"country": "UA", "region": "Crimea"}, [Found("block", "SANCTIONS-UA-REGIONS")]),
    Case("seller_place", LI, {"country": "UA", "postal_code": "95000"}, [Found("block", "SANCTIONS-UA-43")]),
    Case("seller_place", LI, {"country": "UA", "parties": (PartyFacts("Olena", "UA"),)}),
    Case("seller_party_listed", LI, {}),
    Case("seller_party_listed", LI, {"parties": (LISTED_KIM,)}, [Found("critical", "EU-EU.4711.32")]),
    Case("verification_incomplete", LI, {}),
    Case("verification_incomplete", LI, {"missing": frozenset({"bank"})}, [Found("review")]),
    Case("verification_incomplete", LI, {"missing": frozenset({"bank"}), "status": "in_review"}, [Found("notice")]),
    Case("verification_incomplete", LI, {"missing": frozenset({"bank"}), "status": "onboarding"}),
    Case("registration_expiring", LI, {}),
    Case("registration_expiring", LI, {"expiring": (("epr", "DE", "packaging", date(2026, 12, 24)),)}, [
        Found("notice", "epr-DE-packaging"),
    ]),
    Case("registration_expiring", LI, {"expiring": (("ioss", "", "", date(2026, 12, 24)),)}, [Found("notice", "ioss")]),
    Case("threshold_reached", LI, {}),
    Case("threshold_reached", LI, {"reached": (("EU-DAC7", "DAC7", "2026", date(2026, 12, 31), "Directive"),)}, [
        Found("notice", "EU-DAC7-2026"),
    ]),
    Case("threshold_reached", LI, {"reached": (("US-INFORM", "INFORM", "", date(2026, 11, 30), "Act"),)}, [
        Found("notice", "US-INFORM"),
    ]),
    Case("seller_not_approved", LISTED, {}),
    Case("seller_not_approved", LISTED, {"seller_status": "suspended"}, [Found("notice")]),
    Case("seller_not_approved", CUP, {"seller_status": "suspended", "destination": "DE"}),
    Case("rights_complaint", LISTED, {}),
    Case("rights_complaint", LISTED, {"complaints": 2}, [Found("review")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_the_check_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    assert sorted(found_by(case)) == sorted(case.found)


def test_right_people_have_no_finding() -> None:
    assert screen(ANNA, book()) == ()
    assert screen(LI, book()) == ()


def test_each_entry_of_a_list_is_a_finding_of_its_own() -> None:
    """An officer who puts one namesake aside has not put the others aside."""
    first, second = screen(replace(ANNA, matches=(KIM, OTHER)), book())

    assert first.params == {
        "party": "Anna Weber", "list": "EU", "reference": "EU.4711.32", "listed": "KIM Yong", "likeness": "0.97",
    }  # fmt: skip
    assert (second.params["list"], second.rule) == ("OFAC", "OFAC-22-118")

"""What tables of screening are made of: facts that are right in thirty markets, and how to say what a check finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from compliance.rules.book import RuleBook
from compliance.rules.files import read_all
from compliance.screening import Facts, ListingFacts, PartyFacts, SellerFacts, screen, screen_listing
from compliance.screening.facts import Operator, PriceFacts
from tests.compliance.cases import TODAY, book

EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
MARKETS = (*EU, "GB", "US", "JP")
# Countries with an official language that a listing has room for, and the others, with the languages they ask for.
ROOM = ("AT", "BE", "DE", "ES", "FR", "IE", "LU", "MT")
NO_ROOM = tuple(code for code in EU if code not in ROOM)
NUMBERS = frozenset(("epr", row["country"], row["stream"]) for row in read_all()["epr_schemes"])
MAKER = Operator("Kiln Works", "1 Kiln Lane, Jingdezhen", "CN", "maker@kiln.example")
PERSON = Operator("Kiln Europe GmbH", "Speicherstraße 1, Hamburg", "DE", "safety@kiln.example")

CUP = ListingFacts(
    sku="CUP-1", hs_code="691110", origin="CN", weight_grams=300, lithium=False, description="Porcelain tea cup"
)
LISTED = replace(
    CUP,
    registrations=NUMBERS,
    manufacturer=MAKER,
    responsible_person=PERSON,
    has_picture=True,
    model_identifier="KL-300",
    needs_no_warnings=True,
    texts={"en": "<p>A cup for tea.</p>", "de": "Eine Tasse für Tee."},
    prices=(PriceFacts("EUR", Decimal(20), Decimal(25), Decimal(25), Decimal(10), Decimal(40)),),
    size_mm=(120, 90, 90),
    packaging_grams={"paper": Decimal(80)},
    expected_prefixes=frozenset({"69"}),
)
ANNA = PartyFacts("Anna Weber", "DE")
LI = SellerFacts("Kiln Works", "CN", "approved", parties=(PartyFacts("Li Na", "CN"),))


class Found(NamedTuple):
    """One finding without its words."""

    severity: str
    rule: str = ""
    countries: tuple[str, ...] = ()


class Case(NamedTuple):
    """What a check finds on facts that differ from right ones by `change`, on a day."""

    check: str
    facts: Facts
    change: dict[str, Any]
    found: Sequence[Found] = ()
    on: date = TODAY


def findings(facts: Facts, on: date | RuleBook = TODAY, destinations: Sequence[str] = MARKETS) -> list[Any]:
    """Every finding: on goods that are offered in the markets, unless the facts say where they go."""
    rules = on if isinstance(on, RuleBook) else book(on)
    if isinstance(facts, ListingFacts) and not facts.destination:
        return list(screen_listing(facts, destinations, rules))
    return list(screen(facts, rules))


def found_by(case: Case) -> list[Found]:
    """What the check of a case finds."""
    facts = replace(case.facts, **case.change)  # type: ignore[arg-type]
    return [
        Found(each.severity, each.rule, each.countries) for each in findings(facts, case.on) if each.check == case.check
    ]


def days(first: date) -> tuple[date, date]:
    """The day before a rule begins, and that on which it does."""
    return date.fromordinal(first.toordinal() - 1), first


def without_numbers(*keys: tuple[str, str]) -> ListingFacts:
    """The right listing of a seller who lacks some registrations, as (country, stream)."""
    return replace(LISTED, registrations=NUMBERS - {("epr", *key) for key in keys})

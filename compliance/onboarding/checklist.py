"""The checklist of a seller: who they are, their tax and customs numbers, producer registers, their listings. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from compliance.onboarding.steps import (
    DONE,
    ENTER,
    FLAGS,
    GOODS,
    LISTINGS,
    NOT_NEEDED,
    OPEN,
    PAPERS,
    PRODUCERS,
    WAITING,
    WHO,
    Checklist,
    Goods,
    Situation,
    Step,
)
from compliance.onboarding.taxes import tax_steps
from compliance.rules.book import RuleBook
from compliance.rules.files import DATA
from compliance.rules.obligations import SchemeRule, names_goods
from marketplace.kernel.consignment import Destination

# The parts of the papers, with the names of what belongs to each (`compliance.traders.papers`).
PARTS: Final[Mapping[str, frozenset[str]]] = {
    "business": frozenset({"legal_name", "street_address", "city", "postal_code", "country", "email", "phone"}),
    "person": frozenset({"person_name", "birth_date", "identity_document"}),
    "register": frozenset({"trade_register", "register_number", "register_document"}),
    "owners": frozenset({"owners"}),
    "bank": frozenset({"bank_holder", "bank_country", "bank_account", "bank_document"}),
    "certificate": frozenset({"certificate"}),
}
_OF_COMPANIES: Final = frozenset({"register", "owners"})
_CLOSED: Final = frozenset({"invited", "refused"})

# What a listing must say, with the check that finds where it does not.
FACTS: Final[Mapping[str, str]] = {
    "manufacturer": "manufacturer_missing",
    "responsible_person": "responsible_person_missing",
    "identification": "identification_missing",
    "warnings_said": "warnings_unsaid",
    "warnings": "warnings_untranslated",
    "ce_declaration": "declaration_missing",
    "safety_certificate": "safety_certificate_missing",
    "age_grading": "age_grading_missing",
    "energy_label": "energy_label_missing",
}
_ANY_GOODS: Final = (Goods("", frozenset({"packaging"})),)  # all goods are packed


def checklist(situation: Situation, book: RuleBook) -> Checklist:
    """The steps of a seller by the rules of a day."""
    sources = step_sources()
    return Checklist(
        (
            *_papers(situation, sources),
            *tax_steps(situation, book, sources),
            *_registers(situation, book),
            *_listings(situation, book, sources),
        )
    )


@cache
def step_sources() -> dict[str, str]:
    """The law or policy behind each step that no row of the rule book asks for, read once for each process."""
    with (DATA / "onboarding_steps.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["source"] for row in csv.DictReader(file)}


# Who they are -------------------------------------------------------------------------------------------------


def _papers(situation: Situation, sources: Mapping[str, str]) -> Iterator[Step]:
    has_come = situation.status not in _CLOSED
    yield Step(
        "markets", WHO, "markets", DONE if situation.markets else OPEN, sources["markets"], page=f"{PAPERS}:markets",
        is_possible=has_come,
    )  # fmt: skip
    for name, papers in PARTS.items():
        state = OPEN if papers & situation.missing else DONE
        if name in _OF_COMPANIES and situation.is_person:
            state = NOT_NEEDED
        yield Step(name, WHO, name, state, sources[name], page=f"{PAPERS}:{name}", is_possible=has_come)
    state = {"in_review": WAITING, "approved": DONE, "suspended": DONE}.get(situation.status, OPEN)
    can_send = situation.status == "onboarding" and not situation.missing
    yield Step("review", WHO, "review", state, sources["review"], page=PAPERS, is_possible=can_send)


# Producer registers -------------------------------------------------------------------------------------------


def _registers(situation: Situation, book: RuleBook) -> Iterator[Step]:
    """A step for each register of a market that the goods belong to; those where nothing is blocked or reviewed advise."""
    for country in situation.markets:
        for scheme in book.for_destination(Destination(country)).schemes:
            if _concerns(scheme, situation.goods or _ANY_GOODS):
                yield _register(scheme, situation)


def _concerns(scheme: SchemeRule, goods: tuple[Goods, ...]) -> bool:
    return any(names_goods(scheme, each.hs_code, each.marks) for each in goods)


def _register(scheme: SchemeRule, situation: Situation) -> Step:
    country, stream = scheme.country, scheme.stream
    words = {"country": country, "stream": stream, "register": scheme.register, "number": scheme.number_name}
    return Step(
        f"epr:{country}:{stream}", PRODUCERS, f"epr_{scheme.action}", number_state(situation, "epr", country, stream),
        scheme.ref.source, scheme.ref.id, words, f"{ENTER}:epr:{country}:{stream}", is_required=scheme.action != "inform",
    )  # fmt: skip


def number_state(situation: Situation, kind: str, country: str, stream: str = "") -> str:
    """Whether a number counts, is being checked, or is still to be entered."""
    number = (kind, country, stream)
    return DONE if number in situation.counting else WAITING if number in situation.waiting else OPEN


# Listings -----------------------------------------------------------------------------------------------------


def _listings(situation: Situation, book: RuleBook, sources: Mapping[str, str]) -> Iterator[Step]:
    has_listing = situation.listings > 0
    yield Step(
        "first_listing", GOODS, "first_listing", DONE if has_listing else OPEN, sources["first_listing"],
        page=f"{LISTINGS}:add", is_possible=situation.status not in _CLOSED,
    )  # fmt: skip
    if situation.markets:
        yield from _facts(situation, book)
    is_ready = situation.status == "approved" and situation.complete > 0
    yield Step(
        "on_sale", GOODS, "on_sale", DONE if situation.on_sale else OPEN, sources["on_sale"], page=LISTINGS,
        is_possible=is_ready,
    )  # fmt: skip


def _facts(situation: Situation, book: RuleBook) -> Iterator[Step]:
    """A step for each fact that a rule of a market asks of the goods."""
    market = book.markets(situation.markets)
    asked: dict[str, tuple[str, str, str]] = {}
    for goods in situation.goods or _ANY_GOODS:
        for name, placed in market.naming(goods.hs_code, goods.marks).requirements.items():
            if name in FACTS and name not in asked:
                rule = placed[0].rule
                asked[name] = rule.ref.source, rule.ref.id, rule.jurisdiction
    for name, check in FACTS.items():
        if name in asked:
            source, rule_id, place = asked[name]
            count = situation.faults.get(check, 0)
            state = OPEN if count or not situation.listings else DONE
            words = {"place": place, "count": str(count)}
            page = f"{FLAGS}:{check}" if situation.listings else f"{LISTINGS}:add"
            yield Step(
                f"facts:{name}", GOODS, f"facts_{name}", state, source, rule_id, words, page,
                is_possible=situation.listings > 0,
            )  # fmt: skip

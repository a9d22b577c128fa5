"""The tax and customs numbers that a seller needs, and where the marketplace pays instead. Pure.

A marketplace is the deemed supplier where a regime of the rule book says so: then it pays the tax of the sale, and the
seller needs no number for it. A number is needed at home, and where goods are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from compliance.onboarding.steps import DONE, ENTER, NOT_NEEDED, OPEN, TAX, WAITING, Situation, Step
from compliance.rules.book import RuleBook
from compliance.rules.rows import RegimeRule
from marketplace.kernel.consignment import Destination

EU: Final = "EU"
_HOME_KINDS: Final = {"GB": "uk_vat", "AU": "gst_au", "NZ": "gst_nz", "SG": "gst_sg"}


def tax_steps(situation: Situation, book: RuleBook, sources: Mapping[str, str]) -> Iterator[Step]:
    """The steps on tax and customs numbers, and what is not needed and why, area by area."""
    home = _area(situation.country, book)
    yield from _at_home(situation, home, book, sources)
    for area, countries in _areas(situation, book).items():
        if area != home:
            yield from _where_stored(situation, area, book, sources)
            yield from _not_needed(area, countries, book)
    yield from _customs(situation, home, book, sources)


def _area(country: str, book: RuleBook) -> str:
    """The union whose tax rules a country shares, or the country itself."""
    return EU if EU in book.groups_of(country) else country


def _areas(situation: Situation, book: RuleBook) -> dict[str, list[str]]:
    """The areas of the markets with their countries; a warehouse brings its area in as well."""
    found: dict[str, list[str]] = {}
    for country in situation.markets:
        found.setdefault(_area(country, book), []).append(country)
    for country in sorted(situation.stores):
        found.setdefault(_area(country, book), [])
    return found


# Numbers ------------------------------------------------------------------------------------------------------


def _at_home(situation: Situation, home: str, book: RuleBook, sources: Mapping[str, str]) -> Iterator[Step]:
    country = situation.country
    if home == EU:
        yield _number(situation, "vat", country, "vat_home", sources["vat_home"])
        if any(market != country and _area(market, book) == EU for market in situation.markets):
            yield _number(situation, "oss", country, "oss", sources["oss"], is_required=False)
    elif country in _HOME_KINDS:
        yield _number(situation, _HOME_KINDS[country], country, "tax_home", sources["vat_home"], is_required=False)


def _where_stored(situation: Situation, area: str, book: RuleBook, sources: Mapping[str, str]) -> Iterator[Step]:
    for country in sorted(situation.stores):
        if _area(country, book) != area:
            continue
        if area == EU:
            yield _number(situation, "vat", country, "vat_storage", sources["vat_storage"])
        elif area == "GB":
            yield _number(situation, "uk_vat", country, "vat_storage", sources["uk_vat_storage"])


def _customs(situation: Situation, home: str, book: RuleBook, sources: Mapping[str, str]) -> Iterator[Step]:
    """An EORI number for who brings goods across the border of the Union or of the United Kingdom in their own name."""
    areas = {_area(country, book) for country in (*situation.markets, *situation.stores)}
    for area, source in ((EU, "eori"), ("GB", "uk_eori")):
        stores = sorted(country for country in situation.stores if _area(country, book) == area)
        imports = home != area and bool(stores)
        exports = home == area and bool(areas - {area})
        if imports or exports:
            yield _eori(situation, area, situation.country if exports else stores[0], sources[source], book)


def _eori(situation: Situation, area: str, country: str, source: str, book: RuleBook) -> Step:
    """One EORI number counts in all of an area, whichever of its states gave it."""

    def held(numbers: frozenset[tuple[str, str, str]]) -> bool:
        return any(kind == "eori" and _area(place, book) == area for kind, place, _stream in numbers)

    state = DONE if held(situation.counting) else WAITING if held(situation.waiting) else OPEN
    return Step(f"eori:{area}", TAX, "eori", state, source, params={"place": area}, page=f"{ENTER}:eori:{country}")


def _number(
    situation: Situation, kind: str, country: str, words: str, source: str, *, is_required: bool = True
) -> Step:
    number = (kind, country, "")
    state = DONE if number in situation.counting else WAITING if number in situation.waiting else OPEN
    return Step(
        f"{kind}:{country}", TAX, words, state, source, params={"country": country, "number": kind},
        page=f"{ENTER}:{kind}:{country}", is_required=is_required,
    )  # fmt: skip


# What is not needed -------------------------------------------------------------------------------------------


def _not_needed(area: str, countries: list[str], book: RuleBook) -> Iterator[Step]:
    """Why no number is needed for what is sent into an area: the marketplace pays, or the buyer at the border."""
    if not countries:
        return
    imports = book.for_destination(Destination(countries[0])).regimes.get("import", ())
    regimes = [rule for rule in imports if rule.jurisdiction == area and rule.buyer in ("", "consumer")]
    deemed = next((rule for rule in regimes if rule.deemed_supplier), None)
    rest = next((rule for rule in reversed(regimes) if not rule.deemed_supplier), None)
    if deemed is not None:
        is_limited = deemed.threshold_amount is not None
        yield _note(f"deemed:{area}", area, "deemed_up_to" if is_limited else "deemed", deemed)
        if not is_limited:
            return
    if rest is not None:
        yield _note(f"border:{area}", area, "at_border_above" if deemed is not None else "at_border", rest)


def _note(name: str, area: str, kind: str, regime: RegimeRule) -> Step:
    words = {"place": area}
    if regime.threshold_amount is not None:
        words |= {"amount": str(regime.threshold_amount), "currency": regime.threshold_currency}
    return Step(name, TAX, kind, NOT_NEEDED, regime.ref.source, regime.ref.id, words)

"""What is kept of a listing beside a flag: the facts as a check saw them, small and plain. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from compliance.screening import Finding, ListingFacts
from compliance.screening.facts import Operator

_MOST_TEXT: Final = 600
_PLAIN: Final = ("hs_code", "origin", "description", "weight_grams", "battery", "batteries", "age_from",
                 "cites_species", "energy_label", "model_identifier", "complaints", "seller_country")  # fmt: skip


def evidence_of(facts: ListingFacts, findings: Iterable[Finding] = ()) -> dict[str, Any]:
    """The facts as JSON, without what is empty. Texts are kept where a finding is about what they say."""
    found: dict[str, Any] = {name: getattr(facts, name) for name in _PLAIN}
    found |= {
        "battery_watt_hours": _number(facts.battery_watt_hours),
        "size_mm": list(facts.size_mm or ()),
        "traits": sorted(facts.traits),
        "materials": _numbers(facts.materials),
        "packaging_grams": _numbers(facts.packaging_grams),
        "documents": sorted(facts.documents),
        "warnings": sorted(facts.warnings),
        "registrations": sorted(" ".join(filter(None, number)) for number in facts.registrations),
        "manufacturer": _operator(facts.manufacturer),
        "responsible_person": _operator(facts.responsible_person),
        "prices": [_price(price) for price in facts.prices],
        "texts": _texts(facts, findings),
    }
    return {name: value for name, value in found.items() if value not in (None, "", 0, [], {})}


def what_goods_are(facts: ListingFacts) -> dict[str, Any]:
    """What a decision on a flag rests on: what the goods are and what is said of them, whole. Empty where nothing is.

    Prices, papers and registrations are left out: a check that looks at them says so in the details of its finding.
    """
    return {
        "hs_code": facts.hs_code,
        "origin": facts.origin,
        "description": facts.description,
        "texts": dict(facts.texts),
        "traits": sorted(facts.traits),
        "materials": _numbers(facts.materials),
        "cites_species": facts.cites_species,
        "battery": facts.battery,
        "batteries": facts.batteries,
        "battery_watt_hours": _number(facts.battery_watt_hours),
        "age_from": facts.age_from,
    }


def _texts(facts: ListingFacts, findings: Iterable[Finding]) -> dict[str, str]:
    asked = {finding.params["language"] for finding in findings if finding.check.startswith("claim_")}
    return {code: text[:_MOST_TEXT] for code, text in facts.texts.items() if code.partition("-")[0] in asked}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _numbers(values: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: format(value, "f") for name, value in values.items()}


def _operator(operator: Operator) -> str:
    said = (operator.name, operator.postal_address, operator.country, operator.electronic_address)
    return ", ".join(filter(None, said))


def _price(price: Any) -> str:
    text = f"{price.price:f} {price.currency}"
    return text if price.said_before is None else f"{text} ({price.said_before:f})"

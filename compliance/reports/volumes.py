"""Volumes for the registers of producers: what sold goods put on a market, by stream and material.

What belongs to a stream is said by the rows of the registers; what goods are made of is what their listing said when
they were ordered. A weight that nobody stated stays unknown and is counted as pieces alone: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from compliance.rules.marks import BATTERIES, SAID, marks_of
from compliance.rules.obligations import SchemeRule, names_goods

PACKAGING, BATTERY = "packaging", "battery"
_CENTIGRAM: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_ACCUMULATORS: Final = ("8506", "8507")  # batteries that are sold as such: the piece is the battery
_CHEMISTRY: Final = {name: name.rpartition("_")[0] for name in BATTERIES}  # li_ion, li_metal


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """A line of an order as goods: `made_of` is what was known of them, `weight_grams` that of one piece, if known."""

    source: str
    reference: str
    part_id: int
    line_id: int
    seller_id: int
    country: str
    pieces: int
    hs_code: str
    weight_grams: int | None
    made_of: Mapping[str, Any]
    sold_at: datetime


@dataclass(frozen=True, slots=True)
class Volume:
    """What a line put on a market in one stream and of one material ("" where it is not known); None: weight unknown."""

    source: str
    reference: str
    part_id: int
    line_id: int
    happened_at: datetime
    seller_id: int
    country: str
    stream: str
    material: str
    pieces: int
    grams: Decimal | None


def volumes_of(goods: SoldGoods, schemes: Iterable[SchemeRule]) -> Iterator[Volume]:
    """One value for each stream that the goods belong to in their country, and each material in it."""
    made_of = goods.made_of
    traits = frozenset(trait for name, trait in SAID.items() if made_of.get(name))
    battery = str(made_of.get("battery") or "")
    marks = marks_of(traits, battery, bool(made_of.get("lithium")), bool(made_of.get("cites_species")))
    marks |= frozenset(made_of.get("marks") or ())  # what the checks of the listing had seen
    for stream in sorted({scheme.stream for scheme in schemes if names_goods(scheme, goods.hs_code, marks)}):
        for material, grams in _weights(goods, stream, battery):
            yield Volume(
                source=f"{goods.source}:{stream}:{material}",
                reference=goods.reference,
                part_id=goods.part_id,
                line_id=goods.line_id,
                happened_at=goods.sold_at,
                seller_id=goods.seller_id,
                country=goods.country,
                stream=stream,
                material=material,
                pieces=goods.pieces,
                grams=None if grams is None else (grams * goods.pieces).quantize(_CENTIGRAM, ROUND_HALF_UP),
            )


def _weights(goods: SoldGoods, stream: str, battery: str) -> list[tuple[str, Decimal | None]]:
    """Materials of one piece with their weight in grams."""
    if stream == PACKAGING:
        packed = _numbers(goods.made_of.get("packaging_grams"))
        return sorted(packed.items()) or [("", None)]
    weight = None if goods.weight_grams is None else Decimal(goods.weight_grams)
    if stream == BATTERY:
        stated = _number(goods.made_of.get("battery_grams"))
        if stated is None and goods.hs_code.startswith(_ACCUMULATORS):
            stated = weight
        return [(_CHEMISTRY.get(battery, battery if battery != "none" else ""), stated)]
    shares = _numbers(goods.made_of.get("materials"))
    if not shares or weight is None:
        return [(material, None) for material in sorted(shares)] or [("", weight)]
    weights: list[tuple[str, Decimal | None]] = [
        (name, weight * pct / _HUNDRED) for name, pct in sorted(shares.items())
    ]
    rest = _HUNDRED - sum(shares.values(), Decimal(0))
    return [*weights, ("", weight * rest / _HUNDRED)] if rest > 0 else weights


def _numbers(stated: Any) -> dict[str, Decimal]:
    """What was stated by material; what is no number was not stated, and is not known."""
    found: dict[str, Decimal] = {}
    for material, value in (stated or {}).items() if isinstance(stated, Mapping) else ():
        number = _number(value)
        if number is not None:
            found[str(material).strip().casefold()[:60]] = number
    return found


def _number(stated: Any) -> Decimal | None:
    """A weight or share; what is no number was not stated."""
    try:
        number = Decimal(str(stated))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None

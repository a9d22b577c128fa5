"""The rate table as a value: which services go from where to where, and what a parcel of a weight costs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moneyed import Money

from marketplace.kernel.consignment import ConsignmentLine


@dataclass(frozen=True, slots=True)
class Service:
    """A way of sending; `names` has its name by language, `days_min` to `days_max` are days under way."""

    code: str
    names: Mapping[str, str]
    carrier: str
    channel: str
    transport: str
    tracked: bool
    accepts_lithium: bool
    days_min: int
    days_max: int
    position: int

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English, else the code."""
        return self.names.get(language) or self.names.get("en") or self.code


@dataclass(frozen=True, slots=True)
class Lane:
    """One service between two countries: `prices[i]` is that of a parcel of up to `up_to_grams[i]`."""

    service: Service
    up_to_grams: tuple[int, ...]
    prices: tuple[Money, ...]

    def price(self, grams: int) -> Money | None:
        """What a parcel of `grams` costs; None when it is too heavy."""
        band = bisect_left(self.up_to_grams, grams)
        return self.prices[band] if band < len(self.prices) else None


@dataclass(frozen=True, slots=True)
class Tariff:
    """All lanes by (origin, destination), the countries served, and what goods of unknown weight are taken to weigh.

    `customs_areas` has the area of each country served. `assumed_grams` is keyed by the beginning of the HS code;
    the empty key holds for everything else.
    """

    version: str
    services: Mapping[str, Service]
    lanes: Mapping[tuple[str, str], tuple[Lane, ...]]
    served: frozenset[str]
    customs_areas: Mapping[str, str]
    assumed_grams: Mapping[str, int]

    def lanes_between(self, origin: str, destination: str) -> tuple[Lane, ...]:
        """The services from one country to another, in the order of their position."""
        return self.lanes.get((origin, destination), ())

    def crosses_customs(self, origin: str, destination: str) -> bool:
        """Whether a parcel between the two countries has to be declared to customs."""
        return self.customs_areas.get(origin, origin) != self.customs_areas.get(destination, destination)

    def piece_grams(self, line: ConsignmentLine) -> int:
        """What one piece weighs, or is taken to weigh by the longest known beginning of its HS code."""
        if line.weight_grams is not None:
            return line.weight_grams
        for length in range(min(len(line.hs_code), 6), -1, -1):
            grams = self.assumed_grams.get(line.hs_code[:length])
            if grams is not None:
                return grams
        return 0

    def grams(self, lines: Iterable[ConsignmentLine]) -> int:
        """What the pieces of all lines weigh together, assumed weights included."""
        return sum(self.piece_grams(line) * line.quantity for line in lines)

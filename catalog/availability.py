"""How many pieces of something can be bought, from where, and from which day on: pure, the day comes in.

A bundle takes the stock of its parts, so a warehouse has as many bundles as its scarcest part allows. What is made to
order or not out yet can also be bought without stock: it is then sent from the first warehouse in which it has a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

NO_LIMIT = 9999  # pieces on order, where the seller names no limit
LONGEST_LEAD: Final = 365  # days in which something can be made to order
LONGEST_PRE_ORDER: Final = timedelta(days=730)
NOTHING: Mapping[int, int] = {}


class Source(NamedTuple):
    """A stock level that pieces are taken from: `each` of them for one piece sold, `free` can still be promised."""

    level_id: int
    free: int
    each: int
    on_order: int
    is_part: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse where pieces may lie; a bundle has a source there for each of its parts."""

    warehouse_id: int
    country: str
    sources: tuple[Source, ...]

    def left(self, taken: Mapping[int, int] = NOTHING) -> int:
        """Pieces that can be promised when so many are `taken` from stock levels already."""
        return max(0, min((each.free - taken.get(each.level_id, 0)) // each.each for each in self.sources))

    def takes(self, quantity: int) -> tuple[tuple[int, int], ...]:
        """How many pieces of which stock level so many pieces need."""
        return tuple((source.level_id, source.each * quantity) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be bought of a variant on the day `on`. `places` are those of all its active warehouses.

    `lead_days` is how long it takes to make one, `available_on` the day before which none is sent; `order_limit` are
    the pieces that may be on order at a time, None for any number.
    """

    places: tuple[Place, ...]
    lead_days: int | None
    available_on: date | None
    order_limit: int | None
    on: date

    @property
    def is_pre_order(self) -> bool:
        """Whether it is not out yet."""
        return self.available_on is not None and self.available_on > self.on

    @property
    def is_bundle(self) -> bool:
        """Whether it takes the stock of its parts."""
        return any(source.is_part for place in self.places for source in place.sources)

    @property
    def stocked(self) -> int:
        """Pieces that lie somewhere and can be promised."""
        return sum(place.left() for place in self.places)

    @property
    def room(self) -> int:
        """Pieces that can be ordered without stock."""
        if not self.places or self.is_bundle or not (self.is_pre_order or self.lead_days):
            return 0
        if self.order_limit is None:
            return NO_LIMIT
        return max(0, self.order_limit - sum(source.on_order for place in self.places for source in place.sources))

    @property
    def left(self) -> int:
        """Pieces that can be bought at once."""
        return max(self.stocked, self.room)

    @property
    def countries(self) -> tuple[str, ...]:
        """Where it is sent from, each country once: those with a piece, or where it is made."""
        found = [place.country for place in self.places if place.left() > 0]
        if not found and self.room:
            found = [self.places[0].country]
        return tuple(dict.fromkeys(found))

    def ready_on(self, *, to_order: bool) -> date | None:
        """The day before which pieces can't be sent; None for those that lie in stock."""
        if self.is_pre_order:
            return self.available_on
        return self.on + timedelta(days=self.lead_days) if to_order and self.lead_days else None


def availability(columns: Sequence[Any], on: date) -> Availability:
    """The availability by the four columns of `catalog.selectors.availability.AVAILABILITY`."""
    places, lead_days, available_on, order_limit = columns
    found = tuple(
        Place(warehouse, country, tuple(Source._make(source) for source in sources))
        for warehouse, country, sources in places or ()
    )
    return Availability(found, lead_days, available_on, order_limit, on)

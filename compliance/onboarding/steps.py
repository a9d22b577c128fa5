"""What the checklist looks at, and what it gives: plain values, made by those who know the seller and the listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Number = tuple[str, str, str]

DONE, WAITING, OPEN, NOT_NEEDED = "done", "waiting", "open", "not_needed"
WHO, TAX, PRODUCERS, GOODS = "who", "tax", "producers", "goods"
SECTIONS: Final = (WHO, TAX, PRODUCERS, GOODS)

PAPERS, ENTER, LISTINGS, FLAGS = "papers", "enter", "listings", "flags"


@dataclass(frozen=True, slots=True)
class Goods:
    """One kind of goods on listings: its HS code ("" when none is known) and its marks (`compliance.rules.marks`)."""

    hs_code: str
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Situation:
    """A seller as the checklist sees them.

    `status` is `Seller.status`, `missing` are the names of the papers that lack, `markets` the countries in which the seller
    wants to sell, `stores` those of the warehouses. `counting` and `waiting` are numbers as (kind, country, stream).
    `listings` are drafts and live ones, `complete` those on which nothing grave is found, `on_sale` those that shoppers
    meet somewhere. `faults` are how many listings lack something, by the check that found it.
    """

    status: str
    country: str
    is_person: bool = False
    markets: tuple[str, ...] = ()
    stores: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    counting: frozenset[Number] = frozenset()
    waiting: frozenset[Number] = frozenset()
    goods: tuple[Goods, ...] = ()
    listings: int = 0
    complete: int = 0
    on_sale: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `kind` names its words, `params` what they need; `id` is unique in a checklist and stays the same.

    `source` is the law or policy behind it, `rule` the row of the rule book, "" where there is none. A step that is not
    required is advice and does not count. One that is not possible waits for another. `page` says where it is done.
    """

    id: str
    section: str
    kind: str
    state: str
    source: str
    rule: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    is_required: bool = True
    is_possible: bool = True


@dataclass(frozen=True, slots=True)
class Checklist:
    """The steps in the order in which they are best done."""

    steps: tuple[Step, ...]

    @property
    def counted(self) -> tuple[Step, ...]:
        """The steps by which the percentage is reckoned: required ones that are needed."""
        return tuple(step for step in self.steps if step.is_required and step.state != NOT_NEEDED)

    @property
    def percent(self) -> int:
        """How much is done, in whole percent, rounded down so that only all is a hundred."""
        counted = self.counted
        return 100 * sum(step.state == DONE for step in counted) // len(counted) if counted else 100

    @property
    def next(self) -> Step | None:
        """The first required step that can be done now."""
        return next((step for step in self.counted if step.state == OPEN and step.is_possible), None)

    def of(self, section: str) -> tuple[Step, ...]:
        """The steps of a section."""
        return tuple(step for step in self.steps if step.section == section)

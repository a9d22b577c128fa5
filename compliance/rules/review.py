"""What of the rule book an officer should look at: rows not reviewed for long, rows nobody has verified, and gaps.

Arithmetic on values: the rows, the rule book of a day, where the shop sends to and what it sells come in as arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from compliance.landed_cost.doubts import REVIEWED_WITHIN, UNVERIFIED
from compliance.rules.book import CountryRules, RuleBook
from compliance.rules.rows import PENDING
from marketplace.kernel.consignment import Destination

# The column of each table that names the country or union which made the rule.
PLACES = {
    "regimes": "jurisdiction",
    "tax_rates": "country",
    "duty_rates": "destination",
    "additional_duties": "destination",
    "fees": "jurisdiction",
    "exemptions": "jurisdiction",
    "group_members": "country",
    "territories": "country",
    "restrictions": "destination",
    "epr_schemes": "country",
    "product_rules": "jurisdiction",
    "forbidden_claims": "jurisdiction",
    "seller_thresholds": "jurisdiction",
    "report_rules": "jurisdiction",
}
# Tables that decide on what may be offered or has to be reported, and on no price.
PRICELESS = frozenset({"epr_schemes", "product_rules", "forbidden_claims", "seller_thresholds", "report_rules"})
NO_RULES, NO_DUTY = "no_rules", "no_duty_rate"
BY_TARIFF = "mfn"


@dataclass(frozen=True, slots=True)
class RuleState:
    """One row of the rule book without what it says. `place` is a country or union, empty for the whole world.

    `last_reviewed` is the later of what the rule files say and what an officer did here.
    """

    table: str
    id: int
    code: str
    place: str
    status: str
    confidence: str
    last_reviewed: date
    effective_from: date
    effective_to: date | None

    def is_over(self, on: date) -> bool:
        """Whether the row has ended before the day."""
        return self.effective_to is not None and self.effective_to < on

    def is_stale(self, on: date) -> bool:
        """Whether nobody has looked at the row for longer than rules may go without a review."""
        return self.last_reviewed < on - REVIEWED_WITHIN

    @property
    def is_unverified(self) -> bool:
        """Whether nobody has read the row in a source."""
        return self.status == PENDING or self.confidence in UNVERIFIED


@dataclass(frozen=True, slots=True)
class Gap:
    """Goods that can be sent to `destination` and have no rule there: those of an HS chapter, or all of them ("")."""

    destination: str
    chapter: str
    kind: str


@dataclass(frozen=True, slots=True)
class Review:
    """What waits for an officer on a day: the rows reviewed the longest ago first, the others by table and code."""

    on: date
    stale: tuple[RuleState, ...]
    unverified: tuple[RuleState, ...]
    gaps: tuple[Gap, ...]


def review(states: Iterable[RuleState], book: RuleBook, destinations: Iterable[str], chapters: Iterable[str]) -> Review:
    """What waits on the day of `book`. Rows that are over wait for nothing; rows to come do."""
    on = book.on
    current = [state for state in states if not state.is_over(on)]
    return Review(
        on=on,
        stale=tuple(sorted((state for state in current if state.is_stale(on)), key=_by_age)),
        unverified=tuple(sorted((state for state in current if state.is_unverified), key=_by_code)),
        gaps=gaps(book, destinations, chapters),
    )


def gaps(book: RuleBook, destinations: Iterable[str], chapters: Iterable[str]) -> tuple[Gap, ...]:
    """Destinations that no regime for imports covers, and for the others the chapters without any duty rate.

    Where no regime for imports goes by the tariff, no rate is missed.
    """
    chapters = sorted(set(chapters))
    found = []
    for country in sorted(set(destinations)):
        rules = book.for_destination(Destination(country))
        regimes = rules.regimes.get("import", ())
        if not regimes:
            found.append(Gap(country, "", NO_RULES))
        elif any(regime.duty_mode == BY_TARIFF for regime in regimes):
            found += [Gap(country, chapter, NO_DUTY) for chapter in chapters if not _has_rate(rules, chapter)]
    return tuple(found)


def concerning(found: Review, book: RuleBook, country: str) -> Review:
    """What of a review concerns one country: its own rows, those of its unions and of the whole world, its gaps."""
    places = frozenset(book.groups_of(country))
    return Review(
        on=found.on,
        stale=tuple(state for state in found.stale if state.place in places),
        unverified=tuple(state for state in found.unverified if state.place in places),
        gaps=tuple(gap for gap in found.gaps if gap.destination == country),
    )


def tally(states: Collection[RuleState]) -> list[tuple[str, str, str, int]]:
    """How many rows there are by table, place and status, in the order of the tables."""
    counted = Counter((state.table, state.place, state.status) for state in states)
    order = {name: index for index, name in enumerate(PLACES)}
    return [(*key, counted[key]) for key in sorted(counted, key=lambda key: (order[key[0]], *key[1:]))]


def _has_rate(rules: CountryRules, chapter: str) -> bool:
    return any(
        prefix.startswith(chapter) or chapter.startswith(prefix)
        for table in (rules.duties, rules.preferences)
        for prefix in table
    )


def _by_age(state: RuleState) -> tuple[date, str, str]:
    return state.last_reviewed, state.table, state.code


def _by_code(state: RuleState) -> tuple[str, str, str]:
    return state.table, state.place, state.code

"""Which listing stands for which in lists, where several sellers have the same articles: pure.

A listing gives way in a country to another seller's that has all of its articles on sale there and, taken together, the
better offer of them: by the order of `catalog.ranking`, the weights of the articles added up.

    A has the cable of 1 m at 12.00 and of 2 m at 15.00 by weight, B at 11.00 and 15.50: B leads with 26.50 before 27.00
    C has that of 1 m alone, at 10.00: it leads neither of them, and gives way to neither, for nobody has it better

What can't be bought of one listing never stands for what can be bought of another. As the order of listings with the same
articles is total, no two give way to each other, and something is always shown of each article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from catalog.ranking import Candidate, place, weight

Offers = Mapping[str, Candidate]  # by article


@dataclass(frozen=True, slots=True)
class Listing:
    """What a seller has on sale under one card; no `articles` where one of its variants has no trade number."""

    id: int
    seller: int
    articles: frozenset[str]


class GivesWay(NamedTuple):
    """`led` gives way to `leader`; whether anything of it can be bought."""

    led: int
    leader: int
    is_offered: bool


def best(offers: Mapping[int, Sequence[tuple[str, Candidate]]]) -> dict[int, dict[str, Candidate]]:
    """Of each listing the best offer of each article."""
    found: dict[int, dict[str, Candidate]] = {}
    for listing, candidates in offers.items():
        of_listing = found[listing] = {}
        for article, candidate in candidates:
            known = of_listing.get(article)
            if known is None or place(candidate) < place(known):
                of_listing[article] = candidate
    return found


def ways(listings: Sequence[Listing], offers: Mapping[int, Offers]) -> Iterator[GivesWay]:
    """Who gives way to whom in a country, where each listing has the `offers`; none for what is not sent there."""
    having: defaultdict[str, list[Listing]] = defaultdict(list)
    for each in listings:
        for article in offers.get(each.id, ()):
            having[article].append(each)
    for led in listings:
        own = offers.get(led.id, {})
        for leader in having[min(led.articles)] if led.articles else ():
            if leader.seller != led.seller and _leads(led.articles, offers[leader.id], own):
                yield GivesWay(led.id, leader.id, any(candidate.is_available for candidate in own.values()))


def _leads(articles: frozenset[str], offers: Offers, own: Offers) -> bool:
    if not articles <= offers.keys():
        return False
    if any(candidate.is_available and not offers[article].is_available for article, candidate in own.items()):
        return False
    return not articles <= own.keys() or _order(articles, offers) < _order(articles, own)


def _order(articles: frozenset[str], offers: Offers) -> tuple[int, int, Decimal, Decimal, int]:
    """As `ranking.place`, of several articles together."""
    chosen = [offers[article] for article in articles]
    return (
        sum(not each.is_available for each in chosen),
        sum(each.landed is None for each in chosen),
        sum((weight(each) for each in chosen), Decimal(0)),
        sum((each.price for each in chosen), Decimal(0)),
        min(each.key for each in chosen),
    )

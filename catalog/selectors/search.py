"""Finding products by words in the reader's language: the best of a capped set, with counts for the filters.

This is the seam behind which another engine can stand (decision record 0031): whatever finds the products, `search`
answers with cards, counts and help, and tests/catalog/test_search_contract.py says what it has to find.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection

from catalog.search_text import Code, code
from catalog.selectors import search_door
from catalog.selectors.cards import Card, CardRow, Source, cards, cards_of
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search_hits import MOST_HITS, Hits, Wanted, hits
from catalog.selectors.search_poor import Help, help_with
from catalog.selectors.search_scripts import in_other_languages
from catalog.trade_numbers import number_column
from marketplace.kernel.region import Region

SECONDS = 2.0  # an answer is given again for so long: many readers follow one link, and turn back to what they found
_MOST_KEPT = 256
FEW = 3  # with fewer, another spelling may have been meant
_CODED = """
SELECT v.product_id FROM catalog_variant v
WHERE v.sku <> '' AND lower(regexp_replace(v.sku, '[^[:alnum:]]+', '', 'g')) = %(sku)s
UNION SELECT v.product_id FROM catalog_variant v
WHERE v.gtin <> '' AND {number} = %(gtin)s
LIMIT 100
""".format(number=number_column("v.gtin"))  # noqa: S608 - an expression of ours


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: one page of cards and the counts of the hits, of a capped set of them.

    Where hardly anything was found, `suggestion` is a spelling that finds more, and `related` comes near to the words.
    `lead` is the page of the shop that staff gave to the search, without its language. `arriving` says how many of the
    hits arrive within so many days, where that was looked at.
    """

    cards: list[Card]
    after: str
    counts: Counts
    capped: bool
    suggestion: str = ""
    related: Sequence[Card] = ()
    lead: str = ""
    arriving: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Page:
    """The products of one page, and one more when there is a next one, with the counts of the hits.

    `rows` are what the cards are made from, where they have been read.
    """

    ids: Sequence[int]
    counts: Counts
    hits: Hits
    arriving: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[int, CardRow] | None = None


_Question = tuple[str, Filters, Region, Prices]
_kept: OrderedDict[_Question, tuple[float, Found]] = OrderedDict()


def search(text: str, filters: Filters, region: Region, prices: Prices) -> Found:
    """Products that match every word of `text`, best first, narrowed by `filters`. Two queries, none for no words and
    for what the process was asked less than two seconds ago.

    What is likely the number of an article is looked for among these first, any other words when nothing else is found;
    products that have it come before all others, and so do those that have a word in a script of other languages, which
    are looked for in these (`search_scripts`; one query more). A query more for filters that leave less than a page of a
    capped set. Where nothing is found, one query more looks for the words in wider forms; where hardly anything is, three
    more look for another spelling and for what comes near.
    """
    question = text, filters, region, prices
    made_at, found = _kept.get(question, (0.0, None))
    if found is None or time.monotonic() - made_at > SECONDS:
        found = _searched(*question)
        _kept.pop(question, None)
        _kept[question] = time.monotonic(), found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _searched(text: str, filters: Filters, region: Region, prices: Prices) -> Found:
    number = code(text)
    likely = number is not None and number.is_likely
    coded = _coded(number) if number and likely else in_other_languages(text, region)
    found = _found(text, filters, region, prices, coded)
    if coded or found.counts.total:
        return found
    coded = (_coded(number) if number and not likely else []) or in_other_languages(text, region, latin=True)
    return _found(text, filters, region, prices, coded) if coded else found


def _coded(number: Code) -> list[int]:
    """The products that have a variant with the number."""
    with connection.cursor() as cursor:
        cursor.execute(_CODED, {"sku": number.sku, "gtin": number.gtin or None})
        return [row[0] for row in cursor.fetchall()]


def _found(text: str, filters: Filters, region: Region, prices: Prices, coded: list[int]) -> Found:
    start = int(filters.after) if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 4 else 0
    page = _page(text, filters, region, prices, coded, start)
    if page is None:
        return Found([], "", Counts(0, 0, {}, {}), False)
    shown = _cards(page, region, prices)
    is_poor = page.counts.total < FEW and not (coded or start or filters.active or page.hits.lead)
    more = help_with(text, page.counts.total, page.ids, region, prices) if is_poor else Help()
    return Found(
        shown, str(start + PAGE_SIZE) if len(page.ids) > PAGE_SIZE else "", page.counts, page.hits.capped or len(coded) >= MOST_HITS,
        more.suggestion, more.related, page.hits.lead, page.arriving,
    )  # fmt: skip


def _cards(page: _Page, region: Region, prices: Prices) -> list[Card]:
    ids = page.ids[:PAGE_SIZE]
    if page.rows is not None:
        return cards_of([page.rows[pk] for pk in ids], region, prices)
    chosen = Source("SELECT * FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY", {"ids": ids})
    return cards(chosen, region, prices) if ids else []


def _page(text: str, filters: Filters, region: Region, prices: Prices, coded: list[int], start: int) -> _Page | None:
    at_door = search_door.concerns(filters)
    wanted = Wanted(start, everything=at_door)
    found = hits(text, filters, region, prices, coded, wanted)
    if found is None:
        return None
    if not found.cells.unfiltered.total and not coded:
        wanted = replace(wanted, wide=True)
        found = hits(text, filters, region, prices, coded, wanted) or found
    if at_door:
        chosen = search_door.at_door(found.everything, filters, region, prices)
        counts = chosen.cells.counts(filters.choice)
        # The attributes are those before what is known at the door alone.
        counts = replace(counts, attributes=dict.fromkeys(found.attributes), categories=chosen.categories)
        return _Page(chosen.ids[start : start + PAGE_SIZE + 1], counts, found, chosen.arriving, chosen.rows)
    counts = replace(found.cells.counts(filters.choice), attributes=found.attributes, categories=found.categories)
    if found.capped and filters.active and counts.total < PAGE_SIZE:
        deep = hits(text, filters, region, prices, coded, replace(wanted, deep=True))
        if deep and (total := deep.cells.unfiltered.total) > counts.total:
            return _Page(deep.ids, replace(counts, total=total), deep)
    return _Page(found.ids, counts, found)

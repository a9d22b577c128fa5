"""What a search hits, in PostgreSQL: the best of a capped set of the most popular products that have every word.

In a large shop a broad word has hundreds of thousands of hits. They are looked for first among the most popular
products (`SearchEntry.band`), which have small indexes of their own, and further down only when those have too few.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from catalog.models.search import HEAD, MIDDLE, Band
from catalog.search_query import columns, tsquery, wider
from catalog.selectors import attribute_filters, navigation
from catalog.selectors.counts import Cells
from catalog.selectors.listing import PAGE_SIZE, Filters, bounds, chosen
from catalog.selectors.prices import Prices
from catalog.selectors.search_door import Hit
from catalog.selectors.synonyms import synonyms
from marketplace.kernel.region import Region

MOST_HITS = 240  # ten pages
ENOUGH = 120  # with so many hits among the more popular products the less popular ones are not looked for
_ORDERS = {
    "price": "sort_price, id DESC",
    "price_down": "sort_price DESC, id",
    "new": "published_at DESC, id DESC",
    "rating": "rating_rank DESC, id DESC",
}
_BY_RANK = "rank DESC, id DESC"
_STEP = """{name} AS MATERIALIZED (
    SELECT e.product_id, e.popularity, e.document FROM catalog_searchentry e {product}
    WHERE e.language = '{language}' AND {band} AND e.document @@ {wanted} {only}
    ORDER BY e.popularity DESC LIMIT {most}
)"""
_ENOUGH = "(SELECT count(*) FROM {name}) >= {enough}"
_TAKEN = "SELECT * FROM {name} WHERE {taken}"
_JOINED = "JOIN catalog_product p ON p.id = e.product_id AND {chosen} AND {price} AND {attributes}"
# The hits are counted and put in order where they are; only the keys of one page come here, or those of all of them.
_FOUND = """
WITH q AS MATERIALIZED (SELECT catalog_query(%(signs)s::text[], %(words)s::text[]) AS query), {steps},
hits AS MATERIALIZED ({hits}), found AS MATERIALIZED (
    SELECT p.id, p.seller_id, p.origin, p.in_stock, p.brand_name, p.category_id, p.sort_price, p.published_at,
        p.rating_rank,
        p.led_in IS NOT NULL AS gives_way,
        ts_rank(hits.document, (SELECT query FROM q)) * (1 + ln(1 + greatest(hits.popularity, 0)) / 10) + hits.first AS rank,
        {chosen} AS is_chosen, COALESCE(a.tokens, '{{}}') AS tokens, {missed} AS missed
    FROM ({coded}) hits JOIN catalog_product p ON p.id = hits.product_id JOIN accounts_seller s ON s.id = p.seller_id
    LEFT JOIN catalog_productattributes a ON a.product_id = p.id
    WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
        AND NOT p.held_in && %(held)s::varchar[] AND {price}
), {led}
SELECT (SELECT count(*) FROM hits) >= {most} OR {stopped}, (
    SELECT json_agg(json_build_array(seller_id, origin, in_stock, n, brand_name)) FROM (
        SELECT seller_id, origin, in_stock, brand_name, count(*) AS n FROM found WHERE missed = '{{}}' AND {in_category}
        GROUP BY 1, 2, 3, 4) cells
), {keys}, {tokens}, (
    SELECT json_agg(json_build_array(category_id, n)) FROM (
        SELECT p.category_id, count(*) AS n FROM found p WHERE missed = '{{}}' AND {chosen_otherwise} GROUP BY 1) categories
), (SELECT address FROM catalog_searchredirect WHERE language = '{language}' AND query = %(asked)s), (
    SELECT json_build_array(count(*), count(*) FILTER (WHERE in_stock)) FROM found JOIN led USING (id) WHERE missed = '{{}}')
"""
# A hit gives way to an offer of its article that is a hit too, unless every offer is asked for.
_LED = """led AS MATERIALIZED (SELECT DISTINCT f.id FROM found f JOIN catalog_lead l ON l.product_id = f.id
    JOIN found leader ON leader.id = l.leader_id WHERE f.gives_way AND %(country)s = ANY (l.countries) AND {shows_leads})"""
_PAGE = """ARRAY(SELECT id FROM found WHERE is_chosen AND missed = '{{}}' AND id NOT IN (SELECT id FROM led)
    ORDER BY {order} LIMIT {limit} OFFSET {start})"""
_ALL = """(SELECT json_agg(json_build_array(id, seller_id, origin, in_stock, brand_name, category_id,
    id IN (SELECT id FROM led)) ORDER BY {order})
    FROM found WHERE missed = '{{}}')"""
_HITS = "SELECT product_id, popularity, document, 0 AS first FROM hits"
_HITS_AND_CODED = """SELECT product_id, popularity, document, 0 AS first FROM hits WHERE product_id <> ALL (%(coded)s::bigint[])
    UNION ALL SELECT id, 0, ''::tsvector, 1000 - place * 0.001 FROM unnest(%(coded)s::bigint[]) WITH ORDINALITY c(id, place)"""


@dataclass(frozen=True, slots=True)
class Hits:
    """The keys of the products of a page in their order, one more when there is a next page, and counts of all hits.

    `everything` has product, seller, origin, stock, brand and category of every hit instead, and whether it gives way to
    another, in their order, where that was asked for. `attributes` are the counts of their filters by token, `categories`
    those of the categories. `capped` says that there may be more than were counted, `lead` where staff let the search lead
    at once.
    """

    ids: Sequence[int]
    everything: Sequence[Hit]
    cells: Cells
    capped: bool
    lead: str
    attributes: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the hits: the page that begins after `start`, or `everything`.

    `deep` applies the filters before the set is capped, for a page that would be poor otherwise: the counts are then
    those of what is left. `wide` looks for the words in wider forms, where they found nothing as they were typed.
    """

    start: int = 0
    everything: bool = False
    deep: bool = False
    wide: bool = False


def hits(
    text: str, filters: Filters, region: Region, prices: Prices, coded: Sequence[int], wanted: Wanted
) -> Hits | None:
    """What has every word of `text`, the products `coded` in their order before all others; None when there are no words. One query."""
    query = (wider if wanted.wide else tsquery)(text, synonyms(region.language))
    if query is None:
        return None
    signs, words = columns(query)
    conditions, narrowed = _conditions(filters, region, prices)
    form = {"wanted": "(SELECT query FROM q)", "language": region.language, "most": MOST_HITS}
    form |= conditions
    form["order"] = _ORDERS.get(filters.sort, _BY_RANK)
    keys = _ALL if wanted.everything else _PAGE
    steps, union, stopped = in_bands(form, ENOUGH, deep=wanted.deep)
    sql = _FOUND.format(
        **form, steps=steps, tokens=attribute_filters.COUNTED.format(rows="found"), hits=union, stopped=stopped,
        led=_LED.format(shows_leads="false" if filters.shows_every_offer else "true"),
        coded=_HITS_AND_CODED if coded else _HITS,
        keys=keys.format(**form, limit=PAGE_SIZE + 1, start=wanted.start),
    )  # fmt: skip
    asked = " ".join(text.replace("\x00", "").lower().split())[:80]
    parameters = {**narrowed, "signs": signs, "words": words, "coded": list(coded), "held": ["", region.country],
                  "country": region.country, "asked": asked}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        capped, cells, found, tokens, categories, lead, led = cursor.fetchone()
    everything = [tuple(hit) for hit in found or ()] if wanted.everything else []
    return Hits([] if wanted.everything else found, everything, Cells({"branded": cells or (), "led": led}), capped, lead or "",
                tokens or {}, dict(categories or ()))  # fmt: skip


def _conditions(filters: Filters, region: Region, prices: Prices) -> tuple[dict[str, str], dict[str, Any]]:
    """SQL conditions on products (`p`) by the name of the filter, "true" for one that is not set, and their values.

    Bounds of the price at the door are none of the database's.
    """
    low, high = (None, None) if filters.door else bounds(filters, region, prices)
    choice = filters.choice
    conditions, values = chosen(choice)
    otherwise, _values = chosen(replace(choice, categories=None))
    lowest = "p.sort_price >= %(low)s" if low is not None else "true"
    highest = "p.sort_price <= %(high)s" if high is not None else "true"
    groups = attribute_filters.groups(filters.attributes)
    attributes, asked_for = attribute_filters.narrowing(filters.attributes)
    values |= asked_for | {"groups": json.dumps(groups), "low": low, "high": high}
    return {
        "attributes": " AND ".join(attributes).replace("t.product_id", "p.id") or "true",
        "missed": attribute_filters.MISSED.format(groups="%(groups)s") if groups else attribute_filters.NONE_MISSED,
        "chosen": " AND ".join(conditions) or "true",
        "chosen_otherwise": " AND ".join(otherwise) or "true",
        "in_category": "true" if choice.categories is None else "category_id = ANY(%(categories)s)",
        "price": f"{lowest} AND {highest}",
    }, values


def _bands() -> list[Band]:
    """Where to look, one after the other, in a shop of this size; the whole of it (`Band.REST`) last."""
    products = sum(branch.cells.unfiltered.total for branch in navigation.menu())
    return [band for band, size in ((Band.HEAD, HEAD), (Band.MIDDLE, MIDDLE)) if products > 2 * size] + [Band.REST]


def in_bands(form: dict[str, Any], enough: int, *, deep: bool = False) -> tuple[str, str, str]:
    """The steps as named queries, the one of them that counts, and whether that is not the last.

    `form` has the language, what is wanted of a document and how many hits at most; with `enough` in a band none are looked
    for below.
    """
    bands = _bands()
    if deep and len(bands) > 2:
        bands.pop()  # a rare filter in a very large shop is not looked for to the end
    product = _JOINED.format(**form) if deep else ""
    steps: list[str] = []
    union: list[str] = []
    stops: list[str] = []
    for band in bands:
        name = f"step_{band:d}"
        condition = "true" if band is Band.REST else f"e.band <= {band:d}"
        fewer = " AND ".join(f"NOT {stop}" for stop in stops)
        only = f"AND {fewer}" if fewer else ""
        steps.append(_STEP.format(**form, name=name, band=condition, only=only, product=product))
        has_enough = _ENOUGH.format(name=name, enough=enough)
        is_last = band is bands[-1]
        union.append(_TAKEN.format(name=name, taken="true" if is_last else has_enough))
        stops += [] if is_last else [has_enough]
    return ", ".join(steps), " UNION ALL ".join(union), " OR ".join(stops) or "false"

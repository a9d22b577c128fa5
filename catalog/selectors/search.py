"""Finding products by words in the reader's language: the best of a capped set, with counts for the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.search_text import Code, code, tsquery
from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.counts import Counts
from catalog.selectors.listing import PAGE_SIZE, Filters, bounds
from catalog.selectors.prices import Prices
from catalog.selectors.related import KIN, asked, kin_of, related
from catalog.selectors.suggestions import SIMILAR, better_spelling, typed_words
from marketplace.kernel.region import Region

MOST_HITS = 500
FEW = 3  # with fewer, another spelling may have been meant
_ORDERS = {"popular": "rank DESC, id DESC", "price": "sort_price, id DESC", "price_down": "sort_price DESC, id",
           "new": "published_at DESC, id DESC"}  # fmt: skip
# The hits are counted and put in order where they are; only the keys of one page come here.
_FOUND = """
WITH q AS MATERIALIZED (SELECT {query} AS query), hits AS MATERIALIZED (
    SELECT e.product_id, e.popularity, e.document FROM catalog_searchentry e
    WHERE e.language = '{language}' AND e.document @@ (SELECT query FROM q)
    ORDER BY e.popularity DESC LIMIT {most}
), found AS MATERIALIZED (
    SELECT p.id, p.seller_id, p.origin, p.in_stock, p.sort_price, p.published_at,
        ts_rank(hits.document, (SELECT query FROM q)) * (1 + ln(1 + greatest(hits.popularity, 0)) / 10) + hits.first AS rank,
        {seller} AS of_seller, {origin} AS of_origin, {stock} AS of_stock
    FROM ({hits}) hits JOIN catalog_product p ON p.id = hits.product_id JOIN accounts_seller s ON s.id = p.seller_id
    WHERE p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL AND {held} AND {price}
)
SELECT (SELECT count(*) FROM hits), (SELECT count(*) FROM found WHERE of_seller AND of_origin AND of_stock),
    (SELECT count(*) FROM found WHERE of_seller AND of_origin AND in_stock),
    (SELECT json_object_agg(seller_id, n) FROM (
        SELECT seller_id, count(*) AS n FROM found WHERE of_origin AND of_stock GROUP BY seller_id) each),
    (SELECT json_object_agg(origin, n) FROM (
        SELECT origin, count(*) AS n FROM found WHERE of_seller AND of_stock AND origin <> '' GROUP BY origin) each),
    ARRAY(SELECT id FROM found WHERE of_seller AND of_origin AND of_stock ORDER BY {order} LIMIT 25 OFFSET {start}),
    (SELECT address FROM catalog_searchredirect WHERE language = '{language}' AND query = %s), {similar}, {kin}
"""
_HITS = "SELECT product_id, popularity, document, 0 AS first FROM hits"
_HITS_AND_CODED = """WITH coded AS (SELECT %s::bigint[] AS keys)
    SELECT product_id, popularity, document, 0 AS first FROM hits, coded WHERE product_id <> ALL (keys)
    UNION ALL SELECT unnest(keys), 0, ''::tsvector, 1000 FROM coded"""
_CODED = """
SELECT v.product_id FROM catalog_variant v
WHERE v.sku <> '' AND lower(regexp_replace(v.sku, '[^[:alnum:]]+', '', 'g')) = %(sku)s
UNION SELECT v.product_id FROM catalog_variant v
WHERE v.gtin <> '' AND regexp_replace(v.gtin, '^0+|[^0-9]+', '', 'g') = %(gtin)s
LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: one page of cards and the counts of the hits, of at most five hundred.

    Where hardly anything was found, `suggestion` is a spelling that finds more, and `related` comes near to the words.
    `lead` is the page of the shop that staff gave to the search, without its language.
    """

    cards: list[Card]
    after: str
    counts: Counts
    capped: bool
    suggestion: str = ""
    related: Sequence[Card] = ()
    lead: str = ""


def search(text: str, filters: Filters, region: Region, prices: Prices) -> Found:
    """Products that match every word of `text`, best first, narrowed by `filters`. Two queries, none for no words.

    What is likely the number of an article is looked for among these first, any other words when nothing else is found;
    products that have it come before all others. Where hardly anything is found and another spelling comes to mind,
    a query more looks what that would find.
    """
    number = code(text)
    coded = _coded(number) if number and number.is_likely else []
    found = _found(text, filters, region, prices, coded)
    if number and not number.is_likely and not found.counts.total and (coded := _coded(number)):
        return _found(text, filters, region, prices, coded)
    return found


def _coded(number: Code) -> list[int]:
    """The products that have a variant with the number."""
    with connection.cursor() as cursor:
        cursor.execute(_CODED, {"sku": number.sku, "gtin": number.gtin or None})
        return [row[0] for row in cursor.fetchall()]


def _found(text: str, filters: Filters, region: Region, prices: Prices, coded: list[int]) -> Found:
    start = int(filters.after) if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 5 else 0
    query = _statement(text, filters, start, region, prices, coded)
    if query is None:
        return Found([], "", Counts(0, 0, {}, {}), False)
    with connection.cursor() as cursor:
        cursor.execute(*query)
        hits, total, in_stock, sellers, origins, ids, lead, similar, kin = cursor.fetchone()
    counts = Counts(total, in_stock, {int(key): value for key, value in (sellers or {}).items()}, origins or {})
    chosen = Source("SELECT * FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY", {"ids": ids[:PAGE_SIZE]})
    after = str(start + PAGE_SIZE) if len(ids) > PAGE_SIZE else ""
    suggestion = better_spelling(text, region, total, similar) if similar else ""
    shown = cards(chosen, region, prices) if ids else []
    is_poor = total < FEW and not (coded or start or filters.active)
    near = related(text, kin_of(kin), region, prices, without=ids) if is_poor else []
    return Found(shown, after, counts, hits >= MOST_HITS, suggestion, near, lead or "")


def _statement(
    text: str, filters: Filters, start: int, region: Region, prices: Prices, coded: list[int]
) -> tuple[str, list[Any]] | None:
    """The SQL and its parameters, in their order; None when there is nothing to search for."""
    words = tsquery(text, region.language)
    is_first = not (coded or filters.active or start)
    typed = typed_words(text) if is_first else None
    if words is None:
        return None
    low, high = bounds(filters, region, prices)
    narrowed: dict[str, tuple[str, Any]] = {
        "seller": ("p.seller_id = ANY(%s)", list(filters.sellers)),
        "origin": ("p.origin = ANY(%s)", list(filters.origins)),
        "stock": ("p.in_stock AND %s", filters.in_stock),
        "hits": (_HITS_AND_CODED, coded),
        "held": ("NOT p.held_in && %s::varchar[]", ["", region.country]),
        "low": ("p.sort_price >= %s", low),
        "high": ("p.sort_price <= %s", high),
    }
    narrowing = {name: each for name, each in narrowed.items() if each[1] not in (None, False, [])}
    parts = {name: narrowing[name][0] if name in narrowing else "true" for name in narrowed}
    parts["hits"] = parts["hits"] if coded else _HITS
    price = f"{parts.pop('low')} AND {parts.pop('high')}"
    sql = _FOUND.format(
        query=words[0], language=region.language, most=MOST_HITS, order=_ORDERS[filters.sort], start=start,
        price=price, similar=SIMILAR.format(few=FEW, language=region.language) if typed else "NULL",
        kin=KIN.format(few=FEW, language=region.language) if is_first else "NULL", **parts,
    )  # fmt: skip
    wanted = [
        *words[1],
        *(value for _part, value in narrowing.values()),
        " ".join(text.replace("\x00", "").lower().split())[:80],
    ]
    return sql, [*wanted, *(typed or ()), *(asked(text, region.language) if is_first else ())]

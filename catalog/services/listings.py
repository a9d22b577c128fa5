"""Keeps what lists, shelves and search read in step with the listings, for many products at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from catalog.models import BundlePart, Product, SearchEntry
from catalog.search_text import configuration, plain, segmented
from catalog.selectors.price_terms import terms_column
from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable

_CARDS = """
WITH parts AS (
    SELECT b.bundle_id, b.part_id, b.quantity FROM catalog_bundlepart b
    JOIN catalog_variant v ON v.id = b.bundle_id WHERE v.product_id = ANY(%(ids)s)
), lying AS (
    SELECT s.variant_id, w.country, s.on_hand - s.reserved AS pieces,
           v.lead_days IS NOT NULL OR v.available_on > %(today)s AS is_ahead
    FROM catalog_stocklevel s JOIN logistics_warehouse w ON w.id = s.warehouse_id AND w.is_active
    JOIN catalog_variant v ON v.id = s.variant_id
    WHERE v.product_id = ANY(%(ids)s) AND NOT EXISTS (SELECT FROM parts WHERE bundle_id = v.id)
    UNION ALL
    SELECT parts.bundle_id, w.country, min((s.on_hand - s.reserved) / parts.quantity), false
    FROM parts JOIN catalog_stocklevel s ON s.variant_id = parts.part_id
    JOIN logistics_warehouse w ON w.id = s.warehouse_id AND w.is_active GROUP BY parts.bundle_id, w.id, w.country
    HAVING count(*) = (SELECT count(*) FROM parts own WHERE own.bundle_id = parts.bundle_id)
), stock AS (
    SELECT variant_id, CASE WHEN bool_or(is_ahead) THEN 1 ELSE sum(pieces) END AS available,
           array_agg(DISTINCT country) FILTER (WHERE pieces > 0 OR is_ahead) AS countries
    FROM lying GROUP BY variant_id
), card AS (
    SELECT DISTINCT ON (v.product_id) v.id, v.seller_id, v.product_id, v.price, v.price_currency, v.compare_at, v.weight_grams
    FROM catalog_variant v WHERE v.product_id = ANY(%(ids)s) AND v.is_active ORDER BY v.product_id, v.price, v.id
), whole AS (
    SELECT v.product_id, bool_or(s.available > 0) AS in_stock, array_agg(DISTINCT c) FILTER (WHERE c IS NOT NULL) AS countries
    FROM catalog_variant v LEFT JOIN stock s ON s.variant_id = v.id LEFT JOIN LATERAL unnest(s.countries) c ON true
    WHERE v.product_id = ANY(%(ids)s) AND v.is_active GROUP BY v.product_id
), rate AS (SELECT unnest(%(currencies)s::text[]) AS currency, unnest(%(rates)s::numeric[]) AS per_base)
UPDATE catalog_product p SET card_price = card.price, card_price_currency = card.price_currency,
    card_compare_at = card.compare_at, card_terms = {terms}, card_weight_grams = card.weight_grams,
    card_ship_from = COALESCE(whole.countries, ARRAY[seller.home_country]::varchar[]),
    in_stock = COALESCE(whole.in_stock, false), sort_price = round(card.price / rate.per_base, 4),
    card_image = COALESCE((SELECT i.file FROM catalog_productimage i WHERE i.product_id = p.id AND i.state = 'ready'
                           ORDER BY i.position, i.id LIMIT 1), '')
FROM accounts_seller seller, catalog_product q LEFT JOIN card ON card.product_id = q.id
    LEFT JOIN whole ON whole.product_id = q.id LEFT JOIN rate ON rate.currency = card.price_currency
WHERE p.id = q.id AND seller.id = p.seller_id AND p.id = ANY(%(ids)s)
""".replace("{terms}", terms_column("card", with_lowest=True))

_SHELVES = """
INSERT INTO catalog_placement (category_id, product_id, popularity, sort_price, published_at, held_in, rating_rank)
SELECT above.id, p.id, p.popularity, p.sort_price, p.published_at, p.held_in, p.rating_rank
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id JOIN catalog_category c ON c.id = p.category_id
JOIN catalog_category above ON c.path LIKE above.path || '%%'
WHERE p.id = ANY(%(ids)s) AND p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
  AND '' <> ALL (p.held_in)
ON CONFLICT (category_id, product_id) DO UPDATE SET popularity = EXCLUDED.popularity,
    sort_price = EXCLUDED.sort_price, published_at = EXCLUDED.published_at, held_in = EXCLUDED.held_in,
    rating_rank = EXCLUDED.rating_rank
WHERE (catalog_placement.popularity, catalog_placement.sort_price, catalog_placement.published_at,
       catalog_placement.held_in, catalog_placement.rating_rank)
    IS DISTINCT FROM (EXCLUDED.popularity, EXCLUDED.sort_price, EXCLUDED.published_at, EXCLUDED.held_in,
                      EXCLUDED.rating_rank)
"""
_OFF_SHELVES = """
DELETE FROM catalog_placement t USING catalog_product p, accounts_seller s, catalog_category c, catalog_category own
WHERE t.product_id = p.id AND s.id = p.seller_id AND c.id = t.category_id AND own.id = p.category_id
  AND p.id = ANY(%(ids)s)
  AND (p.status <> 'live' OR s.status <> 'approved' OR p.sort_price IS NULL OR '' = ANY (p.held_in)
       OR own.path NOT LIKE c.path || '%%')
"""

_SEARCH = """
INSERT INTO catalog_searchentry (product_id, language, popularity, document)
SELECT e.product_id, e.language, e.popularity,
    setweight(to_tsvector(e.own::regconfig, e.title) || to_tsvector('simple', e.title), 'A')
    || setweight(to_tsvector(e.own::regconfig, e.shelf), 'B') || setweight(to_tsvector(e.own::regconfig, e.body), 'C')
    || CASE WHEN e.source = '' THEN ''::tsvector ELSE setweight(to_tsvector('english', e.source), 'D') END
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS e(product_id, language, popularity, own, title, shelf, body, source)
ON CONFLICT (product_id, language) DO UPDATE SET popularity = EXCLUDED.popularity, document = EXCLUDED.document
"""

_FACETS = """
WITH counted AS MATERIALIZED (
    SELECT t.category_id, p.seller_id, p.origin, p.in_stock, p.brand_name, count(*) AS n
    FROM catalog_placement t JOIN catalog_product p ON p.id = t.product_id GROUP BY 1, 2, 3, 4, 5
), brands AS (
    SELECT category_id, brand_name, row_number() OVER (PARTITION BY category_id ORDER BY sum(n) DESC, brand_name) AS place
    FROM counted WHERE brand_name <> '' GROUP BY 1, 2
), cells AS (
    SELECT category_id, seller_id, origin, in_stock, COALESCE(b.brand_name, '') AS brand, sum(n) AS n
    FROM counted LEFT JOIN (SELECT * FROM brands WHERE place <= 60) b USING (category_id, brand_name) GROUP BY 1, 2, 3, 4, 5
), away AS (
    SELECT t.category_id, p.seller_id, p.origin, p.in_stock, COALESCE(b.brand_name, '') AS brand,
        array_to_string(t.held_in, ' ') AS countries, count(*) AS n
    FROM catalog_placement t JOIN catalog_product p ON p.id = t.product_id
    LEFT JOIN brands b ON b.category_id = t.category_id AND b.brand_name = p.brand_name AND b.place <= 60
    WHERE t.held_in <> '{}' GROUP BY 1, 2, 3, 4, 5, 6
), held AS (
    SELECT category_id, jsonb_build_object('branded_held', jsonb_agg(
        jsonb_build_array(seller_id, origin, in_stock, n, countries, brand)
        ORDER BY seller_id, origin, in_stock, brand, countries)) AS held FROM away GROUP BY category_id
), tokens AS (
    SELECT t.category_id, a.token, count(*) AS n, row_number() OVER (
        PARTITION BY t.category_id, split_part(a.token, ':', 1) ORDER BY count(*) DESC, a.token) AS place
    FROM catalog_placement t JOIN (SELECT product_id, unnest(tokens) AS token FROM catalog_productattributes) a
        ON a.product_id = t.product_id GROUP BY 1, 2
), attributes AS (
    SELECT category_id, jsonb_object_agg(token, n) AS attributes FROM tokens WHERE place <= 60 GROUP BY category_id
), held_tokens AS (
    SELECT t.category_id, country, token, count(*) AS n
    FROM catalog_placement t JOIN catalog_productattributes a ON a.product_id = t.product_id
    CROSS JOIN LATERAL unnest(t.held_in) country CROSS JOIN LATERAL unnest(a.tokens) token
    WHERE t.held_in <> '{}' GROUP BY 1, 2, 3
), held_attributes AS (
    SELECT category_id, jsonb_object_agg(country, tokens) AS held_attributes FROM (
        SELECT category_id, country, jsonb_object_agg(token, n) AS tokens FROM held_tokens GROUP BY 1, 2) of_country
    GROUP BY category_id
), facets AS (
    SELECT category_id, jsonb_build_object('total', sum(n), 'branded', jsonb_agg(
        jsonb_build_array(seller_id, origin, in_stock, n, brand) ORDER BY seller_id, origin, in_stock, brand))
        || COALESCE(max(held::text)::jsonb, '{}') || jsonb_strip_nulls(jsonb_build_object(
            'attributes', max(attributes::text)::jsonb, 'held_attributes', max(held_attributes::text)::jsonb)) AS facets
    FROM cells LEFT JOIN held USING (category_id) LEFT JOIN attributes USING (category_id)
        LEFT JOIN held_attributes USING (category_id) GROUP BY category_id
)
UPDATE catalog_category c SET facets = COALESCE(n.facets, '{"total": 0}'::jsonb)
FROM catalog_category d LEFT JOIN facets n ON n.category_id = d.id
WHERE c.id = d.id AND c.facets IS DISTINCT FROM COALESCE(n.facets, '{"total": 0}'::jsonb)
"""


def refresh_listings(*, product_ids: Sequence[int], fx: FxTable, search: bool = True) -> None:
    """Brings card columns, shelves and search texts of `product_ids` up to date. Same input, same rows.

    `fx` turns prices into its base currency for sorting; a price in a currency without a rate is kept off the
    shelves. Facet counts of categories are `refresh_facets`' work.
    """
    if not product_ids:
        return
    currencies = [fx.base, *fx.rates]
    parameters: dict[str, Any] = {
        "ids": list(product_ids),
        "today": clock.today(),
        "currencies": currencies,
        "rates": [fx.per_base(currency) for currency in currencies],
        "moment": clock.now(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CARDS, parameters)  # locks the listings, so that none is held or let go meanwhile
        refresh_shelves(product_ids=product_ids)
        if search:
            cursor.execute(_SEARCH, _search_rows(product_ids))


# Thirty days after its last price, a variant that names a price before can be compared with that.
_REDUCED = """
SELECT DISTINCT v.product_id FROM catalog_variant v
WHERE v.is_active AND v.compare_at IS NOT NULL AND (
    SELECT max(c.changed_at) FROM catalog_pricechange c WHERE c.variant_id = v.id
) BETWEEN %(moment)s::timestamptz - interval '33 days' AND %(moment)s::timestamptz - interval '30 days'
ORDER BY 1
"""


def refresh_reductions(*, moment: datetime, fx: FxTable) -> int:
    """Cards say the lowest price of thirty days from the day on which it is known; of how many listings."""
    with connection.cursor() as cursor:
        cursor.execute(_REDUCED, {"moment": moment})
        keys = [key for (key,) in cursor.fetchall()]
    for start in range(0, len(keys), 500):
        refresh_listings(product_ids=keys[start : start + 500], fx=fx, search=False)
    return len(keys)


def with_sets(product_ids: Sequence[int]) -> list[int]:
    """The products, and those of the bundles that have a part among them: what is left of these has changed too."""
    sets = BundlePart.objects.filter(part__product__in=product_ids).values_list("bundle__product", flat=True)
    return list(dict.fromkeys([*product_ids, *sets.order_by("bundle__product")]))


def refresh_shelves(*, product_ids: Sequence[int]) -> None:
    """Puts on the shelves what is on show somewhere, and takes off what is not. The caller has the listings locked."""
    if not product_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_OFF_SHELVES, {"ids": list(product_ids)})
        cursor.execute(_SHELVES, {"ids": list(product_ids)})


def refresh_facets() -> None:
    """Counts the live products of every category by seller, origin, brand and stock together, and those held in a country.

    The sixty most frequent brands of a category are told apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACETS)


@contextmanager
def search_indexes_put_off() -> Iterator[None]:
    """The search indexes are away inside the block and made anew at its end: twice as fast for very many products.

    A search meanwhile reads the whole table. After a crash inside the block, another one makes them.
    """
    with connection.schema_editor() as editor:
        for index in SearchEntry._meta.indexes:
            editor.remove_index(SearchEntry, index)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for index in SearchEntry._meta.indexes:
                editor.add_index(SearchEntry, index)


def _search_rows(product_ids: Iterable[int]) -> list[list[object]]:
    languages = [code for code, _name in settings.LANGUAGES]
    suffixes = {code: code.replace("-", "_") for code in languages}
    names = [f"{field}_{suffix}" for field in ("name", "summary", "description") for suffix in suffixes.values()]
    shelf = [f"category__name_{suffix}" for suffix in suffixes.values()]
    columns: list[list[object]] = [[] for _ in range(8)]
    rows = Product.objects.filter(pk__in=list(product_ids), status=Product.Status.LIVE)
    for row in rows.values("id", "popularity", "brand_name", "seller__name", *names, *shelf).iterator(chunk_size=2000):
        for language, suffix in suffixes.items():
            for column, value in zip(columns, _entry(row, language, suffix), strict=True):
                column.append(value)
    return columns


def _entry(row: dict[str, object], language: str, suffix: str) -> tuple[object, ...]:
    name = str(row[f"name_{suffix}"] or "")
    body = f"{row[f'summary_{suffix}'] or ''} {plain(str(row[f'description_{suffix}'] or ''))[:2000]}"
    brand = f"{row['brand_name']} {row['seller__name']}"
    shelf = str(row[f"category__name_{suffix}"] or "")
    source = ""
    if not name or language != "en":
        source = f"{row['name_en']} {row['summary_en'] or ''} {row['category__name_en'] or ''}"
    title = f"{name or row['name_en']} {brand}"
    if language in {"zh-hans", "ja"}:
        title, shelf, body = (segmented(text, language) for text in (title, shelf, body))
    return row["id"], language, row["popularity"], configuration(language), title, shelf, body, source

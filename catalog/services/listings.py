"""Keeps what lists, shelves and search read in step with the listings, for many products at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from catalog.models import BundlePart
from catalog.selectors.price_terms import terms_column
from catalog.services import offer_changes, search_entries
from logistics import selectors as logistics
from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable

# The countries of some rows, or "" and all that are served but those, whichever is shorter; NULL for none.
_COMPACT = """(SELECT CASE WHEN 2 * cardinality(found.codes) > cardinality(%(served)s::varchar[])
        THEN ARRAY['']::varchar[] || ARRAY(SELECT unnest(%(served)s::varchar[]) EXCEPT SELECT unnest(found.codes) ORDER BY 1)
        ELSE found.codes END
    FROM (SELECT array_agg(DISTINCT country ORDER BY country)::varchar[] AS codes FROM {rows}) found)"""


def compact(rows: str) -> str:
    """SQL for the `country` of `rows` as `led_in` has them; needs the parameter `served`."""
    return _COMPACT.format(rows=rows)


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
INSERT INTO catalog_placement (category_id, product_id, popularity, sort_price, published_at, held_in, rating_rank, led_in)
SELECT above.id, p.id, p.popularity, p.sort_price, p.published_at, p.held_in, p.rating_rank,
    CASE WHEN p.led_in IS NOT NULL THEN {led_in} END
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id JOIN catalog_category c ON c.id = p.category_id
JOIN catalog_category above ON c.path LIKE above.path || '%%'
WHERE p.id = ANY(%(ids)s) AND p.status = 'live' AND s.status = 'approved' AND p.sort_price IS NOT NULL
  AND '' <> ALL (p.held_in)
ON CONFLICT (category_id, product_id) DO UPDATE SET popularity = EXCLUDED.popularity,
    sort_price = EXCLUDED.sort_price, published_at = EXCLUDED.published_at, held_in = EXCLUDED.held_in,
    rating_rank = EXCLUDED.rating_rank, led_in = EXCLUDED.led_in
WHERE (catalog_placement.popularity, catalog_placement.sort_price, catalog_placement.published_at,
       catalog_placement.held_in, catalog_placement.rating_rank, catalog_placement.led_in)
    IS DISTINCT FROM (EXCLUDED.popularity, EXCLUDED.sort_price, EXCLUDED.published_at, EXCLUDED.held_in,
                      EXCLUDED.rating_rank, EXCLUDED.led_in)
""".replace(
    "{led_in}",
    compact("""catalog_lead l JOIN catalog_product leader ON leader.id = l.leader_id
        JOIN catalog_category there ON there.id = leader.category_id AND there.path LIKE above.path || '%%',
        unnest(l.countries) country WHERE l.product_id = p.id"""),
)
_OFF_SHELVES = """
DELETE FROM catalog_placement t USING catalog_product p, accounts_seller s, catalog_category c, catalog_category own
WHERE t.product_id = p.id AND s.id = p.seller_id AND c.id = t.category_id AND own.id = p.category_id
  AND p.id = ANY(%(ids)s)
  AND (p.status <> 'live' OR s.status <> 'approved' OR p.sort_price IS NULL OR '' = ANY (p.held_in)
       OR own.path NOT LIKE c.path || '%%')
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
), led_alike AS (
    SELECT t.category_id, t.led_in, t.held_in, count(*) AS n, count(*) FILTER (WHERE p.in_stock) AS stocked
    FROM catalog_placement t JOIN catalog_product p ON p.id = t.product_id WHERE t.led_in IS NOT NULL GROUP BY 1, 2, 3
), led AS (
    SELECT category_id, country, jsonb_build_array(COALESCE(sum(n) FILTER (WHERE is_led), 0),
                                                   COALESCE(sum(stocked) FILTER (WHERE is_led), 0)) AS counts
    FROM led_alike CROSS JOIN unnest(%(served)s::varchar[]) country CROSS JOIN LATERAL (SELECT
        (country = ANY (led_in)) <> ('' = ANY (led_in)) AND country <> ALL (held_in) AS is_led) l GROUP BY 1, 2
), led_usually AS (SELECT category_id, mode() WITHIN GROUP (ORDER BY counts) AS counts FROM led GROUP BY 1
), led_in AS (
    SELECT u.category_id, jsonb_build_object('', u.counts)
        || COALESCE(jsonb_object_agg(country, l.counts) FILTER (WHERE l.counts <> u.counts), '{}') AS led_in
    FROM led_usually u JOIN led l USING (category_id) GROUP BY u.category_id, u.counts
), facets AS (
    SELECT category_id, jsonb_build_object('total', sum(n), 'branded', jsonb_agg(
        jsonb_build_array(seller_id, origin, in_stock, n, brand) ORDER BY seller_id, origin, in_stock, brand))
        || COALESCE(max(held::text)::jsonb, '{}') || jsonb_strip_nulls(jsonb_build_object(
            'attributes', max(attributes::text)::jsonb, 'held_attributes', max(held_attributes::text)::jsonb,
            'led_in', max(led_in::text)::jsonb)) AS facets
    FROM cells LEFT JOIN held USING (category_id) LEFT JOIN attributes USING (category_id)
        LEFT JOIN held_attributes USING (category_id) LEFT JOIN led_in USING (category_id) GROUP BY category_id
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
    with transaction.atomic():
        refresh_cards(product_ids=product_ids, fx=fx)  # locks the listings, so that none is held or let go meanwhile
        refresh_shelves(product_ids=product_ids)
        offer_changes.note(product_ids=product_ids)
        if search:
            search_entries.refresh_entries(product_ids=product_ids)


def refresh_cards(*, product_ids: Sequence[int], fx: FxTable) -> None:
    """Brings what cards show in step with the listings."""
    currencies = [fx.base, *fx.rates]
    parameters: dict[str, Any] = {
        "ids": list(product_ids),
        "today": clock.today(),
        "currencies": currencies,
        "rates": [fx.per_base(currency) for currency in currencies],
        "moment": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, parameters)


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
        cursor.execute(_SHELVES, {"ids": list(product_ids), "served": sorted(logistics.tariff().served)})


def refresh_facets() -> None:
    """Counts the live products of every category by seller, origin, brand and stock together, and those held in a country.

    The sixty most frequent brands of a category are told apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACETS, {"served": sorted(logistics.tariff().served)})

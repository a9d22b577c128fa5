"""SQL for what can be bought of a variant `v`: of its own stock, or of that of its parts when it is a bundle."""

from __future__ import annotations

from datetime import date
from typing import Final

from catalog.availability import Availability, Place, Source
from catalog.models import Variant
from catalog.selectors.price_terms import terms_column

# Where it may lie, as `catalog.availability` reads it. A bundle can be sent from where all of its parts have a place.
PLACES: Final = """CASE WHEN EXISTS (SELECT FROM catalog_bundlepart b WHERE b.bundle_id = v.id) THEN (
    SELECT json_agg(json_build_array(place.warehouse_id, place.country, place.sources) ORDER BY place.first) FROM (
        SELECT k.warehouse_id, w.country, min(k.id) AS first, json_agg(json_build_array(
            k.id, k.on_hand - k.reserved, b.quantity, k.on_order, true) ORDER BY k.id) AS sources
        FROM catalog_bundlepart b JOIN catalog_stocklevel k ON k.variant_id = b.part_id
        JOIN logistics_warehouse w ON w.id = k.warehouse_id AND w.is_active
        WHERE b.bundle_id = v.id GROUP BY k.warehouse_id, w.country
        HAVING count(*) = (SELECT count(*) FROM catalog_bundlepart own WHERE own.bundle_id = v.id)
    ) place
) ELSE (
    SELECT json_agg(json_build_array(k.warehouse_id, w.country, json_build_array(json_build_array(
        k.id, k.on_hand - k.reserved, 1, k.on_order, false))) ORDER BY k.id)
    FROM catalog_stocklevel k JOIN logistics_warehouse w ON w.id = k.warehouse_id AND w.is_active
    WHERE k.variant_id = v.id
) END"""
# A bundle is out when all of its parts are.
_OUT_ON: Final = """greatest(v.available_on, (SELECT max(part.available_on) FROM catalog_bundlepart b
    JOIN catalog_variant part ON part.id = b.part_id WHERE b.bundle_id = v.id))"""
AVAILABILITY: Final = f"{PLACES}, v.lead_days, {_OUT_ON}, v.order_limit"
# Whether a part of a bundle is held in one of the countries, which are the parameter: then the bundle is not sold there.
HELD_PART: Final = """EXISTS (
    SELECT FROM catalog_bundlepart b JOIN catalog_variant part ON part.id = b.part_id
    JOIN catalog_product of_part ON of_part.id = part.product_id
    WHERE b.bundle_id = v.id AND of_part.held_in && {countries}::varchar[])"""
# What a bundle consists of: rows of pieces, SKU, name, address in the shop, key, price, currency, picture, and what the price
# depends on; null for anything else.
PARTS: Final = """(
    SELECT json_agg(json_build_array(b.quantity, part.sku, {part_name},
        of_part.slug, part.id, part.price::text, part.price_currency, of_part.card_image, %terms%::text) ORDER BY b.id)
    FROM catalog_bundlepart b JOIN catalog_variant part ON part.id = b.part_id
    JOIN catalog_product of_part ON of_part.id = part.product_id WHERE b.bundle_id = v.id)""".replace(
    "%terms%", terms_column("part", with_lowest=False).replace("{", "{{").replace("}", "}}")
)


def availability_of(variant: Variant, on: date) -> Availability:
    """The same of a variant whose parts, stock levels and warehouses were read beforehand. No query then."""
    parts = list(variant.parts.all())
    needs = [(each.part, each.quantity, True) for each in parts] or [(variant, 1, False)]
    sources: dict[tuple[int, str], list[Source]] = {}
    for sold, pieces, is_part in needs:
        for level in sorted(sold.stock_levels.all(), key=lambda one: one.pk):
            if level.warehouse.is_active:
                place = sources.setdefault((level.warehouse_id, level.warehouse.country), [])
                place.append(Source(level.pk, level.available, pieces, level.on_order, is_part))
    places = [Place(*key, tuple(sorted(found))) for key, found in sources.items() if len(found) == len(needs)]
    places.sort(key=lambda place: place.sources[0].level_id)
    out_on = max(
        (day for day in (variant.available_on, *(each.part.available_on for each in parts)) if day), default=None
    )
    return Availability(tuple(places), variant.lead_days, out_on, variant.order_limit, on)

"""Keeps with the lines of an order what was known of their goods when they were ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from orders.models import SellerOrder

# One statement for all lines: what registers of producers ask for later is what the listing says now. The subquery
# makes one plan do for orders of any length.
_KEEP: Final = """
UPDATE orders_orderline l SET made_of = jsonb_strip_nulls(jsonb_build_object(
    'materials', f.materials, 'packaging_grams', f.packaging_grams, 'battery', f.battery, 'batteries', f.batteries,
    'battery_watt_hours', f.battery_watt_hours, 'battery_grams', f.battery_grams, 'is_electronic', f.is_electronic,
    'is_liquid', f.is_liquid, 'has_blade', f.has_blade, 'touches_food', f.touches_food,
    'has_animal_material', f.has_animal_material, 'has_plant_material', f.has_plant_material,
    'is_for_children', f.is_for_children, 'cites_species', f.cites_species,
    'lithium', p.lithium, 'marks', p.marks))
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
LEFT JOIN catalog_productfacts f ON f.product_id = p.id
WHERE l.seller_order_id = ANY((SELECT %s::bigint[])::bigint[]) AND v.id = l.variant_id
"""


def keep_what_goods_are_made_of(parts: Sequence[SellerOrder]) -> None:
    """The lines of these parts keep materials, packaging, battery and marks of their listings. One query.

    What a listing does not say of itself is left out; such weights are unknown later.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [[part.pk for part in parts]])

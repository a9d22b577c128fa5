"""The columns of Amazon's unified templates, whose names are paths, by those of its earlier ones.

`bullet_point[marketplace_id=A1PA6795UKMFR9][language_tag=de_DE]#2.value` is `bullet_point2`. The first column of a name
counts: further ones are for other marketplaces or audiences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from catalog.feeds.tables import UNIFIED_KEY

_SCOPE: Final = re.compile(r"\[[^\]]*\]")
_LANGUAGE: Final = re.compile(r"item_name\[.*language_tag=([a-z]{2}(?:_[a-z]+)?)\]", re.IGNORECASE)
_OFFER: Final = "purchasable_offer#1.{}#1.schedule#1.{}"
_NAMES: Final = {
    UNIFIED_KEY: "item_sku", "::record_action": "update_delete", "product_type#1.value": "feed_product_type",
    "item_type_keyword#1.value": "item_type", "child_parent_sku_relationship#1.parent_sku": "parent_sku",
    "variation_theme#1.name": "variation_theme", "item_name#1.value": "item_name", "brand#1.value": "brand_name",
    "product_description#1.value": "product_description", "color#1.value": "color_name", "size#1.value": "size_name",
    "apparel_size#1.size": "size_name", "material#1.value": "material_type", "style#1.value": "style_name",
    "country_of_origin#1.value": "country_of_origin", "amzn1.volt.ca.product_id_value": "external_product_id",
    "externally_assigned_product_identifier#1.value": "external_product_id",
    _OFFER.format("our_price", "value_with_tax"): "standard_price", "list_price#1.value": "list_price",
    "list_price#1.value_with_tax": "list_price", "fulfillment_availability#1.quantity": "quantity",
    _OFFER.format("discounted_price", "value_with_tax"): "sale_price",
    _OFFER.format("discounted_price", "start_at"): "sale_from_date",
    _OFFER.format("discounted_price", "end_at"): "sale_end_date",
    "item_weight#1.value": "item_weight", "item_weight#1.unit": "item_weight_unit_of_measure",
    "main_product_image_locator#1.media_location": "main_image_url",
    **{f"other_product_image_locator_{n}#1.media_location": f"other_image_url{n}" for n in range(1, 9)},
    **{f"bullet_point#{n}.value": f"bullet_point{n}" for n in range(1, 6)},
}  # fmt: skip


def earlier_names(names: Iterable[str]) -> Mapping[str, str]:
    """{column of a unified template: the earlier name}, of those that are read."""
    found: dict[str, str] = {}
    for name in names:
        earlier = _NAMES.get(_SCOPE.sub("", name))
        if earlier is not None and earlier not in found.values():
            found[name] = earlier
    return found


def language_of(names: Iterable[str]) -> str:
    """The language of the titles, as their column says it; empty where it does not."""
    return next((told[1] for name in names if (told := _LANGUAGE.match(name))), "")

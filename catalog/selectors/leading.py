"""Whether a listing gives way to another offer of its article in a list that isn't a shelf: SQL."""

from __future__ import annotations


def gives_way(product: str, others: str) -> str:
    """SQL for whether one of the products that the SQL `others` selects leads in the country before `product`, an alias.

    Needs the parameter `country`. Hardly any product has a `led_in`, so nothing is looked for beside most of them.
    """
    return f"""({product}.led_in IS NOT NULL AND EXISTS (SELECT FROM catalog_lead l
        WHERE l.product_id = {product}.id AND l.leader_id IN ({others}) AND %(country)s = ANY (l.countries)))"""

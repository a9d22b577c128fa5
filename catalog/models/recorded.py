"""The database itself keeps what was changed on a listing, whoever did it: the admin, an import, a table, plain SQL.

Prices have a history of their own (`PriceChange`). Who acts is what `catalog.services.history.sign` said in the transaction.
"""

from __future__ import annotations

import pgtrigger

from catalog.models.unscreened import SAID

# What of a product is kept; `catalog_productfacts` is kept whole.
COLUMNS = (*SAID, "tax_category")
_KEEP = """
    INSERT INTO catalog_listingchange (product_id, part, row_id, at, actor_id, actor_label, before, after)
    SELECT {product}, '{part}', NEW.id, clock_timestamp(),
        NULLIF(current_setting('catalog.actor_id', true), '')::bigint,
        COALESCE(current_setting('catalog.actor', true), ''),
        jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value)
    FROM jsonb_each(to_jsonb(OLD)) o JOIN jsonb_each(to_jsonb(NEW)) n USING (key)
    WHERE o.value IS DISTINCT FROM n.value AND {condition}
        AND NOT (o.value IN ('null', '""') AND n.value IN ('null', '""'))
    HAVING count(*) > 0;
    RETURN NULL;
"""

_RECORD_PRICE = """
    IF TG_OP = 'INSERT' OR NEW.price IS DISTINCT FROM OLD.price OR NEW.price_currency IS DISTINCT FROM OLD.price_currency THEN
        INSERT INTO {table} ({owner}, price, price_currency, changed_at)
        VALUES (NEW.id, NEW.price, NEW.price_currency, clock_timestamp());
    END IF;
    RETURN NULL;
"""


def _distinct(columns: tuple[str, ...]) -> pgtrigger.Condition:
    return pgtrigger.Condition(" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns))


def recorder(table: str, owner: str) -> pgtrigger.Trigger:
    """Each price that a row of a table has goes into the append-only `table`, whose rows name it by `owner`."""
    return pgtrigger.Trigger(
        name="record_price",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("price", "price_currency"),
        when=pgtrigger.After,
        func=_RECORD_PRICE.format(table=table, owner=owner),
    )


OF_PRODUCTS = [
    pgtrigger.Trigger(
        name="keep_what_was_said",
        operation=pgtrigger.UpdateOf(*COLUMNS),
        when=pgtrigger.After,
        condition=_distinct(COLUMNS),
        func=_KEEP.format(product="NEW.id", part="product", condition=f"o.key = ANY('{{{','.join(COLUMNS)}}}')"),
    ),
]
OF_FACTS = [
    pgtrigger.Trigger(
        name="keep_what_was_said",
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*"),
        func=_KEEP.format(product="NEW.product_id", part="facts", condition="o.key <> ALL('{id,product_id}')"),
    ),
]

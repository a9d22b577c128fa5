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

_RECORD_PRICES = """
    INSERT INTO {table} ({owner}, price, price_currency, changed_at)
    SELECT n.id, n.price, n.price_currency, clock_timestamp() FROM {rows} ORDER BY n.id;
    RETURN NULL;
"""
_ADDED = "new_rows n"
_REPRICED = """new_rows n JOIN old_rows o ON o.id = n.id
        AND (o.price, o.price_currency) IS DISTINCT FROM (n.price, n.price_currency)"""


def _distinct(columns: tuple[str, ...]) -> pgtrigger.Condition:
    return pgtrigger.Condition(" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns))


def recorders(table: str, owner: str) -> list[pgtrigger.Trigger]:
    """Each price that a row of a table has goes into the append-only `table`, whose rows name it by `owner`.

    Once for a statement: for each row it took nine tenths of the time in which a file changes prices.
    """
    return [
        pgtrigger.Trigger(
            name=f"record_prices_{name}",
            level=pgtrigger.Statement,
            operation=operation,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(**tables),
            func=_RECORD_PRICES.format(table=table, owner=owner, rows=rows),
        )
        for name, operation, tables, rows in (
            ("added", pgtrigger.Insert, {"new": "new_rows"}, _ADDED),
            ("changed", pgtrigger.Update, {"new": "new_rows", "old": "old_rows"}, _REPRICED),
        )
    ]


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

"""The database itself notes which listings have to be looked at again: no way of changing one passes that by.

A listing that a transaction has written itself and that waits already is left alone: nobody else can have looked at
it, and a bulk import doesn't write every product twice.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings

_NOTE = """
    UPDATE catalog_product p SET is_unscreened = true
    WHERE p.id IN ({products}) AND NOT (p.is_unscreened AND p.xmin = pg_current_xact_id()::xid);
    RETURN NULL;
"""
_NEW, _OLD = "SELECT product_id FROM new_rows", "SELECT product_id FROM old_rows"
_CHANGED = """
    SELECT n.product_id FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE ({columns}) IS DISTINCT FROM ({before})
"""
_OF_OPERATOR = """
    SELECT f.product_id FROM catalog_productfacts f JOIN new_rows n ON n.id IN (f.manufacturer_id, f.responsible_person_id)
"""
_TEXTS = "(SELECT jsonb_object_agg(key, value) FROM jsonb_each({row}.given) WHERE jsonb_typeof(value) = 'object')"
_WITH_TEXTS = "SELECT n.product_id FROM {rows} n WHERE {texts} IS NOT NULL"
_TEXTS_CHANGED = (
    "SELECT n.product_id FROM new_rows n JOIN old_rows o USING (product_id) WHERE {new} IS DISTINCT FROM {old}"
)
_SOLD = ("sku", "gtin", "price", "price_currency", "compare_at", "weight_grams", "is_active", "product_id")
_SUFFIXES = tuple(code.replace("-", "_") for code, _name in settings.LANGUAGES)
SAID = (
    "category_id", "brand_name", "status", "hs_code", "origin", "customs_description", "lithium",
    *(f"{field}_{suffix}" for field in ("name", "summary", "description") for suffix in _SUFFIXES),
)  # fmt: skip


def _statement(name: str, operation: pgtrigger.Operation, products: str, *tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        operation=operation,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(**{table: f"{table}_rows" for table in tables}),
        func=_NOTE.format(products=products),
    )


def _whole(name: str) -> list[pgtrigger.Trigger]:
    """Triggers for a table of which every row belongs to a product and every change counts."""
    return [
        _statement(f"{name}_added", pgtrigger.Insert, _NEW, "new"),
        _statement(f"{name}_changed", pgtrigger.Update, f"{_NEW} UNION {_OLD}", "new", "old"),
        _statement(f"{name}_removed", pgtrigger.Delete, _OLD, "old"),
    ]


OF_PRODUCTS = [
    pgtrigger.Trigger(
        name="screen_what_is_said",
        operation=pgtrigger.UpdateOf(*SAID),
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in SAID)),
        func="NEW.is_unscreened := true; RETURN NEW;",
    ),
    pgtrigger.Trigger(
        name="screen_first_picture",
        operation=pgtrigger.UpdateOf("card_image"),
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("((OLD.card_image = '') <> (NEW.card_image = ''))"),
        func="NEW.is_unscreened := true; RETURN NEW;",
    ),
]
OF_VARIANTS = [
    _statement("screen_added", pgtrigger.Insert, _NEW, "new"),
    _statement(
        "screen_changed",
        pgtrigger.Update,
        _CHANGED.format(
            columns=", ".join(f"n.{name}" for name in _SOLD), before=", ".join(f"o.{name}" for name in _SOLD)
        ),
        "new",
        "old",
    ),
    _statement("screen_removed", pgtrigger.Delete, _OLD, "old"),
]
OF_FACTS = _whole("facts")
OF_DOCUMENTS = _whole("documents")
# Of the answers to attributes only texts are read; that of another is a word of the house.
OF_ANSWERS = [
    _statement(
        "answers_added", pgtrigger.Insert, _WITH_TEXTS.format(rows="new_rows", texts=_TEXTS.format(row="n")), "new"
    ),
    _statement(
        "answers_changed",
        pgtrigger.Update,
        _TEXTS_CHANGED.format(new=_TEXTS.format(row="n"), old=_TEXTS.format(row="o")),
        "new",
        "old",
    ),
    _statement(
        "answers_removed", pgtrigger.Delete, _WITH_TEXTS.format(rows="old_rows", texts=_TEXTS.format(row="n")), "old"
    ),
]
OF_OPERATORS = [_statement("operators_changed", pgtrigger.Update, _OF_OPERATOR, "new")]

"""The database itself notes what becomes of translations: no way of writing a text passes that by.

A text of a listing that is not in the listing's own language has a row in `catalog_textstate` as long as there is one.
Written anew it is a draft; when the text that it translates changes, one that was reviewed is stale, and reviewed again
when that text is what it was. Rows come in sets for inserts, COPY too, and one by one for what changes.

A transaction that sets `sampan.text_origin` says where its texts come from; without it they are the seller's.
"""

from __future__ import annotations

from dataclasses import dataclass

import pgtrigger
from django.conf import settings

LANGUAGES = tuple((code, code.replace("-", "_")) for code, _name in settings.LANGUAGES)
_ORIGIN = "coalesce(nullif(current_setting('sampan.text_origin', true), ''), 'seller')"
_ADDED = """
    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)
    SELECT p.id, t.field, t.language, 'draft', {origin}, md5(coalesce(t.source, '')), '', clock_timestamp()
    FROM (SELECT * FROM new_rows r WHERE concat({others}) <> '') n {joins}
    CROSS JOIN LATERAL (VALUES {rows}) AS t (field, language, text, source)
    WHERE t.text <> '' AND t.language <> p.source_language
    ON CONFLICT (product_id, field, language) DO NOTHING;
    RETURN NULL;
"""
_CHANGED = """
    SELECT p.id, p.source_language INTO listing, own FROM {listing};
    FOR t IN
        SELECT v.* FROM (VALUES {rows}) AS v (field, language, before, text, was, source)
        WHERE v.language <> own AND (coalesce(v.before, '') <> coalesce(v.text, '')
                                     OR coalesce(v.was, '') <> coalesce(v.source, ''))
    LOOP
        IF coalesce(t.before, '') = coalesce(t.text, '') THEN
            UPDATE catalog_textstate s
            SET state = CASE WHEN s.source_digest = md5(coalesce(t.source, '')) THEN 'reviewed' ELSE 'stale' END,
                changed_at = clock_timestamp()
            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language
              AND s.state IN ('reviewed', 'stale');
        ELSIF coalesce(t.text, '') = '' THEN
            DELETE FROM catalog_textstate s
            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language AND s.proposal = '';
            UPDATE catalog_textstate s SET state = 'draft', author_id = NULL, changed_at = clock_timestamp()
            WHERE s.product_id = listing AND s.field = t.field AND s.language = t.language;
        ELSE
            INSERT INTO catalog_textstate
                (product_id, field, language, state, origin, source_digest, proposal, changed_at)
            VALUES (listing, t.field, t.language, 'draft', {origin}, md5(coalesce(t.source, '')), '', clock_timestamp())
            ON CONFLICT (product_id, field, language) DO UPDATE SET state = 'draft', origin = EXCLUDED.origin,
                source_digest = EXCLUDED.source_digest, proposal = '', author_id = NULL,
                changed_at = EXCLUDED.changed_at;
        END IF;
    END LOOP;
    RETURN NULL;
"""
_OTHER_LANGUAGE = """
    DELETE FROM catalog_textstate s WHERE s.product_id = NEW.id AND s.language = NEW.source_language;
    UPDATE catalog_textstate s SET state = 'stale', changed_at = clock_timestamp()
    WHERE s.product_id = NEW.id AND s.state = 'reviewed';
    INSERT INTO catalog_textstate (product_id, field, language, state, origin, source_digest, proposal, changed_at)
    SELECT NEW.id, t.field, OLD.source_language, 'draft', {origin}, md5(coalesce(t.source, '')), '', clock_timestamp()
    FROM ({texts}) AS t (field, text, source) WHERE t.text <> ''
    ON CONFLICT (product_id, field, language) DO NOTHING;
    RETURN NULL;
"""
_REMOVED = """
    DELETE FROM catalog_textstate s USING old_rows o {joins}
    WHERE s.product_id = {listing} AND s.field = ANY ({fields});
    RETURN NULL;
"""
_SCREEN = """
    UPDATE catalog_product p SET is_unscreened = true WHERE p.id = NEW.product_id AND NOT p.is_unscreened;
    RETURN NULL;
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A table with texts of listings: its columns, how its rows are named, and how one comes from them to the listing.

    `prefix` stands before the key of a row; "" for a table of which a listing has one row, whose texts bear the names
    of the columns. `joins` lead from a row with the alias in braces to the listing `p`.
    """

    table: str
    columns: tuple[str, ...]
    prefix: str
    joins: str

    def key(self, column: str, row: str) -> str:
        """SQL for the name of a text."""
        return f"'{self.prefix}-' || {row}.id" if self.prefix else f"'{column}'"


PARTS = (
    Part("catalog_product", ("name", "summary", "description"), "", "JOIN catalog_product p ON p.id = {row}.id"),
    Part("catalog_option", ("name",), "option", "JOIN catalog_product p ON p.id = {row}.product_id"),
    Part(
        "catalog_optionvalue", ("name",), "choice",
        "JOIN catalog_option op ON op.id = {row}.option_id JOIN catalog_product p ON p.id = op.product_id",
    ),
    Part("catalog_productimage", ("alt",), "picture", "JOIN catalog_product p ON p.id = {row}.product_id"),
    Part(
        "catalog_productfacts", ("warnings", "instructions"), "", "JOIN catalog_product p ON p.id = {row}.product_id"
    ),
)  # fmt: skip
_PRODUCTS, _OPTIONS, _VALUES, _IMAGES, _FACTS = PARTS


def in_language(row: str, column: str, language: str) -> str:
    """SQL for the text of a column in the language that the expression `language` names."""
    cases = " ".join(f"WHEN '{code}' THEN {row}.{column}_{suffix}" for code, suffix in LANGUAGES)
    return f"CASE {language} {cases} END"


def _added(part: Part) -> str:
    rows = ", ".join(
        f"({part.key(column, 'n')}, '{code}', n.{column}_{suffix}, {in_language('n', column, 'p.source_language')})"
        for column in part.columns
        for code, suffix in LANGUAGES
    )
    return _ADDED.format(origin=_ORIGIN, joins=part.joins.format(row="n"), rows=rows, others=_others(part))


def _others(part: Part) -> str:
    """SQL for the texts in all languages but the usual one: most imports have none, and are let through at once."""
    usual = settings.LANGUAGE_CODE.replace("-", "_")
    return ", ".join(
        f"r.{column}_{suffix}" for column in part.columns for _code, suffix in LANGUAGES if suffix != usual
    )


def _changed(part: Part) -> str:
    rows = ", ".join(
        f"({part.key(column, 'NEW')}, '{code}', OLD.{column}_{suffix}, NEW.{column}_{suffix}, "
        f"{in_language('OLD', column, 'own')}, {in_language('NEW', column, 'own')})"
        for column in part.columns
        for code, suffix in LANGUAGES
    )
    joins = part.joins.format(row="n")
    key = "id, product_id" if part in (_OPTIONS, _IMAGES, _FACTS) else "id, option_id"
    names = {"id": "NEW.id", "product_id": "NEW.product_id", "option_id": "NEW.option_id"}
    if part is _PRODUCTS:
        listing = "catalog_product p WHERE p.id = NEW.id"
    else:
        values = ", ".join(names[name] for name in key.split(", "))
        listing = f"(SELECT {values}) AS n ({key}) {joins}"
    return _CHANGED.format(origin=_ORIGIN, listing=listing, rows=rows)


def _columns(part: Part) -> list[str]:
    return [f"{column}_{suffix}" for column in part.columns for _code, suffix in LANGUAGES]


def _written(part: Part) -> list[pgtrigger.Trigger]:
    columns = _columns(part)
    return [
        pgtrigger.Trigger(
            name="texts_added",
            level=pgtrigger.Statement,
            operation=pgtrigger.Insert,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=_added(part),
        ),
        pgtrigger.Trigger(
            name="texts_changed",
            operation=pgtrigger.UpdateOf(*columns),
            when=pgtrigger.After,
            condition=pgtrigger.Condition(" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)),
            declare=[("t", "record"), ("listing", "bigint"), ("own", "text")],
            func=_changed(part),
        ),
    ]


def _removed(part: Part, listing: str, joins: str = "") -> pgtrigger.Trigger:
    fields = ", ".join(part.key(column, "o") for column in part.columns)
    return pgtrigger.Trigger(
        name="texts_removed",
        level=pgtrigger.Statement,
        operation=pgtrigger.Delete,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(old="old_rows"),
        func=_REMOVED.format(listing=listing, joins=joins, fields=f"ARRAY[{fields}]"),
    )


def _texts_of_a_listing() -> str:
    """SQL for all texts of the listing NEW in the language that was its own, each with what it translates now."""
    selects = []
    for part in PARTS:
        for column in part.columns:
            text, source = (in_language("r", column, f"{row}.source_language") for row in ("OLD", "NEW"))
            joins = part.joins.format(row="r")
            columns = f"{part.key(column, 'r')}, {text}, {source}"
            selects.append(f"SELECT {columns} FROM {part.table} r {joins} WHERE p.id = NEW.id")  # noqa: S608
    return " UNION ALL ".join(selects)


OF_PRODUCTS = [
    *_written(_PRODUCTS),
    pgtrigger.Trigger(
        name="texts_in_another_language",
        operation=pgtrigger.UpdateOf("source_language"),
        when=pgtrigger.After,
        condition=pgtrigger.Condition("OLD.source_language <> NEW.source_language"),
        func=_OTHER_LANGUAGE.format(origin=_ORIGIN, texts=_texts_of_a_listing()),
    ),
    pgtrigger.Trigger(
        name="screen_other_language",
        operation=pgtrigger.UpdateOf("source_language"),
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("OLD.source_language <> NEW.source_language"),
        func="NEW.is_unscreened := true; RETURN NEW;",
    ),
]
OF_OPTIONS = [*_written(_OPTIONS), _removed(_OPTIONS, "o.product_id")]
OF_VALUES = [
    *_written(_VALUES),
    _removed(_VALUES, "op.product_id", "JOIN catalog_option op ON op.id = o.option_id"),
]
OF_IMAGES = [*_written(_IMAGES), _removed(_IMAGES, "o.product_id")]
OF_FACTS = [*_written(_FACTS), _removed(_FACTS, "o.product_id")]
OF_STATES = [
    pgtrigger.Trigger(
        name="screen_reviewed_warnings",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
        when=pgtrigger.After,
        condition=pgtrigger.Condition("NEW.field = 'warnings'"),
        func=_SCREEN,
    ),
]

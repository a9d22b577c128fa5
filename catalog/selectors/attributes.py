"""What goods of a category are asked, and what listings answer, in words for the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext, override

from catalog import units
from catalog.attribute_values import Asked
from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute
from catalog.selectors.navigation import text_column
from marketplace.kernel.region import Region

# The rows of one listing or of many; `choices` are the names of what was chosen, in the order of the attribute.
ANSWERS: Final = """
SELECT a.product_id, x.code, COALESCE(NULLIF(x.{name}, ''), x.name_en, x.code) AS name, x.kind, x.unit, g.answer::json AS answer,
    (SELECT json_agg(COALESCE(NULLIF(c.{name}, ''), c.name_en, c.code) ORDER BY c.position, c.code)
     FROM catalog_attributechoice c
     WHERE c.attribute_id = x.id AND x.kind IN ('choice', 'colour') AND g.answer ? c.code) AS choices, x.position
FROM catalog_productattributes a CROSS JOIN LATERAL jsonb_each(a.given) g(code, answer)
JOIN catalog_attribute x ON x.code = g.code
WHERE {condition} ORDER BY a.product_id, x.position, x.code
"""
_UNANSWERED: Final = """
SELECT id, array_agg(name ORDER BY position, name) FROM (
    SELECT DISTINCT p.id, COALESCE(NULLIF(x.{name}, ''), x.name_en, x.code) AS name, x.position
    FROM catalog_product p JOIN catalog_category own ON own.id = p.category_id
    JOIN catalog_category c ON own.path LIKE c.path || '%%'
    JOIN catalog_categoryattribute s ON s.category_id = c.id AND s.is_required
    JOIN catalog_attribute x ON x.id = s.attribute_id LEFT JOIN catalog_productattributes a ON a.product_id = p.id
    WHERE p.id = ANY(%s) AND NOT COALESCE(a.given, '{{}}') ? x.code) missing GROUP BY id
"""
_IN_WORDS: Final = """
SELECT a.product_id, x.kind, g.answer::json, (
    SELECT json_agg(json_build_array({names})) FROM jsonb_array_elements_text(g.answer) chosen(code)
    JOIN catalog_attributechoice c ON c.attribute_id = x.id AND c.code = chosen.code
    WHERE x.kind <> 'text')
FROM catalog_productattributes a CROSS JOIN LATERAL jsonb_each(a.given) g(code, answer)
JOIN catalog_attribute x ON x.code = g.code AND (
    x.kind = 'text' AND jsonb_typeof(g.answer) = 'object' OR x.kind IN ('choice', 'colour') AND jsonb_typeof(g.answer) = 'array')
WHERE a.product_id = ANY(%s) ORDER BY a.product_id, x.position, x.code
"""
_AT_ONCE: Final = 10_000
_COMMAS: Final = {"ja": "、", "zh-hans": "、", "ar": "، "}


def attributes_called(codes: Iterable[str]) -> list[Attribute]:
    """The attributes of these codes, of which there may be more than a query takes."""
    wanted = list(codes)
    return [row for begun in range(0, len(wanted), _AT_ONCE)
            for row in Attribute.objects.filter(code__in=wanted[begun : begun + _AT_ONCE])]  # fmt: skip


class Detail(NamedTuple):
    """An attribute of goods and the answer to it, both in words; `code` is that of the attribute."""

    label: str
    value: str
    code: str


def details_of(product_ids: Sequence[int], region: Region, *, compared_only: bool = False) -> dict[int, list[Detail]]:
    """The details of listings in the reader's language, numbers in the units of their country. One query.

    Listings without any are left out. `compared_only` leaves out what staff do not have compared.
    """
    compared = " AND x.is_compared" if compared_only else ""
    sql = ANSWERS.format(name=text_column("name", region.language), condition=f"a.product_id = ANY(%s){compared}")
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(product_ids)])
        rows = cursor.fetchall()
    found: dict[int, list[Detail]] = {}
    with override(region.language):
        for product_id, *row, _position in rows:
            if (detail := detail_of(row, region)) is not None:
                found.setdefault(product_id, []).append(detail)
    return found


def detail_of(row: Sequence[Any], region: Region) -> Detail | None:
    """A row of `ANSWERS` from its code on, in words; None for an answer that is no longer one of its attribute."""
    code, label, kind, unit, answer, choices = row
    value = _value(kind, unit, answer, choices, region)
    return Detail(label, value, code) if value else None


def _value(kind: str, unit: str, answer: Any, choices: Sequence[str] | None, region: Region) -> str:
    if kind == "text" and isinstance(answer, dict):
        return str(answer.get(region.language) or answer.get("en") or next(iter(answer.values()), ""))
    if kind == "number" and isinstance(answer, str):
        return units.shown(Decimal(answer), unit, region.language, region.country)
    if kind == "boolean" and isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    return _COMMAS.get(region.language, ", ").join(choices or ())


def answers_in_words(product_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The texts and choices that listings answer, as one text by language for each; without those that say none. One query."""
    languages = [code for code, _name in settings.LANGUAGES]
    sql = _IN_WORDS.format(names=", ".join(f"c.{text_column('name', language)}" for language in languages))
    found: dict[int, dict[str, list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(product_ids)])
        for product_id, kind, answer, choices in cursor.fetchall():
            said = found.setdefault(product_id, {})
            names = (
                [answer.items()] if kind == "text" else [zip(languages, each, strict=True) for each in choices or ()]
            )
            for language, text in chain.from_iterable(names):
                said.setdefault(language, []).append(text or "")
    return {key: {language: " ".join(texts) for language, texts in said.items()} for key, said in found.items()}


def unanswered(product_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the attributes that listings have to answer and do not; complete ones are not in it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_UNANSWERED.format(name=text_column("name")), [list(product_ids)])
        return dict(cursor.fetchall())


def asked_of(category: Category) -> list[Asked]:
    """What goods of a category are asked: by the categories above it first, each attribute once. Two queries.

    An attribute that any of them requires is required.
    """
    steplen = Category.steplen
    paths = [category.path[:end] for end in range(steplen, len(category.path) + 1, steplen)]
    sets = CategoryAttribute.objects.filter(category__path__in=paths).select_related("attribute")
    rows = list(sets.order_by("category__path", "position", "pk"))
    choices: dict[int, dict[str, str]] = {}
    for choice in AttributeChoice.objects.filter(attribute__in=[row.attribute_id for row in rows]):
        choices.setdefault(choice.attribute_id, {})[choice.code] = str(choice)
    required = {row.attribute_id for row in rows if row.is_required}
    found: dict[str, Asked] = {}
    for row in rows:
        one = row.attribute
        found.setdefault(one.code, asked(one, choices.get(one.pk, {}), is_required=one.pk in required))
    return list(found.values())


def of_any_category() -> list[Asked]:
    """The attributes that any category asks, in their order and without their choices. One query."""
    return [asked(one, {}) for one in Attribute.objects.filter(sets__isnull=False).distinct()]


def asked(one: Any, choices: Mapping[str, str], *, is_required: bool = False) -> Asked:
    """A row of `Attribute` as the rules of answers take it."""
    return Asked(
        one.code, str(one), one.kind, one.unit, is_required, one.is_filter, tuple(sorted(one.steps)), choices
    )  # fmt: skip

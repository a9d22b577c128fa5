"""The texts of listings beside their translations, and how far the translations are."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import (
    GlossaryTerm,
    ListingTexts,
    Option,
    OptionValue,
    Product,
    ProductFacts,
    ProductImage,
    TextState,
)
from catalog.models.text_triggers import PARTS, Part, in_language

State = TextState.State
LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)
SAFETY: Final = ("warnings", "instructions")
MARKUP: Final = "description"
_MODELS: Final = {model._meta.db_table: model for model in (Product, Option, OptionValue, ProductImage, ProductFacts)}
_KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a listing and its translation into one language.

    `field` is as in `TextState`. `target` is what shoppers see, "" for nothing; `proposal` what waits to be approved.
    `limit` is the most characters, 0 for no limit. `source_changed`: the source is not the one that was translated.
    """

    product_id: int
    field: str
    source: str
    target: str
    state: str
    origin: str
    proposal: str
    limit: int
    source_changed: bool

    @property
    def is_markup(self) -> bool:
        return self.field == MARKUP

    @property
    def is_safety(self) -> bool:
        return self.field in SAFETY

    @property
    def newest(self) -> str:
        """The proposal, or else what shoppers see."""
        return self.proposal or self.target

    @property
    def digest(self) -> str:
        return digest(self.source)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many texts of a listing, or of many, are in which state in one language."""

    missing: int = 0
    draft: int = 0
    reviewed: int = 0
    stale: int = 0

    @property
    def total(self) -> int:
        return self.missing + self.draft + self.reviewed + self.stale

    @property
    def percent(self) -> int:
        """The share of reviewed texts, rounded down, so that 100 means all of them."""
        return 100 * self.reviewed // self.total if self.total else 100


def digest(text: str) -> str:
    """What the database notes of a source text."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# The texts ----------------------------------------------------------------------------------------------------


def _limit(part: Part, column: str) -> int:
    found: Any = _MODELS[part.table]._meta.get_field(column)
    return found.max_length or 0


def _select(part: Part, column: str, place: int, target: str, where: str) -> str:
    source = in_language("r", column, "p.source_language")
    columns = (
        f"p.id AS product_id, p.source_language AS own, {place} AS place, r.id AS row, {part.key(column, 'r')} AS field, "
        f"{source} AS source, {target} AS target, {_limit(part, column)} AS most"
    )
    return f"SELECT {columns} FROM {part.table} r {part.joins.format(row='r')} WHERE {where}"  # noqa: S608


@lru_cache(maxsize=64)
def _texts_sql(where: str, language: str = "") -> str:
    """SQL for the texts of the listings `p` that `where` names, with those in a language beside them."""
    suffix = language.replace("-", "_")
    selects = [
        _select(part, column, 10 * number + place, f"r.{column}_{suffix}" if language else "NULL::text", where)
        for number, part in enumerate(PARTS)
        for place, column in enumerate(part.columns)
    ]
    return " UNION ALL ".join(selects)


def texts_of(product_ids: Collection[int], language: str) -> list[Text]:
    """The texts of the listings in the order of a page, those beside an empty source left out. One query.

    Nothing for a listing whose own language it is. Raises KeyError for a language that the shop does not have.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    statement = f"""
        SELECT x.product_id, x.field, x.source, coalesce(x.target, ''), x.most, s.state, s.origin, s.proposal,
               s.source_digest
        FROM ({_texts_sql("p.id = ANY(%(ids)s)", language)}) x
        LEFT JOIN catalog_textstate s
            ON s.product_id = x.product_id AND s.field = x.field AND s.language = %(language)s
        WHERE x.source <> '' AND x.own <> %(language)s ORDER BY x.product_id, x.place, x.row
    """  # noqa: S608 - names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": sorted(product_ids), "language": language})
        return [_text(row) for row in cursor.fetchall()]


def _text(row: Sequence[Any]) -> Text:
    product_id, field, source, target, most, state, origin, proposal, of_digest = row
    return Text(
        product_id, field, source, target, state or State.MISSING, origin or "", proposal or "", most,
        source_changed=bool(of_digest) and of_digest != digest(source),
    )  # fmt: skip


# How far they are ---------------------------------------------------------------------------------------------


def coverage_of(product_ids: Collection[int]) -> dict[int, dict[str, Coverage]]:
    """The coverage of each listing by language, its own left out. One query."""
    statement = f"""
        SELECT t.product_id, t.own, t.texts, (
            SELECT json_agg(json_build_array(language, state, n)) FROM (
                SELECT s.language, s.state, count(*) AS n FROM catalog_textstate s
                WHERE s.product_id = t.product_id GROUP BY 1, 2) s)
        FROM (SELECT x.product_id, x.own, count(*) AS texts FROM ({_texts_sql("p.id = ANY(%(ids)s)")}) x
              WHERE x.source <> '' GROUP BY 1, 2) t
    """  # noqa: S608 - names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": sorted(product_ids)})
        return {key: _by_language(own, texts, states or ()) for key, own, texts, states in cursor.fetchall()}


def _by_language(own: str, texts: int, states: Iterable[tuple[str, str, int]]) -> dict[str, Coverage]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for language, state, count in states:
        found[language][state] = count
    nothing = Coverage(missing=texts)
    return {code: _coverage(texts, found[code]) if code in found else nothing for code in LANGUAGES if code != own}


def _coverage(total: int, states: Mapping[str, int]) -> Coverage:
    return _coverage_with(total, *(states.get(state, 0) for state in (State.DRAFT, State.REVIEWED, State.STALE)))


@lru_cache(maxsize=1024)  # a list has hundreds, most of them alike
def _coverage_with(total: int, draft: int, reviewed: int, stale: int) -> Coverage:
    return Coverage(max(total - draft - reviewed - stale, 0), draft=draft, reviewed=reviewed, stale=stale)


def coverage_in_all(listings: QuerySet[ListingTexts]) -> dict[str, Coverage]:
    """The coverage of many listings together, by language; at most a minute old."""
    try:
        chosen, params = listings.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # there is nothing that the reader may meet
        return {}
    name = f"texts:{digest(f'{chosen}{params}')}"
    kept: dict[str, Coverage] | None = cache.get(name)
    if kept is None:
        kept = _counted(chosen, params, listings)
        cache.set(name, kept, _KEPT_SECONDS)
    return kept


def _counted(chosen: str, params: Sequence[Any], listings: QuerySet[ListingTexts]) -> dict[str, Coverage]:
    statement = f"""
        WITH chosen (id) AS MATERIALIZED ({chosen})
        SELECT x.own, count(*) FROM ({_texts_sql("p.id IN (SELECT c.id FROM chosen c)")}) x
        WHERE x.source <> '' GROUP BY x.own
    """  # noqa: S608 - names of our own tables and columns, and a statement of the ORM with its parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params))
        own = dict(cursor.fetchall())
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rows = TextState.objects.filter(product__in=listings.order_by().values("pk")).order_by()
    for language, state, count in rows.values_list("language", "state").annotate(n=Count("pk")):
        states[language][state] = count
    whole = sum(own.values())
    return {code: _coverage(whole - own.get(code, 0), states[code]) for code in LANGUAGES}


def with_texts(listings: QuerySet[Any], language: str, state: str) -> QuerySet[Any]:
    """Those of `listings` with a text in the state and language; "" stands for any."""
    if state == State.MISSING:
        codes = [language] if language else LANGUAGES
        lacking = " OR ".join(f"EXISTS ({_lacking(code)})" for code in codes)
        return listings.filter(RawSQL(f"({lacking})", [], output_field=BooleanField()))  # noqa: S611 - our own names
    if not state:
        return listings
    states = TextState.objects.filter(product=OuterRef("pk"), state=state)
    return listings.filter(Exists(states.filter(language=language) if language else states))


def with_work(listings: QuerySet[Any], language: str) -> QuerySet[Any]:
    """Those of `listings` with a text in the language that somebody has to do something about."""
    open_ = TextState.objects.filter(
        Q(state__in=(State.DRAFT, State.STALE)) | ~Q(proposal=""), product=OuterRef("pk"), language=language
    )
    lacking = RawSQL(f"EXISTS ({_lacking(language)})", [], output_field=BooleanField())  # noqa: S611 - our own names
    found: QuerySet[Any] = listings.annotate(lacks_texts=lacking).filter(Q(lacks_texts=True) | Exists(open_))
    return found


def _lacking(language: str) -> str:
    """SQL for the texts of a product that have none in the language. Raises KeyError for one that is not the shop's."""
    if language not in LANGUAGES:
        raise KeyError(language)
    where = f"p.id = catalog_product.id AND p.source_language <> '{language}'"
    return f"SELECT 1 FROM ({_texts_sql(where, language)}) x WHERE x.source <> '' AND coalesce(x.target, '') = ''"  # noqa: S608


# The glossary -------------------------------------------------------------------------------------------------


def glossary(source_language: str, language: str) -> list[GlossaryTerm]:
    """What translators agreed on between two languages, the longest terms first."""
    terms = GlossaryTerm.objects.filter(source_language=source_language, language=language)
    return sorted(terms, key=lambda each: (-len(each.term), each.term))


def hits(terms: Iterable[GlossaryTerm], text: str) -> list[GlossaryTerm]:
    """The terms that stand in a text, not inside another word where a script has words."""
    folded = text.casefold()
    return [each for each in terms if _stands_in(each.term.casefold(), folded)]


def _stands_in(term: str, text: str) -> bool:
    if not term.isascii():
        return term in text
    return re.search(rf"(?<![a-z0-9]){re.escape(term)}(?:e?s)?(?![a-z0-9])", text) is not None

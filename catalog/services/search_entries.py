"""Keeps the texts in which searches look in step with the listings, for many products at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction

from catalog.models import Attribute, Product, SearchEntry
from catalog.models.search import EDITION
from catalog.readings import sounds
from catalog.search_text import bare, configuration, plain, segmented
from catalog.selectors.attributes import answers_in_words
from catalog.selectors.navigation import text_column
from catalog.word_forms import forms

BATCH = 500  # products whose texts are made anew in one transaction
# By weight: names, shelf, summary and description, and last what the source says, the answers, and how the name sounds.
_WRITE = """
INSERT INTO catalog_searchentry (product_id, language, popularity, document, edition)
SELECT e.product_id, e.language, e.popularity,
    setweight(to_tsvector(e.own::regconfig, e.title) || to_tsvector('simple', e.title), 'A')
    || setweight(to_tsvector(e.own::regconfig, e.shelf), 'B') || setweight(to_tsvector(e.own::regconfig, e.body), 'C')
    || setweight(to_tsvector('english', e.source) || to_tsvector(e.own::regconfig, e.said)
                 || to_tsvector('simple', e.sounds), 'D'), %s
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::text[])
    AS e(product_id, language, popularity, own, title, shelf, body, source, said, sounds)
ON CONFLICT (product_id, language) DO UPDATE SET popularity = EXCLUDED.popularity, document = EXCLUDED.document,
    edition = EXCLUDED.edition
"""
_WIDTH = 10
_OUTDATED = """
UPDATE catalog_searchentry e SET edition = 0 FROM catalog_productattributes a
WHERE a.product_id = e.product_id AND a.given ? %s AND e.language = 'en' AND e.edition > 0
"""


def refresh_entries(*, product_ids: Sequence[int]) -> None:
    """What is found of the products on sale among `product_ids` is what they say now. Three queries."""
    columns: list[list[object]] = [[] for _ in range(_WIDTH)]
    for row in _rows(product_ids):
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [EDITION, *columns])


def refresh_outdated() -> int:
    """Makes the texts of some listings anew that were made in another way than today, or of other words.

    Returns how many it looked at: `BATCH` while there are probably more. A listing that is being written waits.
    """
    waiting = SearchEntry.objects.filter(language=settings.LANGUAGE_CODE, edition__lt=EDITION).order_by("edition")
    keys = list(waiting.values_list("product_id", flat=True)[:BATCH])
    if not keys:
        return 0
    with transaction.atomic():
        free = Product.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=keys).order_by("pk")
        locked = [product.pk for product in free.only("pk")]
        refresh_entries(product_ids=locked)
        waiting.filter(product__in=locked).update(edition=EDITION)  # those off sale, whose texts nobody looks in
    return len(keys)


def ask_anew(*, attribute: Attribute) -> int:
    """The texts of all listings that answer `attribute` are made anew by a worker; how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, [attribute.code])
        return int(cursor.rowcount)


@contextmanager
def indexes_put_off() -> Iterator[None]:
    """The search indexes are away inside the block and made anew at its end: twice as fast for very many products.

    A search meanwhile reads the whole table. After a crash inside the block, another one makes them.
    """
    with connection.schema_editor() as editor:
        for index in SearchEntry._meta.indexes:
            editor.remove_index(SearchEntry, index)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for index in SearchEntry._meta.indexes:
                editor.add_index(SearchEntry, index)


def _rows(product_ids: Sequence[int]) -> Iterator[tuple[object, ...]]:
    suffixes = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
    names = [f"{field}_{suffix}" for field in ("name", "summary", "description") for suffix in suffixes.values()]
    shelf = [f"category__name_{suffix}" for suffix in suffixes.values()]
    said = answers_in_words(product_ids)
    rows = Product.objects.filter(pk__in=list(product_ids), status=Product.Status.LIVE)
    for row in rows.values("id", "popularity", "brand_name", "seller__name", *names, *shelf).iterator(chunk_size=2000):
        for language in suffixes:
            yield _entry(row, said.get(row["id"], {}), language)


def _entry(row: dict[str, object], said: dict[str, str], language: str) -> tuple[object, ...]:
    suffix = language.replace("-", "_")
    name = str(row[f"name_{suffix}"] or "")
    body = f"{row[f'summary_{suffix}'] or ''} {plain(str(row[f'description_{suffix}'] or ''))[:2000]}"
    brand = f"{row['brand_name']} {row['seller__name']}"
    source = ""
    own = _in_any(row, "name")
    if not name or language != "en":
        source = (
            f"{row['name_en'] or own} {row['summary_en'] or ''} {row['category__name_en'] or ''} {said.get('en', '')}"
        )
    title = bare(f"{name or own} {brand}")
    shelf = str(row[f"category__name_{suffix}"] or "")
    texts = (title, shelf, body, source, said.get(language, ""))
    return (row["id"], language, row["popularity"], configuration(language),
            *(segmented(text, language) for text in texts), f"{_said(title, language)} {_shelf_said(shelf, language)}")  # fmt: skip


def _said(text: str, language: str) -> str:
    """How a name sounds, and the other forms of its words."""
    return sounds(text, language) or forms(text, language)


_shelf_said = lru_cache(maxsize=4096)(_said)


def _in_any(row: dict[str, object], field: str) -> str:
    """What is shown to those in whose language there is nothing: English, else the first language that has something."""
    return next((str(text) for code, _name in settings.LANGUAGES if (text := row[text_column(field, code)])), "")

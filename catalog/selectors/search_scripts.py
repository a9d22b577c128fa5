"""What a search finds by words in a script that the reader's language does not use, such as 耳机 on an English page."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from catalog.models.search import MIDDLE, Band
from catalog.search_query import columns, query_of
from catalog.search_text import foreign_words, query_words
from catalog.selectors import navigation
from catalog.selectors.search_hits import MOST_HITS
from marketplace.kernel.region import Region

_LOOKED_THROUGH = 2000  # that have the words of one script, where there are other words beside
_ENTRIES = """(SELECT e.product_id, e.popularity FROM catalog_searchentry e
    WHERE e.language = '{language}' AND {band} AND e.document @@ catalog_query(%s::text[], %s::text[])
    ORDER BY e.popularity DESC LIMIT {most})"""
_ALSO = "EXISTS (SELECT FROM catalog_searchentry o WHERE o.product_id = f.product_id AND ({any}))"
_HAS = "o.language = '{language}' AND o.document @@ (SELECT catalog_query(%s::text[], %s::text[]))"
_FOUND = """
SELECT f.product_id FROM ({entries}) f WHERE {others}
GROUP BY f.product_id ORDER BY max(f.popularity) DESC, f.product_id DESC LIMIT {most}
"""


def in_other_languages(text: str, region: Region, *, latin: bool = False) -> list[int]:
    """The products that have the foreign words of `text` in a language that is written so, and its other words in the
    reader's; the most popular first, 240 at most. One query, none for a text without foreign words.

    Latin words are foreign only with `latin`: in every language names and sources are searched for them anyway. A very
    large shop is looked through for these words among its popular products.
    """
    foreign = {
        languages: words
        for languages, words in foreign_words(text, region.language).items()
        if latin or "en" not in languages
    }
    if not foreign:
        return []
    known = {word for words in foreign.values() for word in words}
    own = [word for word in query_words(text, region.language) if word not in known]
    (languages, words), *others = [*foreign.items(), *([((region.language,), own)] if own else [])]
    parameters: list[list[str]] = []
    entries = [_part(_ENTRIES, words, language, parameters, is_alone=not others) for language in languages]
    also = [
        _ALSO.format(any=" OR ".join(_part(_HAS, words, language, parameters) for language in languages))
        for languages, words in others
    ]
    sql = _FOUND.format(entries=" UNION ALL ".join(entries), others=" AND ".join(also) or "true", most=MOST_HITS)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _part(sql: str, words: Sequence[str], language: str, parameters: list[list[str]], *, is_alone: bool = False) -> str:
    """A part of the SQL for words in a language, whose parameters are added."""
    parameters += columns(query_of(words, language))
    most = MOST_HITS if is_alone else _LOOKED_THROUGH
    return sql.format(language=language, band=_band(), most=most)


def _band() -> str:
    products = sum(branch.cells.unfiltered.total for branch in navigation.menu())
    return "true" if products <= 2 * MIDDLE else f"e.band <= {Band.MIDDLE:d}"

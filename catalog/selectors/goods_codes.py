"""Proposes customs codes for words in the reader's language."""

from __future__ import annotations

from django.db import connection

from catalog.search_text import tsquery
from compliance.headings import Heading, find_headings, headings_of

MOST_LOOKED_AT = 200
# How the listings are declared that shoppers would find by these words: the most usual code first.
_DECLARED = """
SELECT left(p.hs_code, 6) FROM (
    SELECT e.product_id FROM catalog_searchentry e
    WHERE e.language = '{language}' AND e.document @@ ({query}) ORDER BY e.popularity DESC LIMIT {most}
) hits JOIN catalog_product p ON p.id = hits.product_id
WHERE p.status = 'live' AND p.hs_code <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s
"""


def proposals(text: str, language: str, *, most: int = 8) -> list[Heading]:
    """Headings for goods that somebody calls `text`: those whose English description has the words, then those under
    which the listings found by these words are declared. Three queries at most, none for no words."""
    found = find_headings(text, most=most)
    if len(found) < most:
        known = {heading.code for heading in found}
        declared = headings_of(_declared(text, language, most))
        found += [heading for heading in declared if heading.code not in known][: most - len(found)]
    return found


def _declared(text: str, language: str, most: int) -> list[str]:
    query = tsquery(text, language)
    if query is None:
        return []
    sql = _DECLARED.format(language=language, query=query[0], most=MOST_LOOKED_AT)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*query[1], most])
        return [row[0] for row in cursor.fetchall()]

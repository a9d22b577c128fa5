"""Gathers the words of the listings on sale, by which a mistyped search is recognised."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import Seller
from catalog.models import Product, SearchSynonym
from catalog.spelling import folded, terms

_SOME = 3  # more than a slip of a seller has
_WRITE = """
WITH new AS MATERIALIZED (
    SELECT * FROM unnest(%(terms)s::text[], %(folded)s::text[], %(products)s::int[]) AS n(term, folded, products)
),
gone AS (
    DELETE FROM catalog_searchterm t WHERE t.language = %(language)s
    AND NOT EXISTS (SELECT 1 FROM new WHERE new.term = t.term)
)
INSERT INTO catalog_searchterm (language, term, folded, products)
SELECT %(language)s, term, folded, products FROM new ORDER BY term
ON CONFLICT (language, term) DO UPDATE SET products = EXCLUDED.products
WHERE catalog_searchterm.products <> EXCLUDED.products
"""


def refresh_terms() -> None:
    """Brings the words of each language and their counts up to date. Reads every listing on sale; same ones, same rows."""
    for language, _name in settings.LANGUAGES:
        counts = _counted(language)
        rows: dict[str, Any] = {
            "terms": list(counts),
            "folded": list(map(folded, counts)),
            "products": list(counts.values()),
        }
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, rows | {"language": language})


def _counted(language: str) -> Counter[str]:
    """The words of what readers of one language see in lists, and how many listings have each."""
    suffix = language.replace("-", "_")
    columns = (f"name_{suffix}", f"summary_{suffix}", "brand_name", "seller__name", f"category__name_{suffix}")
    on_sale = Product.objects.filter(status=Product.Status.LIVE, seller__status=Seller.Status.APPROVED)
    counts: Counter[str] = Counter()
    for texts in on_sale.exclude(held_in__contains=[""]).order_by().values_list(*columns).iterator(chunk_size=5000):
        counts.update(set(terms(" ".join(filter(None, texts)), language)))
    return counts + _named_otherwise(counts, language)


def _named_otherwise(counts: Counter[str], language: str) -> Counter[str]:
    """The words that staff know and no listing has: they are right, and as frequent as those that mean the same."""
    found: Counter[str] = Counter()
    for words in SearchSynonym.objects.filter(language=language).values_list("words", flat=True):
        products = max(_SOME, *(counts[word] for word in words))
        found.update({word: products for word in words if word not in counts and [*terms(word, language)] == [word]})
    return found

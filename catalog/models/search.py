"""What search looks in: the texts of each listing in each language, and the words that occur in them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models.products import Product


class SearchEntry(models.Model):
    """What is found of a product by readers of one language."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=10)
    popularity = models.IntegerField(default=0)
    document = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "language"], name="one_search_entry_a_language")]
        indexes = [
            GinIndex(
                fields=["document"],
                name=f"search_{code.replace('-', '_')}",
                condition=models.Q(language=code),
                fastupdate=False,
            )
            for code, _name in settings.LANGUAGES
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.language}"


class SearchTerm(models.Model):
    """A word of the listings on sale as readers of one language would type it, and how many listings have it.

    Words are compared by `folded`, which has no accents.
    """

    language = models.CharField(max_length=10)
    term = models.CharField(max_length=40)
    folded = models.CharField(max_length=80)
    products = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "term"], name="one_search_term_a_language")]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="search_terms_by_trigrams")]

    def __str__(self) -> str:
        return f"{self.term} · {self.language}"

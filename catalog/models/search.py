"""What search looks in: the texts of each listing in each language, and the words that occur in them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product

EDITION = 2  # how texts become words; one more for each change of that, and a worker makes those of before anew
HEAD, MIDDLE = 16_000, 128_000  # how many products are in the first band, and in the first two


class Band(models.IntegerChoices):
    """How popular a product is beside the others; the rest of them, and all of a small shop, are in the last band."""

    HEAD = 0
    MIDDLE = 1
    REST = 2


class SearchEntry(models.Model):
    """What is found of a product by readers of one language. `band` is kept by a worker.

    `edition` says in which way the texts were made; the entry in the source language says it for all of a product.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=10)
    popularity = models.IntegerField(default=0)
    band = models.SmallIntegerField(default=Band.REST, db_default=Band.REST)
    document = SearchVectorField()
    edition = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "language"], name="one_search_entry_a_language")]
        indexes = (
            [
                GinIndex(
                    fields=["document"],
                    name=f"search_{code.replace('-', '_')}",
                    condition=models.Q(language=code),
                    fastupdate=False,
                )
                for code, _name in settings.LANGUAGES
            ]
            + [
                GinIndex(
                    fields=["document"],
                    name=f"search_{name}_{code.replace('-', '_')}",
                    condition=models.Q(language=code, band__lte=band),
                    fastupdate=False,
                )
                for name, band in (("head", Band.HEAD), ("middle", Band.MIDDLE))
                for code, _name in settings.LANGUAGES
            ]
            + [models.Index(fields=["edition"], name="search_texts_to_make", condition=models.Q(language="en"))]
        )

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


class SearchSynonym(models.Model):
    """Words that mean the same to shoppers of one language, in small letters; kept by staff.

    A search for one of them finds what is named by another one too.
    """

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    words = ArrayField(models.CharField(max_length=40), verbose_name=_("words"))

    class Meta:
        verbose_name = _("words that mean the same")
        verbose_name_plural = _("words that mean the same")
        ordering = ("language", "words")
        indexes = [GinIndex(fields=["words"], name="synonyms_by_word")]
        constraints = [
            models.CheckConstraint(condition=models.Q(words__len__gte=2), name="at_least_two_words_mean_the_same")
        ]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchMiss(models.Model):
    """How often shoppers of one language searched in vain for the same words on a day. Nobody's name is kept."""

    language = models.CharField(_("language"), max_length=10)
    query = models.CharField(_("searched for"), max_length=80)
    on = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("search in vain")
        verbose_name_plural = _("searches in vain")
        ordering = ("-on", "-times", "query")
        constraints = [models.UniqueConstraint(fields=["language", "query", "on"], name="search_in_vain_once_a_day")]

    def __str__(self) -> str:
        return self.query


class SearchRedirect(models.Model):
    """Where a search for certain words leads at once: a page of the shop, kept by staff."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    query = models.CharField(_("searched for"), max_length=80, help_text=_("In small letters."))
    address = models.CharField(
        _("leads to"),
        max_length=200,
        help_text=_("The address in the shop without the language, such as /category/tea/."),
    )

    class Meta:
        verbose_name = _("search that leads to a page")
        verbose_name_plural = _("searches that lead to a page")
        ordering = ("language", "query")
        constraints = [
            models.UniqueConstraint(fields=["language", "query"], name="search_leads_to_one_page"),
            models.CheckConstraint(condition=models.Q(address__regex=r"^/[a-z0-9]"), name="search_leads_into_the_shop"),
        ]

    def __str__(self) -> str:
        return self.query

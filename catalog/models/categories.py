"""The tree of categories, and the shelves on which a page finds its products already in order."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Category(MP_Node):  # type: ignore[misc]
    """A branch of the catalogue. `facets` holds the counts of all its live products, refreshed by a worker.

    The usual code and stream are proposals for listings of it that say none. A category with a `taxonomy_id` was imported;
    the shop shows it once it has products.
    """

    slug = models.SlugField(_("address in the shop"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    facets = models.JSONField(_("counts for the filters"), default=dict, blank=True, editable=False)
    default_hs_code = models.CharField(_("usual HS code"), max_length=10, blank=True, default="", db_default="")
    default_epr_stream = models.CharField(
        _("usual stream of the producers' registers"), max_length=20, blank=True, default="", db_default=""
    )
    taxonomy_id = models.CharField(
        _("key in the taxonomy"), max_length=40, blank=True, default="", db_default="", editable=False
    )

    node_order_by: ClassVar[list[str]] = ["position", "slug"]

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_hs_code="") | models.Q(default_hs_code__regex=r"^\d{6,10}$"),
                name="usual_hs_code_is_digits",
            ),
            models.UniqueConstraint(
                fields=["taxonomy_id"], condition=~models.Q(taxonomy_id=""), name="category_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.slug])


class Placement(models.Model):
    """A live product in a category or in one above it, with what the page sorts by: written by services alone.

    `led_in` are the countries in which another offer of the article leads that is in the category too, None for nowhere, or
    "" and those in which none does.
    """

    category = models.ForeignKey(Category, models.CASCADE, related_name="placements")
    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="placements")
    popularity = models.IntegerField(default=0)
    sort_price = models.DecimalField(max_digits=19, decimal_places=4)
    published_at = models.DateTimeField()
    held_in = ArrayField(models.CharField(max_length=2, blank=True), default=list, db_default=[])
    rating_rank = models.PositiveSmallIntegerField(default=0, db_default=0)
    led_in = ArrayField(models.CharField(max_length=2, blank=True), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "product"], name="placed_once_in_a_category")]
        indexes = [
            models.Index(
                fields=["category", "-popularity", "-product", "sort_price"], name="shelf_by_popularity_and_price"
            ),
            models.Index(fields=["category", "sort_price", "-product"], name="shelf_by_price"),
            models.Index(fields=["category", "-published_at", "-product", "sort_price"], name="shelf_by_age_and_price"),
            models.Index(
                fields=["category", "-rating_rank", "-product", "sort_price"], name="shelf_by_rating_and_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} · {self.product_id}"

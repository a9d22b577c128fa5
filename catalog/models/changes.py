"""What became of a listing's texts and facts."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class ListingChange(models.Model):
    """One change of one row of a listing: the columns that differ, with what they were and what they became.

    Written by triggers (`catalog.models.recorded`) and never changed. Without an actor somebody past the admin did it.
    """

    class Part(models.TextChoices):
        PRODUCT = "product", _("Listing")
        FACTS = "facts", _("Safety and customs")

    product = models.ForeignKey(Product, models.CASCADE, related_name="changes", verbose_name=_("product"))
    part = models.CharField(_("part"), max_length=8, choices=Part.choices)
    row_id = models.BigIntegerField()
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    actor_label = models.CharField(_("by"), max_length=150, blank=True)
    before: Any = models.JSONField(_("before"))
    after: Any = models.JSONField(_("after"))

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["product", "-at", "-id"], name="changes_of_a_listing")]
        # Who acted may be forgotten (SET_NULL) when an account is erased; nothing else of a row ever changes.
        triggers = [
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.UpdateOf("product_id", "part", "row_id", "at", "before", "after"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.part}"

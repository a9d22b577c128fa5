"""How many pieces lie in which warehouse, and which of them are promised to an order."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Variant
from logistics.models import Warehouse

# What has just been sold out, or is there again, stands otherwise in lists; so does a bundle that it is a part of.
_NOTE = """
    INSERT INTO catalog_offerchange (product_id, is_stale)
    SELECT v.product_id, true FROM catalog_variant v
    WHERE v.id = NEW.variant_id AND (OLD.on_hand > OLD.reserved) <> (NEW.on_hand > NEW.reserved)
    UNION
    SELECT v.product_id, true FROM catalog_bundlepart b JOIN catalog_variant v ON v.id = b.bundle_id
    WHERE b.part_id = NEW.variant_id
        AND (OLD.on_hand - OLD.reserved >= b.quantity) <> (NEW.on_hand - NEW.reserved >= b.quantity);
    RETURN NULL;
"""


class StockLevel(models.Model):
    """Pieces of a variant in a warehouse; the database refuses to promise more than there are.

    `on_order` are pieces that were bought without stock and are still to come; they are neither on hand nor reserved.
    """

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="stock_levels", verbose_name=_("variant"))
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0, editable=False)
    on_order = models.PositiveIntegerField(_("on order"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="one_stock_level_a_warehouse"),
            models.CheckConstraint(
                condition=models.Q(reserved__lte=models.F("on_hand")), name="never_more_reserved_than_on_hand"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="note_what_sold_out",
                operation=pgtrigger.UpdateOf("on_hand", "reserved"),
                when=pgtrigger.After,
                condition=pgtrigger.Condition("(OLD.on_hand - OLD.reserved <> NEW.on_hand - NEW.reserved)"),
                func=_NOTE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.variant} · {self.warehouse}: {self.on_hand}"

    @property
    def available(self) -> int:
        """Pieces that can still be promised."""
        return self.on_hand - self.reserved


class StockReservation(models.Model):
    """Pieces promised under a printed reference until they leave (`consumed`) or are given back (`released`).

    `quantity` are pieces that lie there, `to_order` pieces that are still to come; those have come at `made_at`.
    """

    class State(models.TextChoices):
        HELD = "held", _("Held")
        CONSUMED = "consumed", _("Sent")
        RELEASED = "released", _("Given back")

    stock_level = models.ForeignKey(StockLevel, models.PROTECT, related_name="reservations")
    reference = models.CharField(_("reference"), max_length=60)
    quantity = models.PositiveIntegerField(_("quantity"))
    to_order = models.PositiveIntegerField(_("on order"), default=0, db_default=0)
    made_at = models.DateTimeField(_("come at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("stock reservation")
        verbose_name_plural = _("stock reservations")
        constraints = [
            models.UniqueConstraint(fields=["stock_level", "reference"], name="reserved_once_under_a_reference"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0) | models.Q(to_order__gt=0), name="something_is_reserved"
            ),
        ]
        indexes = [models.Index(fields=["reference"], name="reservations_by_reference")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity}"

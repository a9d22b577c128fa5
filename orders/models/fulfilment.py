"""Sending what was paid: the fulfilment of each part, and one row for every step done in the background."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.models import Shipment
from orders.models.orders import Order, SellerOrder


class Fulfilment(models.Model):
    """How far the sending of a seller's order has come.

    The goods are ready on `ready_on`, None for goods in stock, and are handed to the carrier by `due_on`.
    """

    class Status(models.TextChoices):
        PREPARING = "preparing", _("Being prepared")
        HELD = "held", _("Held for a check")
        READY = "ready", _("Ready to be collected")
        SHIPPED = "shipped", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    seller_order = models.OneToOneField(
        SellerOrder, models.CASCADE, related_name="fulfilment", verbose_name=_("seller's order")
    )
    shipment = models.OneToOneField(
        Shipment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shipment")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PREPARING)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now)
    ready_on = models.DateField(_("ready on"), null=True, blank=True)
    due_on = models.DateField(_("to be sent by"), null=True, blank=True)

    class Meta:
        verbose_name = _("fulfilment")
        verbose_name_plural = _("fulfilments")
        indexes = [models.Index(fields=["due_on"], condition=models.Q(due_on__isnull=False), name="parcels_by_due_day")]

    def __str__(self) -> str:
        return str(self.seller_order)


class Step(models.Model):
    """One piece of work in the background. The row is the work: a lost message or a killed worker loses nothing.

    A worker takes the row by setting `lease_until`; when the lease runs out the sweeper gives it to another.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmation mail")
        SCREEN = "screen", _("Compliance screening")
        DECLARE = "declare", _("Customs declaration")
        LABEL = "label", _("Shipping label")
        TRACK = "track", _("Tracking")
        NOTIFY = "notify", _("Delivery mail")
        REFUND = "refund", _("Refund")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        HELD = "held", _("Held for a check")
        FAILED = "failed", _("Needs a person")

    order = models.ForeignKey(Order, models.CASCADE, related_name="steps", verbose_name=_("order"))
    fulfilment = models.ForeignKey(
        Fulfilment, models.CASCADE, null=True, blank=True, related_name="steps", verbose_name=_("fulfilment")
    )
    kind = models.CharField(_("step"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    lease_until = models.DateTimeField(_("taken until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("background step")
        verbose_name_plural = _("background steps")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["order", "fulfilment", "kind"], nulls_distinct=False, name="each_step_exists_once"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["pending", "running"]), name="steps_to_do")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.state}"

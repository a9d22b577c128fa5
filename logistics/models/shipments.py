"""What was sent: shipments and their parcels, what was told to customs, and what the carrier reported."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics import declarations, tracking

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def private_storage() -> Storage:
    """Where labels lie: the storage that no web server hands out."""
    return storages["private"]


class Shipment(models.Model):
    """One parcel consignment under way, with its own printed reference and snapshots of all that was sent where.

    `consignment` and `declared` are what `logistics.snapshots` writes. `idempotency_key` names the purchase of
    the label to the carrier, however often it is asked for.
    """

    class Status(models.TextChoices):
        CREATED = "created", _("Being prepared")
        DECLARED = "declared", _("Declared to customs")
        LABELLED = "labelled", _("Label printed")
        HANDED_OVER = "handed_over", _("Handed to the carrier")
        IN_TRANSIT = "in_transit", _("Under way")
        CUSTOMS = "customs", _("In customs")
        CUSTOMS_CLEARED = "customs_cleared", _("Cleared by customs")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        DELIVERED = "delivered", _("Delivered")
        EXCEPTION = "exception", _("Held up")
        CANCELLED = "cancelled", _("Cancelled")

    reference = models.CharField(_("reference"), max_length=60, unique=True)
    public_token = models.CharField(
        _("tracking link"), max_length=64, unique=True, default=secrets.token_urlsafe, editable=False
    )
    carrier = models.SlugField(_("carrier"), max_length=40)
    service_code = models.CharField(_("service"), max_length=40)
    sender = models.JSONField(_("sender"))
    recipient = models.JSONField(_("recipient"))
    consignment = models.JSONField(_("goods"))
    declared = models.JSONField(_("declared charges"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.CREATED)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label_requested_at = models.DateTimeField(_("label asked for at"), null=True, blank=True, editable=False)
    provider_reference = models.CharField(_("carrier's reference"), max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=40, blank=True)
    label = models.CharField(_("label file"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    labelled_at = models.DateTimeField(_("labelled at"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True, editable=False)
    polled_at = models.DateTimeField(_("carrier asked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("tracking_number",),
                condition=~models.Q(tracking_number=""),
                name="tracking_number_names_one_shipment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=(
                        "created",
                        "declared",
                        "labelled",
                        "handed_over",
                        "in_transit",
                        "customs",
                        "customs_cleared",
                        "out_for_delivery",
                        "delivered",
                        "exception",
                        "cancelled",
                    )
                ),
                name="shipment_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=("created", "declared", "cancelled")) | ~models.Q(tracking_number=""),
                name="shipment_under_way_has_a_tracking_number",
            ),
            models.CheckConstraint(
                condition=models.Q(tracking_number="", label="") | ~models.Q(tracking_number="") & ~models.Q(label=""),
                name="tracking_number_comes_with_a_label",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="delivered") | models.Q(delivered_at__isnull=False),
                name="delivered_shipment_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def open_label(self) -> File[bytes]:
        """The label's file, open for reading. Raises `FileNotFoundError` before there is one."""
        if not self.label:
            raise FileNotFoundError(f"{self.reference} has no label yet")
        return private_storage().open(self.label)


class Parcel(models.Model):
    """One piece of a shipment; `weight_grams` counts assumed weights for goods whose own is unknown."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="parcels", verbose_name=_("shipment"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    weight_grams = models.PositiveIntegerField(_("weight in grams"))

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ("shipment", "number")
        constraints = [
            models.UniqueConstraint(fields=("shipment", "number"), name="parcel_numbered_once"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="parcel_number_counts_from_one"),
            models.CheckConstraint(condition=models.Q(weight_grams__gt=0), name="parcel_weight_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment} / {self.number}"


class TrackingEvent(models.Model):
    """One thing that the carrier reported; never changed and never removed.

    `code` is the status that it stands for, `description_code` the finer word whose sentence is in
    `logistics.tracking`. `event_id` is the carrier's own name for the event.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="events", verbose_name=_("shipment"))
    event_id = models.CharField(_("carrier's event number"), max_length=120)
    code = models.CharField(_("status"), max_length=20, choices=Shipment.Status.choices)
    description_code = models.CharField(_("description code"), max_length=60)
    location = models.CharField(_("place"), max_length=160, blank=True)
    occurred_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ("occurred_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=("shipment", "event_id"), name="tracking_event_kept_once"),
        ]
        triggers = [pgtrigger.Protect(name="tracking_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.shipment} {self.description_code}"

    @property
    def sentence(self) -> StrPromise:
        """What the shopper reads."""
        return tracking.sentence(self.description_code)


class CustomsDeclaration(models.Model):
    """What customs are told about a shipment, and what they said.

    A rejected declaration is corrected and sent anew under a new `idempotency_key`.
    """

    class Kind(models.TextChoices):
        CN22 = "cn22", _("Customs declaration CN22")
        CN23 = "cn23", _("Customs declaration CN23")
        H7 = "h7", _("Reduced import data set H7")
        INVOICE = "invoice", _("Commercial invoice")

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    shipment = models.OneToOneField(Shipment, models.CASCADE, related_name="declaration", verbose_name=_("shipment"))
    kind = models.CharField(_("form"), max_length=10, choices=Kind.choices)
    payload = models.JSONField(_("content"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PREPARED)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("customs reference"), max_length=80, blank=True)
    reason_code = models.CharField(_("reason of rejection"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("customs declaration")
        verbose_name_plural = _("customs declarations")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("reference",), condition=~models.Q(reference=""), name="customs_reference_used_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=("prepared", "submitted", "accepted", "rejected")),
                name="declaration_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("cn22", "cn23", "h7", "invoice")), name="declaration_form_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="accepted") | ~models.Q(reference=""),
                name="accepted_declaration_has_a_reference",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="rejected") | ~models.Q(reason_code=""),
                name="rejected_declaration_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.shipment}"

    @property
    def reason(self) -> StrPromise | str:
        """Why it was rejected, for the person who can correct it; empty unless it was."""
        return declarations.reason(self.reason_code) if self.reason_code else ""

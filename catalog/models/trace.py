"""Where goods come from, step by step, each step sealed to the one before."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product

# The first event follows nothing, every other one the last that its chain has.
_FOLLOWS_THE_LAST: Final = """
    IF NEW.number <> 1 + COALESCE((SELECT max(number) FROM catalog_traceevent
                                   WHERE product_id = NEW.product_id AND batch = NEW.batch), 0)
        OR NEW.previous <> COALESCE((SELECT digest FROM catalog_traceevent WHERE product_id = NEW.product_id
                                     AND batch = NEW.batch AND number = NEW.number - 1), repeat('0', 64))
    THEN
        RAISE EXCEPTION 'trace_follows_the_last: event % of product %', NEW.number, NEW.product_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_HEX: Final = r"^[0-9a-f]{64}$"


class TraceEvent(models.Model):
    """One step on the way of a product, or of a batch of it. Rows are added and never changed: the database refuses it.

    The events of one product and batch ("" for the product as such) are a chain: `number` counts from 1, `previous`
    is the `digest` of the event before (64 zeros at the first), and `digest` the SHA-256 of the content in its
    canonical form (`catalog.trace`). `texts` are descriptions by language. `recorder` is the public name of whoever
    recorded it; the person stays inside. A mistake is mended by another event that names its number in `corrects`.
    """

    class Kind(models.TextChoices):
        SOURCED = "sourced", _("Material sourced")
        MADE = "made", _("Made")
        FINISHED = "finished", _("Finished")
        INSPECTED = "inspected", _("Inspected")
        CERTIFIED = "certified", _("Certified")
        PACKED = "packed", _("Packed")
        SHIPPED = "shipped", _("Shipped")
        RECEIVED = "received", _("Received")
        CORRECTED = "corrected", _("Corrected")
        OTHER = "other", _("Other step")

    product = models.ForeignKey(Product, models.PROTECT, related_name="trace_events", verbose_name=_("product"))
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("step"), max_length=12, choices=Kind.choices)
    happened_on = models.DateField(_("happened on"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    texts: Any = models.JSONField(_("description"), default=dict)
    certificate_name = models.CharField(_("certificate"), max_length=200, blank=True)
    certificate_digest = models.CharField(_("fingerprint of the certificate"), max_length=64, blank=True)
    corrects = models.PositiveIntegerField(_("corrects the event"), null=True, blank=True)
    recorder = models.CharField(_("recorded by"), max_length=150)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    previous = models.CharField(_("fingerprint of the event before"), max_length=64)
    digest = models.CharField(_("fingerprint"), max_length=64)

    class Meta:
        verbose_name = _("step of a trace")
        verbose_name_plural = _("steps of traces")
        ordering: ClassVar[list[str]] = ["product", "batch", "number"]
        indexes = [models.Index(fields=["batch"], condition=~Q(batch=""), name="traces_by_batch")]
        constraints = [
            models.UniqueConstraint(fields=["product", "batch", "number"], name="trace_has_one_event_for_each_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="trace_counts_from_one"),
            models.CheckConstraint(
                condition=Q(batch="") | Q(batch__regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"), name="batch_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=_HEX) & Q(previous__regex=_HEX), name="trace_digests_are_sha256"
            ),
            models.CheckConstraint(
                condition=Q(certificate_digest="") | Q(certificate_digest__regex=_HEX),
                name="certificate_digest_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | (Q(corrects__gte=1) & Q(corrects__lt=F("number"))),
                name="trace_corrects_an_earlier_event",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="follows_the_last", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_FOLLOWS_THE_LAST
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.batch or '—'} · {self.number}"

    def get_absolute_url(self) -> str:
        if self.batch:
            return reverse("trace_batch", args=[self.product.slug, self.batch])
        return reverse("trace", args=[self.product.slug])

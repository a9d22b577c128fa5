"""The numbers under which sellers are registered: tax, customs and producer responsibility, with their proof."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from compliance.models.evidence import EvidenceDocument


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def ending(self, since: date, until: date) -> Self:
        """The valid ones whose last day is between two days, without those whose place another takes without a gap."""
        same = {name: OuterRef(name) for name in ("seller", "kind", "country", "stream")}
        heir = Registration.objects.filter(
            **same, state=Registration.State.UPCOMING, valid_from__lte=OuterRef("expires_on") + timedelta(days=1)
        )
        return self.filter(~Exists(heir), state=Registration.State.VALID, expires_on__range=(since, until))


class Registration(models.Model):
    """One number of a seller. Only a valid one that has begun and has not expired counts.

    A number is `pending` as long as the service that knows has not answered; `due_at` is when it is asked again. Beside
    the valid number of a kind, country and stream there may be one that is being checked to take its place, and one that
    was found valid and is `upcoming`: it takes the place on its first day.
    """

    class Kind(models.TextChoices):
        VAT = "vat", _("VAT number")
        UK_VAT = "uk_vat", _("VAT number in the United Kingdom")
        IOSS = "ioss", _("IOSS number")
        OSS = "oss", _("Union OSS registration")
        EORI = "eori", _("EORI number")
        EPR = "epr", _("Producer responsibility")
        VOEC = "voec", _("VOEC number")
        GST_AU = "gst_au", _("ABN or ARN (Australia)")
        GST_NZ = "gst_nz", _("GST number (New Zealand)")
        GST_SG = "gst_sg", _("GST number (Singapore)")
        USCC = "uscc", _("Unified social credit code (China)")
        OTHER = "other", _("Other registration")

    class State(models.TextChoices):
        CLAIMED = "claimed", _("Waiting for a check")
        PENDING = "pending", _("The service has not answered")
        VALID = "valid", _("Valid")
        UPCOMING = "upcoming", _("Valid from its first day on")
        INVALID = "invalid", _("Invalid")
        ENDED = "ended", _("Ended")

    FOUND_VALID = (State.VALID, State.UPCOMING)

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="registrations", verbose_name=_("seller"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    stream = models.CharField(_("stream"), max_length=20, blank=True)
    number = models.CharField(_("number"), max_length=60)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.CLAIMED)
    document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_with = models.CharField(_("checked with"), max_length=60, blank=True)
    check_reference = models.CharField(_("reference of the check"), max_length=80, blank=True)
    check_name = models.CharField(_("name in the register"), max_length=200, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next check at"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ("seller", "kind", "country", "stream")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind", "country", "stream"],
                condition=Q(state="valid") & ~Q(kind="other"),
                name="one_valid_number_for_each_registration",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind", "country", "stream"],
                condition=Q(state__in=["claimed", "pending"]) & ~Q(kind="other"),
                name="one_number_is_checked_for_each_registration",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind", "country", "stream"],
                condition=Q(state="upcoming") & ~Q(kind="other"),
                name="one_upcoming_number_for_each_registration",
            ),
            models.CheckConstraint(
                condition=~Q(state="upcoming") | Q(valid_from__isnull=False), name="upcoming_number_has_a_first_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(valid_from__isnull=True) | Q(expires_on__gte=F("valid_from")),
                name="registration_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind="epr") | (~Q(country="") & ~Q(stream="")), name="epr_number_has_country_and_stream"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="registration_has_a_number"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="registrations_to_check"),
            models.Index(fields=["expires_on"], condition=Q(state="valid"), name="registrations_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.number


class RegistrationReminder(models.Model):
    """That a seller was reminded of an expiry, once for each of the days before it."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="reminders")
    expires_on = models.DateField(_("expires on"))
    days = models.PositiveSmallIntegerField(_("days before"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder of an expiry")
        verbose_name_plural = _("reminders of expiries")
        constraints = [
            models.UniqueConstraint(fields=["registration", "expires_on", "days"], name="reminded_once_of_each_day")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} · {self.days}"


class RegistrationEvent(models.Model):
    """A step of a registration from one state to another. Rows are added and never changed: the database refuses it.

    `reason` is what somebody wrote, or a stable word for what followed by itself (`compliance.words.registrations`).
    """

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="events", verbose_name=_("registration")
    )
    before = models.CharField(_("before"), max_length=8, blank=True)
    after = models.CharField(_("after"), max_length=8, choices=Registration.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    actor_label = models.CharField(_("by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=400)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a registration")
        verbose_name_plural = _("steps of registrations")
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="step_of_a_registration_has_a_reason")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

"""Payments with their refunds, and the inbox of what providers told us."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField


class Payment(models.Model):
    """One attempt to collect an amount through a provider. It is settled once; once paid it stays paid."""

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        PENDING = "pending", _("Waiting for the shopper")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    reference = models.CharField(_("reference"), max_length=60, db_index=True)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    provider = models.SlugField(_("provider"), max_length=40, db_index=False)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    amount = MoneyField(_("amount"), max_digits=19, decimal_places=4)
    refunded = models.DecimalField(
        _("refunded or reserved for refunds"), max_digits=19, decimal_places=4, default=0, editable=False
    )
    lines = models.JSONField(_("what is paid for"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.STARTED)
    failure = models.CharField(_("reason of the failure"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10)
    return_url = models.URLField(_("return address"), max_length=500)
    cancel_url = models.URLField(_("address after giving up"), max_length=500)
    webhook_url = models.URLField(_("webhook address"), max_length=500, blank=True)
    session_url = models.URLField(_("payment page"), max_length=1000, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at",)
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state__in=["started", "pending"]), name="payment_open_since"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "pending", "paid", "failed", "cancelled", "expired"]),
                name="payment_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | (~Q(state="paid") & Q(paid_at__isnull=True)),
                name="payment_is_paid_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["pending", "paid"]) | ~Q(provider_reference=""),
                name="open_or_paid_payment_has_a_session",
            ),
            models.CheckConstraint(
                condition=Q(refunded=0) | Q(state="paid", refunded__gt=0, refunded__lte=F("amount")),
                name="refunds_stay_within_what_was_paid",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="session_belongs_to_one_payment",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="paid_stays_paid",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="paid") & ~pgtrigger.Q(new__state="paid"),
            ),
            pgtrigger.ReadOnly(name="terms_stay", fields=["reference", "key", "provider", "amount", "amount_currency"]),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.get_state_display()}"


class PaymentEvent(models.Model):
    """One message of a provider, kept as it came; or what an answer of theirs said that we could not accept."""

    class Outcome(models.TextChoices):
        CHANGED = "changed", _("Changed the payment")
        UNCHANGED = "unchanged", _("Changed nothing")
        MISMATCH = "mismatch", _("Amount or currency differ")
        UNKNOWN = "unknown", _("No such payment")
        IGNORED = "ignored", _("Of no concern")

    provider = models.SlugField(_("provider"), max_length=40, db_index=False)
    event_id = models.CharField(_("provider's number"), max_length=255)
    kind = models.CharField(_("kind"), max_length=80, blank=True)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("payment")
    )
    payload = models.JSONField(_("content"))
    headers = models.JSONField(_("headers"), default=dict)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("message of a provider")
        verbose_name_plural = _("messages of providers")
        ordering = ("-received_at",)
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="message_is_taken_once")]

    def __str__(self) -> str:
        return f"{self.provider} · {self.event_id}"


class Refund(models.Model):
    """Money of a paid payment that goes back. A requested one is sent until the provider answers."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused by the provider")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    amount = MoneyField(_("amount"), max_digits=19, decimal_places=4)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.REQUESTED)
    failure = models.CharField(_("reason of the refusal"), max_length=60, blank=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "done", "refused"]), name="refund_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment.reference} · {self.get_state_display()}"

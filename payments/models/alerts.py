"""What staff and sellers are told about exchange rates, once for each change."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RateAlert(models.Model):
    """A change that people have to know of. Its key makes it once, however often the change is seen."""

    class Kind(models.TextChoices):
        RED = "red", _("A currency has turned red")
        FETCH = "fetch", _("Exchange rates could not be fetched for a day")

    key = models.CharField(_("idempotency key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    on = models.DateField(_("day"))
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("exchange-rate alert")
        verbose_name_plural = _("exchange-rate alerts")
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["red", "fetch"]), name="rate_alert_kind_is_known"),
            models.CheckConstraint(condition=~Q(kind="red") | ~Q(currency=""), name="red_alert_names_its_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency}".strip()


class RateLetter(models.Model):
    """An alert on its way to one reader. It is tried again until it has been sent."""

    class Audience(models.TextChoices):
        STAFF = "staff", _("Staff")
        SELLER = "seller", _("Seller")

    alert = models.ForeignKey(RateAlert, models.CASCADE, related_name="letters", verbose_name=_("alert"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("reader"))
    audience = models.CharField(_("audience"), max_length=8, choices=Audience.choices)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter of an exchange-rate alert")
        verbose_name_plural = _("letters of exchange-rate alerts")
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="rate_letter_due")]
        constraints = [
            models.UniqueConstraint(fields=["alert", "user"], name="an_alert_reaches_a_reader_once"),
            models.CheckConstraint(condition=Q(audience__in=["staff", "seller"]), name="rate_letter_audience_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.alert} · {self.user}"

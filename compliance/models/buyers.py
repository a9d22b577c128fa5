"""The tax numbers under which businesses buy."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BuyerNumber(models.Model):
    """A tax number that somebody has given at the checkout, and whether it counts. Whose it is stands nowhere here.

    A number is `pending` as long as the service that knows has not answered; `due_at` is when it is asked again.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("The service has not answered")
        VALID = "valid", _("Valid")
        INVALID = "invalid", _("Invalid")

    kind = models.CharField(_("kind"), max_length=8)
    country = models.CharField(_("country"), max_length=2)
    number = models.CharField(_("number"), max_length=60)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_with = models.CharField(_("checked with"), max_length=60, blank=True)
    check_reference = models.CharField(_("reference of the check"), max_length=80, blank=True)
    check_name = models.CharField(_("name in the register"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next check at"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    used_at = models.DateTimeField(_("last used at"), default=timezone.now)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("tax number of a buyer")
        verbose_name_plural = _("tax numbers of buyers")
        constraints = [
            models.UniqueConstraint(fields=["kind", "country", "number"], name="buyer_number_is_kept_once"),
            models.CheckConstraint(
                condition=~models.Q(state="valid") | models.Q(checked_at__isnull=False), name="valid_number_was_checked"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="buyer_numbers_to_check"),
            models.Index(fields=["used_at"], name="buyer_numbers_by_use"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_valid(self) -> bool:
        """Whether tax may be left to the buyer because of it."""
        return self.state == self.State.VALID

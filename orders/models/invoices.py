"""What was paid, on paper: numbered without a gap by year, and never changed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order


class Invoice(models.Model):
    """The invoice of a paid order. Its figures are those of the order, which nothing changes either."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="invoice", verbose_name=_("order"))
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField(_("number in the year"))
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-year", "-sequence")
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="invoice_number_is_given_once"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="invoice_numbers_begin_with_one"),
        ]
        triggers = [
            pgtrigger.Protect(name="issued_invoices_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The year and the number in it."""
        return f"{self.year}-{self.sequence:06d}"

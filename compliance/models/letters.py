"""Mails of the compliance desk: written down in the transaction that gives cause for them, sent once, tried until sent."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """A mail to one reader, put into words in their language when it is sent. `params` say what it is about.

    `key` names the occasion and the reader: the same occasion makes one letter however often it is met.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=10)
    params: Any = models.JSONField(_("details"), default=dict, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter of the compliance desk")
        verbose_name_plural = _("letters of the compliance desk")
        ordering = ("-made_at", "-pk")
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="letters_to_send")]

    def __str__(self) -> str:
        return self.key

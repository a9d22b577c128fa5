"""Flags: what screening found on a seller, a listing, an order or a parcel, and every step of what became of it."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """What a finding asks for. A critical one blocks, and two officers have to agree before it is let go."""

    CRITICAL = "critical", _("Critical")
    BLOCK = "block", _("Blocks")
    REVIEW = "review", _("To be reviewed")
    NOTICE = "notice", _("Notice")


class Flag(models.Model):
    """A finding on one subject, from when it was raised until it is decided or mended.

    `fingerprint` tells the facts apart on which it was raised: a flag that an officer released is not raised
    again on the same facts. `params` are the words that the sentence of the finding needs, `evidence` the facts as
    they were seen. `countries` are the destinations that it concerns, none of them named: everywhere.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        TAKEN = "taken", _("Taken")
        ASKED = "asked", _("Waiting for the seller")
        UPHELD = "upheld", _("Upheld")
        RELEASED = "released", _("Released")
        WAIVED = "waived", _("Waived for a time")
        MENDED = "mended", _("Mended")

    LIVE = (Status.OPEN, Status.TAKEN, Status.ASKED, Status.UPHELD)
    UNDECIDED = (Status.OPEN, Status.TAKEN, Status.ASKED)

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name=_("kind of subject"))
    object_id = models.CharField(_("subject"), max_length=64)
    subject = GenericForeignKey("content_type", "object_id")
    subject_label = models.CharField(_("subject"), max_length=200)
    seller = models.ForeignKey(
        "accounts.Seller", models.PROTECT, null=True, blank=True, related_name="flags", verbose_name=_("seller")
    )
    rule = models.CharField(_("rule"), max_length=80)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), default=list, db_default=[], blank=True
    )
    params = models.JSONField(_("details"), default=dict, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, db_default={}, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    legal_reference = models.CharField(_("legal reference"), max_length=400, blank=True)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided until"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    waived_until = models.DateField(_("waived until"), null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="flags", verbose_name=_("officer")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ("-opened_at", "-pk")
        permissions = [("review_flags", "Can take and decide flags of all sellers")]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="flag_by_subject"),
            models.Index(fields=["status", "-opened_at"], name="flag_queue"),
            models.Index(fields=["due_at"], condition=Q(status__in=["open", "taken", "asked"]), name="flags_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "rule"],
                condition=Q(status__in=["open", "taken", "asked", "upheld"]),
                name="one_live_flag_for_each_rule_and_subject",
            ),
            models.CheckConstraint(
                condition=~Q(status="taken") | Q(officer__isnull=False), name="taken_flag_has_an_officer"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["released", "upheld", "waived"]) | (Q(officer__isnull=False) & ~Q(reason="")),
                name="decided_flag_has_officer_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="waived") | Q(waived_until__isnull=False), name="waived_flag_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject_label}"

    @property
    def is_live(self) -> bool:
        """Whether the finding still stands."""
        return self.status in self.LIVE


class FlagEvent(models.Model):
    """One step in the life of a flag. Rows are added and never changed: the database refuses it."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        CHANGED = "changed", _("Facts changed")
        TAKEN = "taken", _("Taken")
        GIVEN_BACK = "given_back", _("Given back")
        ASKED = "asked", _("The seller was asked")
        ANSWERED = "answered", _("The seller answered")
        PROPOSED = "proposed", _("Put to a second officer")
        REJECTED = "rejected", _("Rejected by the second officer")
        WITHDRAWN = "withdrawn", _("Taken back before a second officer decided")
        RELEASED = "released", _("Released")
        WAIVED = "waived", _("Waived for a time")
        WAIVER_ENDED = "waiver_ended", _("The waiver ended")
        UPHELD = "upheld", _("Upheld")
        ESCALATED = "escalated", _("Escalated")
        SUSPENDED = "suspended", _("The seller was suspended")
        APPEALED = "appealed", _("The seller appealed")
        APPEAL_DECIDED = "appeal_decided", _("The appeal was decided")
        OVERDUE = "overdue", _("Overdue")
        MENDED = "mended", _("Mended")

    flag = models.ForeignKey(Flag, models.PROTECT, related_name="events", verbose_name=_("flag"))
    kind = models.CharField(_("step"), max_length=16, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    actor_label = models.CharField(_("by"), max_length=150)
    reason = models.TextField(_("reason"), blank=True)
    params: Any = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a flag")
        verbose_name_plural = _("steps of flags")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["flag"], condition=Q(kind="overdue"), name="flag_is_called_overdue_once")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} · {self.actor_label}"

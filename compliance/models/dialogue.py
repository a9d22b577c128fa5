"""What is said about a flag: messages, decisions that wait for a second officer, appeals, and officers' own views."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models.evidence import EvidenceDocument
from compliance.models.flags import Flag


class FlagMessage(models.Model):
    """One message between officers and seller. `template` names the text it was made from, "" for free words."""

    class Side(models.TextChoices):
        OFFICER = "officer", _("Compliance desk")
        SELLER = "seller", _("Seller")

    flag = models.ForeignKey(Flag, models.PROTECT, related_name="messages", verbose_name=_("flag"))
    side = models.CharField(_("from"), max_length=8, choices=Side.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    template = models.CharField(_("template"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10)
    body = models.TextField(_("message"))
    document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("message on a flag")
        verbose_name_plural = _("messages on flags")
        ordering = ("at", "pk")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.flag_id} · {self.side}"


class FlagApproval(models.Model):
    """A decision that one officer proposes and another confirms or rejects: four eyes.

    `fingerprint` is that of the facts and countries on which it was proposed; `appeal` the appeal that it would grant. A verdict is
    for good.
    """

    class Decision(models.TextChoices):
        RELEASE = "release", _("Release")
        WAIVE = "waive", _("Waive for a time")

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second officer")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    flag = models.ForeignKey(Flag, models.PROTECT, related_name="approvals", verbose_name=_("flag"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    waived_until = models.DateField(_("waived until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    verdict_reason = models.TextField(_("reason of the verdict"), blank=True)
    fingerprint = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    appeal = models.ForeignKey(
        "compliance.Appeal", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("appeal")
    )

    class Meta:
        verbose_name = _("four-eyes decision")
        verbose_name_plural = _("four-eyes decisions")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["flag"], condition=Q(verdict="waiting"), name="one_waiting_decision_for_each_flag"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["confirmed", "rejected"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="second_officer_is_another_one",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="proposed_decision_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(decision="waive") | Q(waived_until__isnull=False), name="proposed_waiver_has_an_end"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="verdict_is_for_good", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__verdict="waiting")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.flag_id} · {self.decision} · {self.verdict}"


class Appeal(models.Model):
    """A seller's complaint against a decision (Regulation (EU) 2022/2065, article 20), decided by another officer."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        REVERSED = "reversed", _("Decision reversed")
        CONFIRMED = "confirmed", _("Decision confirmed")

    flag = models.ForeignKey(Flag, models.PROTECT, related_name="appeals", verbose_name=_("flag"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("why the decision is wrong"))
    document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    lodged_at = models.DateTimeField(_("lodged at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ("-lodged_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["flag"], condition=Q(state="open"), name="one_open_appeal_for_each_flag"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(decided_by__isnull=False) & ~Q(answer="")),
                name="decided_appeal_has_officer_and_answer",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_for_good", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__state="open")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.flag_id} · {self.state}"


class SavedView(models.Model):
    """A filter of the queue that an officer kept under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="view_of_a_user_has_a_name_of_its_own")]

    def __str__(self) -> str:
        return self.name

"""What comes from outside and what goes there: notices of illegal content, statements of reasons, exports."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from compliance.models.flags import Flag


class TrustedFlagger(models.Model):
    """An authority, or a body with the status of a trusted flagger (Regulation (EU) 2022/2065, article 22).

    Its notices come first. It is known by a code, of which the digest alone is kept.
    """

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Authority")
        TRUSTED = "trusted", _("Trusted flagger")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200, unique=True)
    email = models.EmailField(_("e-mail address"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    source = models.CharField(_("where the status is published"), max_length=400)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("authority or trusted flagger")
        verbose_name_plural = _("authorities and trusted flaggers")
        ordering = ("name",)
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="trusted_flagger_has_a_source")]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """Somebody says that a listing is illegal (Regulation (EU) 2022/2065, article 16).

    `form_key` is that of the form it was sent with, so that a form sent twice makes one notice.
    """

    class Ground(models.TextChoices):
        UNSAFE = "unsafe", _("The product is dangerous")
        COUNTERFEIT = "counterfeit", _("It is a counterfeit or uses somebody's rights")
        PROHIBITED = "prohibited", _("It may not be sold here")
        MISLEADING = "misleading", _("What is said about it is not true")
        OTHER = "other", _("It breaks another law")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACTED_ON = "acted_on", _("Acted on")
        REJECTED = "rejected", _("Rejected")

    number = models.CharField(_("number"), max_length=20, unique=True)
    token = models.CharField(max_length=40, unique=True, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name=_("kind of subject"))
    object_id = models.CharField(_("subject"), max_length=64)
    subject = GenericForeignKey("content_type", "object_id")
    subject_label = models.CharField(_("subject"), max_length=200)
    address = models.CharField(_("address of the page"), max_length=400)
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="notices", verbose_name=_("seller"))
    ground = models.CharField(_("what is wrong"), max_length=12, choices=Ground.choices)
    explanation = models.TextField(_("explanation"))
    country = models.CharField(_("country whose law is broken"), max_length=2, blank=True)
    reporter_name = models.CharField(_("name"), max_length=150, blank=True)
    reporter_email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10)
    is_in_good_faith = models.BooleanField(_("given in good faith"), default=False)
    is_trusted = models.BooleanField(_("from an authority or a trusted flagger"), default=False)
    flagger = models.ForeignKey(
        TrustedFlagger, models.PROTECT, null=True, blank=True, related_name="notices",
        verbose_name=_("authority or trusted flagger"),
    )  # fmt: skip
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided until"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RECEIVED)
    flag = models.ForeignKey(
        Flag, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("flag")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-received_at", "-pk")
        permissions = [("decide_notices", "Can decide notices")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="received") | (Q(decided_by__isnull=False) & ~Q(answer="")),
                name="decided_notice_has_officer_and_answer",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="notices_to_decide")]
        triggers = [
            pgtrigger.Protect(
                name="decided_for_good", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__state="received")
            )
        ]

    def __str__(self) -> str:
        return self.number


class StatementOfReasons(models.Model):
    """What somebody is told whose listing, review or right to sell is restricted (article 17). Never changed once sent.

    A seller is told of a flag. Where there is none, as for a review, the subject is named by its kind, key and label, and
    nobody else is: who wrote it can be erased, and the statement stays. `amends` is the statement on what followed by itself
    that a person has decided on since: it restricts nothing further. `countries` are ISO 3166-1 codes with a space
    between, "" for everywhere. `is_automated`: the fault was found by an automated check; `is_decided_by_person`: somebody
    decided on the restriction, and it didn't follow by itself.
    """

    class Restriction(models.TextChoices):
        HELD = "held", _("Not shown in some countries")
        REMOVED = "removed", _("Not shown anywhere")
        SUSPENDED = "suspended", _("The seller may not sell")

    flag = models.ForeignKey(
        Flag, models.PROTECT, null=True, blank=True, related_name="statements", verbose_name=_("flag")
    )
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of subject")
    )
    object_id = models.CharField(_("subject"), max_length=64, blank=True, default="", db_default="")
    subject_label = models.CharField(_("subject"), max_length=200, blank=True, default="", db_default="")
    amends = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="amendment", verbose_name=_("amends")
    )
    restriction = models.CharField(_("restriction"), max_length=10, choices=Restriction.choices)
    facts = models.TextField(_("facts"))
    ground = models.CharField(_("legal ground"), max_length=400)
    countries = models.TextField(_("countries"), blank=True)
    is_automated = models.BooleanField(_("found by an automated check"))
    is_decided_by_person = models.BooleanField(_("decided by a person"), default=False, db_default=False)
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )
    language = models.CharField(_("language"), max_length=10)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("statement of reasons")
        verbose_name_plural = _("statements of reasons")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "restriction", "countries"],
                condition=Q(is_decided_by_person=False),
                name="restriction_is_stated_once",
            ),
            models.CheckConstraint(
                condition=Q(flag__isnull=False) | (Q(content_type__isnull=False) & ~Q(subject_label="")),
                name="statement_has_a_subject",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.label} · {self.restriction}"

    @property
    def label(self) -> str:
        """The name of what is restricted."""
        return self.flag.subject_label if self.flag is not None else self.subject_label


class AuthorityExport(models.Model):
    """That figures or rows were exported for an authority: what, for whom, by whom. Never changed."""

    authority = models.CharField(_("authority"), max_length=200)
    reference = models.CharField(_("their reference"), max_length=120)
    subject = models.CharField(_("what was exported"), max_length=200)
    rows = models.PositiveIntegerField(_("rows"))
    digest = models.CharField(max_length=64, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("export for an authority")
        verbose_name_plural = _("exports for authorities")
        ordering = ("-at", "-pk")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.authority} · {self.reference}"


class Recheck(models.Model):
    """Something that changed here, and for which those above have to look at their listings again.

    Written in the transaction of the change, deleted in that of the look. `key` is that of the row of the topic.
    """

    class Topic(models.TextChoices):
        FLAG = "flag", _("Flag")
        SELLER = "seller", _("Seller")
        RULE = "rule", _("Rule")

    topic = models.CharField(max_length=6, choices=Topic.choices)
    key = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change to be followed")
        verbose_name_plural = _("changes to be followed")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"

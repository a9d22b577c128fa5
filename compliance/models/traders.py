"""Who a seller is: what has to be known of a trader before they sell, and how it was decided."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from compliance.models.evidence import EvidenceDocument


class SellerVerification(models.Model):
    """What Regulation (EU) 2022/2065, article 30 asks a marketplace to know of a trader, beside the seller's own row.

    The state is `Seller.status`. `bank_account` is encrypted. Name, address, telephone and mail are the seller's.
    `changed_at` is when an approved seller changed something that no officer has looked at yet; `ended_on` is when the
    relation ended, from which the law counts how long papers are kept, and `erased_at` when they were erased.
    """

    seller = models.OneToOneField(Seller, models.PROTECT, related_name="verification", verbose_name=_("seller"))
    is_person = models.BooleanField(_("is a natural person"), default=False)
    person_name = models.CharField(_("person in charge"), max_length=150, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    trade_register = models.CharField(_("trade register"), max_length=120, blank=True)
    register_number = models.CharField(_("number in the register"), max_length=60, blank=True)
    tax_country = models.CharField(_("country of the tax number"), max_length=2, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    bank_holder = models.CharField(_("holder of the bank account"), max_length=150, blank=True)
    bank_country = models.CharField(_("country of the bank"), max_length=2, blank=True)
    bank_account = models.TextField(_("bank account"), blank=True, editable=False)
    identity_document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("identification")
    )
    bank_document = models.ForeignKey(
        EvidenceDocument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proof of the account"),
    )
    register_document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("extract of the register")
    )  # fmt: skip
    wants_to_sell_in = ArrayField(
        models.CharField(max_length=2), verbose_name=_("wants to sell in"), default=list, blank=True
    )
    self_certified_at = models.DateTimeField(_("self-certified at"), null=True, blank=True)
    self_certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("certified by"),
    )
    self_certified_version = models.CharField(
        _("version of the certificate"), max_length=20, blank=True, default="", db_default=""
    )
    names_screened_at = models.DateTimeField(_("names screened at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField(_("changed since the decision"), null=True, blank=True)
    ended_on = models.DateField(_("relation ended on"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("verification of a seller")
        verbose_name_plural = _("verifications of sellers")
        ordering = ("seller__name",)
        permissions = [("verify_sellers", "Can verify sellers")]

    def __str__(self) -> str:
        return str(self.seller)


class BeneficialOwner(models.Model):
    """A person who owns or controls a seller."""

    verification = models.ForeignKey(
        SellerVerification, models.CASCADE, related_name="owners", verbose_name=_("verification")
    )
    name = models.CharField(_("name"), max_length=150)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2)
    share_percent = models.DecimalField(_("share in percent"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("beneficial owner")
        verbose_name_plural = _("beneficial owners")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent__isnull=True) | Q(share_percent__range=(0, 100)), name="share_is_a_percentage"
            )
        ]

    def __str__(self) -> str:
        return self.name


class VerificationEvent(models.Model):
    """A step of a seller from one state to another, with its reason. Rows are added and never changed."""

    verification = models.ForeignKey(
        SellerVerification, models.PROTECT, related_name="events", verbose_name=_("verification")
    )
    before = models.CharField(_("before"), max_length=12, blank=True)
    after = models.CharField(_("after"), max_length=12, choices=Seller.Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    actor_label = models.CharField(_("by"), max_length=150)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a verification")
        verbose_name_plural = _("steps of verifications")
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="step_of_a_verification_has_a_reason")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class SanctionedParty(models.Model):
    """A person or body on a list of sanctions, with the names it goes by."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ENTITY = "entity", _("Organisation")

    list_name = models.CharField(_("list"), max_length=80)
    reference = models.CharField(_("reference in the list"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=300)
    aliases = ArrayField(models.CharField(max_length=300), verbose_name=_("other names"), default=list, blank=True)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    listed_on = models.DateField(_("listed on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=400)

    class Meta:
        verbose_name = _("sanctioned party")
        verbose_name_plural = _("sanctioned parties")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["list_name", "reference"], name="party_is_in_a_list_once"),
            models.CheckConstraint(condition=~Q(source=""), name="sanctioned_party_has_a_source"),
        ]

    def __str__(self) -> str:
        return self.name


class SanctionedName(models.Model):
    """One of the names of a sanctioned party, folded as names are compared (`compliance.traders.names`)."""

    party = models.ForeignKey(SanctionedParty, models.CASCADE, related_name="names", verbose_name=_("sanctioned party"))
    name = models.CharField(_("name"), max_length=300)
    folded = models.CharField(max_length=300, editable=False)

    class Meta:
        verbose_name = _("name of a sanctioned party")
        verbose_name_plural = _("names of sanctioned parties")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="party_has_a_name_once"),
            models.CheckConstraint(condition=~Q(folded=""), name="sanctioned_name_can_be_compared"),
        ]
        indexes = [
            GinIndex(
                fields=["folded"], opclasses=["gin_trgm_ops"], fastupdate=False, name="sanctioned_names_by_trigram"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SanctionsLoad(models.Model):
    """That a list of sanctions was loaded: from which file, and what it changed. Rows are added and never changed."""

    list_name = models.CharField(_("list"), max_length=80)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, editable=False)
    parties = models.PositiveIntegerField(_("parties"))
    added = models.PositiveIntegerField(_("added"))
    changed = models.PositiveIntegerField(_("changed"))
    removed = models.PositiveIntegerField(_("removed"))
    refused = models.PositiveIntegerField(_("rows not taken"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("load of a list of sanctions")
        verbose_name_plural = _("loads of lists of sanctions")
        ordering = ("-at", "-pk")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.list_name} · {self.file_name}"


class SellerInvitation(models.Model):
    """That a seller was asked to come: to whom the letter goes, until when its link leads in, and whether it has.

    The link is signed and holds `nonce`; a new letter gets a new one, which ends the link of the old letter.
    """

    seller = models.OneToOneField(Seller, models.PROTECT, related_name="invitation", verbose_name=_("seller"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations", verbose_name=_("user")
    )
    nonce = models.CharField(max_length=32, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation of a seller")
        verbose_name_plural = _("invitations of sellers")
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"{self.seller} · {self.user}"

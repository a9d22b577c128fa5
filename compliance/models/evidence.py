"""Papers that prove something: kept encrypted, shown to officers alone, each look at them written down."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller


class EvidenceDocument(models.Model):
    """A file of a seller in the private storage, encrypted. After `keep_until` the file goes and the row stays."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("Identification document")
        BANK = "bank", _("Proof of the bank account")
        REGISTER = "register", _("Extract of the trade register")
        REGISTRATION = "registration", _("Proof of a registration")
        CONFORMITY = "conformity", _("Declaration of conformity")
        TEST_REPORT = "test_report", _("Test report")
        UN38_3 = "un38_3", _("UN 38.3 test summary")
        ENERGY_LABEL = "energy_label", _("Energy label")
        PERMIT = "permit", _("Permit")
        OTHER = "other", _("Other evidence")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="documents", verbose_name=_("seller"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    name = models.CharField(_("name of the file"), max_length=200)
    file = models.CharField(max_length=200, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    digest = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    keep_until = models.DateField(_("kept until"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-uploaded_at",)
        permissions = [("read_documents", "Can open documents of all sellers")]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(file=""), name="deleted_document_has_no_file"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DocumentView(models.Model):
    """That somebody opened a document. Rows are added and never changed."""

    document = models.ForeignKey(EvidenceDocument, models.PROTECT, related_name="views", verbose_name=_("document"))
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    viewer_label = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("look at a document")
        verbose_name_plural = _("looks at documents")
        ordering = ("-at", "-pk")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.viewer_label}"

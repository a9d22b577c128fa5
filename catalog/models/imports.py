"""A file that a seller brings, from upload through preview to its result, and what its columns are."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller


def private_storage() -> object:
    """The storage whose files no address leads to."""
    return storages["private"]


class ImportJob(models.Model):
    """One import of listings, with its progress, its counts and the errors of single rows.

    `mapping` is for a plain table: {field of ours: column of the file}, None for a file that explains itself. `encoding`, a
    name of Python's, and `language`, that of the texts, are what somebody chose; empty where the file tells them.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to be named")
        UPLOADED = "uploaded", _("Uploaded")
        PREVIEWED = "previewed", _("Previewed")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="import_jobs", verbose_name=_("seller"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    format = models.CharField(_("format"), max_length=20, default="shopify")
    currency = models.CharField(_("currency"), max_length=3)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", storage=private_storage)
    file_name = models.CharField(_("name of the file"), max_length=200)
    encoding = models.CharField(_("encoding"), max_length=12, blank=True, default="", db_default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(_("listings in the file"), default=0)
    rows_done = models.PositiveIntegerField(_("listings done"), default=0)
    mapping = models.JSONField(_("columns"), null=True, editable=False)
    result = models.JSONField(_("result"), default=dict, blank=True)
    failure = models.CharField(_("what went wrong"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of listings")
        verbose_name_plural = _("imports of listings")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"


class ColumnMapping(models.Model):
    """What the columns of a seller's table are, remembered for the next file with the same columns."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="column_mappings", verbose_name=_("seller"))
    digest = models.CharField(max_length=64, editable=False)
    mapping = models.JSONField(_("columns"))
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [models.UniqueConstraint(fields=["seller", "digest"], name="columns_are_remembered_once")]

    def __str__(self) -> str:
        return ", ".join(self.mapping)

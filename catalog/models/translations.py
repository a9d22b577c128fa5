"""What is known of the translations of listing texts, the words that translators agreed on, and work for a machine."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from catalog.models import text_triggers
from catalog.models.products import Product


class TextState(models.Model):
    """What became of one text of a listing in a language that is not the listing's own.

    `field` is "name", "summary", "description", "warnings" or "instructions", or "option-", "choice-" or "picture-" with
    the key of the row. A text that is missing has no row. Triggers keep the rows (`catalog.models.text_triggers`); what
    people and machines do stands in `catalog.services.translating`.

    `proposal` is a text that waits for somebody to approve it and that no shopper sees; "" for none. `origin` says where
    it comes from, or else the text itself. `source_digest` is the MD5 of the text that was translated.
    """

    class State(models.TextChoices):
        MISSING = "missing", pgettext_lazy("translation", "Missing")
        DRAFT = "draft", pgettext_lazy("translation", "Draft")
        REVIEWED = "reviewed", pgettext_lazy("translation", "Reviewed")
        STALE = "stale", pgettext_lazy("translation", "Out of date")

    class Origin(models.TextChoices):
        SELLER = "seller", pgettext_lazy("translation", "Seller")
        IMPORT = "import", pgettext_lazy("translation", "File")
        MACHINE = "machine", pgettext_lazy("translation", "Machine")
        PERSON = "person", pgettext_lazy("translation", "Translator")

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="text_states", db_index=False, verbose_name=_("product")
    )
    field = models.CharField(_("text"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.SELLER)
    source_digest = models.CharField(max_length=32, blank=True, editable=False)
    proposal = models.TextField(_("proposal"), blank=True)
    author = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("by")
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        verbose_name = _("state of a translation")
        verbose_name_plural = _("states of translations")
        ordering = ("product", "field", "language")
        permissions: ClassVar = [("review_texts", "Can mark translations as reviewed")]
        constraints = [
            models.UniqueConstraint(fields=["product", "field", "language"], name="text_has_one_state_in_a_language"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "reviewed", "stale")), name="missing_texts_have_no_state"
            ),
        ]
        indexes = [
            models.Index(fields=["language", "state", "product"], name="texts_to_translate"),
            models.Index(fields=["author"], condition=Q(author__isnull=False), name="texts_of_a_translator"),
        ]
        triggers = text_triggers.OF_STATES

    def __str__(self) -> str:
        return f"{self.product_id} {self.field} {self.language}"


class ListingTexts(Product):
    """A listing, for the pages about its translations."""

    class Meta:
        proxy = True
        verbose_name = _("translation")
        verbose_name_plural = _("translations")


class GlossaryTerm(models.Model):
    """How a term of the trade is said in another language; found in a text, it is shown beside it."""

    source_language = models.CharField(
        _("from"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    term = models.CharField(_("term"), max_length=120)
    language = models.CharField(_("into"), max_length=10, choices=settings.LANGUAGES)
    target = models.CharField(_("translation"), max_length=120)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("term of the glossary")
        verbose_name_plural = _("glossary")
        ordering = ("source_language", "term", "language")
        constraints = [
            models.UniqueConstraint(
                "source_language", Lower("term"), "language", name="term_has_one_translation_in_a_language"
            ),
            models.CheckConstraint(
                condition=~Q(source_language=models.F("language")), name="term_is_translated_into_another_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} → {self.target}"


class TranslationJob(models.Model):
    """The texts of one listing that a machine is to translate into one language.

    A worker holds a row until `lease_until`; when it dies, another one takes it up after that.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    product = models.ForeignKey(Product, models.CASCADE, related_name="translation_jobs", verbose_name=_("product"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked for by"))
    texts = models.PositiveIntegerField(_("texts"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("translation by machine")
        verbose_name_plural = _("translations by machine")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language"], condition=Q(state="queued"), name="one_open_job_for_a_language"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="queued"), name="texts_for_the_machine")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.language}"

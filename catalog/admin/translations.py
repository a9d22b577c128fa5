"""The translations of listings: how far they are, the way to the page of each, files out and in, and the glossary."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import in_all_languages
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ShopAdmin, of_seller, register
from catalog.admin.listing_cells import ListingCells
from catalog.admin.shelves import CategoryFilter
from catalog.admin.text_coverage import CoverageColumn, LanguageFilter, StateFilter
from catalog.admin.text_editor import TextEditor
from catalog.admin.text_files import TextFiles
from catalog.models import GlossaryTerm, ListingTexts, TranslationJob
from catalog.selectors.texts import coverage_in_all

JOB_COLOURS = {"queued": "info", "done": "success", "failed": "danger"}


@register(ListingTexts)
class ListingTextsAdmin(ListingCells, CoverageColumn, TextFiles, TextEditor, ShopAdmin):
    """Listings with the coverage of their texts; sellers meet their own."""

    scope = of_seller("seller")
    list_display = ("shown_name", "shown_seller", "shown_category", "source_language", "shown_coverage")
    list_display_links = ("shown_name",)
    list_filter = (LanguageFilter, StateFilter, CategoryFilter, "seller")
    list_columns_hidden_from_sellers = ("seller", "shown_seller")
    search_fields = ("handle", "name_en")
    ordering = ("-id",)
    list_before_template = "admin/catalog/listingtexts/summary.html"
    actions = ("texts_as_csv", "texts_as_xliff", "ask_machine")
    actions_list = ("bring_in",)
    fieldsets = ((None, {"fields": ("handle",)}),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.only(
            "handle", "brand_name", *in_all_languages("name"), "seller_id", "category_id", "source_language"
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, below the counts of all texts that the reader may meet."""
        names = dict(settings.LANGUAGES)
        counts = coverage_in_all(self.get_queryset(request))
        summary = [(code, names[code], one) for code, one in counts.items() if one.total]
        return super().changelist_view(request, {"summary": summary} | (extra_context or {}))


@register(GlossaryTerm)
class GlossaryTermAdmin(ShopAdmin):
    """Terms that translators agreed on."""

    scope = STAFF
    list_display = ("term", "source_language", "language", "target", "note")
    list_filter = ("language", "source_language")
    search_fields = ("term", "target", "note")
    fieldsets = ((None, {"fields": (("source_language", "term"), ("language", "target"), "note")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return []  # a table of translators: they change all of it


@register(TranslationJob)
class TranslationJobAdmin(ReadOnlyAdmin):
    """What a machine is asked to translate, and what became of it."""

    scope = of_seller("product__seller")
    list_display = ("product", "language", "shown_state", "texts", "attempts", "shown_error", "created_at")
    list_filter = ("state", "language")
    list_select_related = ("product",)
    search_fields = ("product__handle",)
    fieldsets = (
        (
            None,
            {"fields": ("product", "language", "state", "texts", "attempts", "due_at", "shown_error", "created_at")},
        ),
    )

    @display(description=_("state"), label=JOB_COLOURS, ordering="state")
    def shown_state(self, job: TranslationJob) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @display(description=_("last error"))
    def shown_error(self, job: TranslationJob) -> str:
        """What went wrong, in the reader's language."""
        return gettext(job.last_error) if job.last_error else "—"

"""A seller's file: uploaded, checked by a worker, looked at and followed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from accounts.admin_fields import currency_choices
from accounts.admin_scope import ShopAdmin, of_seller, register
from accounts.models import Seller
from catalog import tasks
from catalog.admin.import_steps import ImportSteps, columns_context, encodings_context, languages_context
from catalog.feeds.encodings import ENCODINGS
from catalog.feeds.formats import AUTO, FORMATS
from catalog.models import ImportJob
from catalog.services import import_jobs
from marketplace.kernel.errors import Refused

State = ImportJob.State
COLOURS = {
    State.MAPPING: "warning",
    State.UPLOADED: "info",
    State.PREVIEWED: "warning",
    State.QUEUED: "info",
    State.RUNNING: "info",
    State.PAUSED: "warning",
    State.DONE: "success",
    State.FAILED: "danger",
}
MOST_ERRORS_SHOWN = 50


class UploadForm(forms.ModelForm):
    """A file, whose it is, and in which currency its prices are."""

    format = forms.ChoiceField(
        label=_("What wrote the file?"),
        choices=[(AUTO, _("Find out by its content")), *((key, each.label) for key, each in FORMATS.items())],
        widget=UnfoldAdminSelectWidget,
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("Find out by its content")), *ENCODINGS.items()],
        widget=UnfoldAdminSelectWidget, help_text=_("Of a file of text. Choose one if letters come out wrong."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of the texts"), required=False,
        choices=[("", _("Find out by its content")), *settings.LANGUAGES], widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency of the prices"), required=False,
        choices=lambda: [("", _("The seller's own")), *currency_choices()],
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,.xml,.xlsx,.xls"})
    )

    class Meta:
        model = ImportJob
        fields = ("seller", "format", "encoding", "language", "currency", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = filesizeformat(settings.IMPORT_MAX_BYTES)
        self.fields["file"].help_text = _("CSV, TSV, XML or Excel, at most %(size)s.") % {"size": size}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            seller: Seller = data["seller"]
            data["currency"] = data["currency"] or seller.settlement_currency
            try:
                self.job = import_jobs.upload(
                    seller=seller,
                    actor=self.actor,
                    **{name: data[name] for name in ("file", "format", "currency", "encoding", "language")},
                )
            except Refused as refusal:
                self.add_error(refusal.field or None, str(refusal.message))
        return data

    actor: Any = None


@register(ImportJob)
class ImportJobAdmin(ImportSteps, ShopAdmin):
    """Imports of listings from sellers' files."""

    scope = of_seller("seller")
    form = UploadForm
    list_display = ("file_name", "seller", "shown_state", "rows_total", "rows_done", "created_at")
    list_filter = ("state", "seller")
    list_select_related = ("seller",)
    search_fields = ("file_name",)
    ordering = ("-created_at",)
    actions = None
    fieldsets = ((None, {"fields": ("seller", "format", "encoding", "language", "currency", "file")}),)
    change_form_template = "admin/catalog/importjob/page.html"
    warn_unsaved_form = False

    @display(description=_("state"), label=COLOURS, ordering="state")
    def shown_state(self, job: ImportJob) -> tuple[str, str]:
        return job.state, job.get_state_display()

    # A job is made by its upload, and moves on by its own buttons: nothing of it is edited.

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_start_permission(self, request: HttpRequest, job: ImportJob) -> bool:
        """Whether the reader may start this import."""
        return bool(self.has_add_permission(request) and self.has_view_permission(request, job))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self.changeform_view(
            request, None, form_url, {"title": _("Import listings from a file")} | (extra_context or {})
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            form.actor = request.user
            own = request.user.seller_ids
            if len(own) == 1 and "seller" in form.base_fields:
                form.base_fields["seller"].initial = next(iter(own))
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ImportJob:
        return form.job  # type: ignore[no-any-return]  # written by the service that checked it

    def save_model(self, request: HttpRequest, obj: ImportJob, form: Any, change: bool) -> None:
        if obj.state == State.MAPPING:
            return
        transaction.on_commit(lambda: tasks.dispatch_import(obj.pk))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing else to save."""

    def response_add(self, request: HttpRequest, obj: ImportJob, post_url_continue: Any = None) -> HttpResponse:
        return redirect("admin:catalog_importjob_change", obj.pk)

    # Its page ---------------------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        job: ImportJob | None = kwargs.get("obj")
        if job is not None:
            result = job.result
            may_start = self.has_start_permission(request, job)
            context |= (
                columns_context(job, may_start) | encodings_context(job, may_start) | languages_context(job, may_start)
            )
            context |= {
                "job": job,
                "failure": import_jobs.why_failed(job),
                "counts": _counts(result),
                "problems": import_jobs.in_words(job, "errors", MOST_ERRORS_SHOWN),
                "bad_rows": len(import_jobs.bad_rows(result)),
                "rejected": result.get("rejected", 0),
                "notes": import_jobs.in_words(job, "remarks", MOST_ERRORS_SHOWN),
                "notes_total": result.get("remarks_total", len(result.get("remarks", []))),
                "is_moving": job.state in import_jobs.TO_DO,
                "is_preview": job.state == State.PREVIEWED,
                "can_start": job.state == State.PREVIEWED and may_start,
                "can_pause": job.state in (State.QUEUED, State.RUNNING) and may_start,
                "can_proceed": job.state == State.PAUSED and may_start,
                "percent": min(100, round(100 * job.rows_done / job.rows_total)) if job.rows_total else 0,
                "colour": COLOURS[State(job.state)],
                "title": job.file_name,
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _counts(result: dict[str, Any]) -> list[tuple[Any, int]]:
    names = {
        "products": _("Listings"),
        "variants": _("Variants"),
        "images": _("Pictures"),
        "created": _("New"),
        "updated": _("Changed"),
        "unchanged": _("Unchanged"),
        "rejected": _("Left out"),
    }
    return [(label, result[name]) for name, label in names.items() if name in result]

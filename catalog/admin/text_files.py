"""Translations as files: out for the listings chosen, in again with a sentence on each text that does not fit; and the machine."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from catalog import tasks
from catalog.admin.products import refresh
from catalog.exports.texts import as_csv, as_xliff
from catalog.feeds.texts import MOST_BYTES, sent_texts
from catalog.selectors.texts import texts_of
from catalog.services import machine, text_files, translating
from marketplace.kernel.errors import Refused

MOST_LISTINGS = 1000
MOST_SHOWN = 200


class TextsForm(forms.Form):
    """A translator's file, and whether its texts were reviewed."""

    file = forms.FileField(
        label=_("File"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlf,.xliff"}),
        help_text=_("The CSV or XLIFF 1.2 that this page handed out, at most 5 MB."),
    )  # fmt: skip
    is_reviewed = forms.TypedChoiceField(
        label=_("The texts are"), coerce=lambda word: word == "reviewed", widget=UnfoldAdminSelectWidget,
        choices=[("draft", _("Drafts that wait for a review")), ("reviewed", _("Reviewed"))],
    )  # fmt: skip

    def __init__(self, *args: Any, may_review: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_review:
            self.fields["is_reviewed"].choices = self.fields["is_reviewed"].choices[:1]  # type: ignore[attr-defined]


class TextFiles:
    """For the admin of translations: actions on chosen listings, and the page that takes files in."""

    @admin.action(description=_("Take the texts home as CSV"))
    def texts_as_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self._file(request, queryset, "csv")

    @admin.action(description=_("Take the texts home as XLIFF"))
    def texts_as_xliff(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self._file(request, queryset, "xlf")

    @admin.action(description=_("Have a machine propose what is missing"), permissions=["change"])
    def ask_machine(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The chosen listings wait for the machine, in the language of the filter."""
        if not (language := self._language(request)):
            return
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_LISTINGS + 1])
        try:
            new = machine.order(product_ids=keys, language=language, actor=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return
        tasks.translate_soon()
        said = ngettext("%(count)d listing waits for the machine.", "%(count)d listings wait for the machine.", new)
        messages.success(request, said % {"count": new})

    def _language(self, request: HttpRequest) -> str:
        language = request.GET.get("language", "")
        if language in dict(settings.LANGUAGES):
            return language
        messages.error(request, _("Choose a language in the filter first."))
        return ""

    def _file(self, request: HttpRequest, queryset: QuerySet[Any], kind: str) -> HttpResponse | None:
        if not (language := self._language(request)):
            return None
        own = dict(queryset.order_by("pk").values_list("pk", "source_language")[: MOST_LISTINGS + 1])
        if len(own) > MOST_LISTINGS:
            messages.error(request, _("Choose %(most)s listings at most.") % {"most": MOST_LISTINGS})
            return None
        texts = texts_of(own, language)
        content = as_csv(texts, language) if kind == "csv" else as_xliff(texts, language, own)
        answer = HttpResponse(
            content, content_type="text/csv; charset=utf-8" if kind == "csv" else "application/xliff+xml"
        )
        answer["Content-Disposition"] = f'attachment; filename="texts-{language}.{kind}"'
        return answer

    @action(description=_("Bring translations in"), url_path="bring-in", icon="upload_file")
    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """The form for a file, and what became of one that was sent."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        may_review = request.user.has_perm(translating.REVIEW)
        form = TextsForm(request.POST or None, request.FILES or None, may_review=may_review)
        taken = self._take(request, form) if request.method == "POST" and form.is_valid() else None
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("Bring translations in"), "opts": self.opts, "form": form, "taken": taken,  # type: ignore[attr-defined]
            "left_out": taken.left_out[:MOST_SHOWN] if taken else [], "media": self.media + form.media,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "admin/catalog/listingtexts/bring_in.html", context)

    def _take(self, request: HttpRequest, form: TextsForm) -> text_files.Taken | None:
        try:
            taken = text_files.take_in(
                texts=sent_texts(form.cleaned_data["file"].read(MOST_BYTES + 1)),
                listings=self.get_queryset(request),  # type: ignore[attr-defined]
                is_reviewed=form.cleaned_data["is_reviewed"], actor=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.message))
            return None
        if taken.changed and form.cleaned_data["is_reviewed"]:
            refresh(taken.changed)
        return taken

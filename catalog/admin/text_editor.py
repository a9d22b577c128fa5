"""A listing's texts beside their translations into one language, on one page that saves them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.admin.listing_page import ListingPage
from catalog.admin.products import as_typed, refresh
from catalog.models import GlossaryTerm, Product, TextState
from catalog.selectors.texts import Coverage, Text, coverage_of, digest, glossary, hits, texts_of, with_work
from catalog.services import translating
from catalog.services.translating import Written
from marketplace.kernel.errors import Refused

LABELS = {
    "name": pgettext_lazy("text", "Name"), "summary": pgettext_lazy("text", "Summary"),
    "description": pgettext_lazy("text", "Description"), "option": pgettext_lazy("text", "Option"),
    "choice": pgettext_lazy("text", "Choice"), "picture": _("What the picture shows"),
    "warnings": pgettext_lazy("text", "Warnings"), "instructions": pgettext_lazy("text", "Instructions"),
}  # fmt: skip
TONES = {"missing": "danger", "draft": "info", "reviewed": "success", "stale": "warning"}


@dataclass(frozen=True, slots=True)
class Row:
    """One text on the page; `typed` is what stands in its input, `error` why it was not taken."""

    text: Text
    source: str
    typed: str
    shown: str
    terms: list[GlossaryTerm]
    error: str = ""

    @property
    def label(self) -> Any:
        return LABELS[self.text.field.partition("-")[0]]

    @property
    def tone(self) -> str:
        return TONES[self.text.state]

    @property
    def state(self) -> Any:
        return TextState.State(self.text.state).label

    @property
    def origin(self) -> Any:
        return TextState.Origin(self.text.origin).label if self.text.origin else ""

    @property
    def seen(self) -> str:
        """The digest of the translation that the page shows."""
        return digest(self.text.newest)

    @property
    def lines(self) -> int:
        """The height of the input: what the longer of the two texts asks for."""
        most = max(len(self.source) // 55 + self.source.count("\n"), len(self.typed) // 55 + self.typed.count("\n"))
        return min(max(most + 1, 3 if self.text.is_markup else 1), 24)


class TextEditor(ListingPage):
    """For the admin of translations: the page of a listing."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The texts in the language asked for, or in the first that lacks something."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        product = self.listing(request, object_id)
        coverage = coverage_of([product.pk]).get(product.pk, {})
        language = request.GET.get("language", "")
        if language not in coverage:
            language = next((code for code, one in coverage.items() if one.percent < 100), next(iter(coverage), ""))
        if not language:
            messages.info(request, _("The listing has no texts yet."))
            return HttpResponseRedirect(reverse("admin:catalog_listingtexts_changelist"))
        if request.method == "POST":
            return self._save(request, product, language, coverage)
        return self._page(request, product, language, coverage, {}, None)

    def _page(
        self, request: HttpRequest, product: Product, language: str, coverage: dict[str, Coverage],
        written: dict[str, Written], refusal: Refused | None,
    ) -> HttpResponse:  # fmt: skip
        terms = glossary(product.source_language, language)
        rows = []
        for text in texts_of([product.pk], language):
            source = as_typed(text.source) if text.is_markup else text.source
            newest, shown = (as_typed(each) if text.is_markup else each for each in (text.newest, text.target))
            typed = written.get(text.field)
            if typed is None or translating.is_left_alone(text, typed):
                typed = Written(newest, text.digest)
            error = str(refusal.message) if refusal is not None and refusal.field == text.field else ""
            rows.append(
                Row(text, source, typed.text, shown, hits(terms, source), error)
            )  # fmt: skip
        context = {
            "rows": rows, "language": language, "language_name": dict(settings.LANGUAGES)[language],
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "own": product.source_language,
            "own_direction": "rtl" if get_language_info(product.source_language)["bidi"] else "ltr",
            "languages": [(code, dict(settings.LANGUAGES)[code], one) for code, one in coverage.items()],
            "may_change": self.has_change_permission(request, product),  # type: ignore[attr-defined]
            "may_review": request.user.has_perm(translating.REVIEW), "next": self._next(request, product, language),
            "refusal": refusal, "is_done": all(row.text.state == "reviewed" for row in rows),
        }  # fmt: skip
        title = _("Translation into %(language)s") % {"language": context["language_name"]}
        return self.listing_page(request, product, "admin/catalog/listingtexts/editor.html", title, context)

    def _next(self, request: HttpRequest, product: Product, language: str) -> str:
        """The address of the next listing, from the newest to the oldest, with work in the language; "" after the last."""
        rows = self.get_queryset(request).filter(pk__lt=product.pk).exclude(source_language=language)  # type: ignore[attr-defined]
        key = with_work(rows, language).order_by("-pk").values_list("pk", flat=True).first()
        return f"{reverse('admin:catalog_listingtexts_change', args=[key])}?language={language}" if key else ""

    def _save(
        self, request: HttpRequest, product: Product, language: str, coverage: dict[str, Coverage]
    ) -> HttpResponse:
        if not self.has_change_permission(request, product):  # type: ignore[attr-defined]
            raise PermissionDenied
        how = request.POST.get("save", "draft")
        is_reviewed = how.startswith("reviewed")
        written = {
            field: Written(str(text), request.POST.get(f"seen-{field}", ""), request.POST.get(f"had-{field}", ""))
            for name, text in request.POST.items()
            if (field := name.removeprefix("text-")) != name
        }
        chosen = {field: one for field, one in written.items() if one.text.strip() or not is_reviewed}
        try:
            done = translating.save_texts(
                product=product, language=language, texts=chosen, is_reviewed=is_reviewed, actor=request.user,
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return self._page(request, product, language, coverage, written, refusal)
        if done and is_reviewed:
            refresh([product.pk])
        if is_reviewed:
            said = ngettext("%(count)d text is reviewed now.", "%(count)d texts are reviewed now.", done)
        else:
            said = ngettext("%(count)d draft was kept.", "%(count)d drafts were kept.", done)
        messages.success(request, said % {"count": done})
        onward = self._next(request, product, language) if how.endswith("next") else ""
        return HttpResponseRedirect(onward or request.get_full_path())

"""How far the translations of listings are, as lists of the admin show it and filter by it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_lists import ShopChangeList
from catalog.models import Product, TextState
from catalog.selectors.texts import Coverage, coverage_of, with_texts

State = TextState.State


class CoverageChangeList(ShopChangeList):
    """A list of listings that knows the coverage of those on its page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        found = coverage_of([row.pk for row in rows]) if rows else {}
        for row in rows:
            row.coverage = found.get(row.pk, {})
        self.result_list = rows


class CoverageColumn:
    """For lists of listings: the share of reviewed texts in each language, or one figure for all of them."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShopChangeList]:
        return CoverageChangeList

    @display(description=_("translations"))
    def shown_coverage(self, product: Product) -> SafeString | str:
        """Each language with its share; one that is whole is marked by a tick."""
        found: dict[str, Coverage] = getattr(product, "coverage", {})
        if not found:
            return "—"
        page = _page(product)
        cells = ((page, code, code, _tone(one), code.upper()[:2], _figure(one)) for code, one in found.items())
        link = '<a class="text-share" href="{}?language={}" data-language="{}" data-tone="{}">{} {}</a>'
        return format_html('<span class="text-shares" dir="ltr">{}</span>', format_html_join(" ", link, cells))

    @display(description=_("translations"))
    def shown_languages(self, product: Product) -> SafeString | str:
        """In how many of the languages all texts are reviewed, as a link to the first that lacks something."""
        found: dict[str, Coverage] = getattr(product, "coverage", {})
        if not found:
            return "—"
        whole = sum(one.percent == 100 for one in found.values())
        tone = "good" if whole == len(found) else "bad" if any(one.stale for one in found.values()) else "open"
        link = f'<a class="text-share" href="{_page(product)}" data-tone="{tone}">'
        return SafeString(f'{link}<bdi dir="ltr">{whole}/{len(found)}</bdi></a>')


@lru_cache(maxsize=1)
def _list() -> str:
    return reverse("admin:catalog_listingtexts_changelist")


def _page(product: Product) -> str:
    """Where the texts of a listing are edited; to look up each row's address would cost as much as all its cells."""
    return f"{_list()}{product.pk}/change/"


def _tone(one: Coverage) -> str:
    return "good" if one.percent == 100 else "bad" if one.stale else "open"


def _figure(one: Coverage) -> str:
    return "✓" if one.percent == 100 else f"{one.percent}%"


class LanguageFilter(DropdownFilter):  # type: ignore[misc]
    """The language that the other filter, the files and the machine mean; listings written in it are left out."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(source_language=self.value()) if self.value() else queryset


class StateFilter(DropdownFilter):  # type: ignore[misc]
    """Listings with a text in a state, in the language chosen or in any."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        language = request.GET.get("language", "")
        chosen = self.value() if self.value() in State.values else ""
        return with_texts(queryset, language if language in dict(settings.LANGUAGES) else "", chosen)

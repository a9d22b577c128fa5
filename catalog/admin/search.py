"""What staff teach the search, and what shoppers searched for in vain."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin_lists import ShopChangeList
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ShopAdmin, register
from catalog.models import SearchMiss, SearchRedirect, SearchSynonym
from catalog.selectors import synonyms
from marketplace.kernel import clock

DAYS = 30


def _plain(text: str) -> str:
    """Words as searches are compared: in small letters, one blank between them."""
    return " ".join(text.lower().split())


class SynonymForm(forms.ModelForm):
    """Words that mean the same, one a line."""

    words = SimpleArrayField(
        forms.CharField(max_length=40), delimiter="\n", label=_("Words"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text=_("One word or phrase a line, as shoppers type it."),
    )  # fmt: skip

    class Meta:
        model = SearchSynonym
        fields = ("language", "words")

    def clean_words(self) -> list[str]:
        words = list(dict.fromkeys(word for typed in self.cleaned_data["words"] if (word := _plain(typed))))
        if len(words) < 2:
            raise ValidationError(_("Enter at least two different words."))
        return words


@register(SearchSynonym)
class SearchSynonymAdmin(ShopAdmin):
    """Groups of words that mean the same to shoppers of a language."""

    scope = STAFF
    form = SynonymForm
    list_display = ("shown_words", "language")
    list_filter = ("language",)
    search_fields = ("words",)
    fieldsets = ((None, {"fields": ("language", "words")}),)

    def save_model(self, request: HttpRequest, obj: SearchSynonym, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        synonyms.forget()  # the other processes hear of it within a minute

    @display(description=_("words"))
    def shown_words(self, row: SearchSynonym) -> str:
        return ", ".join(row.words)


class RedirectForm(forms.ModelForm):
    """A search, and the page of the shop that it leads to."""

    class Meta:
        model = SearchRedirect
        fields = ("language", "query", "address")
        widgets = {"query": UnfoldAdminTextInputWidget, "address": UnfoldAdminTextInputWidget}

    def clean_query(self) -> str:
        return _plain(self.cleaned_data["query"])

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if not address.startswith("/") or address.startswith("//") or "\\" in address:
            raise ValidationError(_("Enter an address in the shop, such as /category/tea/."))
        return address


@register(SearchRedirect)
class SearchRedirectAdmin(ShopAdmin):
    """Searches that lead to a page at once."""

    scope = STAFF
    form = RedirectForm
    list_display = ("query", "language", "address")
    list_filter = ("language",)
    search_fields = ("query", "address")
    fieldsets = ((None, {"fields": ("language", "query", "address")}),)


class PeriodFilter(DropdownFilter):  # type: ignore[misc]
    """The days that are looked at; the last thirty unless others are chosen."""

    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("7", _("The last 7 days")), ("90", _("The last 90 days")), ("365", _("The last 365 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SearchMiss]) -> QuerySet[Any]:
        """One row for each search and language, its last day, with the sum of all days."""
        since = clock.today() - timedelta(days=int(self.value() or DAYS))
        same = SearchMiss.objects.filter(language=OuterRef("language"), query=OuterRef("query"), on__gte=since)
        total = same.order_by().values("query").annotate(total=Sum("times")).values("total")
        latest = queryset.filter(on__gte=since).exclude(Exists(same.filter(on__gt=OuterRef("on"))))
        return latest.annotate(total=Subquery(total))


class MissChangeList(ShopChangeList):
    """What was searched for most often first."""

    def _get_default_ordering(self) -> list[str]:
        return ["-total", "-on", "query"]


@register(SearchMiss)
class SearchMissAdmin(ReadOnlyAdmin):
    """What was searched for and found nothing, by how often; and the way to teach it."""

    scope = STAFF
    list_display = ("query", "language", "total", "last", "teach")
    list_filter = (PeriodFilter, "language")
    search_fields = ("query",)
    fieldsets = ((None, {"fields": ("language", "query", "on", "times")}),)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ShopChangeList]:
        return MissChangeList

    @display(description=_("times"), ordering="total")
    def total(self, row: SearchMiss) -> int:
        return int(row.total)  # type: ignore[attr-defined]

    @display(description=_("last on"), ordering="on")
    def last(self, row: SearchMiss) -> date:
        return row.on

    @display(description=_("what to do"))
    def teach(self, row: SearchMiss) -> SafeString:
        means = urlencode({"language": row.language, "words": row.query})
        leads = urlencode({"language": row.language, "query": row.query})
        ways = (
            (f"{reverse('admin:catalog_searchsynonym_add')}?{means}", _("Say what it means")),
            (f"{reverse('admin:catalog_searchredirect_add')}?{leads}", _("Let it lead to a page")),
        )
        return format_html_join(" · ", '<a class="text-primary-600" href="{}">{}</a>', ways)

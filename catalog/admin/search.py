"""What staff teach the search, and what shoppers searched for in vain."""

from __future__ import annotations

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin_scope import STAFF, ReadOnlyAdmin, ShopAdmin, register
from catalog.models import SearchMiss, SearchRedirect, SearchSynonym


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


@register(SearchMiss)
class SearchMissAdmin(ReadOnlyAdmin):
    """What was searched for and found nothing, by day."""

    scope = STAFF
    list_display = ("query", "language", "on", "times", "teach")
    list_filter = ("language",)
    search_fields = ("query",)
    date_hierarchy = "on"

    @display(description=_("what to do"))
    def teach(self, row: SearchMiss) -> SafeString:
        address = reverse("admin:catalog_searchsynonym_add")
        query = urlencode({"language": row.language, "words": row.query})
        return format_html('<a class="text-primary-600" href="{}?{}">{}</a>', address, query, _("Say what it means"))

"""A page of the admin that writes the listings of its list as a file: our own table, or a feed for another place that sells."""

from __future__ import annotations

import tempfile
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_fields import country_choices, currency_choices
from catalog.exports.files import FORMATS
from catalog.exports.markets import Market
from catalog.selectors.prices import Prices
from logistics.selectors import destinations
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

MOST = 20_000
FEEDS = ("google", "facebook")


class TakeOutForm(forms.Form):
    """Which file, and for which market a feed is."""

    format = forms.ChoiceField(
        label=_("File"), choices=[(key, each.label) for key, each in FORMATS.items()], widget=UnfoldAdminSelectWidget
    )
    country = forms.ChoiceField(
        label=_("For shoppers in"), required=False, widget=UnfoldAdminSelectWidget,
        choices=lambda: [("", "—"), *country_choices(destinations())],
        help_text=_("For feeds: prices at the door there; what is held there or has no picture is left out."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), required=False, widget=UnfoldAdminSelectWidget,
        choices=lambda: [(code, get_language_info(code)["name_translated"]) for code, _name in settings.LANGUAGES],
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, widget=UnfoldAdminSelectWidget,
        choices=lambda: [("", _("That of the country")), *currency_choices()],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_feed = data.get("format") in FEEDS
        if is_feed and not data.get("country"):
            self.add_error("country", _("Say for which country the feed is."))
        elif not self.errors:
            country, language = data["country"] or "DE", data["language"] or settings.LANGUAGE_CODE
            try:
                self.market = Market.of(country, language, data["currency"])
            except Refused as refusal:
                self.add_error(None, str(refusal.message))
        return data


class TakingOut:
    """For the admin of listings: a button above the list, and the page behind it."""

    actions_list = ("take_out",)

    @action(description=_("Files and feeds"), url_path="take-out", icon="ios_share")
    def take_out(self, request: HttpRequest) -> HttpResponse:
        """The form; with a choice in it, the file of all listings that the reader meets."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = TakeOutForm(request.GET if "format" in request.GET else None)
        rows = self.get_queryset(request).order_by()  # type: ignore[attr-defined]
        if form.is_valid():
            try:
                return _file(rows, form)
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal.message))
        context = admin.site.each_context(request) | {
            "form": form, "title": _("Files and feeds"), "opts": self.opts,  # type: ignore[attr-defined]
        }  # fmt: skip
        return render(request, "admin/catalog/product/take_out.html", context, status=400 if form.errors else 200)


def _file(rows: Any, form: TakeOutForm) -> FileResponse:
    """Raises `Refused`: "too_many", and what the format can't hold."""
    if rows[: MOST + 1].count() > MOST:
        raise Refused("too_many", _("More than %(most)s listings can't be written here at once.") % {"most": MOST})
    key = form.cleaned_data["format"]
    written = FORMATS[key]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    written.write(file, rows, form.market, Prices.today())
    file.seek(0)
    market = form.market.region
    suffix = f"-{market.country.lower()}-{market.language}" if key in FEEDS else ""
    name = f"listings-{key}{suffix}-{clock.today():%Y-%m-%d}.{written.ending}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=written.content_type)

"""What happened at the desk in a period, and what an authority is given of it; the record of steps and exports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_scope import STAFF, ReadOnlyAdmin, field_names, is_confined, register
from accounts.admin_site import ShopSite
from compliance import selectors, services
from compliance.models import AuthorityExport, FlagEvent, Notice
from compliance.selectors.transparency import figures
from compliance.services.exports import TABLES
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused


def _day_input() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class PeriodForm(forms.Form):
    """From which day to which."""

    since = forms.DateField(label=_("From"), widget=_day_input())
    until = forms.DateField(label=_("Until"), widget=_day_input())

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(_("The period ends before it begins.")))
        return self.cleaned_data


class ExportForm(PeriodForm):
    """What an authority asked for, who it is, and its reference."""

    subject = forms.ChoiceField(
        label=_("What is exported"), widget=UnfoldAdminSelectWidget,
        choices=lambda: [(name, table[0]) for name, table in TABLES.items()],
    )  # fmt: skip
    authority = forms.CharField(
        label=_("Authority"), max_length=200, widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Name the authority.")},
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Their reference"), max_length=120, widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Give the reference of the authority.")},
    )  # fmt: skip


def transparency_page(request: HttpRequest) -> HttpResponse:
    """The figures of a period, for officers; a POST is an export, which is written down and comes as a file."""
    if not selectors.may_review(request.user) or is_confined(request.user):  # type: ignore[arg-type]
        raise Http404
    first = {"since": _last_month()[0], "until": _last_month()[1]}
    period = PeriodForm(request.GET if "since" in request.GET else None, initial=first)
    if period.is_bound and period.is_valid():
        first = period.cleaned_data
    export = ExportForm(request.POST if request.method == "POST" else None, initial=first, auto_id="export_%s")
    if export.is_bound and export.is_valid():
        try:
            return _file(request, export)
        except Refused as refusal:
            export.add_error(refusal.field if refusal.field in export.fields else None, str(refusal.message))
    found = figures(first["since"], first["until"])
    context = {
        **admin.site.each_context(request),
        "title": _("Transparency"), "period": period, "export": export, "figures": found,
        "notice_time": _in_words(found.notice_time), "appeal_time": _in_words(found.appeal_time),
        "grounds": [(Notice.Ground(row.ground).label, row) for row in found.grounds],
        "exports": AuthorityExport.objects.select_related("actor")[:10],
    }  # fmt: skip
    status = 422 if export.errors or period.errors else 200
    return render(request, "admin/compliance/transparency/page.html", context, status=status)


def _in_words(time: timedelta | None) -> str:
    """A length of time in the reader's language, in its largest unit; a dash for none."""
    if time is None:
        return "—"
    return str(format_timedelta(time, locale=Locale.parse((get_language() or "en").replace("-", "_"))))


def _last_month() -> tuple[date, date]:
    """The first and the last day of the month before this one."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _file(request: HttpRequest, form: ExportForm) -> HttpResponse:
    row, text = services.export_for_authority(actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    name = f"{form.cleaned_data['subject']}-{form.cleaned_data['since']}-{form.cleaned_data['until']}.csv"
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Digest": f"sha-256={row.digest}"},
    )  # fmt: skip


def _pages(site: ShopSite) -> list[URLPattern]:
    view = site.admin_view(transparency_page)
    return [path("compliance/transparency/", view, name="compliance_transparency")]


admin.site.add_pages(_pages)


@register(AuthorityExport)
class AuthorityExportAdmin(ReadOnlyAdmin):
    """What authorities were given, when and by whom."""

    scope = STAFF
    list_display = ("at", "authority", "reference", "subject", "rows", "actor")
    list_select_related = ("actor",)
    search_fields = ("authority", "reference", "subject")
    fields = field_names(AuthorityExport, "id")


@register(FlagEvent)
class FlagEventAdmin(ReadOnlyAdmin):
    """Every step on every flag, in the order in which they were made."""

    scope = STAFF
    list_display = ("at", "shown_flag", "kind", "actor_label", "reason")
    list_filter = ("kind",)
    list_select_related = ("flag",)
    search_fields = ("actor_label", "reason", "flag__subject_label", "flag__rule")
    ordering = ("-at", "-pk")
    fields = ("flag", "kind", "actor", "actor_label", "reason", "params", "at")

    @display(description=_("flag"))
    def shown_flag(self, event: FlagEvent) -> str:
        return f"{event.flag.subject_label} · {event.flag.rule}"

"""Periodic reports: asked for, followed, looked at by country and rate, taken out as files, and closed for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_fields import latin
from accounts.admin_scope import STAFF, ShopAdmin, register
from compliance.models import Report
from compliance.selectors.reports import report_rules
from compliance.services import report_files as files
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from orders import tasks
from orders.admin.report_page import context, due_reports, name_of, summary_of
from orders.services import reporting

State = Report.State
COLOURS = {
    State.REQUESTED: "info",
    State.RUNNING: "info",
    State.READY: "warning",
    State.FAILED: "danger",
    State.CLOSED: "success",
}
_TYPES = {
    files.CSV: ("text/csv; charset=utf-8", "csv"),
    files.LINES: ("text/csv; charset=utf-8", "lines.csv"),
    files.JSON: ("application/json", "json"),
    files.XML: ("application/xml", "xml"),
}


class RequestForm(forms.ModelForm):
    """Which report for which period."""

    kind = forms.ChoiceField(label=_("Report"), choices=lambda: _kinds(), widget=UnfoldAdminSelectWidget)
    period = forms.CharField(
        label=_("Period"), max_length=7, widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr", "placeholder": "2026-10"}),
        help_text=_("A month as in 2026-10, a quarter as in 2026-Q4, a year as in 2026: as the report asks for."),
    )  # fmt: skip

    class Meta:
        model = Report
        fields = ("kind", "period")

    actor: Any = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.report = reporting.request(kind=data["kind"], period=data["period"].strip(), actor=self.actor)
            except Refused as refusal:
                self.add_error(refusal.field or None, str(refusal.message))
        return data

    def _post_clean(self) -> None:
        """The service has checked and written the row."""


def _kinds() -> list[tuple[str, str]]:
    return [(rule.kind, f"{rule.kind} · {gettext(rule.name)}") for rule in report_rules(clock.today())]


@register(Report)
class ReportAdmin(ShopAdmin):
    """Reports by kind and period. The row is made by a request, and changed by workers and by closing it alone."""

    scope = STAFF
    form = RequestForm
    list_display = ("shown_name", "shown_period", "shown_state", "shown_summary", "shown_due", "made_at", "closed_at")
    list_filter = ("state",)
    search_fields = ("kind", "period")
    ordering = ("-starts_at", "kind")
    actions = None
    fieldsets = ((None, {"fields": (("kind", "period"),)}),)
    list_before_template = "admin/compliance/report/due.html"
    change_form_template = "admin/compliance/report/page.html"
    warn_unsaved_form = False

    # Rights ------------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_close(self, request: HttpRequest) -> bool:
        """Whether the reader may close reports."""
        return self.scope.admits(request.user) and request.user.has_perm("compliance.close_report")

    # Asking for one ----------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = request.user
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Report:
        return form.report  # type: ignore[no-any-return]  # written by the service that checked it

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        transaction.on_commit(lambda: tasks.dispatch_report(obj.pk))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing else to save."""

    def response_add(self, request: HttpRequest, obj: Report, post_url_continue: Any = None) -> HttpResponse:
        return redirect("admin:compliance_report_change", obj.pk)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        due = due_reports() if self.has_view_permission(request) else []
        extra = {"due_reports": due, "may_request": self.has_add_permission(request)}
        return super().changelist_view(request, extra | (extra_context or {}))  # type: ignore[no-any-return]

    # Its page ----------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def address(way: str, view: Callable[..., Any], name: str) -> URLPattern:
            return path(way, self.admin_site.admin_view(view), name=f"compliance_report_{name}")

        own = [
            address("<path:object_id>/again/", self.again_view, "again"),
            address("<path:object_id>/close/", self.close_view, "close"),
            address("<path:object_id>/file/<slug:form>/", self.file_view, "file"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context_: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        report: Report | None = kwargs.get("obj")
        if report is not None:
            context_ |= context(report)
            context_ |= {
                "colour": COLOURS[State(report.state)],
                "may_request": self.has_add_permission(request) and report.state in (State.READY, State.FAILED),
                "may_close": self.may_close(request) and report.state == State.READY,
            }
        return super().render_change_form(request, context_, *args, **kwargs)

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Has the report made anew."""
        report = self._report(request, object_id, allowed=self.has_add_permission(request))
        try:
            reporting.request(kind=report.kind, period=report.period, actor=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            tasks.dispatch_report(report.pk)
        return self._back(report)

    @method_decorator(require_POST)
    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Closes the report for good, when the reader has said that this is meant."""
        report = self._report(request, object_id, allowed=self.may_close(request))
        if request.POST.get("confirmed") != report.digest:
            messages.error(request, _("Please confirm that the report is to be closed for good."))
            return self._back(report)
        try:
            reporting.close(report=report, actor=request.user)  # type: ignore[arg-type]
        except (Refused, Unavailable) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The report is closed. Neither it nor its lines change any more."))
        return self._back(report)

    def file_view(self, request: HttpRequest, object_id: str, form: str) -> HttpResponseBase:
        """Hands out a file of a report that is ready or closed; that it was taken is written down."""
        report = self._report(request, object_id)
        if form not in files.forms_of(report) or report.state not in (State.READY, State.CLOSED):
            raise Http404
        try:
            content = _content(report, form, request.user)
        except (Refused, Unavailable) as error:
            messages.error(request, str(error))
            return self._back(report)
        kind, ending = _TYPES[form]
        answer = StreamingHttpResponse if form == files.LINES else HttpResponse
        name = f"{report.kind}-{report.period}.{ending}"
        return answer(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    def _report(self, request: HttpRequest, object_id: str, *, allowed: bool = True) -> Report:
        report = self.get_object(request, object_id)
        if report is None or not allowed or not self.has_view_permission(request, report):
            raise Http404
        return report  # type: ignore[no-any-return]

    def _back(self, report: Report) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:compliance_report_change", args=[report.pk]))

    # Cells -------------------------------------------------------------------------------------------------

    @display(description=_("report"), ordering="kind")
    def shown_name(self, report: Report) -> str:
        return name_of(report)

    @display(description=_("period"), ordering="starts_at")
    def shown_period(self, report: Report) -> SafeString | str:
        return latin(report.period)

    @display(description=_("state"), label=COLOURS, ordering="state")
    def shown_state(self, report: Report) -> tuple[str, str]:
        return report.state, report.get_state_display()

    @display(description=_("result"))
    def shown_summary(self, report: Report) -> SafeString | str:
        return summary_of(report)

    @display(description=_("due on"), ordering="due_on")
    def shown_due(self, report: Report) -> Any:
        return report.due_on


def _content(report: Report, form: str, actor: Any) -> Any:
    """What is handed out. Raises `Refused` and `Unavailable` where the file can't be made."""
    take = {
        files.CSV: files.take_table,
        files.JSON: files.take_json,
        files.LINES: files.take_lines,
        files.XML: files.take_message,
    }
    return take[form](report=report, actor=actor)

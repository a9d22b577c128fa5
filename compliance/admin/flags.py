"""The queue of flags: officers take and decide them, sellers read their own, what to do, answer and appeal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_scope import ReadOnlyAdmin, is_confined, of_seller, register
from compliance import selectors, services
from compliance.admin import flag_looks as looks
from compliance.admin.flag_forms import BulkForm, ViewForm
from compliance.admin.flag_panel import flag_context
from compliance.admin.flag_steps import STEPS, make_step
from compliance.admin.hidden import HiddenRows, hidden
from compliance.admin.queue_page import panel_context, panel_flag, queue_context
from compliance.models import Flag
from compliance.selectors.queue import RANK
from compliance.selectors.queue_filters import Filters
from compliance.words.explain import finding_sentence
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import whole_number

_QUEUE = "admin:compliance_flag_changelist"
_PAGE = "admin:compliance_flag_change"


class StandingFilter(DropdownFilter):  # type: ignore[misc]
    """A seller's flags that still stand, unless others are asked for."""

    title = _("status")
    parameter_name = "standing"
    all_option = None
    GROUPS = {
        "": (_("Open"), Q(status__in=Flag.LIVE)),
        "asked": (_("Waiting for your answer"), Q(status=Flag.Status.ASKED)),
        "upheld": (_("Upheld"), Q(status=Flag.Status.UPHELD)),
        "closed": (_("Closed"), ~Q(status__in=Flag.LIVE)),
        "all": (_("All"), Q()),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _rows) in self.GROUPS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.GROUPS.get(self.value() or "", self.GROUPS["all"])[1])


@register(Flag)
class FlagAdmin(HiddenRows, ReadOnlyAdmin):
    """One queue for flags on sellers, listings, orders and parcels. Each step goes through the services."""

    scope = of_seller("seller")
    list_display = ("shown_severity", "shown_finding", "subject_label", "shown_places", "shown_age", "shown_status")
    list_display_links = ("shown_finding",)
    list_filter = (StandingFilter, "severity")
    list_select_related = ("seller", "officer")
    search_fields = ("subject_label", "rule")
    ordering = (RANK.asc(), "opened_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(pk__in=selectors.flags_for(request.user).order_by().values("pk"))

    def reviews(self, request: HttpRequest) -> bool:
        """Whether the reader decides flags."""
        return selectors.may_review(request.user) and not is_confined(request.user)

    # Cells of the sellers' list ---------------------------------------------------------------------------

    @display(description=_("severity"), label=looks.SEVERITIES, ordering=RANK)
    def shown_severity(self, flag: Flag) -> tuple[str, str]:
        return flag.severity, flag.get_severity_display()

    @display(description=_("what was found"))
    def shown_finding(self, flag: Flag) -> str:
        return finding_sentence(flag.rule, flag.params)

    @display(description=_("where"))
    def shown_places(self, flag: Flag) -> str:
        return looks.places_of(flag)

    @display(description=_("open for"), ordering="opened_at")
    def shown_age(self, flag: Flag) -> str:
        return timesince(flag.opened_at, flag.closed_at or clock.now(), depth=1)

    @display(description=_("status"), label=looks.STATUSES, ordering="status")
    def shown_status(self, flag: Flag) -> tuple[str, str]:
        return flag.status, flag.get_status_display()

    # Pages ------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The queue for officers, the panel of one flag alone for a swap, and a plain list for sellers."""
        if not self.reviews(request):
            return super().changelist_view(request, extra_context)
        if request.htmx and request.htmx.target == "flag-panel":  # type: ignore[attr-defined]
            flag = panel_flag(request, request.GET)
            if flag is None:
                raise Http404
            return render(request, "admin/compliance/flag/_panel.html", panel_context(request, flag))
        return self._queue(request)

    def _queue(self, request: HttpRequest, *, status: int = 200, **details: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("Flags"), "opts": self.opts, "is_fullwidth": "1",
                   **queue_context(request, **details)}  # fmt: skip
        return render(request, "admin/compliance/flag/queue.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one flag."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        flag = self.get_object(request, object_id)
        if flag is None:
            raise Http404
        return self._page(request, flag)

    def _page(
        self, request: HttpRequest, flag: Flag, *, status: int = 200, bound: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": flag.subject_label, "opts": self.opts,
                   "panel": flag_context(request, flag, bound=bound)}  # fmt: skip
        return render(request, "admin/compliance/flag/page.html", context, status=status)

    def _flag(self, request: HttpRequest, object_id: str) -> Flag:
        flag = self.get_object(request, object_id)
        if flag is None or not self.has_view_permission(request, flag):
            raise Http404
        return flag  # type: ignore[no-any-return]

    # Steps ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        steps = [
            path(f"<path:object_id>/{name}/", wrap(self.step_view), {"name": name}, name=f"compliance_flag_{name}")
            for name in STEPS
        ]
        queue = [
            path("bulk/", wrap(self.bulk_view), name="compliance_flag_bulk"),
            path("views/save/", wrap(self.save_view), name="compliance_flag_save_view"),
            path("views/<path:object_id>/delete/", wrap(self.delete_saved_view), name="compliance_flag_delete_view"),
        ]
        return hidden([*queue, *steps, *super().get_urls()])

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """One step on a flag; what was typed stays in its form when it is refused."""
        flag = self._flag(request, object_id)
        if STEPS[name].by_seller == self.reviews(request):
            raise Http404
        form, done = make_step(name, request, flag)
        query = self._query(request)
        if done is not None:
            if done:
                messages.success(request, done)
            return HttpResponseRedirect(self._onward(request, flag, name, query))
        flag = self._flag(request, object_id)
        if query is None:
            return self._page(request, flag, status=422, bound={name: form})
        return self._queue(request, status=422, query=query, flag=flag, bound={name: form})

    @staticmethod
    def _query(request: HttpRequest) -> QueryDict | None:
        """The filters of the queue that a form was sent from; None when it was sent from the page of a flag."""
        return QueryDict(request.POST["query"]) if "query" in request.POST else None

    def _onward(self, request: HttpRequest, before: Flag, name: str, query: QueryDict | None) -> str:
        """Where to go after a step: to the next flag of the queue, or back to the page or the flag."""
        if query is None:
            return reverse(_PAGE, args=[before.pk])
        filters = Filters.parse({key: query.get(key, "") for key in query})
        shown: Flag | None = before
        if STEPS[name].goes_on and filters.is_ordered_as_queue:
            flags = selectors.flags_for(request.user)  # type: ignore[arg-type]
            shown = selectors.next_in_queue(filters.apply(flags, request.user, clock.now()), before)  # type: ignore[arg-type]
        parts = [query.urlencode(), f"panel={shown.pk}" if shown else ""]
        return f"{reverse(_QUEUE)}?{'&'.join(filter(None, parts))}#flag-panel"

    # Many at once, saved views ----------------------------------------------------------------------------

    @method_decorator(require_POST)
    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """One decision with one reason on many flags; what was refused is said flag by flag."""
        self._refuse_others(request)
        query = self._query(request) or QueryDict()
        form = BulkForm(request.POST, auto_id="bulk_%s")
        if form.is_valid():
            try:
                outcome = self._decide_many(request, form, query)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
            else:
                _tell(request, outcome)
                return HttpResponseRedirect(f"{reverse(_QUEUE)}?{query.urlencode()}")
        return self._queue(request, status=422, query=query, bound={"bulk": form})

    def _decide_many(self, request: HttpRequest, form: BulkForm, query: QueryDict) -> Any:
        given, flags = form.cleaned_data, selectors.flags_for(request.user)  # type: ignore[arg-type]
        if given["everything"]:
            filters = Filters.parse({key: query.get(key, "") for key in query})
            chosen = filters.apply(flags, request.user, clock.now())  # type: ignore[arg-type]
        else:
            keys = [key for key in map(whole_number, request.POST.getlist("flag")) if key is not None]
            chosen = flags.filter(pk__in=keys).order_by("pk")
        return services.decide_flags(
            flags=chosen[: services.MOST_AT_ONCE + 1], decision=given["decision"], actor=request.user,  # type: ignore[arg-type]
            reason=given["reason"], until=given["until"], seen=_seen(request.POST.getlist("seen")),
        )  # fmt: skip

    @method_decorator(require_POST)
    def save_view(self, request: HttpRequest) -> HttpResponse:
        """The officer keeps the filters under a name."""
        self._refuse_others(request)
        query = self._query(request) or QueryDict()
        filters = Filters.parse({key: query.get(key, "") for key in query})
        form = ViewForm(request.POST, auto_id="view_%s")
        if form.is_valid():
            try:
                services.save_view(actor=request.user, name=form.cleaned_data["name"], query=filters.query())  # type: ignore[arg-type]
                return HttpResponseRedirect(f"{reverse(_QUEUE)}?{filters.query()}")
            except Refused as refusal:
                form.add_error("name", str(refusal.message))
        return self._queue(request, status=422, query=query, bound={"view": form})

    @method_decorator(require_POST)
    def delete_saved_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The officer's own view is gone."""
        self._refuse_others(request)
        if (key := whole_number(object_id)) is not None:
            services.delete_view(actor=request.user, key=key)  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse(_QUEUE))

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.reviews(request):
            raise Http404


def _seen(told: Iterable[str]) -> dict[int, str]:
    """The states in which the list showed its flags, by their keys, as its rows tell them ("12:…")."""
    pairs = (text.partition(":") for text in told)
    return {key: state for text, _colon, state in pairs if (key := whole_number(text)) is not None}


def _tell(request: HttpRequest, outcome: Any) -> None:
    done, waiting = len(outcome.done), len(outcome.waiting)
    if done:
        messages.success(
            request, ngettext("Done for %(count)d flag.", "Done for %(count)d flags.", done) % {"count": done}
        )
    if waiting:
        text = ngettext(
            "%(count)d flag waits for a second officer.", "%(count)d flags wait for a second officer.", waiting
        )
        messages.info(request, text % {"count": waiting})
    for flag, why in outcome.refused[:20]:
        messages.warning(request, f"{flag.subject_label}: {why}")
    if len(outcome.refused) > 20:
        left = len(outcome.refused) - 20
        messages.warning(
            request, ngettext("%(count)d more was refused.", "%(count)d more were refused.", left) % {"count": left}
        )

"""The queue of flags: officers take and decide them, sellers read their own and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin_fields import shown_pairs
from accounts.admin_scope import ReadOnlyAdmin, is_confined, of_seller, register
from compliance import selectors, services
from compliance.models import Flag, FlagEvent, Severity
from compliance.words.explain import finding_sentence
from compliance.words.warnings import FINDINGS
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

SEVERITIES = {Severity.BLOCK: "danger", Severity.REVIEW: "warning", Severity.NOTICE: "info"}
STATUSES = {
    Flag.Status.OPEN: "danger",
    Flag.Status.TAKEN: "warning",
    Flag.Status.RELEASED: "success",
    Flag.Status.UPHELD: "danger",
    Flag.Status.MENDED: "success",
}
DECISIONS = {
    "release": (services.release_flag, _("The flag was released.")),
    "uphold": (services.uphold_flag, _("The flag was upheld.")),
    "give_back": (services.give_back_flag, _("The flag is open again for any officer.")),
}
_RANK = Case(
    When(severity=Severity.BLOCK, then=Value(0)),
    When(severity=Severity.REVIEW, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class StandingFilter(DropdownFilter):  # type: ignore[misc]
    """Flags that still stand, unless others are asked for."""

    title = _("status")
    parameter_name = "standing"
    all_option = None
    GROUPS = {
        "": (_("To be decided"), Q(status__in=(Flag.Status.OPEN, Flag.Status.TAKEN))),
        "mine": (_("Taken by me"), None),
        "upheld": (_("Upheld"), Q(status=Flag.Status.UPHELD)),
        "closed": (_("Released or mended"), Q(status__in=(Flag.Status.RELEASED, Flag.Status.MENDED))),
        "all": (_("All"), Q()),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _rows) in self.GROUPS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen == "mine":
            return queryset.filter(status=Flag.Status.TAKEN, officer=request.user.pk)
        if is_confined(request.user) and not chosen:
            return queryset.filter(status__in=Flag.LIVE)
        rows = self.GROUPS.get(chosen, self.GROUPS["all"])[1]
        return queryset.filter(rows) if rows is not None else queryset


class AgeFilter(DropdownFilter):  # type: ignore[misc]
    """Flags by how long they have been open."""

    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("More than a day")), ("3", _("More than three days")), ("7", _("More than a week"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("1", "3", "7"):
            return queryset
        return queryset.filter(opened_at__lt=clock.now() - timedelta(days=int(self.value())))


class CheckFilter(DropdownFilter):  # type: ignore[misc]
    """Flags by the check that raised them."""

    title = _("check")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ")) for name in FINDINGS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(Q(rule=chosen) | Q(rule__startswith=f"{chosen}:")) if chosen else queryset


class DecisionForm(forms.Form):
    """What the officer decides, and why."""

    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        error_messages={"required": _("Give a reason for your decision.")},
    )  # fmt: skip

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(_("Give a reason for your decision."))
        return reason


@register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    """One queue for flags on sellers, listings, orders and parcels. Each step goes through the services."""

    scope = of_seller("seller")
    list_display = (
        "shown_severity",
        "shown_finding",
        "subject_label",
        "seller",
        "shown_age",
        "shown_status",
        "officer",
    )
    list_display_links = ("shown_finding",)
    list_filter = (StandingFilter, "severity", CheckFilter, AgeFilter, "seller")
    list_select_related = ("seller", "officer")
    list_columns_hidden_from_sellers = ("seller", "officer")
    search_fields = ("subject_label", "rule", "seller__name")
    list_before_template = "admin/compliance/flag/summary.html"
    change_form_template = "admin/compliance/flag/page.html"
    ordering = (_RANK.asc(), "opened_at", "pk")
    actions = ("take",)
    fieldsets = ((None, {"fields": ("shown_finding", "shown_subject", "seller", "legal_reference", "shown_params")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(pk__in=selectors.flags_for(request.user).order_by().values("pk"))

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Whether the reader decides flags."""
        return selectors.may_review(request.user) and not is_confined(request.user)

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("severity"), label=SEVERITIES, ordering=_RANK)
    def shown_severity(self, flag: Flag) -> tuple[str, str]:
        return flag.severity, flag.get_severity_display()

    @display(description=_("what was found"))
    def shown_finding(self, flag: Flag) -> str:
        return finding_sentence(flag.rule, flag.params)

    @display(description=_("open for"), ordering="opened_at")
    def shown_age(self, flag: Flag) -> str:
        return timesince(flag.opened_at, flag.closed_at or clock.now(), depth=1)

    @display(description=_("status"), label=STATUSES, ordering="status")
    def shown_status(self, flag: Flag) -> tuple[str, str]:
        return flag.status, flag.get_status_display()

    @display(description=_("subject"))
    def shown_subject(self, flag: Flag) -> SafeString | str:
        kind = ContentType.objects.get_for_id(flag.content_type_id)
        try:
            address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[flag.object_id])
        except NoReverseMatch:
            return flag.subject_label
        return format_html('<a href="{}" class="admin-link">{}</a>', address, flag.subject_label)

    @display(description=_("details"))
    def shown_params(self, flag: Flag) -> SafeString | str:
        return shown_pairs({name: value for name, value in flag.params.items() if value})

    # Pages ------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        rows = self.get_queryset(request).filter(status__in=(Flag.Status.OPEN, Flag.Status.TAKEN))
        found = rows.order_by().aggregate(
            oldest=Min("opened_at"),
            mine=Count("pk", filter=Q(status=Flag.Status.TAKEN, officer=request.user.pk)),
            late=Count("pk", filter=Q(opened_at__lt=clock.now() - timedelta(days=3))),
            **{name: Count("pk", filter=Q(severity=name)) for name in Severity.values},
        )
        cards = [(Severity(name).label, found[name], f"?severity__exact={name}") for name in Severity.values]
        cards.append((_("Open for more than three days"), found["late"], "?age=3"))
        if self.has_review_permission(request):
            cards.append((_("Taken by me"), found["mine"], "?standing=mine"))
        oldest = timesince(found["oldest"], depth=1) if found["oldest"] else ""
        return super().changelist_view(request, (extra_context or {}) | {"cards": cards, "oldest": oldest})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        flag: Flag | None = kwargs.get("obj")
        if flag is not None:
            reviews = self.has_review_permission(request)
            is_mine = flag.status == Flag.Status.TAKEN and flag.officer_id == request.user.pk
            refused: DecisionForm | None = getattr(request, "_decision_form", None)
            context |= {
                "flag": flag,
                "events": [_event(event, reviews) for event in selectors.events_of(flag, request.user)],
                "can_take": reviews and flag.status == Flag.Status.OPEN,
                "can_decide": reviews and (flag.status == Flag.Status.OPEN or is_mine or refused is not None),
                "can_give_back": reviews and is_mine,
                "decision_form": refused or DecisionForm(),
                "is_seller": not reviews,
                "severity_colour": SEVERITIES[Severity(flag.severity)],
                "status_colour": STATUSES[Flag.Status(flag.status)],
                "title": flag.subject_label,
                "original": _Titled(flag),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<path:object_id>/take/", wrap(self.take_view), name="compliance_flag_take"),
            path("<path:object_id>/decide/", wrap(self.decide_view), name="compliance_flag_decide"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def take_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The officer works on the flag from now on."""
        flag = self._flag(request, object_id)
        try:
            services.take_flag(flag=flag, actor=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        return HttpResponseRedirect(reverse("admin:compliance_flag_change", args=[flag.pk]))

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The officer's decision with its reason; what was typed stays in the form when it is refused."""
        flag = self._flag(request, object_id)
        form = DecisionForm(request.POST)
        if form.is_valid():
            decide, done = DECISIONS[form.cleaned_data["decision"]]
            try:
                decide(flag=flag, actor=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:compliance_flag_change", args=[flag.pk]))
            except Refused as refusal:
                form.add_error("reason" if refusal.field == "reason" else None, str(refusal.message))
        request._decision_form = form  # type: ignore[attr-defined]
        request.method = "GET"
        answer = self.changeform_view(request, object_id)
        answer.status_code = 400
        return answer

    def _flag(self, request: HttpRequest, object_id: str) -> Flag:
        flag = self.get_object(request, object_id)
        if flag is None or not self.has_review_permission(request):
            raise Http404
        return flag

    @admin.action(description=_("Take the selected flags"), permissions=["review"])
    def take(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        taken = 0
        for flag in queryset[:200]:
            try:
                services.take_flag(flag=flag, actor=request.user)  # type: ignore[arg-type]
                taken += 1
            except Refused as refusal:
                messages.warning(request, f"{flag.subject_label}: {refusal.message}")
        text = ngettext("You took %(count)d flag.", "You took %(count)d flags.", taken) % {"count": taken}
        messages.success(request, text)


class _Titled:
    """A flag whose title on its page is what it stands on."""

    def __init__(self, flag: Flag) -> None:
        self._flag = flag

    def __getattr__(self, name: str) -> Any:
        return getattr(self._flag, name)

    def __str__(self) -> str:
        return self._flag.subject_label


def _event(event: FlagEvent, reviews: bool) -> dict[str, Any]:
    """One step for the page; sellers read the reason, and not whose it was."""
    by = event.actor_label if reviews else _("Compliance desk") if event.actor_id else _("Automatic check")
    return {"kind": event.get_kind_display(), "by": by, "at": event.at, "reason": event.reason}

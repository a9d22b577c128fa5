"""The takedown desk: notices of illegal content, the most urgent first, each decided with an answer to its reporter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.admin_fields import country_name
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ShopAdmin, is_confined, register
from compliance import selectors, services
from compliance.admin.flag_looks import subject_address
from compliance.models import Notice, TrustedFlagger
from compliance.selectors.notices import DESK
from compliance.services.notices import new_code
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

STATES = {Notice.State.RECEIVED: "warning", Notice.State.ACTED_ON: "danger", Notice.State.REJECTED: "default"}


class DecideForm(forms.Form):
    """What becomes of a notice, and in which words its reporter and the seller are told."""

    WHERE = (("country", _("In the country that the notice names")), ("everywhere", _("Everywhere")))

    decision = forms.ChoiceField(choices=[("act", "act"), ("reject", "reject")])
    where = forms.ChoiceField(
        label=_("Where it is taken down"), choices=WHERE, widget=UnfoldAdminRadioSelectWidget, required=False
    )
    facts = forms.CharField(
        label=_("What was found"), required=False, max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("The seller reads it in the statement of reasons."),
    )  # fmt: skip
    law = forms.CharField(
        label=_("Law that it breaks"), required=False, max_length=400, widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto"}),
        help_text=_("The legal ground in the statement of reasons; what the notice says when it is left empty."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Your words to the reporter"), required=False, max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip


class StateFilter(DropdownFilter):  # type: ignore[misc]
    """Notices that wait for a decision, unless others are asked for."""

    title = _("state")
    parameter_name = "state"
    all_option = None
    GROUPS = {
        "": (_("To be decided"), Q(state=Notice.State.RECEIVED)),
        "acted_on": (_("Acted on"), Q(state=Notice.State.ACTED_ON)),
        "rejected": (_("Rejected"), Q(state=Notice.State.REJECTED)),
        "all": (_("All"), Q()),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _rows) in self.GROUPS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.GROUPS.get(self.value() or "", self.GROUPS["all"])[1])


class LateFilter(DropdownFilter):  # type: ignore[misc]
    """Notices that should have been decided by now."""

    title = _("deadline")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "1":
            return queryset
        return queryset.filter(state=Notice.State.RECEIVED, due_at__lt=clock.now())


@register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Notices by deadline, those of authorities and trusted flaggers first. Sellers read statements of reasons instead."""

    scope = STAFF
    list_display = (
        "number",
        "subject_label",
        "seller",
        "ground",
        "shown_country",
        "shown_sender",
        "shown_due",
        "shown_state",
    )
    list_filter = (StateFilter, LateFilter, "ground", "is_trusted", "seller")
    list_select_related = ("seller", "flagger")
    search_fields = ("number", "subject_label", "seller__name", "explanation")
    ordering = DESK

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(pk__in=selectors.notices_for(request.user).order_by().values("pk"))

    def decides(self, request: HttpRequest) -> bool:
        """Whether the reader decides notices."""
        may = selectors.may_review(request.user) and request.user.has_perm("compliance.decide_notices")
        return may and not is_confined(request.user)

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("country"), ordering="country")
    def shown_country(self, notice: Notice) -> str:
        return country_name(notice.country)

    @display(description=_("from"), label={"authority": "danger", "trusted": "warning"}, ordering="is_trusted")
    def shown_sender(self, notice: Notice) -> tuple[str, Any]:
        if notice.flagger is None:
            return "public", _("The public")
        return notice.flagger.kind, notice.flagger.get_kind_display()

    @display(description=_("to be decided"), ordering="due_at")
    def shown_due(self, notice: Notice) -> str:
        return due_text(notice)

    @display(description=_("state"), label=STATES, ordering="state")
    def shown_state(self, notice: Notice) -> tuple[str, str]:
        return notice.state, notice.get_state_display()

    # Pages ------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one notice."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        notice = self.get_object(request, object_id)
        if notice is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        return self._page(request, notice, DecideForm(initial={"where": "country" if notice.country else "everywhere"}))

    def _page(self, request: HttpRequest, notice: Notice, form: DecideForm, status: int = 200) -> HttpResponse:
        moment, seller = clock.now(), notice.seller
        offences = selectors.offences(seller, moment) if seller is not None else Notice.objects.none()
        count = offences.count()
        others = Notice.objects.filter(content_type=notice.content_type_id, object_id=notice.object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": notice.number, "opts": self.opts, "notice": notice, "form": form,
            "subject_address": subject_address(notice), "state_colour": STATES[Notice.State(notice.state)],
            "due": due_text(notice), "is_late": notice.state == Notice.State.RECEIVED and notice.due_at < moment,
            "language": get_language_info(notice.language)["name_translated"],
            "offences": offences[:10], "offences_count": count, "is_frequent": selectors.offends_frequently(count),
            "others": others.exclude(pk=notice.pk).order_by("-received_at")[:10],
            "can_decide": self.decides(request) and notice.state == Notice.State.RECEIVED,
        }  # fmt: skip
        return render(request, "admin/compliance/notice/page.html", context, status=status)

    def _notice(self, request: HttpRequest, object_id: str) -> Notice:
        notice = self.get_object(request, object_id)
        if notice is None or not self.has_view_permission(request, notice):
            raise Http404
        return notice  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<path:object_id>/decide/", view, name="compliance_notice_decide"), *super().get_urls()]

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The decision; what was typed stays when it is refused. The next notice by deadline opens afterwards."""
        notice = self._notice(request, object_id)
        if not self.decides(request):
            raise Http404
        form = DecideForm(request.POST)
        if form.is_valid():
            try:
                messages.success(request, _decide(notice, request.user, form.cleaned_data))
                return HttpResponseRedirect(_onward(request.user))
            except Refused as refusal:
                field = {"reason": "words"}.get(refusal.field, refusal.field)
                form.add_error(field if field in form.fields else None, str(refusal.message))
        return self._page(request, self._notice(request, object_id), form, status=422)


def _decide(notice: Notice, actor: Any, given: dict[str, Any]) -> str:
    if given["decision"] == "reject":
        services.reject_notice(notice=notice, actor=actor, words=given["words"])
        return str(_("The notice is rejected, and the reporter is told."))
    countries = [notice.country] if given["where"] == "country" and notice.country else []
    services.act_on_notice(
        notice=notice, actor=actor, words=given["words"], countries=countries, facts=given["facts"], law=given["law"]
    )
    return str(_("The listing is taken down, and seller and reporter are told."))


def _onward(actor: Any) -> str:
    following = selectors.notices_for(actor).filter(state=Notice.State.RECEIVED).order_by(*DESK).first()
    if following is None:
        return reverse("admin:compliance_notice_changelist")
    return reverse("admin:compliance_notice_change", args=[following.pk])


def due_text(notice: Notice) -> str:
    """How long there is to decide a notice, or since when it is overdue; a dash when it is decided."""
    moment = clock.now()
    if notice.state != Notice.State.RECEIVED:
        return "—"
    if notice.due_at < moment:
        return str(_("overdue by %(time)s") % {"time": timesince(notice.due_at, moment, depth=1)})
    return str(_("due in %(time)s") % {"time": timeuntil(notice.due_at, moment, depth=1)})


@register(TrustedFlagger)
class TrustedFlaggerAdmin(ShopAdmin):
    """Authorities and trusted flaggers. Each gets a code, shown once, with which its notices come first."""

    scope = STAFF
    list_display = ("name", "kind", "country", "email", "is_active", "made_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "email")
    actions = None
    fields = ("kind", "name", "email", "country", "source", "is_active", "renews_code")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | {"form": FlaggerForm})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its notices name it; it is switched off instead

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        code = new_code(obj) if not change or form.cleaned_data.get("renews_code") else ""
        super().save_model(request, obj, form, change)
        if code:
            messages.warning(
                request, _("The code of %(name)s is %(code)s. It is shown only now.") % {"name": obj, "code": code}
            )


class FlaggerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A body, and whether it gets a new code."""

    renews_code = forms.BooleanField(
        label=_("Make a new code"), required=False, help_text=_("The old one no longer holds.")
    )

    class Meta:
        model = TrustedFlagger
        fields = ("kind", "name", "email", "country", "source", "is_active")

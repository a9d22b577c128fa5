"""The numbers under which sellers are registered: sellers enter and renew their own, officers decide on all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_fields import latin
from accounts.admin_scope import STAFF, ReadOnlyAdmin, is_confined, of_seller, register
from compliance import selectors, services
from compliance.admin.documents import open_link
from compliance.admin.registration_forms import END, REJECT, VERIFY, DecideForm
from compliance.admin.registration_pages import enter_address, enter_page, has_representative, sellers_to_enter_for
from compliance.models import EvidenceDocument, Registration, RegistrationEvent
from compliance.registrations.reminders import SOON
from compliance.services import documents
from compliance.words.registrations import CLAIMED, registration_reason, registration_title
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

State = Registration.State
OVER = "over"
COLOURS = {
    State.CLAIMED: "warning",
    State.PENDING: "info",
    State.VALID: "success",
    State.UPCOMING: "info",
    State.INVALID: "danger",
    State.ENDED: "default",
    OVER: "danger",
}
_PAGE = "admin:compliance_registration_change"
_UPCOMING = _("The number counts from its first day on. Until then a number before it goes on counting.")
_DONE = {
    VERIFY: _("The number counts from now on."),
    REJECT: _("The number does not count. The seller reads your reason."),
    END: _("The registration has ended."),
}


class EndFilter(DropdownFilter):  # type: ignore[misc]
    """Valid numbers by their last day."""

    title = _("last day")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("soon", _("Within 60 days")), ("over", _("Over")), ("none", _("Without an end"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = clock.today()
        chosen = {
            "soon": Q(expires_on__range=(today, today + SOON)),
            "over": Q(expires_on__lt=today),
            "none": Q(expires_on=None),
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen, state=State.VALID)


@register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """All numbers with their state; what listings still lack stands above, each with a link to enter it."""

    scope = of_seller("seller")
    list_display = ("shown_what", "seller", "shown_number", "shown_state", "shown_end", "checked_at")
    list_filter = ("state", "kind", EndFilter, "country", "seller")
    list_select_related = ("seller",)
    search_fields = ("number", "check_name", "seller__name", "seller__legal_name")
    ordering = ("-created_at", "-pk")
    list_before_template = "admin/compliance/registration/missing.html"
    fields = ("seller", "kind", "country", "stream", "number", "state")

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("registration"), ordering="kind")
    def shown_what(self, registration: Registration) -> str:
        return registration_title(registration.kind, registration.country, registration.stream)

    @display(description=_("number"), ordering="number")
    def shown_number(self, registration: Registration) -> Any:
        return latin(registration.number)

    @display(description=_("state"), label=COLOURS, ordering="state")
    def shown_state(self, registration: Registration) -> tuple[str, Any]:
        return shown_state(registration)

    @display(description=_("last day"), ordering="expires_on", empty_value="—")
    def shown_end(self, registration: Registration) -> Any:
        return registration.expires_on

    # Pages ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "compliance_registration"
        own = [
            path("enter/", wrap(enter_page), name=f"{name}_enter"),
            path("<path:object_id>/decide/", wrap(self.decide_view), name=f"{name}_decide"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_enter = bool(sellers_to_enter_for(request))
        seller_ids = sorted(request.user.seller_ids) if is_confined(request.user) else []  # type: ignore[union-attr]
        missing = [
            (registration_title("epr", country, stream), enter_address("epr", country, stream, seller=seller))
            for seller, country, stream in selectors.missing_numbers(seller_ids)
        ]
        extra = {"missing": missing, "may_enter": may_enter}
        return super().changelist_view(request, extra | (extra_context or {}))  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, self._registration(request, object_id), DecideForm())

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Makes a decision and says so; what was typed stays when it is refused."""
        registration = self._registration(request, object_id)
        form = DecideForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                decided = _decide(request, registration, form)
            except Refused as refusal:
                field = "document" if refusal.field == "file" else refusal.field
                form.add_error(field if field in form.fields else None, str(refusal.message))
            else:
                done = _UPCOMING if decided.state == State.UPCOMING else _DONE[form.cleaned_data["decision"]]
                messages.success(request, done)
                return HttpResponseRedirect(reverse(_PAGE, args=[registration.pk]))
        return self._page(request, registration, form, status=422)

    def _registration(self, request: HttpRequest, object_id: str) -> Registration:
        if not self.has_view_permission(request):
            raise PermissionDenied
        registration: Registration | None = self.get_object(request, object_id)
        if registration is None or not self.has_view_permission(request, registration):
            raise Http404
        return registration

    def _page(
        self, request: HttpRequest, registration: Registration, form: DecideForm, *, status: int = 200
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | page_context(request, registration, form)
        return render(request, "admin/compliance/registration/page.html", context, status=status)


def shown_state(registration: Registration) -> tuple[str, Any]:
    """The state with its label; a valid number whose last day is past is over, by the day alone."""
    last = registration.expires_on
    if registration.state == State.VALID and last is not None and last < clock.today():
        return OVER, _("Over")
    return registration.state, registration.get_state_display()


def _decide(request: HttpRequest, registration: Registration, form: DecideForm) -> Registration:
    data, actor = form.cleaned_data, request.user
    what: dict[str, Any] = {"registration": registration, "actor": actor, "reason": data["reason"]}
    if data["decision"] == REJECT:
        return services.reject_registration(**what)
    if data["decision"] == END:
        return services.end_registration(**what)
    if not selectors.may_verify(actor):
        raise Http404
    document, upload = None, request.FILES.get("document")
    if upload is not None:
        kind = EvidenceDocument.Kind.REGISTRATION
        document = documents.keep_document(seller=registration.seller, kind=kind, upload=upload, actor=actor)  # type: ignore[arg-type]
    return services.verify_registration(document=document, expires_on=data["expires_on"], **what)


def page_context(request: HttpRequest, registration: Registration, form: DecideForm) -> dict[str, Any]:
    """What the page of a number shows; decisions and the file itself only to officers who may have them."""
    may_verify = selectors.may_verify(request.user)
    key, label = shown_state(registration)
    may_read = selectors.may_read_documents(request.user)
    document = registration.document
    stands = registration.state in (State.CLAIMED, State.PENDING, *Registration.FOUND_VALID)
    scheme = selectors.scheme_for(registration.country, registration.stream, clock.today())
    return {
        "title": registration_title(registration.kind, registration.country, registration.stream),
        "registration": registration,
        "label": label,
        "colour": COLOURS[key],
        "reason": registration_reason(registration.reason) if registration.reason not in ("", CLAIMED) else "",
        "proof": open_link(document) if may_read else document.name if document else "—",
        "scheme": scheme,
        "needs_representative": has_representative(scheme),
        "form": form,
        "may_verify": may_verify and registration.state in (State.CLAIMED, State.PENDING, State.INVALID),
        "may_reject": may_verify and stands,
        "may_end": stands,
        "is_waiting": registration.state in (State.CLAIMED, State.PENDING),
        "is_officer": may_verify,
        "renew": enter_address(
            registration.kind, registration.country, registration.stream, seller=registration.seller_id
        ),
        "history": _history(registration, is_officer=not is_confined(request.user)),
    }


def _history(registration: Registration, *, is_officer: bool) -> list[dict[str, Any]]:
    """The steps for the page, the last first; sellers read the reason, and not which officer it was."""
    members = set() if is_officer else set(registration.seller.members.values_list("user", flat=True))
    return [
        {
            "label": State(event.after).label,
            "colour": COLOURS[State(event.after)],
            "by": event.actor_label
            if is_officer or event.actor_id in members or event.actor_id is None
            else _("Compliance desk"),
            "at": event.at,
            "reason": registration_reason(event.reason),
        }
        for event in reversed(selectors.steps_of_registration(registration))
    ]


@register(RegistrationEvent)
class RegistrationEventAdmin(ReadOnlyAdmin):
    """Every step of every registration, for officers. Nothing here is ever changed."""

    scope = STAFF
    list_display = ("at", "shown_seller", "registration", "before", "after", "actor_label", "shown_reason")
    list_filter = ("after", "registration__seller")
    list_select_related = ("registration__seller",)
    search_fields = ("registration__number", "registration__seller__name", "actor_label", "reason")
    ordering = ("-at", "-pk")
    fields = ("at", "shown_seller", "registration", "before", "after", "actor", "actor_label", "shown_reason")

    @display(description=_("seller"), ordering="registration__seller__name")
    def shown_seller(self, event: RegistrationEvent) -> str:
        return event.registration.seller.name

    @display(description=_("reason"))
    def shown_reason(self, event: RegistrationEvent) -> str:
        return registration_reason(event.reason)

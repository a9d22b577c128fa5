"""Who may sell: the queue of sellers' papers and the page on which officers decide; sellers fill in their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_scope import STAFF, ReadOnlyAdmin, is_confined, of_seller, register
from accounts.models import Seller
from compliance import selectors, services
from compliance.admin.hidden import HiddenRows, hidden
from compliance.admin.invitations import invite_page
from compliance.admin.papers_page import COLOURS, papers_page
from compliance.admin.verification_page import DecisionForm, decide, officer_context
from compliance.deadlines import limits
from compliance.models import SellerVerification, VerificationEvent
from compliance.services import invitations
from compliance.words.traders import step_reason
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused

State = Seller.Status
_PAGE = "admin:compliance_sellerverification_change"


class WaitingFilter(DropdownFilter):  # type: ignore[misc]
    """Papers that wait for an officer, unless others are asked for; words are looked for in all papers."""

    title = _("to be done")
    parameter_name = "standing"
    all_option = None
    GROUPS = {
        "": (_("To be decided"), Q(seller__status=State.IN_REVIEW) | Q(changed_at__isnull=False)),
        "changed": (_("Changed after the decision"), Q(changed_at__isnull=False)),
        "underway": (_("Invited or being filled in"), Q(seller__status__in=(State.INVITED, State.ONBOARDING))),
        "approved": (_("Approved"), Q(seller__status=State.APPROVED)),
        "closed": (_("Refused or suspended"), Q(seller__status__in=(State.REFUSED, State.SUSPENDED))),
        "all": (_("All"), Q()),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _rows) in self.GROUPS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if is_confined(request.user):
            return queryset
        standing = self.value() or ("all" if request.GET.get(SEARCH_VAR) else "")
        return queryset.filter(self.GROUPS.get(standing, self.GROUPS["all"])[1])


@register(SellerVerification)
class SellerVerificationAdmin(HiddenRows, ReadOnlyAdmin):
    """Officers see who waits and decide; a seller's members fill in who they are."""

    scope = of_seller("seller")
    list_display = ("shown_seller", "shown_state", "submitted_at", "changed_at", "decided_at")
    list_filter = (WaitingFilter,)
    list_select_related = ("seller",)
    list_columns_hidden_from_sellers = ()
    search_fields = ("seller__name", "seller__legal_name", "person_name")
    ordering = ("submitted_at", "pk")
    list_before_template = "admin/compliance/sellerverification/summary.html"
    change_form_template = "admin/compliance/sellerverification/page.html"
    fields = ("seller",)

    @display(description=_("seller"), header=True, ordering="seller__name")
    def shown_seller(self, verification: SellerVerification) -> list[str]:
        return [verification.seller.name, verification.seller.legal_name]

    @display(description=_("state"), label=COLOURS, ordering="seller__status")
    def shown_state(self, verification: SellerVerification) -> tuple[str, str]:
        return verification.seller.status, verification.seller.get_status_display()

    # Pages ------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if is_confined(request.user) and self.has_view_permission(request):
            own = [services.verification_of(seller) for seller in Seller.objects.filter(pk__in=request.user.seller_ids)]  # type: ignore[union-attr]
            if len(own) == 1:
                return HttpResponseRedirect(reverse(_PAGE, args=[own[0].pk]))
        may_invite = selectors.may_verify(request.user)
        counts = selectors.review_counts_of_sellers() if may_invite else {}
        extra = {"may_invite": may_invite, "counts": counts, "lists": selectors.loaded_lists() if may_invite else {},
                 "old_before": clock.today() - timedelta(days=limits()["sanctions_list_old_after"])}  # fmt: skip
        return super().changelist_view(request, extra | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        own = self.get_object(request, object_id) if is_confined(request.user) else None
        if own is not None and self.has_view_permission(request, own):
            return papers_page(request, own)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        verification: SellerVerification | None = kwargs.get("obj")
        if verification is not None:
            context |= officer_context(request, verification)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "compliance_sellerverification"
        own = [
            path("invite/", wrap(invite_page), name=f"{name}_invite"),
            path("<path:object_id>/decide/", wrap(self.decide_view), name=f"{name}_decide"),
            path("<path:object_id>/invite-again/", wrap(self.invite_again_view), name=f"{name}_invite_again"),
        ]
        return hidden([*own, *super().get_urls()])

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """An officer's decision with its reason; what was typed stays in the form when it is refused."""
        verification = self._to_decide(request, object_id)
        form = DecisionForm(request.POST)
        if form.is_valid() and decide(request, verification, form):
            return HttpResponseRedirect(reverse(_PAGE, args=[verification.pk]))
        request._decision_form = form  # type: ignore[attr-defined]
        request.method = "GET"
        answer = self.changeform_view(request, object_id)
        answer.status_code = 422
        return answer

    @method_decorator(require_POST)
    def invite_again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new letter with a new link."""
        verification = self._to_decide(request, object_id)
        try:
            invitations.invite_again(invitation=verification.seller.invitation, actor=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The invitation was sent again. The link of the earlier letter has ended."))
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        except Seller.invitation.RelatedObjectDoesNotExist:  # type: ignore[attr-defined]
            raise Http404 from None
        return HttpResponseRedirect(reverse(_PAGE, args=[verification.pk]))

    def _papers(self, request: HttpRequest, object_id: str) -> SellerVerification:
        verification = self.get_object(request, object_id)
        if verification is None or not self.has_view_permission(request, verification):
            raise Http404
        return verification

    def _to_decide(self, request: HttpRequest, object_id: str) -> SellerVerification:
        if not selectors.may_verify(request.user):
            raise Http404
        return self._papers(request, object_id)


@register(VerificationEvent)
class VerificationEventAdmin(ReadOnlyAdmin):
    """Every step of every seller, for officers. Nothing here is ever changed."""

    scope = STAFF
    list_display = ("at", "shown_seller", "before", "after", "actor_label", "shown_reason")
    list_filter = ("after", "verification__seller")
    list_select_related = ("verification__seller",)
    search_fields = ("verification__seller__name", "actor_label", "reason")
    ordering = ("-at", "-pk")
    fields = ("at", "shown_seller", "before", "after", "actor", "actor_label", "shown_reason")

    @display(description=_("seller"), ordering="verification__seller__name")
    def shown_seller(self, event: VerificationEvent) -> str:
        return event.verification.seller.name

    @display(description=_("reason"))
    def shown_reason(self, event: VerificationEvent) -> str:
        return step_reason(event.reason)

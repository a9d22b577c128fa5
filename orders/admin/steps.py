"""The work in the background: what stands still waits here for a person, who has it done again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.admin_scope import STAFF, ReadOnlyAdmin, register
from orders.models import Step
from orders.services import steps

COLOURS = {
    Step.State.PENDING: "info",
    Step.State.RUNNING: "info",
    Step.State.DONE: "success",
    Step.State.HELD: "warning",
    Step.State.FAILED: "danger",
}


@register(Step)
class StepAdmin(ReadOnlyAdmin):
    """Steps by state; those that are held or failed can be done again."""

    scope = STAFF
    list_display = ("kind", "order", "shown_part", "shown_state", "attempts", "due_at", "last_error")
    list_filter = ("state", "kind")
    list_select_related = ("order", "fulfilment__seller_order__order")
    search_fields = ("order__number",)
    ordering = ("-id",)
    actions = ("do_again",)
    fields = (
        ("kind", "state"), ("order", "fulfilment"), ("attempts", "due_at"), ("created_at", "finished_at"), "last_error",
    )  # fmt: skip

    @display(description=_("part"))
    def shown_part(self, step: Step) -> str:
        return step.fulfilment.seller_order.reference if step.fulfilment else "—"

    @display(description=_("state"), label=COLOURS, ordering="state")
    def shown_state(self, step: Step) -> tuple[str, str]:
        return step.state, step.get_state_display()

    def has_resume_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may have steps done again: operations may, though they edit no step."""
        return self.scope.admits(request.user) and request.user.has_perm("orders.change_step")

    @admin.action(description=_("Do again"), permissions=["resume"])
    def do_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        stuck = list(queryset.filter(state__in=(Step.State.HELD, Step.State.FAILED))[:500])
        for step in stuck:
            steps.resume(step=step)
        if stuck:
            text = ngettext("%(count)d step is done again.", "%(count)d steps are done again.", len(stuck))
            messages.success(request, text % {"count": len(stuck)})
        else:
            messages.warning(request, _("None of these steps stands still."))

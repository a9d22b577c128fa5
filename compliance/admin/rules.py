"""The rule book: every row with its source and days, changed only with a reason that is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin_fields import latin
from accounts.admin_scope import STAFF, ShopAdmin, field_names, register
from compliance import services
from compliance.explain import percent_text
from compliance.models import (
    AdditionalDuty,
    DutyRate,
    Fee,
    GoodsRestriction,
    GroupMember,
    HSCode,
    Regime,
    Status,
    TaxRate,
    Territory,
)
from marketplace.kernel.errors import Refused

STATUSES = {Status.IN_FORCE: "success", Status.SCHEDULED: "info", Status.PENDING: "warning", Status.ENDED: "default"}
_KEPT = ("code", "effective_from", "effective_to", "status", "source", "confidence")
_WRITTEN_BY_SERVICE = ("last_reviewed", "reviewer", "is_edited", "note")


class RuleForm(forms.ModelForm):
    """A rule row and why it is changed."""

    change_reason = forms.CharField(
        label=_("Reason for the change"), max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Kept with the row, with your name and the day."),
    )  # fmt: skip

    def clean_change_reason(self) -> str:
        reason: str = self.cleaned_data["change_reason"].strip()
        if not reason:
            raise ValidationError(_("Say why the rule is changed."))
        return reason


class RuleAdmin(ShopAdmin):
    """Rows of one table of the rule book. A law that changed is a new row; the old one gets an end date."""

    scope = STAFF
    form = RuleForm
    subject: tuple[str, ...] = ()
    list_filter = ("status", "confidence", "is_edited")
    date_hierarchy = None
    actions = None
    readonly_fields = _WRITTEN_BY_SERVICE

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return ["code", *self.subject, "shown_days", "shown_status", "confidence", "last_reviewed", "is_edited"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        texts = {field.name for field in self.model._meta.concrete_fields if hasattr(field, "max_length")}
        return [name for name in ("code", "source", "name", "hs_prefix", "family") if name in texts]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = field_names(self.model, "id", *_KEPT, *_WRITTEN_BY_SERVICE)
        pairs: list[Any] = [tuple(own[start : start + 2]) for start in range(0, len(own), 2)]
        days: list[Any] = ["code", ("effective_from", "effective_to"), ("status", "confidence"), "source"]
        change: list[str] = ["change_reason"] if self.has_change_permission(request, obj) else []
        return (
            (_("What it says"), {"fields": pairs}),
            (_("Days and source"), {"fields": days}),
            (_("Review"), {"fields": [*change, ("last_reviewed", "reviewer"), "is_edited", "note"]}),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what ruled once stays readable; it gets an end date

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_rule(rule=obj, actor=request.user, reason=form.cleaned_data["change_reason"])  # type: ignore[arg-type]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (Refused, ValidationError) as error:
            self.message_user(request, " ".join(getattr(error, "messages", [str(error)])), "error")
            return self.response_post_save_change(request, None)

    @display(description=_("in force"), ordering="effective_from")
    def shown_days(self, rule: Any) -> SafeString | str:
        until = rule.effective_to.isoformat() if rule.effective_to else "…"
        return latin(f"{rule.effective_from.isoformat()} – {until}")

    @display(description=_("status"), label=STATUSES, ordering="status")
    def shown_status(self, rule: Any) -> tuple[str, str]:
        return rule.status, rule.get_status_display()

    @display(description=_("percent"), ordering="pct")
    def shown_pct(self, rule: Any) -> SafeString | str:
        if rule.pct is None:
            return "—"
        highest = getattr(rule, "pct_max", None)
        return latin(percent_text(rule.pct) + (f" – {percent_text(highest)}" if highest is not None else ""))


_TABLES: dict[type[Model], tuple[str, ...]] = {
    Regime: ("jurisdiction", "name", "priority", "collector"),
    TaxRate: ("country", "region", "category", "shown_pct"),
    DutyRate: ("destination", "hs_prefix", "origin", "shown_pct"),
    AdditionalDuty: ("destination", "program", "origin", "shown_pct"),
    Fee: ("jurisdiction", "name", "scope", "amount", "currency"),
    GoodsRestriction: ("family", "name", "action", "destination"),
    GroupMember: ("group", "country"),
    Territory: ("country", "name", "postal_prefixes"),
}
for _model, _subject in _TABLES.items():
    register(_model)(type(f"{_model.__name__}Admin", (RuleAdmin,), {"subject": _subject, "__doc__": RuleAdmin.__doc__}))


@register(HSCode)
class HSCodeAdmin(ShopAdmin):
    """Headings of the Harmonized System, to be looked up and described."""

    scope = STAFF
    list_display = ("code", "description", "shop_category", "handling", "version")
    list_filter = ("version",)
    search_fields = ("code", "description", "shop_category")
    ordering = ("code",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

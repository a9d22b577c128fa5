"""The rule book: every row with its source and days, changed only with a reason that is kept."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin_fields import latin
from accounts.admin_scope import STAFF, ShopAdmin, field_names, register
from compliance import selectors, services
from compliance.admin.rule_changes import shown_changes
from compliance.landed_cost.doubts import REVIEWED_WITHIN
from compliance.models import (
    AdditionalDuty,
    DutyRate,
    EPRScheme,
    Exemption,
    Fee,
    ForbiddenClaim,
    GoodsRestriction,
    GroupMember,
    HSCode,
    ProductRule,
    Regime,
    ReportRule,
    RuleRow,
    SellerThreshold,
    Status,
    TaxRate,
    Territory,
)
from compliance.rules import version as rule_version
from compliance.rules.marks import MARKS
from compliance.words.explain import percent_text
from marketplace.kernel.clock import today
from marketplace.kernel.errors import Refused

STATUSES = {Status.IN_FORCE: "success", Status.SCHEDULED: "info", Status.PENDING: "warning", Status.ENDED: "default"}
_KEPT = ("code", "effective_from", "effective_to", "status", "source", "confidence")
_WRITTEN_BY_SERVICE = ("last_reviewed", "reviewer", "reviewed_on", "reviewed_by", "is_edited", "note")
_REVIEW = (("last_reviewed", "reviewer"), ("reviewed_on", "reviewed_by"), "is_edited")
_LATEST_REVIEW = Greatest("last_reviewed", "reviewed_on")  # without the second where there is none
_DAY = timedelta(days=1)


class RuleForm(forms.ModelForm):
    """A rule row and why it is changed."""

    change_reason = forms.CharField(
        label=_("Reason for the change"), max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Kept with the row, with your name and the day."),
    )  # fmt: skip

    def clean_change_reason(self) -> str:
        reason: str = self.cleaned_data["change_reason"].strip()
        if not reason and self.fields["change_reason"].required:
            raise ValidationError(_("Say why the rule is changed."))
        return reason

    def _post_clean(self) -> None:
        """Checks what the database would refuse; rows that rule on the same days are named."""
        super()._post_clean()  # type: ignore[misc]
        if not set(self.errors) - {NON_FIELD_ERRORS}:
            for other in selectors.rows_in_the_way(self.instance):
                self.add_error("effective_from", _in_the_way(self.instance, other))


def _in_the_way(rule: RuleRow, other: RuleRow) -> str:
    words = {"code": other.code, "begins": date_format(other.effective_from, "DATE_FORMAT")}
    if other.effective_from >= rule.effective_from:
        return _("%(code)s rules on the same from %(begins)s on. Let this row end the day before.") % words
    words["day"] = date_format(rule.effective_from - _DAY, "DATE_FORMAT")
    if other.effective_to is None:
        text = _(
            "%(code)s rules on the same until further notice. Let it end on %(day)s, the day before this row begins."
        )
    else:
        words["until"] = date_format(other.effective_to, "DATE_FORMAT")
        text = _("%(code)s rules on the same until %(until)s. Let it end on %(day)s, the day before this row begins.")
    return text % words


class _TypedForm:
    """Makes a form show what was typed before, with its faults; what is not saved needs no reason."""

    typed: Any = None

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(self.typed, **kwargs)
        self.fields["change_reason"].required = False  # type: ignore[attr-defined]


def _typed(request: HttpRequest) -> HttpRequest:
    """The request as one that only looks, with what was typed beside it."""
    looking = copy(request)
    looking.method = "GET"
    looking._typed_rule = request.POST  # type: ignore[attr-defined]
    return looking


class ReviewFilter(DropdownFilter):  # type: ignore[misc]
    """Rows that nobody has looked at for too long."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("stale", _("Not reviewed for more than %(days)s days") % {"days": REVIEWED_WITHIN.days})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "stale":
            return queryset
        return queryset.alias(latest=_LATEST_REVIEW).filter(latest__lt=today() - REVIEWED_WITHIN)


class RuleAdmin(ShopAdmin):
    """Rows of one table of the rule book. A law that changed is a new row; the old one gets an end date."""

    scope = STAFF
    form = RuleForm
    subject: tuple[str, ...] = ()
    list_filter = ("status", "confidence", ReviewFilter, "is_edited")
    date_hierarchy = None
    actions = None
    readonly_fields = _WRITTEN_BY_SERVICE
    change_form_template = "admin/compliance/rule/form.html"
    object_history_template = "admin/compliance/rule/history.html"

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return ["code", *self.subject, "shown_days", "shown_status", "confidence", "shown_review", "is_edited"]

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
            (_("Review"), {"fields": [*change, *_REVIEW, "note"]}),
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "traits":
            known = {"words": ", ".join(sorted(MARKS))}
            field.help_text = _("Any of these words, separated by spaces: %(words)s.") % known
        return field

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

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row = kwargs.get("obj")
        preview = reverse("admin:rules_preview", args=[self.opts.model_name, *([row.pk] if row is not None else [])])
        context |= {"preview_attrs": {"formaction": preview}}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[no-any-return]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        rule = self.get_object(request, object_id)
        if rule is not None and self.has_view_permission(request, rule):
            extra_context = {"changes": shown_changes(rule)} | (extra_context or {})
        return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]

    # What was typed and is not saved -----------------------------------------------------------------------

    def typed_form(self, request: HttpRequest, rule: RuleRow | None) -> Any:
        """The form of `rule` (None: of a new one) with what is posted, to be looked at and never saved."""
        return self.get_form(_typed(request), rule, change=rule is not None)(instance=rule)

    def typed_view(self, request: HttpRequest, key: int | None, extra_context: dict[str, Any]) -> HttpResponse:
        """The page of a row (None: of a new one) with what is posted in its form, whose buttons lead where they did."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_"
        address = reverse(f"{name}add") if key is None else reverse(f"{name}change", args=[key])
        context = extra_context | {"save_attrs": {"formaction": address}}
        object_id = None if key is None else str(key)
        return self.changeform_view(_typed(request), object_id, address, context)  # type: ignore[no-any-return]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        typed = getattr(request, "_typed_rule", None)
        return form if typed is None else type(form.__name__, (_TypedForm, form), {"typed": typed})

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("in force"), ordering="effective_from")
    def shown_days(self, rule: Any) -> SafeString | str:
        until = rule.effective_to.isoformat() if rule.effective_to else "…"
        return latin(f"{rule.effective_from.isoformat()} – {until}")

    @display(description=_("status"), label=STATUSES, ordering="status")
    def shown_status(self, rule: Any) -> tuple[str, str]:
        return rule.status, rule.get_status_display()

    @display(description=_("last reviewed on"), ordering=_LATEST_REVIEW)
    def shown_review(self, rule: Any) -> SafeString | str:
        return latin(max(rule.last_reviewed, rule.reviewed_on or rule.last_reviewed).isoformat())

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
    Exemption: ("jurisdiction", "name", "charge", "program"),
    GoodsRestriction: ("family", "name", "topic", "action", "destination"),
    EPRScheme: ("country", "stream", "register", "action"),
    ProductRule: ("jurisdiction", "requirement", "name", "action"),
    ForbiddenClaim: ("jurisdiction", "family", "language", "action"),
    SellerThreshold: ("jurisdiction", "law", "consequence"),
    ReportRule: ("jurisdiction", "kind", "name", "length"),
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

    def save_model(self, request: HttpRequest, obj: HSCode, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rule_version.change()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

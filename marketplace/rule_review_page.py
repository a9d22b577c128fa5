"""The officers' page on the state of the rule book: what is stale, what nobody has verified, what is missing."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin_fields import country_choices, country_name
from accounts.admin_scope import is_confined
from catalog.selectors.on_sale import chapters_on_sale
from compliance import selectors, services
from compliance.landed_cost.doubts import REVIEWED_WITHIN
from compliance.models import RULE_MODELS, Confidence, RuleRow, Status
from compliance.rules.review import Review, RuleState, concerning, review
from logistics.selectors import destinations
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import whole_number

MOST_SHOWN: Final = 200  # rows of a section; what was reviewed makes room for the rest


class ReviewForm(forms.Form):
    """Which rows were read again, and against what. A row is chosen as its table and key, such as "tax_rates:12"."""

    reason = forms.CharField(
        label=_("What did you compare them with?"), max_length=1000, strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 1}),
        help_text=_("Kept in the history of each row, with your name and the day."),
        error_messages={"required": _("Say what you compared the rules with.")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.chosen = data.getlist("rule") if data is not None else []

    def clean(self) -> dict[str, Any]:
        self.rows = self._rows()
        if not self.rows:
            self.add_error(None, _("Choose at least one rule."))
        return self.cleaned_data

    def _rows(self) -> list[RuleRow]:
        """The rows that were chosen; a choice that names none is left out. One query for each table."""
        keys: dict[str, list[int]] = {}
        for choice in self.chosen[: 2 * MOST_SHOWN]:
            table, _colon, text = choice.partition(":")
            if table in RULE_MODELS and (key := whole_number(text)) is not None:
                keys.setdefault(table, []).append(key)
        return [row for table, some in keys.items() for row in RULE_MODELS[table]._default_manager.filter(pk__in=some)]


def review_page(request: HttpRequest) -> HttpResponse:
    """Shows what waits, for one country or all; marks rows as reviewed when they are sent with a reason."""
    if not selectors.may_review(request.user) or is_confined(request.user):  # type: ignore[arg-type]
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            marked = services.mark_reviewed(rules=form.rows, actor=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error("reason" if refusal.field else None, str(refusal.message))
        else:
            done = ngettext("%(count)d rule is marked as reviewed.", "%(count)d rules are marked as reviewed.", marked)
            messages.success(request, done % {"count": marked})
            return HttpResponseRedirect(request.get_full_path())
    context = admin.site.each_context(request) | _context(request.GET.get("country", "")) | {"form": form}
    return render(request, "admin/rules/review.html", context, status=400 if form.errors else 200)


def _context(country: str) -> dict[str, Any]:
    today = clock.today()
    book, served = selectors.rule_book(today), destinations()
    found = review(selectors.rule_states(), book, served, chapters_on_sale())
    if country in served:
        found = concerning(found, book, country)
    return {
        "title": _("Review of the rules"),
        "countries": country_choices(served),
        "country": country if country in served else "",
        "sections": _sections(found),
        "gaps": _gaps(found),
        "gaps_count": len(found.gaps),
        "most_shown": MOST_SHOWN,
    }


def _sections(found: Review) -> list[dict[str, Any]]:
    words = (
        (
            "stale",
            pgettext("rules", "Stale"),
            _("Nobody has looked at these rows for more than %(days)s days.") % {"days": REVIEWED_WITHIN.days},
            found.stale,
        ),
        ("unverified", pgettext("rules", "Unverified"), _("Nobody has read these rows in a source."), found.unverified),
    )
    return [
        {
            "id": key,
            "title": title,
            "note": note,
            "count": len(states),
            "rows": [_row(each) for each in states[:MOST_SHOWN]],
        }
        for key, title, note, states in words
    ]


def _row(state: RuleState) -> dict[str, Any]:
    model = RULE_MODELS[state.table]
    return {
        "choice": f"{state.table}:{state.id}",
        "address": reverse(f"admin:compliance_{model._meta.model_name}_change", args=[state.id]),
        "code": state.code,
        "table": model._meta.verbose_name,
        "place": country_name(state.place) if state.place else _("Everywhere"),
        "status": Status(state.status).label,
        "confidence": Confidence(state.confidence).label,
        "last_reviewed": state.last_reviewed,
    }


def _gaps(found: Review) -> list[tuple[str, list[str]]]:
    """Each destination with the chapters that have no rate there; no chapter stands for all goods."""
    chapters: dict[str, list[str]] = {}
    for gap in found.gaps:
        chapters.setdefault(gap.destination, []).extend(filter(None, [gap.chapter]))
    return list(chapters.items())

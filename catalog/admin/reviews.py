"""Reviews in the admin: a seller answers those of its goods, the staff publish and hide them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from accounts.admin_fields import country_name, latin
from accounts.admin_scope import ShopAdmin, is_confined, of_seller, register
from catalog.models import Review
from catalog.ratings import STARS
from catalog.services import reviews
from marketplace.kernel.errors import Refused

STATES = {
    Review.State.PUBLISHED: "success",
    Review.State.WAITING: "warning",
    Review.State.HIDDEN: "danger",
    Review.State.WITHDRAWN: "default",
}
_SHOW, _HIDE = "show", "hide"


class ReviewAdminForm(forms.ModelForm):
    """The seller's answer, or what the staff decide."""

    answer = forms.CharField(
        label=_("Your answer"), required=False, max_length=reviews.LONGEST_ANSWER,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Everybody reads it below the review. Leave it empty to take it away."),
    )  # fmt: skip
    decision = forms.ChoiceField(
        label=_("Decision"), required=False, widget=UnfoldAdminRadioSelectWidget,
        choices=[("", _("Leave it as it is")), (_SHOW, _("Show it")), (_HIDE, pgettext_lazy("decision", "Hide it"))],
    )  # fmt: skip
    why = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", "—"), *Review.Reason.choices],
        widget=UnfoldAdminRadioSelectWidget, help_text=_("The author reads it, in the language of the review."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Words to the author"), required=False, max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("decision") == _HIDE and not data.get("why"):
            self.add_error("why", _("Choose a reason: the author reads it."))
        return data


def _as_written(text: str) -> SafeString:
    """Words of others, in their own direction."""
    return format_html("<bdi>{}</bdi>", linebreaksbr(text or "—"))


@register(Review)
class ReviewAdmin(ShopAdmin):
    """The reviews of a seller's products, or of all of them for the staff; their words are nobody's to change."""

    scope = of_seller("product__seller")
    form = ReviewAdminForm
    list_display = ("shown_stars", "shown_words", "product", "signed", "written_at", "shown_answered", "shown_state")
    list_filter = ("state", "stars", "language")
    list_select_related = ("product",)
    search_fields = ("purchase", "product__handle", "title")
    search_help_text = _("The seller's own key of the product, heading, or for the staff the number of the order")
    ordering = ("-written_at", "-id")
    actions = None
    _said = (
        "shown_stars", "shown_title", "shown_text", "product", "bought", "signed", "shown_country", "language",
        "written_at", "changed_at", "state", "shown_reason", "note",
    )  # fmt: skip
    _for_staff = ("shown_purchase", "email", "decided_by", "decided_at")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if is_confined(request.user):
            return (
                (None, {"fields": self._said}),
                (_("Your answer"), {"fields": ("answer",) if self._answers(request, obj) else ("shown_answer",)}),
            )
        decision = ((_("Decision"), {"fields": ("decision", "why", "words")}),) if self._decides(request) else ()
        return (*decision, (None, {"fields": (*self._said, "shown_answer", *self._for_staff)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self._said, "shown_answer", *self._for_staff]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form with the fields that the reader sees, and no others."""
        form = super().get_form(request, obj, change, **kwargs)
        seen = set(flatten_fieldsets(self.get_fieldsets(request, obj)))
        for name in [name for name in form.base_fields if name not in seen]:
            del form.base_fields[name]
        return form

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The list is narrowed by what stands in it; nobody finds an address out letter by letter."""
        return lookup.partition("__")[0] in ("state", "stars", "language", "product", "pk", "id")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        fields = tuple(super().get_search_fields(request))
        return tuple(name for name in fields if name != "purchase") if is_confined(request.user) else fields

    def _answers(self, request: HttpRequest, review: Review | None) -> bool:
        is_shown = review is not None and review.state == Review.State.PUBLISHED
        return is_shown and request.user.has_perm("catalog.change_review")

    def _decides(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.decide_reviews") and not is_confined(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (is_confined(request.user) or self._decides(request))

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        """Through the services alone; what they refuse is said."""
        data, actor = form.cleaned_data, request.user
        try:
            if "answer" in form.changed_data:
                reviews.answer_review(review=obj, actor=actor, text=data["answer"])  # type: ignore[arg-type]
            if data.get("decision") == _SHOW:
                reviews.publish_review(review=obj, actor=actor)  # type: ignore[arg-type]
            elif data.get("decision") == _HIDE:
                reviews.hide_review(review=obj, actor=actor, reason=data["why"], note=data["words"])  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            request._is_refused = True  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Review) -> HttpResponse:
        """Nobody reads that something was changed beside the sentence that says why not."""
        if getattr(request, "_is_refused", False):
            return HttpResponseRedirect(request.get_full_path())
        return super().response_change(request, obj)  # type: ignore[no-any-return]

    @display(description=_("stars"), ordering="stars")
    def shown_stars(self, review: Review) -> SafeString | str:
        return latin("★" * review.stars + "☆" * (STARS - review.stars))

    @display(description=pgettext_lazy("what a buyer says", "review"))
    def shown_words(self, review: Review) -> str:
        return Truncator(review.title or review.text).chars(90)

    @display(description=pgettext_lazy("what a buyer says", "heading"))
    def shown_title(self, review: Review) -> SafeString:
        return _as_written(review.title)

    @display(description=pgettext_lazy("what a buyer says", "review"))
    def shown_text(self, review: Review) -> SafeString:
        return _as_written(review.text)

    @display(description=_("country"))
    def shown_country(self, review: Review) -> str:
        return country_name(review.country)

    @display(description=_("answered"), boolean=True)
    def shown_answered(self, review: Review) -> bool:
        return bool(review.answer)

    @display(description=_("answer of the seller"))
    def shown_answer(self, review: Review) -> SafeString:
        return _as_written(review.answer)

    @display(description=_("number of the order"))
    def shown_purchase(self, review: Review) -> SafeString | str:
        return latin(review.purchase)

    @display(description=_("reason"))
    def shown_reason(self, review: Review) -> str:
        return review.get_reason_display() or "—"

    @display(description=_("state"), label=STATES, ordering="state")
    def shown_state(self, review: Review) -> tuple[str, str]:
        return review.state, review.get_state_display()

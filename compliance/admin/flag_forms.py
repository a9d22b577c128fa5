"""What officers and sellers fill in on a flag."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from compliance.services.dialogue import LONGEST_MESSAGE
from compliance.words.questions import QUESTIONS

DECISIONS = ("release", "uphold", "waive", "escalate", "give_back", "suspend")


def _area(rows: int = 2, **attrs: str) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows, "dir": "auto", **attrs})


def reason_field(message: Any = _("Give a reason for your decision.")) -> forms.CharField:
    """A reason, which has to be given."""
    return forms.CharField(
        label=_("Reason"), max_length=2000, widget=_area(), error_messages={"required": message}
    )  # fmt: skip


class DecisionForm(forms.Form):
    """What the officer decides, and why; a waiver also until when."""

    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    reason = reason_field()
    seen = forms.CharField(max_length=40, required=False)  # the flag as the page showed it, see `_hidden.html`
    until = forms.DateField(
        label=_("Waived until"), required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        if (
            self.cleaned_data.get("decision") == "waive"
            and not self.cleaned_data.get("until")
            and "until" not in self.errors
        ):
            self.add_error("until", ValidationError(_("Say until when the flag is waived.")))
        return self.cleaned_data


class VerdictForm(forms.Form):
    """What the second officer says of a proposed decision; a rejection has a reason."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in ("confirm", "reject", "withdraw")])
    approval = forms.IntegerField(required=False)  # the proposal that the page showed
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False, widget=_area())


class AskForm(forms.Form):
    """What the officer asks the seller."""

    template = forms.ChoiceField(
        label=_("Question"), required=False, widget=UnfoldAdminSelectWidget,
        choices=lambda: [("", _("In your own words")), *((name, texts[0]) for name, texts in QUESTIONS.items())],
        help_text=_("The seller reads it in their own language."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Message"), required=False, max_length=LONGEST_MESSAGE, widget=_area(3),
        help_text=_("Your own words are not translated."),
    )  # fmt: skip


class AppealDecisionForm(forms.Form):
    """What becomes of an appeal, and the answer that the seller reads."""

    verdict = forms.ChoiceField(choices=[(name, name) for name in ("reverse", "confirm")])
    answer = forms.CharField(
        label=_("Answer to the seller"), max_length=2000, widget=_area(3),
        error_messages={"required": _("Give a reason for your decision.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the seller answers, with a document."""

    words = forms.CharField(
        label=_("Your answer"), max_length=LONGEST_MESSAGE, widget=_area(4),
        error_messages={"required": _("Write an answer.")},
    )  # fmt: skip
    document = forms.FileField(label=_("Document"), required=False, widget=UnfoldAdminFileFieldWidget)


class AppealForm(forms.Form):
    """Why the seller thinks that a decision is wrong, with a document."""

    text = forms.CharField(
        label=_("Why the decision is wrong"), max_length=LONGEST_MESSAGE, widget=_area(4),
        error_messages={"required": _("Say why the decision is wrong.")},
    )  # fmt: skip
    document = forms.FileField(label=_("Document"), required=False, widget=UnfoldAdminFileFieldWidget)


class BulkForm(forms.Form):
    """One decision with one reason on the chosen flags, or on all that the filters let through."""

    decision = forms.ChoiceField(
        label=_("Decision"), widget=UnfoldAdminSelectWidget,
        choices=[
            ("take", _("Take")), ("release", _("Release")), ("uphold", _("Uphold")), ("waive", _("Waive for a time")),
            ("escalate", _("Escalate")), ("give_back", _("Give back to the queue")),
        ],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason for all of them"), max_length=2000, required=False, widget=_area(1))
    until = forms.DateField(
        label=_("Waived until"), required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    everything = forms.BooleanField(label=_("All flags that the filters let through"), required=False)


class ViewForm(forms.Form):
    """The name under which an officer keeps the filters."""

    name = forms.CharField(
        label=_("Name of the view"), max_length=60, widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Give the view a name.")},
    )  # fmt: skip

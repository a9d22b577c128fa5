"""What somebody fills in who reports a listing (Regulation (EU) 2022/2065, article 16)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.address_rules import country_choices
from accounts.plain_text import PlainTextField
from compliance.models import Notice
from compliance.services import NoticeFacts
from compliance.services.notices import LONGEST


def _countries() -> list[tuple[str, Any]]:
    return [("", _("I don't know")), *country_choices(get_language() or "en")]


class ReportForm(forms.Form):
    """The notice. `website` is a trap: it is out of sight, and programs alone fill it in."""

    ground = forms.ChoiceField(
        label=_("What is wrong?"), choices=Notice.Ground.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong.")},
    )  # fmt: skip
    explanation = PlainTextField(
        label=_("Why is it illegal?"), max_length=LONGEST, several_lines=True,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Say what you saw and which law or right it breaks, so that we can check it."),
        error_messages={"required": _("Say what is wrong and why.")},
    )  # fmt: skip
    country = forms.ChoiceField(label=_("In which country is it illegal?"), choices=_countries, required=False)
    name = PlainTextField(
        label=_("Your name"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        help_text=_("The seller does not learn who you are."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We confirm your notice and tell you what we decided. Without it you find that on a page of its own."),
    )  # fmt: skip
    flagger_code = forms.CharField(
        label=_("Code of an authority or a trusted flagger"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )  # fmt: skip
    is_in_good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is accurate and complete."),
        error_messages={"required": _("Please confirm that what you say is accurate and complete as far as you know.")},
    )
    website = forms.CharField(
        label=_("Leave this field empty"), required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Please empty this field and send the form again."))
        return ""

    @property
    def report(self) -> NoticeFacts:
        """What was said; of a valid form."""
        names = ("ground", "explanation", "country", "name", "email", "is_in_good_faith", "flagger_code")
        return NoticeFacts(**{name: self.cleaned_data[name] for name in names})

    @property
    def key(self) -> UUID:
        """The key of this form, so that one that is sent twice makes one notice."""
        return self.cleaned_data.get("form_key") or uuid4()

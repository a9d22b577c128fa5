"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.address_form import AddressForm
from accounts.models import User
from accounts.plain_text import PlainTextField


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and language of a user."""

    full_name = PlainTextField(
        label=_("Full name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("We write to you in this language."),
        error_messages={"invalid_choice": _("Please choose a language from the list.")},
    )

    class Meta:
        model = User
        fields = ("full_name", "language")


class SavedAddressForm(AddressForm):
    """An address that a member keeps, and whether it is the one to use first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["is_default"] = forms.BooleanField(label=_("Use this address first"), required=False)


class EraseForm(forms.Form):
    """The last question before an account is erased."""

    understood = forms.BooleanField(
        label=_("I understand that this cannot be undone."),
        error_messages={"required": _("Please tick the box if you want to erase your account.")},
    )

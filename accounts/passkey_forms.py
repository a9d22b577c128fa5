"""allauth's forms for passkeys: our words, a printable name, and no trust in what a browser sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as webauthn_forms
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from accounts.adapter import WRONG_CODE
from accounts.plain_text import tidy, validate_plain_text
from accounts.sign_in_forms import Worded

NAME = _("Name of the passkey")
NAME_HINT = _("So that you can tell your passkeys apart.")
NAME_LENGTH = 80
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, RecursionError)


@contextmanager
def refusing_the_unreadable() -> Iterator[None]:
    """What cannot be read as a credential is a wrong code, not a failure of ours."""
    try:
        yield
    except UNREADABLE as error:
        raise ValidationError(WRONG_CODE, code="incorrect_code") from error


class CredentialField(forms.JSONField):
    """A credential as JSON: numbers too long to read and brackets too deep are refused as well."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        with refusing_the_unreadable():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except UNREADABLE:
            return InvalidJSONInput()


class AddPasskeyForm(Worded, webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    words = {"name": NAME, "passwordless": _("Sign in with this passkey alone, without a password")}
    hints = {"name": NAME_HINT, "passwordless": _("Your device then asks for a fingerprint, your face or a PIN.")}
    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        _describe(self)

    def clean_name(self) -> str:
        return _printable(super().clean_name()) or str(self.fields["name"].initial or self.initial["name"])

    def clean_credential(self) -> Any:
        with refusing_the_unreadable():
            auth.parse_registration_response(self.cleaned_data["credential"])
        return self.cleaned_data["credential"]


class RenamePasskeyForm(Worded, webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    words = {"name": NAME}
    hints = {"name": NAME_HINT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self)

    def clean_name(self) -> str:
        if name := _printable(self.cleaned_data["name"]):
            return name
        raise ValidationError(_("Please give the passkey a name."), code="required")


class _CarefulForm(webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()

    def clean_credential(self) -> Any:
        with refusing_the_unreadable():
            return super().clean_credential()


class PasskeySecondStepForm(_CarefulForm):
    """A passkey after the password."""


class PasskeySignInForm(_CarefulForm, webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a password."""


class ConfirmPasskeyForm(_CarefulForm, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey to confirm who one is."""


def _describe(form: Any) -> None:
    form.fields["name"].widget.attrs |= {"maxlength": str(NAME_LENGTH), "dir": "auto", "autocomplete": "off"}


def _printable(name: str) -> str:
    tidied: str = tidy(name)[:NAME_LENGTH]
    validate_plain_text(tidied)
    return tidied

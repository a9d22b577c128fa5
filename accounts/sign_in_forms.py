"""allauth's forms in our words; what they check stays with allauth."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User

EMAIL_LENGTH = 254
_NOBODY = "nobody.invalid"  # RFC 6761: a name that never leads anywhere
EMAIL = _("E-mail address")
PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
AGAIN = _("New password once more")
PASSWORD_HINT = _("At least 10 characters. A few words that do not belong together are easy to keep in mind.")
CODE_FROM_MAIL = _("Code from the e-mail")
CODE_FROM_APP = _("Code from the app")
CODE_OR_RECOVERY_CODE = _("Code from the app, or a recovery code")


class Worded:
    """Gives fields our labels and hints, and drops placeholders, which vanish while one types.

    An e-mail address that is longer than the database can keep is refused; allauth would cut it.
    """

    words: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name == "code":
                field.widget.attrs |= {"dir": "ltr", "autocapitalize": "off", "spellcheck": "false"}
            elif isinstance(field, forms.EmailField):
                field.widget.attrs |= {"dir": "ltr", "maxlength": str(EMAIL_LENGTH)}
                field.validators.append(MaxLengthValidator(EMAIL_LENGTH))


class SignInForm(Worded, account_forms.LoginForm):  # type: ignore[misc]
    words = {"login": EMAIL, "password": PASSWORD}


class SignUpForm(Worded, account_forms.SignupForm):  # type: ignore[misc]
    words = {"email": EMAIL, "password1": PASSWORD, "password2": _("Password once more")}
    hints = {"password1": PASSWORD_HINT}

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new account, or the answer for an address that has one already.

        For the latter an account is made too and dropped before anybody can see it: the hash of the password, the
        statements and the commit take as long, so that the time of the answer does not tell.
        """
        with transaction.atomic():
            if not self.account_already_exists:
                return self.save(request), None
            self._make_and_drop(request)
        return super().try_save(request)  # type: ignore[no-any-return]

    def _make_and_drop(self, request: HttpRequest) -> None:
        known = self.cleaned_data["email"]
        self.account_already_exists, self.cleaned_data["email"] = False, f"{secrets.token_hex(16)}@{_NOBODY}"
        made = self.save(request)
        self.account_already_exists, self.cleaned_data["email"] = True, known
        EmailAddress.objects.filter(user=made)._raw_delete("default")
        User.objects.filter(pk=made.pk)._raw_delete("default")


class AddEmailForm(Worded, account_forms.AddEmailForm):  # type: ignore[misc]
    words = {"email": _("New e-mail address")}


class ChangePasswordForm(Worded, account_forms.ChangePasswordForm):  # type: ignore[misc]
    words = {"oldpassword": _("Current password"), "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class SetPasswordForm(Worded, account_forms.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(Worded, account_forms.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": EMAIL}

    def clean_email(self) -> str:
        """Asks for the account by both tables, as for an address without one."""
        email: str = super().clean_email()
        if self.users:
            User.objects.filter(email=email.lower()).first()
        return email


class ChooseNewPasswordForm(Worded, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": PASSWORD_HINT}


class ConfirmEmailForm(Worded, account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    words = {"code": CODE_FROM_MAIL}


class ConfirmResetForm(Worded, account_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    words = {"code": CODE_FROM_MAIL}


class ReauthenticateForm(Worded, account_forms.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": PASSWORD}


class SecondStepForm(Worded, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    words = {"code": CODE_OR_RECOVERY_CODE}


class ConfirmSecondStepForm(Worded, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    words = {"code": CODE_OR_RECOVERY_CODE}


class ActivateAppForm(Worded, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    words = {"code": CODE_FROM_APP}

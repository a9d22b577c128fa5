"""How allauth behaves here: our sentences, mail in the reader's language, secrets that are not kept in the clear."""

from __future__ import annotations

import base64
import hashlib
from smtplib import SMTPException
from typing import Any

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts.models import User
from marketplace.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

SITE_NAME = "Sampan"
WRONG_CODE = _("This code is not right. Please check it and try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up, sign-in and mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _(
            "You cannot remove your main e-mail address. Make another one the main one first."
        ),
        "duplicate_email": _("This e-mail address already belongs to your account."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This e-mail address cannot be used. Please choose another one."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This is not your password."),
        "max_email_addresses": _("You can keep at most %d e-mail addresses."),
        "too_many_login_attempts": _("There were too many attempts. Please wait a few minutes and try again."),
        "unverified_primary_email": _("Your main e-mail address must be confirmed first."),
        "same_as_current": _("This is the same as before. Please enter another one."),
        "rate_limited": _("There were too many attempts. Please wait a few minutes and try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: object, commit: bool = True) -> User:
        """Keeps the language of the page on which the account was made."""
        user.language = get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends one message in the language of the account that it is for. Raises `Unavailable`."""
        words = {"request": allauth_context.request, "email": email, "site_url": settings.SITE_URL} | context
        headers = {"Auto-Submitted": "auto-generated"}
        with override(_reader_language(email, context.get("user"))):
            message = self.render_mail(template_prefix, email, words, headers=headers)
        try:
            message.send()
        except (SMTPException, OSError) as error:
            raise Unavailable(f"Mail cannot be sent: {error}") from error

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells somebody of a change that is done; a mail server that does not answer undoes nothing."""
        try:
            super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)
        except Unavailable as error:
            log.warning("notification_not_sent", template=template_prefix, user=user.pk, error=str(error))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm who one is, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from your app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": words.get(method["id"], method["description"])} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator apps, passkeys and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _(
            "Your account is protected by a second step. Switch it off before you add an e-mail address."
        ),
        "cannot_delete_authenticator": _("You cannot switch off the second step."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey before you make recovery codes."),
        "incorrect_code": WRONG_CODE,
        "unverified_email": _("Confirm all your e-mail addresses before you set up a second step."),
    }

    def build_totp_svg(self, url: str) -> str:
        """The picture for the app, black on white in the dark as well."""
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")  # type: ignore[no-any-return]

    def encrypt(self, text: str) -> str:
        """Keeps secrets of authenticator apps and recovery codes unreadable in the database and its copies."""
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Reads what `encrypt` wrote, also under an earlier secret key that is named as a fallback."""
        return _locks().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """The name that a new passkey is given unless its owner chooses one."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the browser shows when it asks for a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": SITE_NAME}


def _reader_language(email: str, user: Any) -> str:
    """The language of an account, asked for in one way whether there is an account or not."""
    listed = User.objects.filter(emailaddress__email=email.lower()).first()
    named = User.objects.filter(email=email.lower()).first()
    reader = user if isinstance(user, User) else listed or named
    language = reader.language if reader else get_language()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _locks() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(f"second factor of accounts:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])

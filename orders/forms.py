"""What a shopper fills in at the checkout besides the address."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ContactForm(forms.Form):
    """E-mail address and consent. A member's e-mail address is that of the account."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    terms = forms.BooleanField(
        label=_("I have read the terms of sale and the privacy notice and agree to them."),
        error_messages={"required": _("Please agree to the terms before you order.")},
    )

    def __init__(self, data: Any = None, *, user: User | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user
        if user is not None:
            self.fields["email"].disabled = True
            self.initial["email"] = user.email


def checkout_key(text: str) -> UUID:
    """The key under which a checkout was sent, or a new one when it has none that can be read."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()

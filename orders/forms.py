"""What a shopper fills in at the checkout besides the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance.models import BuyerNumber
from compliance.services import buyer_numbers
from marketplace.kernel.errors import Refused


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


class BusinessForm(forms.Form):
    """The tax number of a business that buys, for goods to one country; `number` is what counts as it, None for none."""

    tax_number = forms.CharField(
        label=_("Tax number of the business"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}),
        help_text=_("With a valid number tax is left to you where the law does so, and goods from abroad come under the ordinary tariff."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, country: str, may_ask: Callable[[], bool], **options: Any) -> None:
        super().__init__(data, **options)
        self._country, self._may_ask = country, may_ask
        self.number: BuyerNumber | None = None

    def clean_tax_number(self) -> str:
        """The number as it is kept. One that nobody has given before is asked for in the background."""
        text = str(self.cleaned_data["tax_number"])
        if not text:
            return ""
        try:
            key = buyer_numbers.read(text, self._country)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        self.number = buyer_numbers.kept_number(key)
        if self.number is None:
            if not self._may_ask():
                raise forms.ValidationError(_("Too many numbers were tried. Please wait a few minutes and try again."))
            self.number = buyer_numbers.keep_number(key)
        return self.number.number


def checkout_key(text: str) -> UUID:
    """The key under which a checkout was sent, or a new one when it has none that can be read."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()

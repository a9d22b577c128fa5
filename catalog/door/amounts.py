"""Amounts as people type them, read the same in every language, because an address with an amount in it is shared."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.typed_numbers import GROUPED, in_latin

MOST_AMOUNT = Decimal(10) ** 9
LONGEST = 24
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")
_THOUSANDTHS = re.compile(r"\d+\.\d{3}")
_PLAIN = re.compile(r"\d+([.,]\d{1,6})?")


class AmountField(forms.CharField):
    """An amount of money, zero or more. "19.90" and "19,90" are the same; "1.000" is refused, for it is two things.

    Except where the currency has so many `decimals` (KWD 3): there "1.000" is one.
    """

    decimals = 2

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"})
        super().__init__(max_length=LONGEST, widget=widget, **options)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        return read_amount(text, self.decimals) if text else None


def read_amount(text: str, decimals: int = 2) -> Decimal:
    """The amount in `text`, whatever mark stands before its decimals. Raises `ValidationError`."""
    plain = in_latin(text)
    if any(pattern.fullmatch(plain) for pattern in GROUPED):
        plain = re.sub(r"[.,](?=.*[.,])", "", plain)
    elif _AMBIGUOUS.fullmatch(plain) and not (decimals == 3 and _THOUSANDTHS.fullmatch(plain)):
        raise ValidationError(
            _("Please write thousands without a mark, such as 1000 or 1000.50."), code="ambiguous_amount"
        )
    if not _PLAIN.fullmatch(plain):
        raise ValidationError(_("Please enter an amount such as 20 or 19.90."), code="no_amount")
    amount = Decimal(plain.replace(",", "."))
    if amount >= MOST_AMOUNT:
        raise ValidationError(_("This amount is too large."), code="large_amount")
    return amount

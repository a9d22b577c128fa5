"""Text that people type and others print: which characters are let in, and in which form they are kept."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Marks that browsers and copied text bring along and that nobody sees; scripts need the joiners U+200C and U+200D.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u061c\ufeff\u00ad\u2060"))
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BROKEN = "\ufffd"


def tidy(text: str) -> str:
    """`text` composed (NFC), with plain line ends and single spaces, without invisible marks and empty lines."""
    plain = unicodedata.normalize("NFC", text.translate(_UNSEEN)).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(words for line in plain.split("\n") if (words := " ".join(line.split())))


def validate_plain_text(text: str, *, several_lines: bool = False) -> None:
    """Raises `ValidationError` for control characters, unpaired surrogates and marks that turn text around."""
    for sign in text:
        if sign == "\n" and several_lines:
            continue
        if sign in _TURNING or sign == _BROKEN or unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise ValidationError(_("Please leave out characters that cannot be printed."), code="unprintable")


class PlainTextField(forms.CharField):
    """A line of text, or several, as people write them: tidied, and refused when it cannot be printed."""

    def __init__(self, *, several_lines: bool = False, **options: Any) -> None:
        self.several_lines = several_lines
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        if value:
            validate_plain_text(value, several_lines=self.several_lines)
        super().run_validators(value)

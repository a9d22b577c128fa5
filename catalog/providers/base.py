"""What a machine that translates must be able to do: texts in, texts out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Translator(Protocol):
    """A machine that translates. Codes of languages are those of the shop."""

    slug: str

    def translate(self, texts: Sequence[str], *, source: str, target: str, is_markup: bool) -> list[str]:
        """The texts in the language `target`, in the same order; tags of markup are kept.

        Raises `Unavailable` when it may work later, and `Refused` when it will not. Never call it inside a transaction.
        """
        ...


def translator() -> Translator | None:
    """The machine that is configured (settings TRANSLATOR, TRANSLATION_URL, TRANSLATION_KEY); None for none."""
    if not (settings.TRANSLATION_URL and settings.TRANSLATION_KEY):
        return None
    made: Translator = import_string(settings.TRANSLATOR)(settings.TRANSLATION_URL, settings.TRANSLATION_KEY)
    return made

"""A select whose options are written in one go and kept: a list of all countries costs a template for each otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString

from marketplace.kernel.form_renderer import attributes

Choice = tuple[str, str]


class QuickSelect(forms.Select):
    """Same markup as Django's own select, for one choice out of a flat list."""

    choices: Any = property(lambda self: self._flat, lambda self, pairs: self._keep(pairs))

    def _keep(self, pairs: Iterable[Choice]) -> None:
        self._flat = pairs if isinstance(pairs, tuple) else tuple(pairs)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = _options(self._flat, "" if value is None else str(value))
        attributes_of = attributes(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return SafeString(f"<select{attributes_of}>\n{options}\n</select>")


class QuickChoiceField(forms.ChoiceField):
    """One choice out of a flat list that is not looked through for groups on every request."""

    widget = QuickSelect
    choices: Any = property(lambda self: self._choices, lambda self, pairs: self._keep(pairs))

    def _keep(self, pairs: Iterable[Choice]) -> None:
        self._choices = self.widget.choices = pairs if isinstance(pairs, tuple) else tuple(pairs)


@lru_cache(maxsize=256)
def _options(choices: tuple[Choice, ...], chosen: str) -> str:
    return "\n".join(
        f'<option value="{escape(key)}"{" selected" if str(key) == chosen else ""}>{escape(label)}</option>'
        for key, label in choices
    )

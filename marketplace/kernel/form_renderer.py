"""Writes the plain fields of forms directly: Django runs two templates for an input, and one for no error at all.

The markup is Django's own. Every other template of a form, such as those of the admin, goes to Django as before.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_INPUTS = ("checkbox", "email", "hidden", "input", "number", "password", "search", "tel", "text", "url")
Written = Callable[[Mapping[str, Any]], str]


class QuickRenderer(DjangoTemplates):
    """For the setting FORM_RENDERER."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The markup of `template_name` for `context`."""
        written = _WRITTEN.get(template_name)
        if written is not None:
            return SafeString(written(context))
        if template_name == "django/forms/errors/list/default.html" and not context["errors"]:
            return SafeString("")
        return super().render(template_name, context, request)


def attributes(values: Mapping[str, Any]) -> str:
    """The attributes of an element, each with a space in front: True stands for the bare name, False for none."""
    return "".join(
        f" {_escaped(name)}" if value is True else f' {_escaped(name)}="{_escaped(value)}"'
        for name, value in values.items()
        if value is not False
    )


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else html.escape(str(value))


def _input(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    kind, name = _escaped(widget["type"]), _escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{attributes(widget["attrs"])}>'


def _textarea(context: Mapping[str, Any]) -> str:
    widget = context["widget"]
    value = _escaped(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_escaped(widget["name"])}"{attributes(widget["attrs"])}>\n{value}</textarea>'


_WRITTEN: dict[str, Written] = {f"{_FOLDER}{name}.html": _input for name in _INPUTS}
_WRITTEN[f"{_FOLDER}textarea.html"] = _textarea

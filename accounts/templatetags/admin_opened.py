"""What the sections of a form of the admin say about its errors."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def errors_in(part: Any, otherwise: int) -> int:
    """How many errors a part of a form has, those of the whole part among them; `otherwise` where there is no part."""
    formset = getattr(part, "formset", None)
    if formset is None or not formset.is_bound:
        return int(otherwise or 0)
    in_rows = sum(len(messages) for errors in formset.errors for messages in errors.values())
    return in_rows + len(formset.non_form_errors())

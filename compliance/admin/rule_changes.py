"""The history of a rule row in the reader's words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin_fields import latin
from compliance.models import RuleRow
from compliance.models.history import UPKEEP
from compliance.rules.history import RULE_FILES, RowChange, changes_of

KINDS = {
    "added": (pgettext_lazy("change of a rule", "Added"), "info"),
    "changed": (pgettext_lazy("change of a rule", "Changed"), "warning"),
    "reviewed": (_("Reviewed, nothing changed"), "success"),
    "removed": (_("Removed"), "danger"),
}


def shown_changes(rule: RuleRow) -> list[dict[str, Any]]:
    """The changes of a row, the newest first: kind and its colour, by whom, when, why, and what differs."""
    return [_shown(change, type(rule)) for change in changes_of(rule)]


def _shown(change: RowChange, model: type[RuleRow]) -> dict[str, Any]:
    kind, colour = KINDS[change.kind]
    return {
        "kind": kind,
        "colour": colour,
        "by": _by(change.by),
        "at": change.at,
        "reason": change.reason,
        "is_whole": change.kind in ("added", "removed"),
        "values": [
            (_label(model, name), _text(model, name, before), _text(model, name, after))
            for name, (before, after) in _differences(change, model)
        ],
    }


def _differences(change: RowChange, model: type[RuleRow]) -> list[tuple[str, tuple[Any, Any]]]:
    """What the row says differently, in the order of the form; facts about the row alone where it says the same."""
    if change.kind == "reviewed":
        return []  # all of it stands in the head of the entry
    order = {field.attname: place for place, field in enumerate(model._meta.concrete_fields)}
    values = {name: pair for name, pair in change.values.items() if not all(map(_is_nothing, pair))}
    names = [name for name in values if name not in UPKEEP] or list(values)
    return [(name, values[name]) for name in sorted(names, key=lambda name: order.get(name, len(order)))]


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value == ""


def _by(label: str) -> str:
    if label == RULE_FILES:
        return gettext("Rule files")
    return label or gettext("Not known: changed past the admin")


def _field(model: type[RuleRow], name: str) -> models.Field[Any, Any] | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:  # a column that the table once had
        return None
    return field if isinstance(field, models.Field) else None


def _label(model: type[RuleRow], name: str) -> str:
    field = _field(model, name)
    return str(capfirst(field.verbose_name)) if field is not None else name


def _text(model: type[RuleRow], name: str, value: Any) -> SafeString | str:
    field = _field(model, name)
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Decimal):
        return latin(format(value.normalize(), "f"))
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices[value]) if value in choices else latin(value)

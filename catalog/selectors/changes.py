"""What was changed on a listing, for people: which text or fact, from what to what."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Field
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, EconomicOperator, ListingChange, Product, ProductFacts

MOST_SHOWN: Final = 100
_MODELS: Final = {"product": Product, "facts": ProductFacts}
_WORDS: Final = re.compile(r"\s+|[^\s\w]|\w+", re.UNICODE)
_TAGS: Final = re.compile(r"<[^>]*>")
_LONGEST: Final = 4000  # characters that are compared word by word


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: its name, and its values as text; `diff` is safe HTML with what went and what came."""

    label: str
    language: str
    diff: SafeString


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a listing, the fields in the order of the table."""

    id: int
    at: datetime
    by: str
    part: str
    fields: tuple[FieldChange, ...]


def changes_of(product: Product) -> list[Change]:
    """The latest changes, the newest first. Three queries at most."""
    rows = list(ListingChange.objects.filter(product=product).order_by("-pk")[:MOST_SHOWN])
    names = _Names(rows)
    return [Change(row.pk, row.at, row.actor_label, row.get_part_display(), tuple(_fields(row, names))) for row in rows]


class _Names:
    """What keys of other tables are called."""

    def __init__(self, rows: list[ListingChange]) -> None:
        def keys(*columns: str) -> set[int]:
            sides = [side for row in rows for side in (row.before, row.after)]
            return {side[column] for side in sides for column in columns if side.get(column)}

        categories = keys("category_id")
        operators = keys("manufacturer_id", "responsible_person_id")
        self.of: dict[str, dict[int, str]] = {"category_id": {}, "manufacturer_id": {}}
        if categories:
            self.of["category_id"] = {each.pk: str(each) for each in Category.objects.filter(pk__in=categories)}
        if operators:
            self.of["manufacturer_id"] = {e.pk: e.name for e in EconomicOperator.objects.filter(pk__in=operators)}
        self.of["responsible_person_id"] = self.of["manufacturer_id"]


def _fields(row: ListingChange, names: _Names) -> Iterator[FieldChange]:
    model = _MODELS[row.part]
    for field in model._meta.concrete_fields:
        column = field.column
        if column in row.before:
            old, new = (_text(field, side.get(column), names) for side in (row.before, row.after))
            yield FieldChange(str(field.verbose_name), getattr(field, "language", ""), _difference(old, new))


def _text(field: Field[Any, Any], value: Any, names: _Names) -> str:
    known = names.of.get(field.column or "")
    if known is not None and value is not None:
        return known.get(value, f"#{value}")
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    choices = dict(getattr(field, "flatchoices", ()) or ())
    text = str(choices.get(value, value))
    return html.unescape(_TAGS.sub(" ", text)).strip() if "<" in text else text


def _difference(old: str, new: str) -> SafeString:
    """What went in <del>, what came in <ins>, word by word; whole texts where they are long."""
    if max(len(old), len(new)) > _LONGEST:
        return mark_safe(_marked("del", old) + _marked("ins", new))  # noqa: S308 - escaped piece by piece
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces = []
    for kind, i, j, k, m in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(html.escape("".join(before[i:j])))
        else:
            pieces += [_marked("del", "".join(before[i:j])), _marked("ins", "".join(after[k:m]))]
    return mark_safe("".join(pieces))  # noqa: S308 - escaped piece by piece


def _marked(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>" if text else ""

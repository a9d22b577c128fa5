"""Pages of the admin that several people have open at once: only what was touched is written, and nobody's work is lost.

A page carries a digest of every value it was opened with. When it is sent, what was not touched is left as it stands by
then; what was touched while somebody else changed it is refused once, with what stands now beside what was typed. The
digests are not signed: who forges them takes away no protection but their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from moneyed import Money

from marketplace.kernel.money import format_money
from marketplace.kernel.typed_numbers import whole_number

NAME: Final = "_opened"
_LONGEST: Final = 300


class OpenedField(BoundField):
    """An input whose value, where nobody touched it, is what stands now."""

    @property
    def data(self) -> Any:
        standing = self.form.as_it_stands
        return standing[self.name] if self.name in standing else super().data


class OpenedForm(forms.ModelForm):
    """A form of a row that others may change meanwhile. It writes the columns that changed, and no others.

    `opened` are the digests that the page was opened with, by the names of the inputs; without them nothing is compared.
    """

    bound_field_class = OpenedField
    opened: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.as_it_stands: dict[str, Any] = {}
        self.conflicts: dict[str, str] = {}
        self._columns = dict(_columns(self.instance))

    def full_clean(self) -> None:
        if self.is_bound and self.instance.pk:
            for bound in _compared(self):
                self._compare(bound)
        super().full_clean()
        for name, now in self.conflicts.items():
            self.add_error(name, _conflict(now))

    def _compare(self, bound: BoundField) -> None:
        opened, now = self.opened.get(bound.html_name), _digest(bound.initial)
        if opened is None or opened == now:
            return
        typed = _typed(bound)
        if typed == opened:
            self.as_it_stands[bound.name] = _as_sent(bound)
        elif typed != now:
            self.conflicts[bound.name] = _shown(bound.field, bound.initial)

    def save(self, commit: bool = True) -> Any:
        row = super().save(commit=False)
        if commit:
            self.write()
            self._save_m2m()
        return row

    def write(self) -> None:
        """The row is in the database: a new one whole, of another one what differs from the row that was read."""
        row = self.instance
        if row._state.adding:
            row.save()
            return
        changed = {name for name, value in _columns(row) if name not in self._columns or self._columns[name] != value}
        if changed:
            moments = {field.name for field in row._meta.concrete_fields if getattr(field, "auto_now", False)}
            row.save(update_fields=changed | moments)


class AsOpened:
    """For an admin whose forms are `OpenedForm`s."""

    change_form_before_template = "admin/as_opened.html"

    def hold(self, key: int) -> None:
        """Keeps others from the rows of the page until it is saved: who comes second reads what the first one wrote."""

    def _changeform_view(self, request: HttpRequest, object_id: str | None, *args: Any) -> HttpResponse:
        key = whole_number(object_id or "") if request.method == "POST" else None
        if key is not None and self.get_queryset(request).filter(pk=key).exists():  # type: ignore[attr-defined]
            self.hold(key)
        return super()._changeform_view(request, object_id, *args)  # type: ignore[misc,no-any-return]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return _with_digests(super().get_form(request, obj, change, **kwargs), request)  # type: ignore[misc]

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[tuple[Any, Any]]:
        for formset, part in super().get_formsets_with_inlines(request, obj):  # type: ignore[misc]
            _with_digests(formset.form, request)
            yield type(formset.__name__, (OpenedRows, formset), {}), part

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.write()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        parts = context["inline_admin_formsets"]
        rows = [(context["adminform"].form, "")]
        rows += [(form, _row_name(part.formset, form)) for part in parts for form in part.formset.forms]
        rows = [(form, name) for form, name in rows if isinstance(form, OpenedForm)]
        digests = {bound.html_name: _digest(bound.initial) for form, _name in rows for bound in _compared(form)}
        names = [_field_name(form[name], row) for form, row in rows for name in form.conflicts]
        context |= {"opened": json.dumps(digests, separators=(",", ":")), "opened_name": NAME, "conflicts": names}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


class OpenedRows:
    """Before a set of forms: a row that somebody else took away stays away, and what was typed into it is said."""

    @property
    def initial_forms(self) -> list[Any]:
        """The forms of the rows that are still there."""
        return [form for form in super().initial_forms if not self._is_gone(form)]  # type: ignore[misc]

    def _is_gone(self, form: Any) -> bool:
        known = self.forms[: self.initial_form_count()]  # type: ignore[attr-defined]
        return form.is_bound and form.instance.pk is None and any(form is row for row in known)

    def full_clean(self) -> None:
        for form in self.forms:  # type: ignore[attr-defined]
            if self._is_gone(form):
                form.empty_permitted, form.changed_data = True, []
        super().full_clean()  # type: ignore[misc]
        for form in self.forms:  # type: ignore[attr-defined]
            is_new_to_the_reader = form.add_prefix(form.instance._meta.pk.name) in form.data
            if is_new_to_the_reader and self._is_gone(form) and (typed := _typed_anew(form)):
                self._non_form_errors.append(_gone(typed))  # type: ignore[attr-defined]


class OneRow(forms.BaseInlineFormSet):
    """A part of at most one row, which somebody else may have made since the page was opened."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        if data is not None and data.get(f"{prefix}-INITIAL_FORMS") == "0":
            row = self.model._default_manager.filter(**{self.fk.name: kwargs["instance"]}).first()
            if row is not None:
                data = data.copy()
                data[f"{prefix}-INITIAL_FORMS"] = 1
                data[f"{prefix}-0-{row._meta.pk.name}"] = row.pk
        super().__init__(data, *args, **kwargs)


def _with_digests(form: Any, request: HttpRequest) -> Any:
    """The class of forms, which was made for this request, knows what the page was opened with."""
    if "_opened_with" not in request.__dict__:
        request.__dict__["_opened_with"] = _read(request.POST.get(NAME, ""))
    form.opened = request.__dict__["_opened_with"]
    return form


def _read(sent: str) -> Mapping[str, str]:
    try:
        digests = json.loads(sent or "{}")
    except (ValueError, RecursionError):
        return {}
    return digests if isinstance(digests, dict) else {}


def _compared(form: forms.ModelForm) -> Iterable[BoundField]:
    return (form[name] for name, field in form.fields.items() if not isinstance(field, forms.FileField))


def _typed(bound: BoundField) -> str:
    """The digest of what was sent; that of nothing that ever stood there where it makes no sense."""
    try:
        return _digest(bound.field.clean(bound.data))
    except forms.ValidationError:
        return ""


def _columns(row: models.Model) -> Iterator[tuple[str, Any]]:
    """The columns of a row that were read, with their values."""
    for field in row._meta.concrete_fields:
        if field.attname in row.__dict__:
            yield field.name, field.value_from_object(row)


def _typed_anew(form: forms.ModelForm) -> list[str]:
    """What was typed into a form since it was opened, each with its label."""
    own = [bound for bound in _compared(form) if not bound.is_hidden and bound.name != DELETION_FIELD_NAME]
    opened = getattr(form, "opened", {})
    touched = [bound for bound in own if opened.get(bound.html_name) not in (None, _typed(bound))]
    return [f"{bound.label}: {_words(bound.data)}" for bound in touched]


def _as_sent(bound: BoundField) -> Any:
    """What stands now, in the shape in which the widget hands over what was sent."""
    widget = bound.field.widget
    if isinstance(widget, forms.MultiWidget):
        return widget.decompress(bound.initial)
    return bound.field.prepare_value(bound.initial)


def _digest(value: Any) -> str:
    return blake2b(json.dumps(_plain(value), sort_keys=True).encode(), digest_size=6).hexdigest()


def _plain(value: Any) -> Any:
    """A value so that what was read and what was typed are equal where they mean the same."""
    if isinstance(value, models.QuerySet):
        value = list(value)
    if value is None or (not isinstance(value, bool) and value in ("", [], (), {})):
        return ""
    if isinstance(value, Money):
        return [_plain(value.amount), value.currency.code]
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return sorted(str(_plain(part)) for part in value)
    return str(value).replace("\r\n", "\n").strip()


# Words --------------------------------------------------------------------------------------------------------


def _conflict(now: str) -> str:
    if not now:
        return _("Somebody else has emptied this since you opened the page. Save again to keep what you typed.")
    text = _(
        "Since you opened the page somebody else has changed this to “%(now)s”. Save again to keep what you typed."
    )
    return text % {"now": now}


def _gone(typed: list[str]) -> str:
    text = _(
        "Since you opened the page somebody else has taken away a row that you changed. You typed there: %(typed)s"
    )
    return text % {"typed": "; ".join(typed)}


def _words(sent: Any) -> str:
    return " ".join(str(part) for part in (sent if isinstance(sent, list) else [sent]) if part)[:_LONGEST]


def _shown(field: forms.Field, value: Any) -> str:
    """A value as somebody reads it."""
    if isinstance(value, Money):
        return format_money(value, get_language() or "en")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {part}" for name, part in value.items())
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.filter(pk=value).first() or "") if value else ""  # type: ignore[union-attr]
    if choices := getattr(field, "choices", None) or getattr(field.widget, "choices", None):
        names = {str(key): str(name) for key, name in choices}
        keys = value if isinstance(value, list) else [field.prepare_value(value)]
        return ", ".join(names.get(str(key), str(key)) for key in keys if key not in (None, ""))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        value = format(value.normalize(), "f")
    return "" if value is None else str(value)[:_LONGEST]


def _row_name(formset: Any, form: Any) -> str:
    return "" if formset.max_num == 1 or not form.instance.pk else str(form.instance)


def _field_name(bound: BoundField, row: str) -> str:
    """The label of an input, with its language and the row that it stands in."""
    label: str | Promise = bound.label
    if language := bound.field.widget.attrs.get("lang"):
        label = f"{label} ({get_language_info(language)['name_local']})"
    return f"{row} · {label}" if row else str(label)

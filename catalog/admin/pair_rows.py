"""Names with a number each, typed as rows: as many as there are and some empty ones, without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from marketplace.kernel.typed_numbers import with_point

Pairs = dict[str, str]
EMPTY_ROWS: Final = 3
MOST_ROWS: Final = 30
_LONGEST_NAME: Final = 60
_HIGHEST: Final = Decimal(10) ** 7


class PairsWidget(forms.Widget):
    """Two inputs for each row. `choices` makes the first one a choice; a name that is not among them stays."""

    def __init__(self, *, name_label: Any, number_label: Any, choices: Sequence[tuple[str, Any]] = ()) -> None:
        super().__init__()
        self.labels, self.choices = (name_label, number_label), choices

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The rows. `value` is what was kept, or the rows as they were typed."""
        rows = list(value.items()) if isinstance(value, Mapping) else list(value or ())
        rows += [("", "")] * (EMPTY_ROWS if len(rows) < MOST_ROWS else 0)
        return format_html(
            '<div class="admin-pairs" id="{}">{}</div>', (attrs or {}).get("id", name),
            format_html_join("", "<div>{}{}</div>", (self._row(name, place, *row) for place, row in enumerate(rows))),
        )  # fmt: skip

    def _row(self, name: str, place: int, word: str, number: str) -> tuple[SafeString, SafeString]:
        labels = [{"aria-label": str(label), "id": None} for label in self.labels]
        if self.choices:
            known = [("", "—"), *self.choices, *([(word, word)] if word and word not in dict(self.choices) else [])]
            first: forms.Widget = UnfoldAdminSelectWidget(attrs=labels[0], choices=known)
        else:
            first = UnfoldAdminTextInputWidget(attrs=labels[0] | {"placeholder": str(self.labels[0]), "dir": "auto"})
        second = UnfoldAdminTextInputWidget(
            attrs=labels[1] | {"placeholder": str(self.labels[1]), "inputmode": "decimal", "dir": "ltr"}
        )
        return first.render(f"{name}-{place}-name", word), second.render(f"{name}-{place}-number", number)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        rows = []
        for place in range(MOST_ROWS + EMPTY_ROWS):
            if f"{name}-{place}-name" not in data and f"{name}-{place}-number" not in data:
                break
            rows.append(tuple(str(data.get(f"{name}-{place}-{part}", "")).strip() for part in ("name", "number")))
        return rows  # type: ignore[return-value]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-name" not in data


class PairsField(forms.Field):
    """Rows as a mapping of names to numbers in plain decimal text; `most` is what the numbers may come to together."""

    def __init__(self, *, most: Decimal | None = None, too_much: Any = "", widget: PairsWidget, **options: Any) -> None:
        super().__init__(widget=widget, required=False, **options)
        self.most, self.too_much = most, too_much

    def clean(self, value: Any) -> Pairs:
        """Raises `ValidationError` with a sentence for the first row that is wrong."""
        found: dict[str, Decimal] = {}
        for word, typed in value or ():
            if not word and not typed:
                continue
            name = " ".join(word.split())
            if not name or not typed:
                raise forms.ValidationError(_("Each row needs a name and a number."))
            if len(name) > _LONGEST_NAME:
                raise forms.ValidationError(_("“%(name)s” is too long.") % {"name": name})
            if name in found:
                raise forms.ValidationError(_("“%(name)s” stands there twice.") % {"name": name})
            found[name] = _number(typed)
        if self.most is not None and sum(found.values()) > self.most:
            raise forms.ValidationError(self.too_much)
        return {name: format(number.normalize(), "f") for name, number in found.items()}

    def prepare_value(self, value: Any) -> Any:
        return list(value.items()) if isinstance(value, Mapping) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        typed = [(word, number) for word, number in data or () if word or number]
        return typed != [(str(word), str(number)) for word, number in (initial or {}).items()]

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data


def _number(typed: str) -> Decimal:
    """A number with a point or a comma in it. Raises `ValidationError`."""
    try:
        number = Decimal(with_point(typed))
    except InvalidOperation:
        raise forms.ValidationError(_("“%(text)s” is not a number.") % {"text": typed}) from None
    if not number.is_finite() or not 0 < number < _HIGHEST:
        raise forms.ValidationError(_("“%(text)s” is not a number above zero.") % {"text": typed})
    return number

"""How the admin shows and asks for things of every kind: languages in tabs, amounts, countries, states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info
from djmoney.forms.fields import MoneyField as MoneyFormField
from djmoney.models.fields import MoneyField
from modeltranslation.fields import TranslationField
from modeltranslation.utils import build_localized_fieldname
from moneyed import Money
from unfold.widgets import UnfoldAdminMoneyWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from marketplace.kernel.money import format_money, round_amount
from marketplace.kernel.places import place_name
from marketplace.kernel.signs import seen
from marketplace.kernel.typed_numbers import whole_number, with_point


def language_tabs(*fields: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """One tab for each language of the shop with the translated `fields`, the source language first."""
    return tuple(
        (name, {"classes": ["tab"], "fields": [build_localized_fieldname(field, code) for field in fields]})
        for code, name in settings.LANGUAGES
    )


def in_all_languages(*fields: str) -> list[str]:
    """The names of the columns of translated `fields`, language by language."""
    return [build_localized_fieldname(field, code) for code, _name in settings.LANGUAGES for field in fields]


class LineField(forms.CharField):
    """A text of one line, without signs that nobody sees."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return seen(text).strip() if isinstance(text, str) else text


class NumberInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """Text: an input of numbers drops the decimal mark of any language but the browser's, so that "19,90" is 1990."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"inputmode": "decimal", "dir": "ltr", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else super().format_value(value)


class TypedNumber(forms.DecimalField):
    """A number with a comma or a point before its decimals, in the digits of any script."""

    widget = NumberInput

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(with_point(value) if isinstance(value, str) else value)


class _Picked:
    """Before an input that looks rows up as one types: what is no key of any row is not looked up."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        keys = [key for key in value if not key or whole_number(key) is not None]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]


class PickedRow(_Picked, AutocompleteSelect):
    """One row."""


class PickedRows(_Picked, AutocompleteSelectMultiple):
    """Several rows."""


class ShopFields:
    """Inputs of translated columns carry their language and direction; amounts are in a currency of the shop."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **self._picked(PickedRow, db_field, request), **kwargs
        )  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **self._picked(PickedRows, db_field, request), **kwargs
        )  # type: ignore[misc]

    def _picked(self, widget: type[AutocompleteMixin], db_field: Any, request: HttpRequest) -> dict[str, Any]:
        is_typed = db_field.name in self.get_autocomplete_fields(request)  # type: ignore[attr-defined]
        return {"widget": widget(db_field, self.admin_site)} if is_typed else {}  # type: ignore[attr-defined]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        source_field = getattr(db_field, "translated_field", db_field)
        if type(source_field) is models.CharField and not db_field.choices:
            kwargs.setdefault("form_class", LineField)
        if isinstance(db_field, models.DecimalField) and not isinstance(db_field, MoneyField):
            kwargs = {"form_class": TypedNumber, "widget": NumberInput} | kwargs
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(db_field, TranslationField):
            source: Any = db_field.translated_field
            field.label = capfirst(str(source.verbose_name))
            field.required = field.required or (
                db_field.language == settings.MODELTRANSLATION_DEFAULT_LANGUAGE and not source.blank
            )
            bidi = get_language_info(db_field.language)["bidi"]
            field.widget.attrs |= {"lang": db_field.language, "dir": "rtl" if bidi else "ltr"}
        if isinstance(field, MoneyFormField):
            field.widget = AmountInput()
            field.fields[1].choices = field.widget.widgets[1].choices = currency_choices()
        return field


class AmountInput(UnfoldAdminMoneyWidget):  # type: ignore[misc]
    """An amount and its currency, the amount with as many decimal places as the currency has."""

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, Money):
            currency = value.currency.code
            rounded = round_amount(value.amount, currency)
            exact = value.amount == rounded
            return [format(rounded if exact else value.amount.normalize(), "f"), currency]
        return list(super().decompress(value))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        amount, currency = super().value_from_datadict(data, files, name)
        return [with_point(amount) if isinstance(amount, str) else amount, currency]


# Choices ------------------------------------------------------------------------------------------------------


def country_choices(codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Code and name of countries, sorted by name in the active language; all of them when `codes` is None."""
    return [*_countries(get_language() or "en", None if codes is None else tuple(codes))]


@lru_cache(maxsize=64)
def _countries(language: str, codes: tuple[str, ...] | None) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language.replace("-", "_")).territories
    chosen = codes if codes is not None else (code for code in names if len(code) == 2 and code.isalpha())
    listed = [(code, names.get(code, code)) for code in chosen if code not in _NO_COUNTRIES]
    return tuple(sorted(listed, key=lambda pair: pair[1]))


_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))  # groups and placeholders of CLDR


def country_field(*, required: bool, label: Any) -> forms.ChoiceField:
    """A choice among the countries of the world in the reader's language."""
    return forms.ChoiceField(
        label=capfirst(label),
        required=required,
        choices=lambda: [("", "—"), *country_choices()],
        widget=UnfoldAdminSelectWidget,
    )


def currency_choices() -> list[tuple[str, str]]:
    """The currencies of the shop, each as its code and name."""
    names = Locale.parse((get_language() or "en").replace("-", "_")).currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in settings.CURRENCIES]


# Cells --------------------------------------------------------------------------------------------------------


def money_cell(amount: Money | None) -> SafeString | str:
    """An amount as the reader writes it, its order kept in right-to-left text."""
    if amount is None:
        return "—"
    # The text holds digits, separators and a currency sign of CLDR: nothing that needs escaping.
    return SafeString(f'<bdi dir="ltr">{format_money(amount, get_language() or "en")}</bdi>')


def country_name(code: str) -> str:
    """A country in the active language; a code that nobody knows stands for itself."""
    return place_name(code) if code else "—"


def latin(text: object) -> SafeString | str:
    """A number, code or address that reads from left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', text) if text not in (None, "") else "—"


def shown_lines(lines: Iterable[object]) -> SafeString | str:
    """Lines of text below each other; empty ones are left out."""
    cells = [format_html("{}", line) for line in lines if line]
    return mark_safe(f"<span>{'<br>'.join(cells)}</span>") if cells else "—"  # noqa: S308 - each line is escaped above


def shown_pairs(pairs: Mapping[str, object]) -> SafeString | str:
    """Names and values of plain data below each other."""
    return shown_lines(format_html("{}: {}", name, latin(value)) for name, value in pairs.items())

"""Attributes with their choices, the sets of categories, and size charts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin_fields import in_all_languages, language_tabs
from accounts.admin_scope import STAFF, ShopAdmin, TabularPart, is_confined, of_seller, register
from catalog.admin.choice_parts import ChoicesPart
from catalog.models import Attribute, AttributeChoice, CategoryAttribute, SizeChart
from catalog.selectors import attribute_filters
from catalog.services import search_entries
from catalog.services.attributes import refresh_tokens


class AttributeForm(forms.ModelForm):
    """An attribute. Its kind and code stay once it is made, since listings answer it by them."""

    steps = SimpleArrayField(
        forms.DecimalField(min_value=0, max_digits=14, decimal_places=4), label=_("Ranges"), required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr"}),
        help_text=_("Where the ranges of the filter meet, in the unit, such as 100, 250, 500. Empty for no ranges."),
    )  # fmt: skip

    class Meta:
        model = Attribute
        fields = ("code", "kind", "unit", "steps", "is_filter", "is_compared", "position", *in_all_languages("name"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = data.get("kind", self.instance.kind)
        if kind != Attribute.Kind.NUMBER and (data.get("unit") or data.get("steps")):
            self.add_error("unit", _("Only numbers have a unit and ranges."))
        if kind == Attribute.Kind.TEXT and data.get("is_filter"):
            self.add_error("is_filter", _("A text can't be a filter. Make it a choice."))
        if data.get("steps"):
            data["steps"] = sorted(set(data["steps"]))
        return data


class ChoicePart(ChoicesPart):
    """The choices of an attribute in every language."""

    model = AttributeChoice
    scope = STAFF
    own = ("position", "code", "swatch")
    ordering = ("position", "code")


@register(Attribute)
class AttributeAdmin(ShopAdmin):
    """What goods are asked. The staff keep it; sellers meet it in the form of a listing."""

    scope = STAFF
    form = AttributeForm
    list_display = ("name", "code", "kind", "unit", "is_filter", "is_compared", "position")
    list_filter = ("kind", "is_filter")
    search_fields = ("code", "name_en")
    ordering = ("position", "code")
    actions = None
    fieldsets = (
        (None, {"fields": (("code", "kind"), ("unit", "steps"), ("is_filter", "is_compared"), "position")}),
        *language_tabs("name"),
    )
    inlines = (ChoicePart,)

    def fixed_fields(self, request: HttpRequest, obj: Any) -> tuple[str, ...]:
        return ("code", "kind") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        has_choices = obj is not None and obj.kind in (Attribute.Kind.CHOICE, Attribute.Kind.COLOUR)
        return [ChoicePart] if has_choices else []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if {"is_filter", "steps"} & set(form.changed_data):
            refresh_tokens(attribute=form.instance)
        if change and any(formset.has_changed() for formset in formsets):
            search_entries.ask_anew(attribute=form.instance)
        transaction.on_commit(attribute_filters.forget)


class SetPart(TabularPart):
    """What a category asks of goods beside what those above it ask."""

    model = CategoryAttribute
    scope = STAFF
    fields = ("position", "attribute", "is_required")
    autocomplete_fields = ("attribute",)
    ordering = ("position", "pk")
    tab = True


# Size charts ----------------------------------------------------------------------------------------------

_MOST: Final = 20


def _row(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=400, widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr"})
    )


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.replace("、", ",").replace("，", ",").replace(";", ",").split(",")]


class _Rows(forms.ModelForm):
    """A row for each system of sizes and for each measure."""

    for _system in SizeChart.System:
        locals()[f"label_{_system.value}"] = _row(_system.label)
    for _measure in SizeChart.Measure:
        locals()[f"measure_{_measure.value}"] = _row(_measure.label)


class SizeChartForm(_Rows):
    """A size chart: each row as typed values, one for each size, in centimetres."""

    sizes = forms.CharField(
        label=_("Sizes"), max_length=400, widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr"}),
        help_text=_("As they stand on the listings, with commas between them, such as S, M, L, XL."),
    )  # fmt: skip

    class Meta:
        model = SizeChart
        fields = ("category", "seller", "sizes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chart = self.instance
        if "sizes" in self.fields:
            self.initial["sizes"] = ", ".join(chart.sizes or ())
        for system, cells in (chart.labels or {}).items():
            self.initial[f"label_{system}"] = ", ".join(cells)
        for measure, numbers in (chart.measures or {}).items():
            self.initial[f"measure_{measure}"] = ", ".join(_centimetres(number) for number in numbers)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "sizes" not in data:
            return data
        data["sizes"] = [size for size in _cells(data["sizes"]) if size]
        if not 1 <= len(data["sizes"]) <= _MOST or any(len(size) > 20 for size in data["sizes"]):
            self.add_error("sizes", _("Give one to twenty sizes with a comma between them."))
            return data
        self.instance.labels = self._rows(data, "label_", SizeChart.System.values, str)
        self.instance.measures = self._rows(data, "measure_", SizeChart.Measure.values, _millimetres)
        if not self.errors and not (self.instance.labels or self.instance.measures):
            self.add_error(None, _("Give at least one measure, or the sizes of another system."))
        return data

    def _rows(self, data: dict[str, Any], prefix: str, keys: Any, read: Any) -> dict[str, list[Any]]:
        found = {}
        for key in keys:
            text, name = data.get(f"{prefix}{key}", ""), f"{prefix}{key}"
            if not text:
                continue
            cells = _cells(text)
            if len(cells) != len(data["sizes"]):
                message = _("There are %(sizes)d sizes, but %(cells)d values here.")
                self.add_error(name, message % {"sizes": len(data["sizes"]), "cells": len(cells)})
                continue
            try:
                found[key] = [read(cell[:20]) for cell in cells]
            except ValidationError as error:
                self.add_error(name, error)
        return found


def _millimetres(text: str) -> float | int | None:
    """A number of centimetres with a point or none, None for a dash. Raises `ValidationError`."""
    if text in ("", "-", "–"):
        return None
    try:
        number = Decimal(text) * 10
    except InvalidOperation:
        raise ValidationError(_("“%(text)s” is not a number of centimetres."), params={"text": text}) from None
    if not number.is_finite() or not 0 < number < 10_000:
        raise ValidationError(_("“%(text)s” is not a number of centimetres."), params={"text": text})
    return int(number) if number == int(number) else float(number)


def _centimetres(millimetres: Any) -> str:
    return "-" if millimetres is None else format((Decimal(str(millimetres)) / 10).normalize(), "f")


@register(SizeChart)
class SizeChartAdmin(ShopAdmin):
    """The size charts of the shop, and those of a seller's own."""

    scope = of_seller("seller")
    form = SizeChartForm
    list_display = ("category", "seller", "shown_sizes")
    list_filter = ("seller",)
    list_select_related = ("category", "seller")
    ordering = ("category__path", "pk")
    autocomplete_fields = ("category",)
    actions = None
    fieldsets = (
        (None, {"fields": (("category", "seller"), "sizes")}),
        (_("The same sizes in other systems"), {"fields": [f"label_{value}" for value in SizeChart.System.values]}),
        (_("Measures in centimetres"), {"fields": [f"measure_{value}" for value in SizeChart.Measure.values]}),
    )

    @display(description=pgettext_lazy("size chart", "sizes"))
    def shown_sizes(self, chart: SizeChart) -> str:
        return ", ".join(chart.sizes)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "seller" in form.base_fields and is_confined(request.user):
            form.base_fields["seller"].required = True  # a chart for all sellers is for the staff to keep
            if obj is None and len(request.user.seller_ids) == 1:  # type: ignore[union-attr]
                form.base_fields["seller"].initial = next(iter(request.user.seller_ids))  # type: ignore[union-attr]
        return form

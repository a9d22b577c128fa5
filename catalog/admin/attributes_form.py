"""What a listing is asked because of its category: a section of its page with a field for each attribute."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_opened import OneRow, OpenedForm
from accounts.admin_scope import StackedPart, of_seller
from catalog import attribute_values, units
from catalog.attribute_values import Asked
from catalog.models import Product, ProductAttributes
from catalog.selectors.attributes import asked_of, unanswered
from catalog.services.attributes import keep_answers
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import is_two_things, with_point

_PREFIX = "is_"  # an attribute may be called as a column is


class LanguagesWidget(forms.Widget):
    """A text in every language of the shop, the source language first; the others open on demand."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The inputs; `value` is {language: text}."""
        value = value if isinstance(value, dict) else {}
        rows = [self._input(name, code, label, value.get(code, "")) for code, label in settings.LANGUAGES]
        others = format_html_join("", "{}", ((row,) for row in rows[1:]))
        return format_html("{}<details><summary>{}</summary>{}</details>", rows[0], _("Other languages"), others)

    def _input(self, name: str, code: str, label: str, text: str) -> SafeString:
        direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
        widget = UnfoldAdminTextInputWidget(
            attrs={"aria-label": label, "placeholder": label, "lang": code, "dir": direction}
        )
        return widget.render(f"{name}-{code}", text)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        found = {code: str(data.get(f"{name}-{code}", "")).strip() for code, _label in settings.LANGUAGES}
        return {code: text for code, text in found.items() if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-en" not in data


class AnswerField(forms.Field):
    """The answer to one attribute, as `catalog.attribute_values` keeps it."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        label = capfirst(asked.name)
        if asked.is_required:
            label = _("%(name)s (required)") % {"name": label}
        super().__init__(label=label, required=False, widget=_widget(asked), help_text=_help(asked))

    def clean(self, value: Any) -> Any:
        """Raises `ValidationError` with the sentence that says what is wrong."""
        try:
            return attribute_values.cleaned(self.asked, value)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None

    def prepare_value(self, value: Any) -> Any:
        if self.asked.kind == "boolean":
            return {True: "yes", False: "no"}.get(value, value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or None) != (data or None)


def _widget(asked: Asked) -> forms.Widget:
    if asked.kind == "text":
        return LanguagesWidget()
    if asked.kind == "boolean":
        return UnfoldAdminSelectWidget(choices=[("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))])
    if asked.kind == "number":
        return UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "dir": "ltr"})
    return forms.CheckboxSelectMultiple(choices=list(asked.choices.items()), attrs={"class": "admin-choices"})


def _help(asked: Asked) -> Any:
    if asked.unit:
        return _("In %(unit)s.") % {"unit": units.UNITS[asked.unit].label}
    return _("Tick all that apply.") if asked.kind in ("choice", "colour") else ""


class AnswersForm(OpenedForm):
    """The answers of one listing; the fields are put in by `form_for`.

    `was_sent`: the section was on the page that was sent. It was not where the listing has just come to its category.
    """

    was_sent = True

    class Meta:
        model = ProductAttributes
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self._asked():
            self.initial[name] = (self.instance.given or {}).get(field.asked.code)

    def _asked(self) -> list[tuple[str, AnswerField]]:
        return [(name, field) for name, field in self.fields.items() if isinstance(field, AnswerField)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self._asked():
            typed = str(self[name].data or "")
            if field.asked.kind == "number" and name in self.changed_data and is_two_things(typed):
                self.add_error(name, _two_things(typed))
        if self.data.get("status", Product.Status.LIVE) != Product.Status.LIVE:
            return data
        for name, field in self._asked():
            answer = data.get(name) if self.was_sent else (self.instance.given or {}).get(field.asked.code)
            if field.asked.is_required and name not in self.errors and answer is None:
                message = _("Goods of this category that are on sale have to say this: %(name)s.")
                self.add_error(name, message % {"name": field.asked.name})
        return data

    def save(self, commit: bool = True) -> Any:
        """The service writes the row; the answers to a category that the listing has left in the same form are dropped."""
        self.save_m2m = lambda: None
        if not self.was_sent:
            return self.instance
        product = self.instance.product
        asked = {one.code for one in asked_of(product.category)}
        typed = {
            field.asked.code: self.cleaned_data.get(name)
            for name, field in self._asked()
            if field.asked.code in asked and name in self.changed_data
        }
        keep_answers(product=product, typed=typed)
        return self.instance


def _two_things(typed: str) -> str:
    one = with_point(typed)
    text = _(
        "“%(text)s” is a thousand to some and little more than one to others. Please write %(thousand)s or %(one)s."
    )
    return text % {"text": typed, "thousand": one.replace(".", ""), "one": f"{one}0"}


def form_for(category_asks: list[Asked]) -> type[AnswersForm]:
    """A form with a field for each attribute."""
    fields = {f"{_PREFIX}{asked.code}": AnswerField(asked) for asked in category_asks}
    return type("AnswersForm", (AnswersForm,), fields)


class AnswersFormSet(OneRow):
    """The one form of a listing, also where the page that was sent had no such section yet."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        self.was_sent = data is None or f"{prefix}-TOTAL_FORMS" in data
        if not self.was_sent:
            product = kwargs["instance"].pk
            data = data.copy()
            data.update({f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0, f"{prefix}-0-product": product})
        super().__init__(data, *args, **kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        form.was_sent = self.was_sent
        return form


def asked_in(request: HttpRequest, product: Product) -> list[Asked]:
    """What is asked of the listing, read once for a request."""
    kept: dict[int, list[Asked]] = request.__dict__.setdefault("_asked_of_listing", {})
    if product.category_id not in kept:
        kept[product.category_id] = asked_of(product.category)
    return kept[product.category_id]


def follow_category(request: HttpRequest, product: Product) -> None:
    """After a listing has come to another category: its answers are those asked there; the reader hears what is missing."""
    keep_answers(product=product, typed={})
    if missing := unanswered([product.pk]).get(product.pk):
        text = _("Goods of this category also have to say this: %(names)s. Say it under “Attributes”.")
        messages.warning(request, text % {"names": ", ".join(missing)})


class AnswersPart(StackedPart):
    """What the listing answers to the attributes of its category."""

    model = ProductAttributes
    scope = of_seller("product__seller")
    form = AnswersForm
    verbose_name = verbose_name_plural = _("Attributes")
    tab = True
    hide_title = True
    formset = AnswersFormSet
    min_num = max_num = 1
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return [f"{_PREFIX}{asked.code}" for asked in asked_in(request, obj)] if obj else []

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **kwargs: Any) -> Any:
        kwargs["form"] = form_for(asked_in(request, obj) if obj else [])
        kwargs["fields"] = self.get_fields(request, obj)
        return super().get_formset(request, obj, **kwargs)

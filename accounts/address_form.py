"""A form for one postal address whose fields, order, names and checks are those of its country.

The account pages and the checkout use it; other forms may stand beside it on a page under another prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts import address_rules, address_words
from accounts.plain_text import PlainTextField
from accounts.quick_select import QuickChoiceField, QuickSelect
from marketplace.kernel.address import PostalAddress

LENGTHS = {
    "name": 120,
    "company_name": 120,
    "street_address": 300,
    "city": 120,
    "city_area": 120,
    "country_area": 120,
    "postal_code": 20,
    "sorting_code": 40,
}
PHONE_LENGTH = 32  # as typed; what is kept has at most 16 characters (E.164)
AUTOCOMPLETE = {
    "name": "name",
    "company_name": "organization",
    "street_address": "street-address",
    "city": "address-level2",
    "city_area": "address-level3",
    "country_area": "address-level1",
    "postal_code": "postal-code",
    "sorting_code": "off",
    "country_code": "country",
    "phone": "tel",
}
OPTIONAL = frozenset({"company_name", "sorting_code"})
ALWAYS = frozenset({"name", "street_address"})


def country_among(choices: Sequence[tuple[str, str]], *wanted: str | None) -> str:
    """The first of the codes `wanted` that is among `choices` and has known rules, else the first choice that has."""
    codes = dict(choices)
    known = address_rules.countries()
    named = (code for code in wanted if code in codes and code in known)
    return next(named, None) or next(code for code in codes if code in known)


class AreaField(QuickChoiceField):
    """A region of a country: its key, or its name in any of the country's languages, in any case."""

    def __init__(self, *, country: str, **options: Any) -> None:
        self.country = country
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)[: LENGTHS["country_area"]]
        return address_rules.area_key(self.country, text) or text


class AddressForm(forms.Form):
    """One address in `country`; a country posted as `country_code` and among `countries` wins, none need be posted.

    `data` is what was posted, or None; `initial` is a mapping, for example of `PostalAddress.as_dict()`, or
    `typed(…)`. `countries` are pairs of code and name, all known countries when left out. `section` goes in
    front of the browser's autocomplete hints ("shipping"), `country_attrs` on the country's select.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        country: str,
        countries: Sequence[tuple[str, str]] | None = None,
        initial: Mapping[str, Any] | None = None,
        prefix: str | None = None,
        phone_required: bool = False,
        section: str = "",
        country_attrs: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), prefix=prefix)
        self.language = get_language() or "en"
        choices = countries or address_rules.country_choices(self.language)
        self.country = self._chosen_country(choices, country)
        self.rules = address_rules.rules(self.country)
        self.section = section
        self.fields["country_code"] = QuickChoiceField(
            label=address_words.COUNTRY,
            choices=choices,
            required=not self.is_bound or self.add_prefix("country_code") in self.data,
            error_messages={
                "required": _("Please choose a country."),
                "invalid_choice": _("We do not deliver to this country."),
            },
            widget=QuickSelect(attrs=self._attrs("country_code") | dict(country_attrs or {})),
        )
        self.initial["country_code"] = self.country
        self._rows = address_rules.rows(self.country, self.language)
        for name in (name for row in self._rows for name in row):
            self.fields[name] = self._field(name)
        self.fields["phone"] = self._phone_field(required=phone_required)

    @staticmethod
    def typed(data: Mapping[str, Any], prefix: str | None = None) -> dict[str, str]:
        """What stands in the fields of `data`, unchecked: the initial values when the country has changed."""
        names = (*LENGTHS, "country_code", "phone")
        return {name: data[key] for name in names if (key := f"{prefix}-{name}" if prefix else name) in data}

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields, row by row in the country's order, the telephone last; without the country's select."""
        return [*([self[name] for name in row] for row in self._rows), [self["phone"]]]

    @property
    def address(self) -> PostalAddress:
        """The address; only after `is_valid()`."""
        values = {name: self.cleaned_data.get(name) or "" for name in LENGTHS}
        phone = self.cleaned_data.get("phone")
        return PostalAddress(country_code=self.country, phone=phone.as_e164 if phone else "", **values)

    def clean(self) -> dict[str, Any]:
        """Checks the postal code against the country and the region."""
        code = self.cleaned_data.get("postal_code")
        if code:
            area = self.cleaned_data.get("country_area", "")
            area = area if address_rules.area_key(self.country, area) == area else ""
            tidied = address_rules.tidy_postal_code(self.country, area, code)
            self.cleaned_data["postal_code"] = tidied
            if fault := address_rules.postal_code_fault(self.country, area, tidied):
                self.add_error("postal_code", self._postal_code_error(fault, tidied, area))
        return self.cleaned_data

    def _postal_code_error(self, fault: str, code: str, area: str) -> ValidationError:
        if fault == "area":
            message = _("The postal code %(code)s does not lie in %(area)s. Please check both.")
            name = address_rules.area_name(self.country, area, self.language)
            return ValidationError(message, code="wrong_area", params={"code": code, "area": name})
        message = _("In %(country)s a postal code looks like %(example)s. Please check it.")
        name = address_rules.country_name(self.country, self.language)
        example = address_rules.postal_code_example(self.country)
        return ValidationError(message, code="wrong_format", params={"country": name, "example": example})

    def _chosen_country(self, choices: Sequence[tuple[str, str]], country: str) -> str:
        sources = [self.data.get(self.add_prefix("country_code"))] if self.is_bound else []
        return country_among(choices, *sources, country, self.initial.get("country_code"))

    def _field(self, name: str) -> forms.Field:
        label = address_words.label(name, self.rules)
        required = name in ALWAYS or (name in self.rules.required_fields and name not in OPTIONAL)
        errors = {"required": gettext("Please fill in “%(label)s”.") % {"label": label}}
        options: dict[str, Any] = {"label": label, "required": required, "error_messages": errors}
        choices = address_rules.area_choices(self.country, self.language) if name == "country_area" else ()
        if choices:
            errors["invalid_choice"] = gettext("Please choose “%(label)s” from the list.") % {"label": label}
            widget = QuickSelect(attrs={"autocomplete": self._attrs(name)["autocomplete"]})
            blank = ("", gettext("Please choose"))
            return AreaField(country=self.country, choices=[blank, *choices], widget=widget, **options)
        if name == "street_address":
            lines = forms.Textarea(attrs=self._attrs(name) | {"rows": "2"})
            return PlainTextField(max_length=LENGTHS[name], several_lines=True, widget=lines, **options)
        return PlainTextField(max_length=LENGTHS[name], widget=forms.TextInput(attrs=self._attrs(name)), **options)

    def _phone_field(self, *, required: bool) -> PhoneNumberField:
        region = self.country if self.country in phonenumbers.SUPPORTED_REGIONS else None
        example = _example_of_a_phone(region or "GB")
        errors = {
            "required": gettext("Please fill in “%(label)s”.") % {"label": address_words.PHONE},
            "invalid": gettext("Please enter a telephone number such as %(example)s.") % {"example": example},
        }
        widget = forms.TextInput(attrs=self._attrs("phone") | {"type": "tel", "maxlength": str(PHONE_LENGTH)})
        return PhoneNumberField(
            region=region,
            label=address_words.PHONE,
            required=required,
            widget=widget,
            error_messages=errors,
            help_text=gettext("For the carrier, should there be a question."),
        )

    def _attrs(self, name: str) -> dict[str, str]:
        hint = AUTOCOMPLETE[name]
        attrs = {"autocomplete": f"{self.section} {hint}" if self.section and hint != "off" else hint}
        if name in ("postal_code", "phone"):
            attrs["dir"] = "ltr"
        elif name in LENGTHS:
            attrs["dir"] = "auto"
        if name == "postal_code":
            example = address_rules.postal_code_example(self.country)
            attrs["inputmode"] = "numeric" if example.isdigit() else "text"
            attrs["autocapitalize"] = "characters"
        return attrs


@lru_cache(maxsize=256)
def _example_of_a_phone(region: str) -> str:
    number = phonenumbers.example_number(region) or phonenumbers.PhoneNumber()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))

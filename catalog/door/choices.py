"""The lists that one chooses from: countries, their regions, currencies, tax categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import address_rules
from accounts.quick_select import QuickSelect
from compliance.rules.book import RuleBook
from marketplace.kernel.consignment import Destination

Pairs = Sequence[tuple[str, Any]]
_KINDS: dict[str, str | Promise] = {
    "standard": pgettext_lazy("tax category", "Everything else"),
    "books": pgettext_lazy("tax category", "Books"),
    "food": pgettext_lazy("tax category", "Food"),
    "food_basic": _("Basic food"),
    "children_clothing": _("Children's clothing"),
    "medicine": pgettext_lazy("tax category", "Medicine"),
}


class GroupedSelect(QuickSelect):
    """A select whose options stand in groups: choices are pairs of a heading and its own pairs; "" is no heading."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        groups = format_html_join("\n", "{}", ((self._group(head, pairs, chosen),) for head, pairs in self.choices))
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>\n{}\n</select>", attributes, groups)

    @staticmethod
    def _group(head: Any, pairs: Pairs, chosen: str) -> SafeString:
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if key == chosen else "", label) for key, label in pairs),
        )
        return format_html('<optgroup label="{}">\n{}\n</optgroup>', head, options) if head else options


@dataclass(frozen=True, slots=True)
class Places:
    """The lists in the reader's language. Keys of regions are country and region ("CA-ON")."""

    countries: Pairs
    regions: Sequence[tuple[str, Pairs]]
    currencies: Pairs
    kinds: Pairs


def places(rule_book: RuleBook, language: str) -> Places:
    """The lists that the rules of a day call for: regions where tax depends on them, categories that have rates."""
    names = Locale.parse(language.replace("-", "_")).currencies
    return Places(
        countries=address_rules.country_choices(language),
        regions=[
            (address_rules.country_name(country, language), _regions(country, known, language))
            for country, known in _taxed_by_region(rule_book).items()
        ],
        currencies=[(code, f"{code} · {names.get(code, code)}") for code in settings.CURRENCIES],
        kinds=[(kind, _KINDS.get(kind, kind.replace("_", " "))) for kind in _categories(rule_book)],
    )


def _taxed_by_region(rule_book: RuleBook) -> dict[str, set[str]]:
    found = {}
    for country in rule_book.countries():
        rates = rule_book.for_destination(Destination(country)).taxes.values()
        if regions := {region for by_region in rates for region in by_region if region}:
            found[country] = regions
    return found


def _regions(country: str, known: set[str], language: str) -> Pairs:
    return [(f"{country}-{key}", name) for key, name in address_rules.area_choices(country, language) if key in known]


def _categories(rule_book: RuleBook) -> list[str]:
    """ "standard" first, then those that some country has a rate for, in the order in which they are named here."""
    known = {
        category
        for country in rule_book.countries()
        for category in rule_book.for_destination(Destination(country)).taxes
    }
    return [kind for kind in _KINDS if kind in known or kind == "standard"] + sorted(known - _KINDS.keys())

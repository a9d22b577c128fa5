"""What one may ask about a price at a door: the articles, their way, who buys them, and on which day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.address_rules import tidy_postal_code
from accounts.plain_text import PlainTextField
from accounts.quick_select import QuickSelect
from catalog.door.amounts import AmountField
from catalog.door.choices import GroupedSelect, Places
from compliance.landed_cost.questions import MOST_PIECES
from marketplace.kernel.money import minor_digits

MOST_ARTICLES = 5
FIRST_DAY = date(2021, 1, 1)
AHEAD = timedelta(days=731)  # two years
_LIST = {
    "required": _("Please choose one from the list."),
    "invalid_choice": _("Please choose one from the list."),
}
_WHOLE = {
    "required": _("Please enter a whole number."),
    "invalid": _("Please enter a whole number."),
    "min_value": _("Please enter at least %(limit_value)s."),
    "max_value": _("Please enter at most %(limit_value)s."),
}


def _choice(label: Any, *, required: bool = True, **options: Any) -> forms.ChoiceField:
    """A choice from a list that the form fills in."""
    widget = options.pop("widget", QuickSelect)
    return forms.ChoiceField(label=label, required=required, error_messages=_LIST, widget=widget, **options)


def _whole(label: Any, least: int, most: int, *, required: bool = True, **options: Any) -> forms.IntegerField:
    """A whole number within bounds, typed as text, so that what can't be read is shown again."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "maxlength": "12"})
    return forms.IntegerField(
        label=label, required=required, min_value=least, max_value=most, error_messages=_WHOLE, widget=widget, **options
    )


# While one types what it is, codes are proposed below.
_LIVE = {
    "hx-trigger": "input changed delay:500ms",
    "hx-swap": "innerHTML",
    "hx-push-url": "false",
    "hx-sync": "this:replace",
}


class ArticleForm(forms.Form):
    """One article; all its amounts are in the currency of the question."""

    description = PlainTextField(
        label=_("What is it?"), max_length=200, required=False, help_text=_("In a few words, such as “cotton T-shirt”.")
    )
    hs_code = forms.CharField(
        label=_("Customs code (HS)"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("Six digits at least. Without it nobody can tell the duty."),
    )  # fmt: skip
    origin = _choice(_("Made in"), required=False)
    kind = _choice(capfirst(_("tax category")))
    price = AmountField(label=_("Price of one piece"), error_messages={"required": _("Please enter a price.")})
    quantity = _whole(_("Quantity"), 1, MOST_PIECES)
    weight = _whole(_("Weight of one piece (g)"), 0, 1_000_000, required=False)
    lithium = forms.BooleanField(label=_("With a lithium battery"), required=False)

    def __init__(self, data: Any, *, number: int, places: Places, currency: str, **options: Any) -> None:
        super().__init__(data, prefix=str(number), use_required_attribute=False, **options)
        self.number = number
        self.fields["description"].widget.attrs |= _LIVE | {
            "dir": "auto", "hx-get": reverse("landed_cost"), "hx-target": f"#codes-{number}",
            "hx-vals": json.dumps({"find": str(number)}),
        }  # fmt: skip
        self.fields["price"].decimals = minor_digits(currency) if currency in settings.CURRENCIES else 2  # type: ignore[attr-defined]
        self.fields["origin"].choices = [("", _("Not known")), *places.countries]  # type: ignore[attr-defined]
        self.fields["kind"].choices = places.kinds  # type: ignore[attr-defined]

    def clean_hs_code(self) -> str:
        """The digits of the code alone."""
        code = str(self.cleaned_data["hs_code"]).replace(".", "").replace(" ", "")
        if code and not (code.isascii() and code.isdigit() and 6 <= len(code) <= 10):
            raise ValidationError(_("An HS code has six to ten digits."), code="no_hs_code")
        return code


class _WayForm(forms.Form):
    """Where goods go, how, to whom, and when: what both ways of asking have."""

    country = _choice(_("Country of delivery"))
    region = _choice(
        _("Province or state"), required=False, widget=GroupedSelect,
        help_text=_("Only where tax depends on it."),
    )  # fmt: skip
    postal_code = PlainTextField(
        label=_("Postal code"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        help_text=_("Some islands and regions have rules of their own."),
    )  # fmt: skip
    channel = _choice(_("Sent by"))
    shipping = AmountField(
        label=_("Shipping cost"), required=False, help_text=_("Empty: the cheapest of our services."),
    )  # fmt: skip
    buyer = _choice(_("Who buys?"))
    tax_number = PlainTextField(
        label=_("Tax number of the business"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    on = forms.DateField(
        label=_("Day of the purchase"), input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), _("Please enter a day such as 2026-07-01.")),
        help_text=_("Another day shows the law as it was, or as it will be."),
    )  # fmt: skip
    currency = _choice(_("Currency of the prices"))

    def __init__(self, data: Any, *, places: Places, today: date, **options: Any) -> None:
        super().__init__(data, use_required_attribute=False, **options)
        self.today = today
        self.fields["on"].widget.attrs |= {"min": FIRST_DAY.isoformat(), "max": (today + AHEAD).isoformat()}
        for name, choices in {
            "country": places.countries,
            "region": [("", [("", _("None of these"))]), *places.regions],
            "channel": [("any", _("The cheaper way")), ("post", _("Post")), ("courier", _("Courier"))],
            "buyer": [("consumer", _("A private buyer")), ("business", _("A business"))],
            "currency": places.currencies,
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        currency = str((data if data is not None else self.initial).get("currency", ""))
        if currency in settings.CURRENCIES:
            self.fields["shipping"].decimals = minor_digits(currency)  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        """A day for which there may be rules."""
        on: date = self.cleaned_data["on"]
        last = self.today + AHEAD
        if not FIRST_DAY <= on <= last:
            message = _("Please choose a day from %(first)s to %(last)s.")
            raise ValidationError(message, params={"first": date_format(FIRST_DAY), "last": date_format(last)})
        return on

    def clean(self) -> dict[str, Any]:
        """The region within the country chosen, and the postal code as that country writes it."""
        data = self.cleaned_data
        country = data.get("country", "")
        land, _dash, region = (data.get("region") or "").partition("-")
        data["region"] = region if land == country else ""
        if country and data.get("postal_code"):
            data["postal_code"] = tidy_postal_code(country, "", data["postal_code"])
        return data


class JourneyForm(_WayForm):
    """The way of articles that are described by hand."""

    ship_from = _choice(_("Sent from"))

    def __init__(self, data: Any, *, places: Places, **options: Any) -> None:
        super().__init__(data, places=places, **options)
        self.fields["ship_from"].choices = [("", pgettext_lazy("country", "Please choose")), *places.countries]  # type: ignore[attr-defined]


class ProductForm(_WayForm):
    """The way of a product of the shop, and how many pieces."""

    currency = _choice(_("Currency of the answer"))
    product = forms.SlugField(max_length=120, widget=forms.HiddenInput)
    variant = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)
    quantity = _whole(_("Quantity"), 1, MOST_PIECES)

"""What a shopper has typed at the checkout. A form is made when it is looked at: most swaps show none of the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from accounts.address_form import AddressForm, country_among
from accounts.models import Address
from compliance.models import BuyerNumber
from compliance.services import buyer_numbers
from marketplace.kernel.consignment import Destination
from orders import pages
from orders.forms import BusinessForm, ContactForm
from orders.selectors import destinations_for, saved_addresses

Choices = tuple[tuple[str, str], ...]
PREFIX, SECTION = "address", "shipping"


@dataclass
class CheckoutForms:
    """The address and the contact of one request; `data` is what was posted, None for a page that is only opened.

    `kept_number` is the tax number that was given with the cart before.
    """

    request: HttpRequest
    data: Mapping[str, Any] | None
    kept_number: BuyerNumber | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the order is to be placed, so that everything is checked."""
        return self.data is not None and self.data.get("action") == "place"

    @cached_property
    def saved(self) -> list[Address]:
        """The addresses that the member keeps."""
        return saved_addresses(self.request.user)

    @cached_property
    def initial(self) -> dict[str, Any]:
        """The kept address that was chosen, or what was typed, unchecked."""
        chosen = pages.chosen_address(self.saved, (self.data or self.request.GET).get("saved", ""))
        return chosen or (AddressForm.typed(self.data, PREFIX) if self.data is not None else {})

    @property
    def choices(self) -> Choices:
        """The countries that something can be sent to."""
        return destinations_for(self.request.region.language)

    @cached_property
    def country(self) -> str:
        """The country whose fields are shown."""
        return country_among(self.choices, self.initial.get("country_code"), self.request.region.country)

    @cached_property
    def address(self) -> AddressForm:
        """The address, checked when the order is to be placed."""
        return AddressForm(self.data if self.is_sent else None, prefix=PREFIX, country=self.country,
                           countries=self.choices, initial=self.initial, section=SECTION)  # fmt: skip

    @cached_property
    def contact(self) -> ContactForm:
        """E-mail address and consent."""
        data, user = self.data, self.request.user
        kept = {"email": data.get("email", ""), "terms": "terms" in data} if data is not None else {}
        return ContactForm(
            data if self.is_sent else None, user=user if user.is_authenticated else None, initial=kept
        )  # fmt: skip

    @cached_property
    def business(self) -> BusinessForm | None:
        """The tax number of a business, checked as soon as it is there; None where nobody is asked for one."""
        if not (self.request.region.is_business and buyer_numbers.is_asked_for(self.country)):
            return None
        typed = self.data if self.data is not None else {}
        kept = self.kept_number.number if self.kept_number else ""
        data = {"tax_number": typed.get("tax_number", kept)}
        form = BusinessForm(data, country=self.country, may_ask=self._may_ask)
        form.is_valid()
        return form

    def _may_ask(self) -> bool:
        return self.data is not None and bool(ratelimit.consume(self.request, action="buyer_number"))

    @property
    def number(self) -> BuyerNumber | None:
        """The tax number that was given, whether or not it counts; None for none, and for one that is malformed."""
        return self.business.number if self.business else None

    @property
    def tax_number(self) -> str:
        """The tax number with which the price is made, "" where none counts."""
        return self.valid_number.number if self.valid_number else ""

    @property
    def are_valid(self) -> bool:
        """Whether everything is filled in as it has to be for an order."""
        return all(form.is_valid() for form in (self.address, self.contact, self.business) if form is not None)

    @property
    def valid_number(self) -> BuyerNumber | None:
        """The tax number with which the price is made."""
        return self.number if self.number is not None and self.number.is_valid else None

    @property
    def destination(self) -> Destination:
        """Where to, as far as it is known; unchecked while the order is not to be placed or has faults."""
        if self.is_sent and self.address.is_valid():
            postal = self.address.address
            return Destination(postal.country_code, postal.country_area, postal.postal_code)
        area, code = self.initial.get("country_area", ""), self.initial.get("postal_code", "")
        return Destination(self.country, _printable(area, 120), _printable(code, 20))

    @property
    def services(self) -> dict[str, str]:
        """The shipping services chosen, by part."""
        chosen = (self.data or {}).items()
        return {name.removeprefix("service-"): value for name, value in chosen if name.startswith("service-")}

    def context(self) -> dict[str, Any]:
        """What the templates show of them. The fields of an address that nobody has begun are kept in the process."""
        context = {"contact_form": self.contact, "saved_addresses": self.saved, "business_form": self.business,
                   "buyer_number": self.number}  # fmt: skip
        if self.data is None and not self.initial:
            return context | {"address_fields": _blank(self.country, self.request.region.language, self.choices)}
        return context | {"address_form": SimpleLazyObject(lambda: self.address)}


@lru_cache(maxsize=64)  # about 20 KB each, for the names of all countries
def _blank(country: str, language: str, choices: Choices) -> SafeString:
    form = AddressForm(prefix=PREFIX, country=country, countries=choices, section=SECTION)
    return render_to_string("orders/_address.html", {"address_form": form})


def _printable(text: str, most: int) -> str:
    """What was typed, unchecked, fit to be kept in a quote."""
    return "".join(sign for sign in text if sign.isprintable())[:most]

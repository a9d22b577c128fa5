from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import override

from accounts.address_form import LENGTHS, AddressForm
from marketplace.kernel.address import PostalAddress

GOOD: dict[str, dict[str, str]] = {
    "DE": {"city": "Bremen", "postal_code": "28195"},
    "US": {"city": "Portland", "country_area": "OR", "postal_code": "97201"},
    "JP": {"country_area": "Tokyo", "postal_code": "150-0001"},
    "CN": {"country_area": "广东省", "city": "深圳市", "city_area": "南山区", "postal_code": "518000"},
    "GB": {"city": "London", "postal_code": "SW1A 1AA"},
    "AE": {"country_area": "Dubai"},
    "BR": {"city": "São Paulo", "country_area": "SP", "postal_code": "01310-100"},
    "KR": {"country_area": "Seoul", "city": "Jongno-gu", "postal_code": "03051"},
    "FR": {"city": "Paris", "postal_code": "75001"},
    "CA": {"city": "Montréal", "country_area": "QC", "postal_code": "H3Z 2Y7"},
    "IE": {"city": "Dublin", "postal_code": "D02 AF30"},
    "HK": {"country_area": "Kowloon", "city": "Mong Kok"},
    "MX": {"city": "Ciudad de México", "country_area": "CDMX", "postal_code": "02860"},
    "KE": {"city": "Nairobi", "postal_code": "00100"},
    "NO": {"city": "Oslo", "postal_code": "0025"},
}
LABELS = {
    "DE": {"postal_code": "Postal code", "city": "City"},
    "US": {"postal_code": "ZIP code", "country_area": "State"},
    "JP": {"country_area": "Prefecture"},
    "CN": {"country_area": "Province", "city_area": "District"},
    "GB": {"city": "Town or city"},
    "AE": {"country_area": "Emirate"},
    "BR": {"country_area": "State", "city_area": "Neighbourhood"},
    "KR": {"country_area": "Province or city (do, si)"},
    "FR": {"city": "City"},
    "CA": {"country_area": "Province"},
    "IE": {"postal_code": "Eircode", "country_area": "County", "city_area": "Townland"},
    "HK": {"country_area": "Area", "city": "District"},
    "MX": {"country_area": "State"},
    "KE": {"city": "City"},
    "NO": {"city": "Town or city"},
}


def posted(country: str, **changes: str) -> dict[str, str]:
    return {"country_code": country, "name": "Robin Hale", "street_address": "12 Pier Road"} | GOOD[country] | changes


@pytest.mark.parametrize("country", GOOD)
def test_an_address_of_each_country_is_taken(country: str) -> None:
    form = AddressForm(posted(country), country="SE")

    assert form.is_valid(), form.errors
    assert form.address.country_code == country
    assert form.address.street_address == "12 Pier Road"
    assert form.address.postal_code == GOOD[country].get("postal_code", "")


@pytest.mark.parametrize("country", GOOD)
def test_parts_have_the_names_that_the_country_gives_them(country: str) -> None:
    form = AddressForm(country=country)

    assert {name: str(form[name].label) for name in LABELS[country]} == LABELS[country]


@pytest.mark.parametrize("country", GOOD)
def test_what_the_country_asks_for_is_asked_for(country: str) -> None:
    form = AddressForm({"country_code": country}, country="SE")

    assert not form.is_valid()
    required = {name for name, field in form.fields.items() if field.required}
    assert set(form.errors) == required - {"country_code"}
    assert required >= {"name", "street_address"}
    assert all(str(sentence).startswith("Please fill in “") for errors in form.errors.values() for sentence in errors)


@pytest.mark.parametrize(
    ("country", "changes", "field", "sentence"),
    [
        ("DE", {"postal_code": "2819"}, "postal_code", "In Germany a postal code looks like 26133. Please check it."),
        (
            "US",
            {"postal_code": "10001"},
            "postal_code",
            "The postal code 10001 does not lie in Oregon. Please check both.",
        ),
        ("US", {"country_area": "Bavaria"}, "country_area", "Please choose “State” from the list."),
        ("US", {"country_area": ""}, "country_area", "Please fill in “State”."),
        ("GB", {"city": "  "}, "city", "Please fill in “Town or city”."),
        ("NO", {"name": "\u202egnp.exe"}, "name", "Please leave out characters that cannot be printed."),
        ("NO", {"name": "A\nB"}, "name", "Please leave out characters that cannot be printed."),
        ("NO", {"name": "A\x07B"}, "name", "Please leave out characters that cannot be printed."),
        ("NO", {"name": "A\ud800B"}, "name", "Please leave out characters that cannot be printed."),
        ("NO", {"name": "A\ufffdB"}, "name", "Please leave out characters that cannot be printed."),
        ("NO", {"city": "A\0"}, "city", "Please leave out characters that cannot be printed."),
        ("NO", {"phone": "call me"}, "phone", "Please enter a telephone number such as +47 21 23 45 67."),
        ("NO", {"phone": "9" * 5000}, "phone", "Please enter a telephone number such as +47 21 23 45 67."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(country: str, changes: dict[str, str], field: str, sentence: str) -> None:
    form = AddressForm(posted(country, **changes), country=country)

    assert not form.is_valid()
    assert form.errors[field] == [sentence]
    assert set(form.errors) == {field}


@pytest.mark.parametrize("field", LENGTHS)
def test_no_part_is_longer_than_the_database_keeps(field: str) -> None:
    country = "CI" if field == "sorting_code" else "CN"
    form = AddressForm({"country_code": country, field: "x" * 5000}, country=country)

    assert not form.is_valid()
    assert field in form.errors


def test_an_unknown_country_is_refused_and_the_fields_stay_those_of_the_one_before() -> None:
    form = AddressForm(posted("DE", country_code="ZZ"), country="DE")

    assert not form.is_valid()
    assert form.errors == {"country_code": ["We do not deliver to this country."]}
    assert form.country == "DE"


def test_only_the_countries_that_are_offered_are_taken() -> None:
    form = AddressForm(posted("US"), country="DE", countries=[("DE", "Germany"), ("FR", "France")])

    assert not form.is_valid()
    assert form.country == "DE"


def test_text_is_tidied() -> None:
    data = posted("DE", name="  Zoe\u0308\u200b   Weiß ", street_address="Hof 1\r\n\r\n\tHinten\u00a0")

    form = AddressForm(data, country="DE")

    assert form.is_valid(), form.errors
    assert form.address.name == "Zoë Weiß"
    assert form.address.street_address == "Hof 1\nHinten"


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", "030 901820", "+4930901820"),
        ("DE", "+81 3-3580-3311", "+81335803311"),
        ("AE", "٠٤ ٢٢٢ ٢٢٢٢", "+97142222222"),
        ("DE", "", ""),
    ],
)
def test_telephone_numbers_are_kept_in_one_form(country: str, typed: str, kept: str) -> None:
    form = AddressForm(posted(country, phone=typed), country=country)

    assert form.is_valid(), form.errors
    assert form.address.phone == kept


def test_a_telephone_number_can_be_demanded() -> None:
    form = AddressForm(posted("DE"), country="DE", phone_required=True)

    assert form.errors == {"phone": ["Please fill in “Telephone”."]}


def test_a_prefix_keeps_forms_apart() -> None:
    data = QueryDict(mutable=True)
    data.update({f"address-{name}": value for name, value in posted("JP").items()})

    form = AddressForm(data, country="DE", prefix="address")

    assert form.is_valid(), form.errors
    assert form.address == PostalAddress(
        "Robin Hale", "12 Pier Road", "", "JP", postal_code="150-0001", country_area="東京都"
    )


def test_what_was_typed_survives_another_country() -> None:
    typed = AddressForm.typed({"a-name": "Ann", "a-postal_code": "1", "a-country_code": "JP", "a-evil": "x"}, "a")

    form = AddressForm(country=typed["country_code"], initial=typed, prefix="a")

    assert not form.is_bound
    assert form.country == "JP"
    assert form["name"].value() == "Ann"
    assert [row[0].name for row in form.rows] == [
        "name",
        "company_name",
        "street_address",
        "country_area",
        "postal_code",
        "phone",
    ]


def attributes(form: AddressForm, name: str) -> dict[str, Any]:
    return form.fields[name].widget.attrs


def test_browsers_are_told_what_each_field_is() -> None:
    form = AddressForm(country="DE", section="shipping")

    assert attributes(form, "postal_code") | {"maxlength": ""} == {
        "autocomplete": "shipping postal-code", "dir": "ltr", "inputmode": "numeric", "autocapitalize": "characters",
        "maxlength": "",
    }  # fmt: skip
    assert attributes(form, "street_address")["autocomplete"] == "shipping street-address"
    assert attributes(form, "country_code")["autocomplete"] == "shipping country"
    assert attributes(AddressForm(country="GB"), "postal_code")["inputmode"] == "text"
    assert 'type="tel"' in str(form["phone"])


def test_regions_are_offered_in_the_script_of_the_reader() -> None:
    with override("ja"):
        assert 'value="東京都">東京都<' in str(AddressForm(country="JP")["country_area"])
    with override("en"):
        assert 'value="東京都">Tokyo<' in str(AddressForm(country="JP")["country_area"])


def test_markup_in_what_is_typed_stays_text() -> None:
    form = AddressForm(posted("DE", name='"><script>alert(1)</script>', country_code='"><b>'), country="DE")

    page = form.as_p()

    assert "<script>" not in page
    assert "<b>" not in page


def test_every_known_country_has_a_form() -> None:
    for country, _name in AddressForm(country="DE").fields["country_code"].choices:
        assert AddressForm(country=country).country == country


def test_a_country_need_not_be_posted() -> None:
    data = posted("DE")
    del data["country_code"]

    assert AddressForm(data, country="DE").is_valid()
    assert AddressForm(data | {"country_code": ""}, country="DE").errors == {
        "country_code": ["Please choose a country."]
    }

"""A hit on a list of sanctions stays until two officers decide, and the place of a seller counts with its region."""

from __future__ import annotations

import pytest

from accounts.models import Seller
from compliance.models import Flag
from compliance.services import sanctions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({"country_area": "Автономна Республіка Крим"}, "seller_place:SANCTIONS-UA-REGIONS"),
        ({"country_area": "Krym", "postal_code": "01001"}, "seller_place:SANCTIONS-UA-REGIONS"),
        ({"postal_code": "95000"}, "seller_place:SANCTIONS-UA-43"),
        ({"country_area": "місто Київ", "postal_code": "01001"}, None),
    ],
)
def test_the_region_of_a_seller_is_screened(
    place: dict[str, str], rule: str | None, shenzhen: Seller, loaded: None
) -> None:
    Seller.objects.filter(pk=shenzhen.pk).update(home_country="UA", **place)

    sanctions.screen_seller(seller=shenzhen)

    found = Flag.objects.filter(rule__startswith="seller_place").values_list("rule", "severity")
    assert list(found) == ([(rule, "block")] if rule else [])

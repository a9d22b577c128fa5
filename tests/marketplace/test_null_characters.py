"""A NUL, which no text of the database can hold, is a request that can't be read, wherever in it it stands."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from compliance.selectors.queue_filters import Filters
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

SHOP = [
    "/en/notice/%00/", "/en/product/kite-mug%00/", "/en/brand/%00/", "/en/category/%00/", "/en/search/?q=kite%00",
    "/de/search/?%00=kite", "/ja/?%00", "/no-such-page/%00/", "/en/landed-cost/?hs=%00&country=DE",
]  # fmt: skip
ADMIN = [
    "compliance/flag/?q=%00", "compliance/flag/?severity=%00", "compliance/flag/?rule=%00",
    "compliance/flag/%00/change/", "compliance/registration/?state=%00",
    "compliance/registration/enter/?kind=epr&country=%00&stream=packaging", "compliance/reportline/?country=%00",
    "compliance/flagevent/?kind=%00", "compliance/sellerverification/?q=%00", "catalog/product/?q=%00",
]  # fmt: skip


def post(kind: str, address: str, fields: dict[str, str]) -> HttpResponse:
    """A form sent as text or in parts."""
    body = fields if kind.startswith("multipart") else urlencode(fields)
    return Client().post(address, body, **({} if body is fields else {"content_type": kind}))  # type: ignore[return-value]


@pytest.mark.parametrize("address", SHOP)
def test_a_visitor_reads_that_the_request_can_not_be_read(shop: Cast, address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 400
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize("address", ADMIN)
def test_so_does_who_works_in_the_admin(shop: Cast, admin_client: Client, address: str) -> None:
    assert admin_client.get(reverse("admin:index") + address).status_code == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_nothing_is_done_with_a_form_that_holds_one(shop: Cast, kind: str) -> None:
    before = User.objects.count()
    fields = {"email": "anna\0@example.test", "password1": "Kaolin-42-glaze"}

    response = post(kind, "/en/account/signup/", fields)

    assert response.status_code == 400
    assert User.objects.count() == before


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        ("/en/region/", {"country": "D\0", "currency": "\0UR", "next": "/en/\0"}, 302),
        ("/en/pick/", {"wish": "1\0"}, 302),
        ("/en/viewed/", {"start": "1\0"}, 302),
        ("/webhooks/payments/sandbox/", {"event": "\0"}, 400),
    ],
)
def test_views_that_ask_for_no_token_stand_it(
    shop: Cast, kind: str, address: str, fields: dict[str, str], status: int
) -> None:
    assert post(kind, address, fields).status_code == status


def test_a_percent_sign_before_zeros_is_text(shop: Cast) -> None:
    assert Client().get("/en/search/?q=100%2500").status_code == 200


def test_the_filters_of_a_queue_that_stand_within_a_form_hold_none() -> None:
    assert Filters.parse({"q": "kite\0 mug"}).q == "kite mug"

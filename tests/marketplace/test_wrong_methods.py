"""A request of a kind that an address does not take: a page that says so, and which kinds it does take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from orders.models import Cart
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

READS = ["", "category/everything/", "product/kite-mug/", "brand/paper-kite/", "search/?q=kite", "cart/", "legal/terms/",
         "how-prices-work/"]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "url", "language", "allowed"),
    [
        ("post", "/en/", "en", "GET, HEAD"),
        ("put", "/de/search/", "de", "GET, HEAD"),
        ("delete", "/ja/product/kite-mug/", "ja", "GET, HEAD"),
        ("get", "/en/cart/add/", "en", "POST"),
        ("get", "/ar/region/", "ar", "POST"),
        ("delete", "/fr/checkout/", "fr", "GET, HEAD, POST"),
    ],
)
def test_the_answer_is_a_page_in_the_readers_language(
    shop: Cast, method: str, url: str, language: str, allowed: str
) -> None:
    response = getattr(Client(), method)(url)

    html = response.content.decode()
    assert (response.status_code, response["Allow"]) == (405, allowed)
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}"' in html and html.count("<h1") == 1
    with override(language):
        assert gettext("That did not work.") in html
    assert not Cart.objects.exists()


@pytest.mark.parametrize("path", READS)
def test_a_page_to_read_is_not_posted_to_and_asks_for_no_token_first(shop: Cast, path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(f"/en/{path}")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_what_changes_something_still_asks_for_a_token(shop: Cast) -> None:
    response = Client(enforce_csrf_checks=True).post("/en/cart/add/", {"variant": shop.mug.pk, "quantity": "1"})

    assert response.status_code == 403
    assert not Cart.objects.exists()


@pytest.mark.parametrize("path", READS)
def test_the_head_of_a_page_comes_without_its_body(shop: Cast, path: str) -> None:
    whole, head = Client().get(f"/en/{path}"), Client().head(f"/en/{path}")

    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head["Content-Type"] == whole["Content-Type"]


def test_the_head_of_what_only_changes_is_refused_without_a_body(shop: Cast) -> None:
    response = Client().head("/en/cart/add/")

    assert (response.status_code, response["Allow"], response.content) == (405, "POST", b"")


def test_a_machine_that_reads_no_pages_gets_none(shop: Cast) -> None:
    response = Client().get("/webhooks/payments/sandbox/", headers={"accept": "application/json"})

    assert (response.status_code, response["Allow"], response.content) == (405, "POST", b"")

"""The shelves of a test as a shopper without an account meets them."""

from __future__ import annotations

import re

from django.test import Client

from catalog.selectors import attribute_filters, navigation, sellers
from tests.support.cast import fill_shelves

SHELF = "/en/category/everything/"


def refresh() -> None:
    """The shelves hold what is on sale, and the process keeps nothing of an earlier test."""
    fill_shelves()
    navigation.forget()
    sellers.forget()
    attribute_filters.forget()


def get(path: str, country: str = "DE") -> str:
    """The page as somebody sees it who had chosen the country and pays in euros."""
    client = Client()
    client.cookies["region"] = f"{country}.EUR"
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def products(page: str) -> set[str]:
    """The slugs of the products on a page of a category or a search."""
    return set(re.findall(r'href="/\w+/product/([\w-]+)/"', page.partition('id="cards"')[2]))

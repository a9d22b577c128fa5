"""What strangers send and shared caches keep: an address has a measure, and a page says what it depends on."""

from __future__ import annotations

import pytest
from django.test import Client

from marketplace.middleware import LONGEST_PATH, LONGEST_QUERY
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
PAGES = ("/en/", "/en/category/everything/", "/en/search/?q=kite", "/en/landed-cost/", "/en/how-prices-work/")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_that_it_follows_the_browsers_languages_and_the_cookie(shop: Cast, page: str) -> None:
    """Without a cookie the country is guessed: a cache must not give a German's prices to an American."""
    answers = [Client().get(page, headers={"Accept-Language": languages}) for languages in ("de-DE", "en-US")]

    assert answers[0].content != answers[1].content
    for answer in answers:
        named = {name.strip().lower() for name in answer["Vary"].split(",")}
        assert {"accept-language", "cookie"} <= named


def test_an_address_has_a_measure(shop: Cast) -> None:
    """A page repeats its address in every link to another language or filter: what is long comes back many times longer."""
    client = Client()
    longest = client.get("/en/category/everything/?a=" + "b" * (LONGEST_QUERY - 2))
    query = client.get("/en/category/everything/?a=" + "b" * (LONGEST_QUERY - 1))
    path = client.get("/en/wishes/" + "a" * LONGEST_PATH + "/")

    assert [answer.status_code for answer in (longest, query, path)] == [200, 400, 400]
    assert len(query.content) < 10_000 and len(path.content) < 10_000


def test_five_articles_with_the_longest_words_fit_into_an_address() -> None:
    word = "%F0%A0%AE%B7" * 200  # 𠮷, the longest that a character gets

    assert sum(len(f"article-{n}-description={word}&") for n in range(5)) + 5 * 300 < LONGEST_QUERY

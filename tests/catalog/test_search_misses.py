"""What shoppers searched for in vain, as staff read it and answer to it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from catalog.models import SearchMiss, SearchRedirect, SearchSynonym
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db
PAGE = "/admin/catalog/searchmiss/"


@pytest.fixture
def misses(db: None) -> None:
    """Two words of several days, and one of long ago."""
    today = clock.today()
    for query, language, days, times in (
        ("serviette", "en", 0, 2), ("serviette", "en", 3, 9), ("serviette", "fr", 1, 1), ("quixotic", "en", 20, 5),
        ("old", "en", 60, 40),
    ):  # fmt: skip
        SearchMiss.objects.create(query=query, language=language, on=today - timedelta(days=days), times=times)


def rows(client: Client, **query: str) -> list[tuple[str, str, int]]:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return [(row.query, row.language, row.total) for row in answer.context["cl"].result_list]


def test_the_days_are_added_up_and_the_most_frequent_comes_first(misses: None, admin_client: Client) -> None:
    assert rows(admin_client) == [("serviette", "en", 11), ("quixotic", "en", 5), ("serviette", "fr", 1)]
    assert rows(admin_client, period="7") == [("serviette", "en", 11), ("serviette", "fr", 1)]
    assert rows(admin_client, period="90", language__exact="en")[0] == ("old", "en", 40)
    assert rows(admin_client, q="quix") == [("quixotic", "en", 5)]


def test_one_link_leads_to_words_that_mean_the_same_and_one_to_a_page(misses: None, admin_client: Client) -> None:
    page = unescape(admin_client.get(PAGE, {"q": "quix"}).content.decode())
    means, leads = (
        "/admin/catalog/searchsynonym/add/?language=en&words=quixotic",
        "/admin/catalog/searchredirect/add/?language=en&query=quixotic",
    )
    assert means in page and leads in page

    form = admin_client.get(means).context["adminform"].form
    assert (form["language"].value(), "quixotic" in str(form["words"])) == ("en", True)
    admin_client.post(means, {"language": "en", "words": "quixotic\nunusual"})
    admin_client.post(leads, {"language": "en", "query": "quixotic", "address": "/category/tea/"})

    assert SearchSynonym.objects.get(words__contains=["quixotic"]).words == ["quixotic", "unusual"]
    assert SearchRedirect.objects.get().address == "/category/tea/"

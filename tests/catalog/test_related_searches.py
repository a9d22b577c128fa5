"""A search that finds hardly anything shows what comes near, leads on, and is counted."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from catalog.models import SearchMiss, SearchRedirect, SearchSynonym
from catalog.selectors import synonyms
from catalog.services import search_terms, search_words
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db
VAIN = "We found nothing for these words."
NEAR = "Close to your search"


@pytest.fixture
def taught(shop: Cast) -> Cast:
    """A shop with a few words to be found."""
    for name in ("Copper kettle", "Copper pan", "Linen napkin"):
        listing(shop.shenzhen, name, "20", {shop.shenzhen_warehouse: 5})
    fill_shelves()
    search_terms.refresh_terms()
    return shop


def names(client: Client, query: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/search/", {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


def mean_the_same(*words: str, language: str = "en") -> None:
    """Staff say so, and the process has heard of it."""
    SearchSynonym.objects.create(language=language, words=words)
    synonyms.forget()


def test_what_has_half_of_the_words_is_shown_below_what_has_all(client: Client, taught: Cast) -> None:
    page = names(client, "copper kettle")

    exact, _heading, near = page.partition(NEAR)
    assert "Copper kettle" in exact
    assert "Copper pan" in near
    assert "Copper kettle" not in near
    assert "Linen napkin" not in page


def test_a_word_that_means_the_same_finds_what_is_called_otherwise(client: Client, taught: Cast) -> None:
    assert VAIN in names(client, "serviette")
    mean_the_same("serviette", "napkin")

    page = names(client, "serviettes")

    assert "Linen napkin" in page
    assert NEAR not in page
    assert VAIN not in page


def test_synonyms_of_another_language_count_for_nothing(client: Client, taught: Cast) -> None:
    mean_the_same("serviette", "napkin", language="fr")

    assert VAIN in names(client, "serviette")


def test_a_redirect_leads_to_its_page_in_the_readers_language(client: Client, taught: Cast) -> None:
    SearchRedirect.objects.create(language="de", query="rückgabe", address="/category/everything/")

    answer = client.get("/de/search/", {"q": " Rückgabe "})

    assert (answer.status_code, answer["Location"]) == (302, "/de/category/everything/")
    assert client.get("/en/search/", {"q": "rückgabe"}).status_code == 200


def test_searches_in_vain_are_counted_by_day_and_language(client: Client, taught: Cast) -> None:
    for query in ("quixotic", " Quixotic ", "copper", ""):
        names(client, query)
    names(client, "quixotic", "fr")

    rows = SearchMiss.objects.order_by("language").values_list("language", "query", "times")
    assert list(rows) == [("en", "quixotic", 2), ("fr", "quixotic", 1)]


def test_what_is_too_long_or_one_too_many_is_not_counted(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_words, "_MOST_A_DAY", 1)
    for query in ("x" * 81, "first", "second", "first"):
        search_words.note_miss(query=query, language="en")

    assert list(SearchMiss.objects.values_list("query", "times")) == [("first", 2)]


@pytest.mark.parametrize("query", ["%", "'; drop", "\\", "a" * 200, "、", "☕☕", "𠮷野家", "' OR 1=1 --", ":*&|!"])
def test_any_search_is_answered(client: Client, shop: Cast, query: str) -> None:
    assert 'data-testid="search-input"' in names(client, query)


def test_a_file_of_synonyms_is_loaded_once(tmp_path: object, taught: Cast) -> None:
    path = tmp_path / "s.csv"  # type: ignore[operator]
    path.write_text("language,words\nen,sofa;couch\nxx,a;b\nen,sofa;couch\n")

    assert [search_words.load_synonyms(path), search_words.load_synonyms(path)] == [1, 0]
    assert list(SearchSynonym.objects.values_list("language", "words")) == [("en", ["sofa", "couch"])]


def test_days_are_those_of_the_clock(taught: Cast) -> None:
    search_words.note_miss(query="quixotic", language="en")

    assert isinstance(SearchMiss.objects.get().on, date)

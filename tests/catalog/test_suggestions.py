"""A search that was mistyped offers another spelling that finds something, in every language."""

from __future__ import annotations

from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from catalog import tasks
from catalog.models import Category, Product, SearchTerm, Variant
from catalog.selectors import navigation
from catalog.services import search_terms
from marketplace.devtools.bench.counting import counted
from tests.support.cast import Cast, fill_shelves, listing

pytestmark = pytest.mark.django_db

NAMES = {
    "en": "Ceramic teapot", "zh_hans": "陶瓷茶壶", "ja": "陶器のティーポット", "ar": "إبريق شاي خزفي", "de": "Teekanne aus Keramik",
    "fr": "Théière en céramique", "es": "Tetera de cerámica",
}  # fmt: skip


@pytest.fixture
def teapot(shop: Cast) -> Cast:
    """One more thing on the shelves, with a name in every language, and the words of all of them gathered."""
    names = {f"name_{suffix}": name for suffix, name in NAMES.items() if suffix != "en"}
    listing(shop.shenzhen, "Ceramic teapot", "154.00", {shop.shenzhen_warehouse: 5}, **names)
    fill_shelves()
    search_terms.refresh_terms()
    return shop


def searched(words: str, language: str = "en", **more: str) -> dict[str, object]:
    answer = Client().get(f"/{language}/search/", {"q": words, **more})
    assert answer.status_code == 200
    return {"suggestion": answer.context["suggestion"], "html": answer.content.decode(),
            "slugs": [card.slug for card in answer.context["page"]["cards"]]}  # fmt: skip


def suggestion(words: str, language: str = "en", **more: str) -> object:
    return searched(words, language, **more)["suggestion"]


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "teapto", "teapot"),
        ("en", "Cermaic Teapot", "Ceramic Teapot"),
        ("en", "tepot kite", "teapot kite"),
        ("en", "tepot notebook", ""),
        ("de", "Teekane", "Teekanne"),
        ("de", "teekanne aus keramick", "teekanne aus keramik"),
        ("fr", "theirée", "théière"),
        ("fr", "théière ceramqiue", "théière céramique"),
        ("es", "tetrea", "tetera"),
        ("es", "tetera ceramjca", "tetera cerámica"),
        ("ar", "ابريف خزفيي", "إبريق خزفي"),
        ("ar", "إبرثق", "إبريق"),
        ("zh-hans", "陶磁茶壶", "陶瓷茶壶"),
        ("zh-hans", "茶湖", "茶壶"),
        ("ja", "ティーボット", "ティーポット"),
        ("ja", "陶器のテイーポット", "陶器のティーポット"),
        ("de", "teapott", "teapot"),
        ("ja", "Asagirl", "Asagiri"),
    ],
)
def test_a_slip_is_mended_where_that_finds_something(teapot: Cast, language: str, typed: str, meant: str) -> None:
    page = searched(typed, language)

    assert (page["slugs"], page["suggestion"]) == ([], meant)
    if meant:
        assert searched(meant, language)["slugs"] != []


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
def test_the_suggestion_is_a_link_in_a_sentence_of_the_readers_language(teapot: Cast, language: str) -> None:
    with override(language):
        sentence = gettext('Did you mean <a href="?q=%(words)s">%(suggestion)s</a>?')

    html = str(searched("asagirl", language)["html"])

    assert sentence % {"words": "asagiri", "suggestion": "asagiri"} in html


def test_the_link_leads_to_what_was_meant(teapot: Cast) -> None:
    html = str(searched("théière ceramqiue", "fr")["html"])

    address = unescape(html.split('class="suggestion"')[1].split('href="')[1].split('"')[0])
    assert parse_qs(urlsplit(address).query) == {"q": ["théière céramique"]}
    assert [card.slug for card in Client().get(f"/fr/search/{address}").context["page"]["cards"]] == ["ceramic-teapot"]


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "ceramic teapot"),
        ("en", "ceramics"),
        ("en", "zzzzqqqq"),
        ("en", "ceramic notebook"),
        ("en", "xy"),
        ("en", "the"),
        ("en", ""),
        ("en", "<script>alert(1)</script>"),
        ("en", "' OR 1=1 --"),
        ("en", "x" * 200),
        ("de", "Notizbücher"),
        ("zh-hans", "陶"),
        ("zh-hans", "汽车轮胎"),
        ("ja", "のののののの"),
        ("ar", "سيارة"),
    ],
)
def test_nothing_is_suggested_without_a_reason(teapot: Cast, language: str, typed: str) -> None:
    assert suggestion(typed, language) == ""


def test_markup_in_a_mistyped_search_stays_text(teapot: Cast) -> None:
    page = searched('teapto <b onclick="x">')

    assert page["suggestion"] in ("", 'teapot <b onclick="x">')
    assert '<b onclick="x">' not in str(page["html"])
    assert escape('teapto <b onclick="x">') in str(page["html"])


def test_a_rare_spelling_yields_to_a_common_one(teapot: Cast) -> None:
    """A seller's own slip is found, and the word of many others is offered."""
    stock = {teapot.shenzhen_warehouse: 5}
    for number in range(10):
        listing(teapot.shenzhen, f"{number} umbrella", "50.00", stock)
    listing(teapot.shenzhen, "Umbrela of paper", "50.00", stock)
    fill_shelves()
    search_terms.refresh_terms()

    page = searched("umbrela")

    assert (page["slugs"], page["suggestion"]) == (["umbrela-of-paper"], "umbrella")
    assert suggestion("umbrella") == ""


def test_what_is_found_by_its_number_is_not_called_a_slip(teapot: Cast) -> None:
    Variant.objects.filter(pk=teapot.mug.pk).update(sku="teapto")

    page = searched("teapto")

    assert (page["slugs"], page["suggestion"]) == (["kite-mug"], "")


def test_a_narrowed_search_is_not_called_a_slip(teapot: Cast) -> None:
    assert suggestion("teapto", stock="1") == ""


def test_only_what_is_on_sale_is_suggested(teapot: Cast) -> None:
    Product.objects.filter(slug="ceramic-teapot").update(status="archived")
    assert suggestion("teapto") == ""

    search_terms.refresh_terms()

    assert not SearchTerm.objects.filter(term__in=["teapot", "teekanne", "茶壶"]).exists()


# The words themselves -----------------------------------------------------------------------------------------


def test_the_words_are_those_of_names_brands_shelves_and_summaries(teapot: Cast) -> None:
    Product.objects.filter(slug="ceramic-teapot").update(summary_de="Hält den Tee warm", brand_name="Höhenflug")
    Category.objects.update(name_de="Küche & Tisch")

    search_terms.refresh_terms()

    of_german = dict(SearchTerm.objects.filter(language="de").values_list("term", "products"))
    expected = {"teekanne": 1, "keramik": 1, "hält": 1, "höhenflug": 1, "küche": 4, "drachen": 2, "asagiri": 1}
    assert expected.items() <= of_german.items()
    assert "&" not in of_german and "tea" not in of_german


def test_gathering_again_writes_nothing(teapot: Cast) -> None:
    before = set(SearchTerm.objects.values_list("pk", "language", "term", "products"))

    tasks.refresh_search_terms()

    assert set(SearchTerm.objects.values_list("pk", "language", "term", "products")) == before


def test_the_page_of_a_slip_asks_the_database_eight_times_at_most(teapot: Cast) -> None:
    client = Client()
    for words in ("teapto", "Asagirl"):
        client.get("/en/search/", {"q": words})
        navigation.forget()
        with counted() as counts:
            answer = client.get("/en/search/", {"q": words})
        assert answer.context["suggestion"]
        assert counts.queries <= 8

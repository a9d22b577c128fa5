"""The pages on which one looks for goods, as visitors of several countries meet them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Seller
from catalog.models import Product
from marketplace.devtools import operator
from tests.support.cast import Cast, fill_shelves

pytestmark = pytest.mark.django_db


def text(html: str) -> str:
    """What a reader reads, with single blanks."""
    html = re.sub(r"<(script|style|svg|head).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u200f", "").split())


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def test_the_first_page_is_that_of_the_browsers_language(german: Client) -> None:
    assert german.get("/")["Location"] == "/de/"


def test_a_german_sees_euros_and_the_price_to_a_german_door(german: Client) -> None:
    html = page(german, "/de/category/everything/")

    assert "T-Shirt mit Drachen" in html
    card = text(html[html.index("T-Shirt mit Drachen") :])
    assert "10,00 €" in card
    # Goods 10.00, economy post from Shenzhen, EUR 3.00 for one kind of goods, 19 % VAT on all of it.
    assert re.search(r"\d+,\d\d € bis zur Haustür", card)


def test_an_arab_page_runs_from_right_to_left(shop: Cast) -> None:
    html = page(Client(headers={"accept-language": "ar-KW"}), "/ar/product/kite-mug/")

    assert '<html lang="ar" dir="rtl"' in html
    assert "كوب الطائرة الورقية" in html
    assert re.search(r'<bdi dir="ltr"[^>]*>6\.800\s', html)  # EUR 20.00 × 0.34, three places after the point


def test_who_runs_the_demonstration_is_named_and_said_to_be_made_up(client: Client, settings: Settings) -> None:
    settings.OPERATOR, settings.DEMO = json.loads(operator.OPERATOR), True

    shown = text(page(client, "/en/legal/imprint/"))

    assert "Sampan Marketplace GmbH Am Beispielkai 1 20457 Hamburg Germany E-mail: office@sampan.example" in shown
    assert "A made-up company" in shown
    settings.DEMO = False
    assert "A made-up company" not in page(client, "/en/legal/imprint/")


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "mug", ["kite-mug"]),
        ("en", "mugs kite", ["kite-mug"]),
        ("en", "morn", ["morning-notebook"]),
        ("de", "Notizbücher", ["morning-notebook"]),
        ("de", "notizbuch", ["morning-notebook"]),
        ("ar", "دفتر", ["morning-notebook"]),
        ("fr", "notebook", ["morning-notebook"]),
        ("en", "the", []),
        ("en", "' OR 1=1 --", []),
        ("en", "& | ! :* ()", []),
        ("en", "x" * 5000, []),
        ("en", "", []),
    ],
)
def test_words_find_listings_in_the_language_of_the_page(
    shop: Cast, language: str, words: str, found: list[str]
) -> None:
    response = Client().get(f"/{language}/search/", {"q": words})

    assert response.status_code == 200
    assert sorted(card.slug for card in response.context["page"]["cards"]) == found


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "笔记"), ("zh-hans", "笔记本"), ("zh-hans", "晨间"), ("ja", "ノート"), ("ja", "朝の")],
)
def test_chinese_and_japanese_are_found_by_parts_of_words(shop: Cast, language: str, words: str) -> None:
    Product.objects.filter(slug="morning-notebook").update(name_zh_hans="晨间线装笔记本", name_ja="朝のノート")
    fill_shelves()

    response = Client().get(f"/{language}/search/", {"q": words})

    assert [card.slug for card in response.context["page"]["cards"]] == ["morning-notebook"]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["kite-mug", "kite-t-shirt", "morning-notebook"]),
        ("origin=JP", ["morning-notebook"]),
        ("origin=JP&origin=CN&max=10", ["kite-t-shirt", "morning-notebook"]),
        ("min=15", ["kite-mug"]),
        ("min=abc&max=-1&seller=x&sort=nonsense&after=x_1", ["kite-mug", "kite-t-shirt", "morning-notebook"]),
        (
            "min=1e400&after=99999999999999999999_1&seller=99999999999999",
            ["kite-mug", "kite-t-shirt", "morning-notebook"],
        ),
        ("stock=1&origin=XX", []),
    ],
)
def test_filters_narrow_a_category_and_damaged_ones_are_ignored(german: Client, query: str, slugs: list[str]) -> None:
    response = german.get(f"/de/category/everything/?{query}")

    assert response.status_code == 200
    assert sorted(card.slug for card in response.context["page"]["cards"]) == slugs


@pytest.mark.parametrize(
    ("sort", "slugs"),
    [
        ("price", ["morning-notebook", "kite-t-shirt", "kite-mug"]),
        ("price_down", ["kite-mug", "kite-t-shirt", "morning-notebook"]),
    ],
)
def test_sorting_by_price_compares_across_currencies(german: Client, sort: str, slugs: list[str]) -> None:
    response = german.get(f"/de/category/everything/?sort={sort}")

    assert [card.slug for card in response.context["page"]["cards"]] == slugs


def test_the_counts_of_a_filter_are_those_without_it(german: Client, shop: Cast) -> None:
    facets = german.get("/de/category/everything/?origin=JP").context["facets"]

    assert {item["value"]: item["count"] for item in facets["origins"]} == {"JP": 1, "CN": 2}
    assert {item["value"]: item["count"] for item in facets["sellers"]} == {shop.rival.pk: 1}


def test_pages_follow_one_another_without_gap_or_repetition(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.selectors.listing.PAGE_SIZE", 1)
    monkeypatch.setattr("catalog.selectors.listing.page_of.__defaults__", (1,))
    for sort in ("popular", "price", "price_down", "new"):
        url, seen = f"/en/category/everything/?sort={sort}", []
        while url:
            context = Client().get(url).context
            seen += [card.slug for card in context["page"]["cards"]]
            url = context["page"]["next_url"] and f"/en/category/everything/{context['page']['next_url']}"
        assert sorted(seen) == ["kite-mug", "kite-t-shirt", "morning-notebook"], sort


def test_what_is_not_on_sale_is_nowhere(shop: Cast) -> None:
    Product.objects.filter(slug="kite-mug").update(status="draft")
    Seller.objects.filter(pk=shop.rival.pk).update(status="suspended")
    fill_shelves()

    assert [card.slug for card in Client().get("/en/category/everything/").context["page"]["cards"]] == ["kite-t-shirt"]
    for url in ("/en/product/kite-mug/", "/en/product/morning-notebook/", "/en/brand/asagiri/"):
        assert Client().get(url).status_code == 404
    assert Client().get("/en/search/?q=morning").context["page"]["cards"] == []


def test_a_swap_brings_the_listing_alone(german: Client) -> None:
    whole = german.get("/de/category/everything/")
    part = german.get("/de/category/everything/", headers={"hx-request": "true", "hx-target": "listing"})

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "T-Shirt mit Drachen" in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("variant", ["", "x", "-1", "999999999999999999999", "0", "²", "٣"])
def test_a_product_page_bears_any_variant_in_its_address(shop: Cast, variant: str) -> None:
    assert "Kite mug" in page(Client(), f"/en/product/kite-mug/?variant={variant}")


@pytest.mark.parametrize(("language", "sentence"), [("en", "This page has sailed."), ("de", "Diese Seite"), ("ar", "")])
def test_an_unknown_address_is_a_page_in_the_readers_language(shop: Cast, language: str, sentence: str) -> None:
    html = page(Client(), f"/{language}/product/nothing/", 404)

    assert f'lang="{language}"' in html
    assert sentence in html


def test_a_page_names_its_other_languages_and_its_own_address(shop: Cast, settings: object) -> None:
    html = page(Client(), "/ja/product/kite-mug/?variant=1")

    site = settings.SITE_URL  # type: ignore[attr-defined]
    assert f'<link rel="canonical" href="{site}/ja/product/kite-mug/">' in html
    for tag, code in (("en", "en"), ("zh-Hans", "zh-hans"), ("ar", "ar"), ("de", "de")):
        assert f'hreflang="{tag}" href="{site}/{code}/product/kite-mug/"' in html

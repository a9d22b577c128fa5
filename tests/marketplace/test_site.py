"""What belongs to the site as a whole: region, health, figures, policy, sitemaps, legal texts."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.test import Client

from marketplace.views import LEGAL_PAGES
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepted", "path", "country", "currency"),
    [
        ("de-AT,de;q=0.9", "/de/", "AT", "EUR"),
        ("ar-KW", "/ar/", "KW", "KWD"),
        ("ja", "/ja/", "JP", "JPY"),
        ("fr-CA", "/fr/", "CA", "CAD"),
        ("en-GB", "/en/", "GB", "GBP"),
        ("", "/en/", "US", "USD"),
        ("xx-!!,;;q=9", "/en/", "US", "USD"),
    ],
)
def test_the_first_guess_comes_from_the_browser(
    shop: Cast, accepted: str, path: str, country: str, currency: str
) -> None:
    region = Client(headers={"accept-language": accepted}).get(path).context["region"]

    assert (region.country, region.currency) == (country, currency)


def test_a_chosen_region_is_kept_and_the_page_stays(shop: Cast) -> None:
    client = Client()

    response = client.post("/en/region/", {"country": "JP", "currency": "KWD", "next": "/en/product/kite-mug/"})

    assert response["Location"] == "/en/product/kite-mug/"
    region = client.get("/en/product/kite-mug/").context["region"]
    assert (region.country, region.currency) == ("JP", "KWD")


@pytest.mark.parametrize(
    ("posted", "goes_to"),
    [
        ({"country": "XX", "currency": "EUR"}, "/"),
        ({"country": "DE", "currency": "ZZZ", "next": "https://evil.example/"}, "/"),
        ({"next": "//evil.example"}, "/"),
    ],
)
def test_a_wrong_region_changes_nothing_and_leads_nowhere_else(
    shop: Cast, posted: dict[str, str], goes_to: str
) -> None:
    response = Client().post("/en/region/", posted)

    assert (response.status_code, response["Location"]) == (302, goes_to)
    assert "region" not in response.cookies


@pytest.mark.parametrize("cookie", ["", ".", "DE", "DE.EUR.X", "\xff\xfe.EUR", "<script>.EUR"])
def test_a_damaged_region_cookie_is_ignored(shop: Cast, cookie: str) -> None:
    client = Client()
    client.cookies["region"] = cookie

    assert client.get("/en/cart/").status_code == 200


def test_an_anonymous_page_sets_no_cookie_and_makes_no_session(shop: Cast) -> None:
    response = Client().get("/en/product/kite-mug/")

    assert "sessionid" not in response.cookies
    assert "cart" not in response.cookies


def test_the_policy_of_the_shop_is_strict_and_that_of_the_admin_is_its_own(shop: Cast) -> None:
    strict = Client().get("/en/")["Content-Security-Policy"]
    loose = Client().get("/admin/", follow=False)["Content-Security-Policy"]

    script = re.search(r"script-src ([^;]*)", strict)
    assert script and "unsafe" not in script.group(1) and "'nonce-" in script.group(1)
    assert "unsafe-inline" not in strict
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert part in strict
    assert "'unsafe-eval'" in loose


def test_health_and_readiness_answer_without_a_language(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    assert Client().get("/readyz").json() == {"database": "ok", "cache": "ok"}


def test_readiness_names_what_is_down(db: None, settings: object) -> None:
    settings.CACHES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    response = Client().get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "ok", "cache": "down"})


@pytest.mark.parametrize(("given", "status"), [("", 401), ("Bearer wrong", 401), ("Bearer " + "t" * 32, 200)])
def test_figures_are_for_the_holder_of_the_token(db: None, settings: object, given: str, status: int) -> None:
    settings.METRICS_TOKEN = "t" * 32  # type: ignore[attr-defined]

    response = Client().get("/metrics", headers={"authorization": given})

    assert response.status_code == status
    assert (b"django_http_requests" in response.content) is (status == 200)


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ar", "de", "fr", "es"])
@pytest.mark.parametrize("page", LEGAL_PAGES)
def test_every_legal_text_is_there_in_every_language(shop: Cast, language: str, page: str) -> None:
    html = Client().get(f"/{language}/legal/{page}/").content.decode()

    assert f'lang="{language}"' in html
    assert html.count("<h1") == 1


def test_an_unknown_legal_text_is_not_found(shop: Cast) -> None:
    assert Client().get("/en/legal/nothing/").status_code == 404


def test_sitemaps_list_every_page_in_each_language_with_its_others(shop: Cast, settings: object) -> None:
    site = settings.SITE_URL  # type: ignore[attr-defined]
    index = Client().get("/sitemap.xml").content.decode()
    products = Client().get("/sitemap-products-ar.xml").content.decode()

    assert f"{site}/sitemap-products-ar.xml" in index
    assert products.count("<url>") == 3
    assert f"<loc>{site}/ar/product/kite-mug/</loc>" in products
    assert f'hreflang="zh-Hans" href="{site}/zh-hans/product/kite-mug/"' in products


@pytest.mark.parametrize("url", ["/en/cart/add/", "/en/region/", "/webhooks/payments/sandbox/"])
def test_what_changes_something_is_not_there_to_read(shop: Cast, url: str) -> None:
    assert Client().get(url).status_code == 405


@pytest.mark.parametrize(
    "url",
    [
        "/en/product/%ff/",
        "/en/order/..%2f..%2f/",
        "/en/track/" + "x" * 500 + "/",
        "/xx/",
        "/en/category/a b/",
    ],
)
def test_a_mangled_address_is_not_found(shop: Cast, url: str) -> None:
    assert Client().get(url).status_code == 404


def test_a_web_process_loads_nothing_that_only_files_and_pictures_need() -> None:
    code = (
        "import sys, django; django.setup(); import marketplace.urls;"
        "print(sorted({'PIL', 'openpyxl', 'xlrd', 'pypdf', 'pypinyin', 'fugashi', 'rjieba'} & {m.split('.')[0] for m in sys.modules}))"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"

"""What every page knows: the region, the other languages of this page, the menu, the cart."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from catalog.kept_list import COMPARED
from catalog.selectors.navigation import menu
from logistics import selectors as logistics
from marketplace.regions import country_choices, currency_choices
from orders.selectors import cart_count


def shop(request: HttpRequest) -> dict[str, Any]:
    """Lazily made values: a page that does not show the menu or the cart does not pay for them."""
    region = getattr(request, "region", None)
    language = get_language() or settings.LANGUAGE_CODE
    if region is None:
        return {"rtl": get_language_bidi(), "demo": settings.DEMO}
    path = request.path
    prefix, _, rest = path.lstrip("/").partition("/")
    localized = prefix == language
    links = [
        {
            "code": code,
            "name": name,
            "url": f"/{code}/{rest}" if localized else f"/{code}/",
            "current": code == language,
        }
        for code, name in settings.LANGUAGES
    ]
    query = request.META.get("QUERY_STRING", "")
    return {
        "region": region,
        "language_links": [link | {"url": f"{link['url']}?{query}" if query else link["url"]} for link in links],
        "country_choices": country_choices(language, logistics.destinations()),
        "currency_choices": currency_choices(language),
        "top_categories": menu,
        "cart_count": lambda: cart_count(request),
        "alternates": [{"hreflang": hreflang(link["code"]), "url": settings.SITE_URL + link["url"]} for link in links]
        if localized
        else [],
        "canonical": settings.SITE_URL + path,
        "compared": lambda: len(COMPARED.read(request)),
        "demo": settings.DEMO,
        "rtl": get_language_bidi(),
    }


def hreflang(code: str) -> str:
    """The language tag of BCP 47 for a code of the site."""
    return {"zh-hans": "zh-Hans"}.get(code, code)

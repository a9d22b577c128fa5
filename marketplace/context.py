"""What every page knows: the region, the other languages of this page, the menu, the cart."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from catalog.kept_list import COMPARED
from catalog.selectors.navigation import menu
from catalog.wish_cookie import may_have_wishes
from logistics import selectors as logistics
from marketplace.regions import country_choices, currency_choices
from orders.selectors import cart_count


def shop(request: HttpRequest) -> dict[str, Any]:
    """Lazily made values: a page that does not show the menu or the cart does not pay for them."""
    region = getattr(request, "region", None)
    language = get_language() or settings.LANGUAGE_CODE
    if region is None:
        return {"rtl": get_language_bidi(), "demo": settings.DEMO}
    path, query = request.path, request.META.get("QUERY_STRING", "")
    prefix, _, rest = path.lstrip("/").partition("/")
    localized = prefix == language
    addresses = {code: f"/{code}/{rest if localized else ''}" for code, _name in settings.LANGUAGES}
    return {
        "region": region,
        "language_links": lambda: [
            {
                "code": code,
                "name": name,
                "url": f"{addresses[code]}?{query}" if query else addresses[code],
                "current": code == language,
            }
            for code, name in settings.LANGUAGES
        ],
        "country_choices": lambda: country_choices(language, logistics.destinations()),
        "currency_choices": lambda: currency_choices(language),
        "top_categories": menu,
        "cart_count": lambda: cart_count(request),
        "alternates": lambda: [
            {"hreflang": hreflang(code), "url": settings.SITE_URL + url} for code, url in addresses.items() if localized
        ],
        "canonical": settings.SITE_URL + path,
        "picks_keys": lambda: reverse("picks_keys") if may_have_wishes(request) or COMPARED.is_kept(request) else "",
        "compared": lambda: len(COMPARED.read(request)),
        "demo": settings.DEMO,
        "rtl": get_language_bidi(),
    }


def hreflang(code: str) -> str:
    """The language tag of BCP 47 for a code of the site."""
    return {"zh-hans": "zh-Hans"}.get(code, code)

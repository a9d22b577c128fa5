"""Which countries and currencies the shop offers, and the first guess for a reader not met before."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from logistics import selectors as logistics
from marketplace.kernel.region import Region, currency_of

BUSINESS = "business"
_HOME = {"en": "US", "zh-hans": "CN", "ja": "JP", "ar": "AE", "de": "DE", "fr": "FR", "es": "ES"}


def region_of(request: HttpRequest, language: str) -> Region:
    """The reader's region: from the cookie they set, else guessed from the languages their browser asks for."""
    country, currency, buyer, *_more = (*request.COOKIES.get(settings.REGION_COOKIE_NAME, "").split("."), "", "", "")
    served = logistics.destinations()
    if country not in served:
        country = _guess(request.headers.get("Accept-Language", ""), language, served)
    if currency not in settings.CURRENCIES:
        currency = currency_of(country)
    return Region(language=language, country=country, currency=currency, is_business=buyer == BUSINESS)


def _guess(accepted: str, language: str, served: frozenset[str]) -> str:
    for tag, _quality in parse_accept_lang_header(accepted[:500]):
        for part in tag.split("-")[1:]:
            if len(part) == 2 and part.upper() in served:
                return part.upper()
    return _HOME.get(language, "US")


@lru_cache(maxsize=64)
def country_choices(language: str, served: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Code and name of each served country in `language`, sorted by name."""
    names = Locale.parse(language.replace("-", "_")).territories
    return tuple(sorted(((code, names.get(code, code)) for code in served), key=lambda pair: pair[1]))


@lru_cache(maxsize=64)
def currency_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each offered currency in `language`."""
    names = Locale.parse(language.replace("-", "_")).currencies
    return tuple((code, names.get(code, code)) for code in settings.CURRENCIES)

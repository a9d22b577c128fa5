"""Pages and answers that belong to the site as a whole: health, legal texts, the choice of region, sitemaps."""

from __future__ import annotations

import hmac
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from logistics import selectors as logistics
from marketplace.kernel.methods import require_safe
from marketplace.kernel.same_site import is_from_elsewhere, way_back
from marketplace.regions import BUSINESS

LEGAL_PAGES = ("imprint", "terms", "privacy", "withdrawal", "shipping", "cookies", "accessibility")
LEGAL_VERSION = "2026-11"
LEGAL_UPDATED_ON = date(2026, 11, 22)
_YEAR = 60 * 60 * 24 * 365


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database and the cache answer too; 503 otherwise, naming what does not."""
    state = {"database": "ok", "cache": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        state["database"] = "down"
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        state["cache"] = "down"
    return JsonResponse(state, status=200 if set(state.values()) == {"ok"} else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to the holder of METRICS_TOKEN; open in development only."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    elif not (settings.DEBUG or settings.DEMO):
        raise Http404
    return ExportToDjangoView(request)


@csrf_exempt  # a token would set a cookie on every page for this form alone
@require_POST
def set_region(request: HttpRequest) -> HttpResponse:
    """Keeps country, currency and kind of buyer as the reader chose, and goes back to the page; 403 for another site."""
    if is_from_elsewhere(request):
        raise PermissionDenied
    country, currency = request.POST.get("country", ""), request.POST.get("currency", "")
    response = HttpResponseRedirect(way_back(request, "/"))
    if country in logistics.destinations() and currency in settings.CURRENCIES:
        buyer = f".{BUSINESS}" if request.POST.get("buyer") == BUSINESS else ""
        response.set_cookie(
            settings.REGION_COOKIE_NAME, f"{country}.{currency}{buyer}", max_age=_YEAR, secure=settings.SECURE,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return response


@require_safe
def legal(request: HttpRequest, page: str) -> HttpResponse:
    """One of the texts that a shop must have."""
    if page not in LEGAL_PAGES:
        raise Http404
    context = {
        "page": page,
        "version": LEGAL_VERSION,
        "updated_on": LEGAL_UPDATED_ON,
        "legal_pages": LEGAL_PAGES,
        "operator": settings.OPERATOR or None,
    }
    return render(request, f"pages/legal/{page}.html", context)


@require_safe
def how_prices_work(request: HttpRequest) -> HttpResponse:
    """What is in the price that lands at the door."""
    return render(request, "pages/how_prices_work.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /*/cart/", "Disallow: /*/checkout/", "Disallow: /*/order/",
             "Disallow: /*/track/", "Disallow: /*/account/", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]  # fmt: skip
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

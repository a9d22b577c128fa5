"""Putting products beside each other, and finding again what one looked at.

What one looked at is kept only by a browser whose reader asked for it (docs/decisions/0030), so that a page for
everybody else sets no cookie.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from catalog import comparison
from catalog.kept_list import COMPARED, VIEWED
from catalog.selectors.picked import cards_of
from catalog.selectors.prices import Prices
from marketplace.kernel.methods import require_safe
from marketplace.kernel.same_site import is_from_elsewhere, way_back
from marketplace.kernel.typed_numbers import whole_number


@never_cache
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four products beside each other; what may not be shown is dropped after it was named once."""
    keys = COMPARED.read(request)
    page = comparison.compare(keys, request.region, Prices.today())
    context = {"page": page, "only_different": "differences" in request.GET, "room": COMPARED.most - len(page.keys)}
    response = render(request, "catalog/compare.html", context)
    if list(page.keys) != keys:
        COMPARED.write(response, page.keys)
    return response


def viewed_context(request: HttpRequest, prices: Prices, product_id: int = 0) -> dict[str, Any]:
    """What the reader looked at before, without the product in view, the last first. One query, none where the browser
    keeps nothing."""
    keys = [key for key in VIEWED.read(request) if key != product_id]
    return {"viewed": cards_of(keys, request.region, prices), "remembers": VIEWED.is_kept(request)}


def note_viewed(request: HttpRequest, response: HttpResponse, product_id: int) -> HttpResponse:
    """The same response; a browser that was asked to keeps the product as the last one looked at."""
    patch_vary_headers(response, ["Cookie"])
    if VIEWED.is_kept(request):
        VIEWED.write(response, [product_id, *VIEWED.read(request)])
    return response


@csrf_exempt
@require_POST
def viewed(request: HttpRequest) -> HttpResponse:
    """Starts to keep what the reader looks at, forgets it, or stops; see `marketplace.kernel.same_site`."""
    if is_from_elsewhere(request):
        raise PermissionDenied
    response = HttpResponseRedirect(way_back(request, reverse("home")))
    if "stop" in request.POST:
        VIEWED.forget(response)
        messages.success(request, gettext("What you look at is not kept any more."))
    elif "clear" in request.POST:
        VIEWED.write(response, [])
        messages.success(request, gettext("What you looked at has been forgotten."))
    else:
        key = whole_number(request.POST.get("start", ""))
        VIEWED.write(response, [key] if key is not None else [])
        messages.success(request, gettext("This device keeps the last twelve products that you look at."))
    return response

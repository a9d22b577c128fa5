"""The wish list: one's own, its sharing, and how others see it."""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from catalog.kept_list import COMPARED
from catalog.selectors import picked
from catalog.selectors import wishes as selectors
from catalog.selectors.prices import Prices
from catalog.services import wishes as services
from catalog.wish_cookie import current_wishes, guests_wishes, remember
from marketplace.kernel.methods import require_safe


@never_cache
@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """What the reader wishes for, with what has become cheaper; a member also sees how the list is shared."""
    wished = current_wishes(request)
    mine = selectors.list_of(request.user) if request.user.is_authenticated else None
    context = {
        "page": selectors.wish_page(wished, request.region, Prices.today()),
        "shared_at": _address(mine.share_token) if mine and mine.share_token else "",
        "shows_name": bool(mine and mine.shows_name),
    }
    response = render(request, "account/wishes.html", context)
    remember(request, response, guests_wishes(request))
    return response


@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What the reader wishes for and compares, with which a script marks cards that are the same for everybody."""
    wished = guests_wishes(request)
    if request.user.is_authenticated:
        wished = [*wished, *selectors.wished_by(request.user)]
    return JsonResponse({"wished": sorted({each.product_id for each in wished}), "compared": COMPARED.read(request)})


@login_required
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Shares the list by a link, with or without a name, or takes the link back."""
    if not ratelimit.consume(request, action="share_wishes"):
        messages.error(request, gettext("That was very often in a short time. Please wait an hour."))
    elif "withdraw" in request.POST:
        services.withdraw(user=request.user)
        messages.success(request, gettext("The link leads nowhere any more."))
    else:
        services.share(user=request.user, shows_name="shows_name" in request.POST)
        messages.success(request, gettext("Whoever has the link can see your wish list now."))
    return redirect("wishes")


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's wish list as those see it who have its link."""
    found = selectors.shared_list(token) if token.isprintable() else None
    if found is None:
        raise Http404
    keys = [wished.product_id for wished in selectors.wished_by(found.user)]
    context = {
        "name": found.user.full_name if found.shows_name else "",
        "cards": picked.cards_of(keys, request.region, Prices.today()),
    }
    return render(request, "catalog/shared_wishes.html", context)


def _address(token: str) -> str:
    return settings.SITE_URL + reverse("wishes_shared", args=[token])

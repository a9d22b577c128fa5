"""The small buttons beside a product: wish for it, compare it, or do so no longer.

Their one form stands once on a page, without a token (see `marketplace.kernel.same_site`), so that cards need only a
button each and can be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from catalog.kept_list import COMPARED
from catalog.selectors.picked import cards_of
from catalog.selectors.prices import Prices
from catalog.selectors.wishes import Wished
from catalog.services import wishes
from catalog.wish_cookie import has_wish, put, remember, take
from marketplace.kernel.errors import Refused
from marketplace.kernel.same_site import is_from_elsewhere, way_back
from marketplace.kernel.typed_numbers import whole_number


@dataclass(slots=True)
class Said:
    """What is told of a press: a sentence, the page that it leads to, what the browser is to keep, and what has changed:
    what is compared now, or whether the product is wished now."""

    sentence: str
    page: str
    link_text: str
    keep: Callable[[HttpResponse], None]
    compared: list[int] | None = None
    wished: bool | None = None
    product: int = 0


@csrf_exempt
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """Does what the button that was pressed stands for; its name says what, its value is the key of the product."""
    if is_from_elsewhere(request):
        raise PermissionDenied
    try:
        said = _done(request)
    except Refused as refusal:
        return _refused(request, refusal)
    if request.htmx:
        response = render(request, "catalog/_picked.html", {"said": said, "picks": _picks_after(request, said)})
        if said.wished is not None:
            trigger_client_event(response, "wished", {"product": said.product, "wished": said.wished})
        if said.compared is not None:
            trigger_client_event(response, "compared", {"products": said.compared})
    else:
        messages.success(request, said.sentence)
        response = HttpResponseRedirect(way_back(request, reverse("home")))
    said.keep(response)
    return response


def picks_of(request: HttpRequest, product_id: int, variant_id: int | None) -> dict[str, Any]:
    """How the buttons of a product's own page stand (catalog/_picks.html). One query for a member."""
    return {
        "product_id": product_id,
        "variant_id": variant_id or "",
        "is_wished": has_wish(request, product_id),
        "is_compared": product_id in COMPARED.read(request),
    }


def _picks_after(request: HttpRequest, said: Said) -> dict[str, Any] | None:
    """The buttons of a product's own page after a press; None where a card was pressed. `said` outdoes the cookies that
    came with the request."""
    if request.htmx.target != "picks":
        return None
    verb = next(name for name in VERBS if name in request.POST)
    picks = picks_of(request, _key(request.POST[verb]), _key(request.POST.get("variant", "")))
    if said.wished is not None:
        picks["is_wished"] = said.wished
    if said.compared is not None:
        picks["is_compared"] = verb == "compare"
    return picks


def _done(request: HttpRequest) -> Said:
    """Raises `Refused`: "rate", "unknown_product", "too_many"."""
    if not ratelimit.consume(request, action="pick"):
        raise Refused("rate", gettext("That was very often in a short time. Please wait a minute."))
    for name, do in VERBS.items():
        if name in request.POST:
            return do(request, _key(request.POST[name]))
    raise Refused("unknown_product", gettext("This product is not on sale any more."))


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    if request.htmx:
        response = render(request, "catalog/_picked.html", {"refusal": refusal.message})
        response["HX-Retarget"], response["HX-Reswap"] = "#toast", "innerHTML"
        return response
    messages.error(request, refusal.message)
    return HttpResponseRedirect(way_back(request, reverse("home")))


def _wish(request: HttpRequest, key: int) -> Said:
    """Raises `Refused`: "unknown_product", "too_many"."""
    variant = _key(request.POST.get("variant", "")) or None
    wished = wishes.wish_for(product_id=key, variant_id=variant, country=request.region.country)
    return _told_of_wishes(request, key, put(request, wished), gettext("The product is on your wish list."), True)


def _unwish(request: HttpRequest, key: int) -> Said:
    return _told_of_wishes(
        request, key, take(request, key), gettext("The product is not on your wish list any more."), False
    )


def _told_of_wishes(request: HttpRequest, key: int, kept: list[Wished], sentence: str, is_wished: bool) -> Said:
    def keep(response: HttpResponse) -> None:
        remember(request, response, kept)

    return Said(sentence, reverse("wishes"), gettext("See your wish list"), keep, wished=is_wished, product=key)


def _compare(request: HttpRequest, key: int) -> Said:
    """Raises `Refused`: "unknown_product", "too_many"."""
    kept = COMPARED.read(request)
    if not cards_of([key], request.region, Prices.today()):
        raise Refused("unknown_product", gettext("This product is not on sale any more."))
    if key not in kept and len(kept) >= COMPARED.most:
        text = ngettext("You can compare %(most)d product at once. Remove it first.",
                        "You can compare %(most)d products at once. Remove one first.", COMPARED.most)  # fmt: skip
        raise Refused("too_many", text % {"most": COMPARED.most})
    keys = [*kept, key] if key not in kept else kept
    text = ngettext("You compare %(count)d product now.", "You compare %(count)d products now.", len(keys))
    return _told(keys, text % {"count": len(keys)})


def _uncompare(request: HttpRequest, key: int) -> Said:
    keys = [kept for kept in COMPARED.read(request) if kept != key]
    return _told(keys, gettext("The product has been taken out of the comparison."))


def _empty(request: HttpRequest, key: int) -> Said:
    return _told([], gettext("The comparison is empty now."))


def _told(keys: list[int], sentence: str) -> Said:
    def keep(response: HttpResponse) -> None:
        if keys:
            COMPARED.write(response, keys)
        else:
            COMPARED.forget(response)

    return Said(sentence, reverse("compare"), gettext("See the comparison"), keep, keys)


def _key(text: str) -> int:
    return whole_number(text) or 0


VERBS: dict[str, Callable[[HttpRequest, int], Said]] = {
    "wish": _wish,
    "unwish": _unwish,
    "compare": _compare,
    "uncompare": _uncompare,
    "empty": _empty,
}

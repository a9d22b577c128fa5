"""Whose wishes a request means: the member's own, or the guest's that a signed cookie holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from catalog.selectors.wishes import Wished, is_wished, wished_by
from catalog.services import wishes
from marketplace.kernel.errors import Refused

COOKIE = "wishes"
MOST = 30
_SALT = "catalog.wishes"
_DAYS = 60


def guests_wishes(request: HttpRequest) -> list[Wished]:
    """The wishes in the cookie, the newest first; none when there is no cookie or it was tampered with."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return []
    try:
        return [_read(row) for row in signing.loads(value, salt=_SALT)][:MOST]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def current_wishes(request: HttpRequest) -> list[Wished]:
    """The wishes of this request, the newest first. A guest's join the member's at the first page after sign-in that
    asks for them; that page says how many there was no room for."""
    theirs = guests_wishes(request)
    if not request.user.is_authenticated:
        return theirs
    if theirs:
        left_out = wishes.merge(user=request.user, wishes=theirs)
        if left_out:
            text = ngettext(
                "Your wish list is full. When you signed in there was no room for %(count)d product.",
                "Your wish list is full. When you signed in there was no room for %(count)d products.",
                left_out,
            )
            messages.warning(request, text % {"count": left_out})
    return wished_by(request.user)


def may_have_wishes(request: HttpRequest) -> bool:
    """Whether it is worth asking for the wishes of this request. No query."""
    return COOKIE in request.COOKIES or request.user.is_authenticated


def has_wish(request: HttpRequest, product_id: int) -> bool:
    """Whether a product is wished. One query for a member, none for a guest."""
    if any(wished.product_id == product_id for wished in guests_wishes(request)):
        return True
    return request.user.is_authenticated and is_wished(request.user, product_id)


def put(request: HttpRequest, wished: Wished) -> list[Wished]:
    """Adds a wish to whatever this request means; the wishes for `remember`. Raises `Refused("too_many")`."""
    if request.user.is_authenticated:
        current_wishes(request)
        wishes.add(user=request.user, wished=wished)
        return []
    kept = guests_wishes(request)
    if any(each.product_id == wished.product_id for each in kept):
        return kept
    if len(kept) >= MOST:
        raise Refused("too_many", wishes.full(MOST))
    return [wished, *kept]


def take(request: HttpRequest, product_id: int) -> list[Wished]:
    """Takes a wish away from whatever this request means; the wishes for `remember`."""
    if request.user.is_authenticated:
        current_wishes(request)
        wishes.remove(user=request.user, product_id=product_id)
        return []
    return [wished for wished in guests_wishes(request) if wished.product_id != product_id]


def remember(request: HttpRequest, response: HttpResponse, kept: Sequence[Wished]) -> None:
    """Lets a guest's browser keep the wishes; a member's needs to keep none."""
    if request.user.is_authenticated or not kept:
        if COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE)
        return
    value = signing.dumps([_written(wished) for wished in kept], salt=_SALT, compress=True)
    response.set_cookie(COOKIE, value, max_age=_DAYS * 86_400, httponly=True, secure=settings.SECURE, samesite="Lax")


def _written(wished: Wished) -> list[Any]:
    price = "" if wished.price is None else f"{wished.price.normalize():f}"
    return [wished.product_id, wished.variant_id or 0, price, wished.currency, int(wished.added_at.timestamp())]


def _read(row: Sequence[Any]) -> Wished:
    product, variant, price, currency, at = row
    return Wished(
        product, variant or None, Decimal(price) if price else None, currency, datetime.fromtimestamp(at, UTC)
    )

"""Whose cart a request means: the member's own, or the guest's that a signed cookie names."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.kernel import rows
from orders.models import Cart, CartLine
from orders.services import carts

COOKIE = "cart"
_SALT = "orders.cart"
_DAYS = 60


def token_of(request: HttpRequest) -> str:
    """The token of the guest's cart, or an empty string when there is none or it was tampered with."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return ""
    try:
        return str(signing.loads(value, salt=_SALT))
    except signing.BadSignature:
        return ""


def current_cart(request: HttpRequest) -> Cart | None:
    """The cart of this request, None before anything was put in.

    A guest's cart joins the member's at sign-in; the next page names what there was no room for.
    """
    token = token_of(request)
    guest = rows.one(Cart, "token = %s AND user_id IS NULL", [token]) if token else None
    if not request.user.is_authenticated:
        return guest
    if guest is not None:
        merged = carts.merge(guest=guest, user=request.user)
        if merged.left_out:
            messages.warning(request, _told(merged.left_out))
        return merged.cart
    return rows.one(Cart, "user_id = %s", [request.user.pk])


def _told(left_out: Sequence[CartLine]) -> str:
    names = [str(line.variant.product.name) for line in left_out]
    listed = format_list(names, locale=str(get_language()).replace("-", "_"))
    text = _("A cart holds %(most)d kinds of goods. When you signed in there was no room for: %(names)s.")
    return text % {"most": carts.MAX_LINES, "names": listed}


def remember(response: HttpResponse, cart: Cart) -> None:
    """Lets a guest's browser keep the cart."""
    if cart.user_id is None:
        response.set_cookie(
            COOKIE, signing.dumps(str(cart.token), salt=_SALT), max_age=_DAYS * 86_400, httponly=True,
            secure=settings.SECURE, samesite="Lax",
        )  # fmt: skip
    else:
        response.delete_cookie(COOKIE)

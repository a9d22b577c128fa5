"""Whose cart a request means: the member's own, or the guest's that a signed cookie names."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from orders.models import Cart
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
    """The cart of this request, None before anything was put in. A guest's cart joins the member's at sign-in."""
    token = token_of(request)
    guest = Cart.objects.filter(token=token, user=None).first() if token else None
    if not request.user.is_authenticated:
        return guest
    if guest is not None:
        return carts.merge(guest=guest, user=request.user)
    return Cart.objects.filter(user=request.user).first()


def remember(response: HttpResponse, cart: Cart) -> None:
    """Lets a guest's browser keep the cart."""
    if cart.user_id is None:
        response.set_cookie(
            COOKIE, signing.dumps(str(cart.token), salt=_SALT), max_age=_DAYS * 86_400, httponly=True,
            secure=settings.SECURE, samesite="Lax",
        )  # fmt: skip
    else:
        response.delete_cookie(COOKIE)

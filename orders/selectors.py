"""What may be asked of carts and orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Prefetch, Q, QuerySet, Sum
from django.http import HttpRequest

from accounts.models import Address, User
from logistics import selectors as logistics
from logistics.models import TrackingEvent
from orders.cart_cookie import token_of
from orders.models import CartLine, Fulfilment, Order, SellerOrder, Step

_TOKEN = re.compile(r"[\w-]{20,40}", re.ASCII)


def cart_count(request: HttpRequest) -> int:
    """Pieces in the cart of this request. No query for a guest without a cart.

    After sign-in the guest's cart counts as it will be merged: of the same variant the larger quantity.
    """
    token = token_of(request)
    whose = Q(cart__token=token, cart__user=None) if token else Q(pk__in=())
    if request.user.is_authenticated:
        whose |= Q(cart__user=request.user)
    elif not token:
        return 0
    most = CartLine.objects.filter(whose).order_by().values("variant_id").annotate(most=Max("quantity"))
    return int(most.aggregate(n=Sum("most"))["n"] or 0)


def saved_addresses(user: User | AnonymousUser) -> list[Address]:
    """The addresses that a member keeps, the preferred one first; none for a guest."""
    return list(user.addresses.all()[:20]) if user.is_authenticated else []


def destinations_for(language: str) -> list[tuple[str, str]]:
    """Code and name of each country that goods can be sent to, sorted by name in `language`."""
    names = Locale.parse(language.replace("-", "_")).territories
    return sorted(((code, names.get(code, code)) for code in logistics.destinations()), key=lambda pair: pair[1])


def orders_of(user: User) -> QuerySet[Order]:
    """A member's orders, the newest first."""
    return Order.objects.filter(user=user).order_by("-placed_at")


def order_by_token(token: str) -> Order | None:
    """The order that the holder of the link may see."""
    return Order.objects.filter(token=token).first() if _TOKEN.fullmatch(token) else None


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of an order for its page: the copies made at the sale, and how far it has come."""

    seller_order: SellerOrder
    fulfilment: Fulfilment | None
    events: Sequence[TrackingEvent]
    steps: Sequence[Step]


def parts_of(order: Order) -> list[PartView]:
    """The parts of an order with their lines, steps and tracking events. Five queries."""
    parts = order.seller_orders.select_related("seller", "warehouse", "fulfilment__shipment").prefetch_related(
        "lines",
        Prefetch("fulfilment__steps", Step.objects.order_by("id")),
        Prefetch("fulfilment__shipment__events", TrackingEvent.objects.order_by("occurred_at", "pk")),
    )
    return [_part(part) for part in parts]


def _part(part: SellerOrder) -> PartView:
    fulfilment: Fulfilment | None = getattr(part, "fulfilment", None)
    if fulfilment is None:
        return PartView(part, None, (), ())
    shipment: Any = fulfilment.shipment
    return PartView(part, fulfilment, list(shipment.events.all()) if shipment else (), list(fulfilment.steps.all()))

"""What may be asked of carts and orders."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.http import HttpRequest
from moneyed import Money

from accounts.models import Address, User
from logistics import selectors as logistics
from marketplace.kernel import rows
from orders.cart_cookie import token_of
from orders.models import Cart, CartLine, Invoice, Order
from orders.services import carts

_TOKEN = re.compile(r"[\w-]{20,40}", re.ASCII)


_PIECES = "SELECT COALESCE(sum(l.quantity), 0) FROM orders_cart c JOIN orders_cartline l ON l.cart_id = c.id WHERE "


def cart_count(request: HttpRequest) -> int:
    """Pieces in the cart of this request. No query for a guest without a cart, nor where `note_cart_count` was called.

    After sign-in the guest's cart counts as it will be merged: of the same variant the larger quantity, and no more
    kinds of goods than a cart holds.
    """
    noted: int | None = getattr(request, "cart_pieces", None)
    if noted is not None:
        return noted
    token = token_of(request)
    if request.user.is_authenticated:
        return _pieces_after_merging(request.user, token)
    if not token:
        return 0
    return _pieces(_PIECES + "c.token = %s AND c.user_id IS NULL", token)


def pieces_in(cart: Cart) -> int:
    """The pieces in a cart."""
    return _pieces(_PIECES + "c.id = %s", cart.pk)


def _pieces(sql: str, key: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        row: Any = cursor.fetchone()
    return int(row[0])


def first_paid_on() -> date | None:
    """The day in UTC on which the first order was paid, None while there is none."""
    first = Order.objects.filter(paid_at__isnull=False).aggregate(at=Min("paid_at"))["at"]
    return first.date() if first else None


def note_cart_count(request: HttpRequest, pieces: int) -> None:
    """For a view that has read the cart already: its pages need not count it again."""
    request.cart_pieces = pieces  # type: ignore[attr-defined]


def _pieces_after_merging(user: User, token: str) -> int:
    whose = Q(cart__user=user) | Q(cart__token=token, cart__user=None) if token else Q(cart__user=user)
    goods = CartLine.objects.filter(whose).values("variant_id")
    goods = goods.annotate(most=Max("quantity"), whose=Max("cart__user"), first=Min("added_at"), key=Min("pk"))
    held = goods.order_by(F("whose").asc(nulls_last=True), "first", "key")[: carts.MAX_LINES]
    return int(held.aggregate(n=Sum("most"))["n"] or 0)


def saved_addresses(user: User | AnonymousUser) -> list[Address]:
    """The addresses that a member keeps, the preferred one first; none for a guest."""
    return list(user.addresses.all()[:20]) if user.is_authenticated else []


def destinations_for(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each country that goods can be sent to, sorted by name in `language`."""
    return _named(logistics.destinations(), language)


@lru_cache(maxsize=32)
def _named(countries: frozenset[str], language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language.replace("-", "_")).territories
    return tuple(sorted(((code, names.get(code, code)) for code in countries), key=lambda pair: pair[1]))


def orders_of(user: User) -> QuerySet[Order]:
    """A member's orders, the newest first."""
    return Order.objects.filter(user=user).order_by("-placed_at")


def invoice_of(order: Order) -> Invoice | None:
    """The invoice of an order, once it has been issued. No query for an order that is not paid."""
    return rows.one(Invoice, "order_id = %s", [order.pk]) if order.paid_at else None


def order_by_token(token: str) -> Order | None:
    """The order that the holder of the link may see."""
    return rows.one(Order, "token = %s", [token]) if _TOKEN.fullmatch(token) else None


_PARTS = """
SELECT p.position, s.name, w.country, p.assessment, COALESCE(f.status, ''), h.id, h.tracking_number, h.public_token,
    h.status,
    (SELECT json_agg(json_build_array(l.image, l.name, l.choices, l.quantity, l.unit_price::text, l.unit_price_currency,
                                       l.ready_on, l.consists_of,
                                       CASE WHEN f.status = 'delivered' AND l.variant_id IS NOT NULL THEN l.id END)
                     ORDER BY l.id) FROM orders_orderline l WHERE l.seller_order_id = p.id),
    (SELECT json_agg(json_build_array(t.kind, t.state, t.finished_at) ORDER BY t.id)
     FROM orders_step t WHERE t.fulfilment_id = f.id), COALESCE(p.consignment ->> 'buyer_vat_number', '')
FROM orders_sellerorder p JOIN accounts_seller s ON s.id = p.seller_id
JOIN logistics_warehouse w ON w.id = p.warehouse_id LEFT JOIN orders_fulfilment f ON f.seller_order_id = p.id
LEFT JOIN logistics_shipment h ON h.id = f.shipment_id WHERE p.order_id = %s ORDER BY p.position
"""
_EVENTS = """
SELECT shipment_id, description_code, location, occurred_at, code FROM logistics_trackingevent
WHERE shipment_id = ANY(%s) ORDER BY occurred_at, id
"""


class BoughtLine(NamedTuple):
    """A line as it was bought."""

    image: str
    name: str
    choices: str
    quantity: int
    price: str
    currency: str
    ready: str | None = None
    parts: Sequence[Mapping[str, Any]] | None = None
    to_review: int | None = None  # its key, once it has arrived

    @property
    def ready_on(self) -> date | None:
        """The day before which it was not to be sent."""
        return date.fromisoformat(self.ready) if self.ready else None

    @property
    def unit_price(self) -> Money:
        """The price of one piece."""
        return Money(self.price, self.currency)


class StepView(NamedTuple):
    """How far one piece of background work has come."""

    kind: str
    state: str
    finished: str | None

    @property
    def finished_at(self) -> datetime | None:
        """When it was done."""
        return datetime.fromisoformat(self.finished) if self.finished else None


class EventView(NamedTuple):
    """One event on the way of a parcel."""

    description_code: str
    location: str
    occurred_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of an order for its page: the copies made at the sale, and how far it has come.

    `tax_number` is that of a business that bought, empty for none. `status` is that of the fulfilment, empty before
    there is one; `tracking` is number, token of the public page and status of the shipment, None before it has a number.
    """

    reference: str
    seller: str
    warehouse_country: str
    assessment: dict[str, Any]
    lines: Sequence[BoughtLine]
    status: str
    steps: Sequence[StepView]
    tracking: tuple[str, str, str] | None
    events: Sequence[EventView]
    tax_number: str


def parts_of(order: Order) -> list[PartView]:
    """The parts of an order with their lines, steps and tracking events. Two queries at most."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [order.pk])
        parts = cursor.fetchall()
        events = _events(cursor, [part[5] for part in parts if part[5]])
    return [
        PartView(
            reference=f"{order.number}-{position}",
            seller=seller,
            warehouse_country=country,
            assessment=json.loads(assessment),
            lines=[BoughtLine._make(line) for line in lines or ()],
            status=status,
            steps=[StepView._make(step) for step in steps or ()],
            tracking=(number, token, shipment_status) if number else None,
            events=events[shipment],
            tax_number=tax_number,
        )
        for position, seller, country, assessment, status, shipment, number, token, shipment_status, lines, steps,
        tax_number in parts
    ]  # fmt: skip


def _events(cursor: Any, shipments: list[int]) -> dict[int | None, list[EventView]]:
    found: dict[int | None, list[EventView]] = defaultdict(list)
    if shipments:
        cursor.execute(_EVENTS, [shipments])
        for shipment, *event in cursor.fetchall():
            found[shipment].append(EventView._make(event))
    return found

"""How much may be held without being paid: by one buyer, from one address, and of the same goods.

Whoever holds stock is known by a few names: a member by the account, a guest by the cart, the e-mail address and the
network. Names are kept with an order as digests that nobody can read back, until it is paid or a day has passed. A
guest's words never count against a member, nor can they close an order of somebody else (decision 0039).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused
from orders.models import Cart, Order, Quote
from orders.services import settling

_DAY = timedelta(days=1)
_NETWORK = "n:"
# Locks are taken in one order, after the cart and before any stock, so that buyers never wait for each other in a ring.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(name, 39)) FROM unnest(%s::text[]) name ORDER BY name"
_OPEN = """
SELECT name, count(*) FROM orders_order o, unnest(o.holders) name
WHERE o.holders && %(names)s::varchar[] AND o.holders <> '{}' AND o.status = 'awaiting_payment' AND o.id <> %(order)s
    AND name = ANY(%(names)s::varchar[]) GROUP BY name
"""
# By stock level of this order: orders of it that lapsed, and pieces that wait for payment, those of this order too.
_OF_THE_SAME = """
SELECT count(*) FILTER (WHERE o.status = 'cancelled'),
    COALESCE(sum(r.quantity) FILTER (WHERE r.state = 'held'), 0), l.on_hand
FROM catalog_stockreservation own
JOIN catalog_stocklevel l ON l.id = own.stock_level_id
JOIN catalog_stockreservation r ON r.stock_level_id = l.id
JOIN orders_order o ON o.number = r.reference
WHERE own.reference = %(number)s AND o.holders && %(names)s::varchar[] AND o.holders <> '{}' AND o.placed_at > %(since)s
GROUP BY l.id, l.on_hand
"""
_EARLIER = """
holders && %s::varchar[] AND holders <> '{}' AND status = 'awaiting_payment' AND placed_at < %s AND id IN (
    SELECT p.order_id FROM orders_sellerorder p JOIN orders_orderline l ON l.seller_order_id = p.id
    WHERE p.order_id = orders_order.id AND l.variant_id = ANY(%s::bigint[])) ORDER BY id
"""
_WAITING = "holders && %s::varchar[] AND holders <> '{}' AND status = 'awaiting_payment' AND pay_until > %s ORDER BY id"
_FORGET = "UPDATE orders_order SET holders = '{}' WHERE holders <> '{}' AND placed_at < %s"


def names_of(*, cart: Cart, user: User | None, email: str, network: str) -> list[str]:
    """The names under which this buyer holds stock; the first one is nobody else's."""
    if user is not None:
        pairs = [("u:", str(user.pk)), (_NETWORK, network and f"member {network}")]
    else:
        pairs = [("c:", str(cart.token)), ("e:", email.lower()), (_NETWORK, network)]
    return [_digest(kind, text) for kind, text in pairs if text]


def _digest(kind: str, text: str) -> str:
    return kind + hmac.new(settings.SECRET_KEY.encode(), f"{kind}{text}".encode(), hashlib.sha256).hexdigest()[:24]


def earlier_orders(*, quote: Quote, cart: Cart, user: User | None) -> list[Order]:
    """Unpaid orders of this very buyer for goods that the quote has too, with their payments closed at the provider.

    Only those that were placed before the buyer looked at this price: two windows on one cart never close each other's.
    What turned out to be paid is settled and left out, as is what the provider doesn't answer for. Calls outside.
    """
    variants = [line["variant"] for part in quote.body["parts"] for line in part["lines"]]
    own = names_of(cart=cart, user=user, email="", network="")[:1]
    found = rows.every(Order, _EARLIER, [own, quote.created_at, variants])
    return [order for order in found if settling.close_payments(order=order)]


def waiting_orders(*, cart: Cart | None, user: User | None) -> list[Order]:
    """The orders of this very buyer that may still be paid. One query; none without a cart."""
    if cart is None:
        return []
    return rows.every(Order, _WAITING, [names_of(cart=cart, user=user, email="", network="")[:1], clock.now()])


def lock(names: Sequence[str]) -> None:
    """Lets one order of these buyers after the other be placed; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(names)])


def require_few_open(order: Order) -> None:
    """Raises `Refused("too_many_unpaid")` when this buyer, or the network, has too many unpaid orders already."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"names": order.holders, "order": order.pk})
        counts = dict(cursor.fetchall())
    for name, count in counts.items():
        if count >= (settings.UNPAID_OF_A_NETWORK if name.startswith(_NETWORK) else settings.UNPAID_OF_A_BUYER):
            message = ngettext(
                "%(count)d order still waits for its payment. Please pay it first, or come back in half an hour.",
                "%(count)d orders still wait for their payment. Please pay them first, or come back in half an hour.",
                count,
            )
            raise Refused("too_many_unpaid", message % {"count": count})


def time_to_pay(order: Order) -> timedelta:
    """For how long the stock of this order, which is held already, stays held without being paid.

    A guest who holds more than a share of what there is has less time. Raises `Refused`: "kept_unpaid" when this buyer
    has let orders of the same goods lapse too often today; a guest may still sign in.
    """
    is_guest = order.user_id is None
    names = order.holders if is_guest else order.holders[:1]
    since = order.placed_at - _DAY
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_SAME, {"number": order.number, "names": names, "since": since})
        found = cursor.fetchall()
    if any(lapsed >= settings.LAPSES_IN_A_DAY for lapsed, _held, _on_hand in found):
        raise Refused("kept_unpaid", _too_often(is_guest=is_guest))
    beyond = any(held * 100 > on_hand * settings.GUEST_SHARE_PERCENT for _lapsed, held, on_hand in found)
    return timedelta(minutes=settings.MINUTES_TO_PAY_BEYOND_SHARE if is_guest and beyond else settings.MINUTES_TO_PAY)


def _too_often(*, is_guest: bool) -> str:
    if is_guest:
        return _("These goods were ordered from here several times today and not paid. Please sign in to order them.")
    return _("You have ordered these goods several times today without paying. Please order them again tomorrow.")


def forget_names(moment: datetime) -> int:
    """After a day nobody needs to know any more who let an order lapse; the number of orders."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [moment - _DAY])
        return int(cursor.rowcount)

"""Who may review what: those to whom it was delivered."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Product
from catalog.services.reviews import Purchase
from orders.models import Fulfilment, Order, OrderLine


@dataclass(frozen=True, slots=True)
class Delivered:
    """Goods that have arrived: the product, and by whom it was bought."""

    line: OrderLine
    product: Product
    purchase: Purchase


def delivered(order: Order, line_id: int) -> Delivered | None:
    """What the line of the order brought; None while it has not arrived, and for a product that is gone. One query."""
    lines = OrderLine.objects.select_related("variant__product__seller")
    line = lines.filter(
        pk=line_id, seller_order__order=order, seller_order__fulfilment__status=Fulfilment.Status.DELIVERED
    ).first()
    if line is None or line.variant is None:
        return None
    purchase = Purchase(order.number, order.country, line.choices, order.user, order.email)
    return Delivered(line, line.variant.product, purchase)

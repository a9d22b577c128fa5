"""What follows when a payment is settled: exactly once, whichever word of the provider comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection, transaction

from catalog.services import stock
from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused, Unavailable
from orders.models import Fulfilment, Order, OrderPayment, Step
from orders.services import steps
from payments import services as payments
from payments.models import Payment
from payments.providers.base import Result

# A parcel waits for the last of its goods, and is to be sent within the days of handling from then on.
_FULFIL = """
INSERT INTO orders_fulfilment (seller_order_id, status, updated_at, ready_on, due_on)
SELECT p.id, %(status)s, %(now)s, goods.ready_on, greatest(%(today)s::date, goods.ready_on) + %(days)s
FROM orders_sellerorder p
CROSS JOIN LATERAL (SELECT max(l.ready_on) AS ready_on FROM orders_orderline l WHERE l.seller_order_id = p.id) goods
WHERE p.order_id = %(order)s ORDER BY p.position RETURNING id
"""


def receive_webhook(*, provider: str, headers: Mapping[str, str], body: bytes) -> payments.Receipt:
    """Takes a provider's message in and moves the order that it pays. Raises `Refused` for a forged message."""
    with transaction.atomic():
        receipt = payments.receive(provider=provider, headers=headers, body=body)
        if receipt.became_paid and receipt.payment is not None:
            _paid(receipt.payment)
    return receipt


def refresh(*, order: Order) -> bool:
    """Asks the provider how the order's open payments stand; whether that has just paid one of them.

    Raises `Unavailable` when the provider does not answer.
    """
    attempts = "id IN (SELECT payment_id FROM orders_orderpayment WHERE order_id = %s) AND state = ANY(%s) ORDER BY id"
    opened = rows.every(Payment, attempts, [order.pk, [Payment.State.STARTED, Payment.State.PENDING]])
    changes = [apply(order=order, payment=payment, result=payments.ask(payment)) for payment in opened]
    return any(change.became_paid for change in changes)


def apply(*, order: Order, payment: Payment, result: Result | None) -> payments.Change:
    """Settles the payment by the provider's answer, and the order with it."""
    with transaction.atomic():
        change = payments.apply_result(payment.pk, result)
        if change.became_paid:
            _paid(change.payment)
    return change


def close_payments(*, order: Order) -> bool:
    """Asks the provider to close every payment of the order, settles what it says, and whether all are closed unpaid.

    An order that turns out to be paid is paid. False as well when the provider does not answer.
    """
    for attempt in order.order_payments.select_related("payment"):
        try:
            change = apply(order=order, payment=attempt.payment, result=payments.ask_to_cancel(attempt.payment))
        except (Unavailable, Refused):
            return False
        if change.after in {Payment.State.STARTED, Payment.State.PENDING, Payment.State.PAID}:
            return False
    return True


def cancel_unpaid(*, order: Order) -> bool:
    """Cancels an order that is still unpaid and gives its stock back; whether this call did it."""
    with transaction.atomic():
        if not give_way(orders=[order]):
            return False
        stock.release(reference=order.number)
    return True


def give_way(*, orders: Sequence[Order]) -> list[str]:
    """Cancels those of the orders that are still unpaid; their numbers, under which the caller gives the stock back.

    Must run in a transaction.
    """
    numbers = []
    for locked in Order.objects.select_for_update().filter(pk__in=[order.pk for order in orders]).order_by("pk"):
        paid = OrderPayment.objects.filter(order=locked, payment__state=Payment.State.PAID).exists()
        if locked.status == Order.Status.AWAITING_PAYMENT and not paid:
            locked.status = Order.Status.CANCELLED
            locked.save(update_fields=["status"])
            numbers.append(locked.number)
    return numbers


def _paid(payment: Payment) -> None:
    """Moves the order on: steps for what was paid in time, a refund for what came too late or twice."""
    paid_for = "id = (SELECT order_id FROM orders_orderpayment WHERE payment_id = %s) FOR UPDATE"
    order = rows.one(Order, paid_for, [payment.pk])
    if order is None:
        raise OrderPayment.DoesNotExist
    if order.status != Order.Status.AWAITING_PAYMENT:
        steps.create_again(order=order, kind=Step.Kind.REFUND)
        return
    order.status = Order.Status.PAID
    order.paid_at = clock.now()
    order.holders = []
    rows.change(order, "status", "paid_at", "holders")
    stock.consume(reference=order.number)
    with connection.cursor() as cursor:
        cursor.execute(_FULFIL, {
            "status": Fulfilment.Status.PREPARING, "now": order.paid_at, "today": clock.today(),
            "days": settings.HANDLING_DAYS, "order": order.pk,
        })  # fmt: skip
        fulfilments = [Fulfilment(pk=key) for (key,) in cursor.fetchall()]
    screenings = [(Step.Kind.SCREEN, fulfilment) for fulfilment in fulfilments]
    steps.create_first(order=order, steps=[(Step.Kind.CONFIRM, None), *screenings])

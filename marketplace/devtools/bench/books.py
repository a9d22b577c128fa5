"""Fills the books with paid orders for `bin/bench reports`: `python -m marketplace.devtools.bench.books LINES`.

Three lines an order, to Germany and France, in four currencies, each assessed by the rules of its day as a purchase is. One order in fifty
was refunded in part. All of October 2026; a run that finds them does nothing.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any

import django

LINES_EACH, AT_ONCE, REFUNDED = 3, 2000, 50
ON = date(2026, 10, 15)
BEGINS, SECONDS = datetime(2026, 10, 1, 6, tzinfo=UTC), 30 * 86_000
PLACES = (("DE", "50667"), ("FR", "75001"))
CODES = ("610910", "691110", "490300")
Paid = tuple[int, Any, Any, datetime]  # number, parcel, assessment, moment
MADE_OF = {
    "materials": {"cotton": 95, "elastane": 5},
    "packaging_grams": {"paper": 40, "plastic": 3},
    "battery": "none",
}


def fill(lines: int) -> None:
    """So many lines of paid orders are in the books."""
    from accounts.models import Seller
    from orders.models import Order

    Seller.objects.filter(pk=Seller.objects.order_by("pk")[0].pk).update(home_country="DE")  # for the report on sellers
    wanted = -(-lines // LINES_EACH)
    if Order.objects.count() >= wanted:
        return
    parcels = list(_parcels())
    chosen = (parcels[number % len(parcels)] for number in count())
    step = timedelta(seconds=SECONDS / wanted)
    orders = ((number, *next(chosen), BEGINS + number * step) for number in range(wanted))
    while some := list(islice(orders, AT_ONCE)):
        _write(some)


def _parcels() -> Iterator[tuple[Any, Any]]:
    """What is sent, with what the law asks for it."""
    from moneyed import Money

    from compliance import selectors
    from compliance.landed_cost import assess
    from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
    from payments.selectors import fx_table

    book, fx = selectors.rule_book(ON), fx_table(ON)
    for country, postcode in PLACES:
        for currency in ("EUR", "USD", "SEK", "GBP"):
            goods = tuple(
                ConsignmentLine(code, f"goods of code {code}", code, "CN", 1, fx.convert(Money("11.90", "EUR"), currency), 200,
                                "books" if code == "490300" else "standard")
                for code in CODES
            )  # fmt: skip
            shipping, nothing = fx.convert(Money("7.00", "EUR"), currency), Money(0, currency)
            parcel = Consignment("CN", Destination(country, "", postcode), currency, goods, shipping, nothing)
            yield parcel, assess(parcel, book, fx, ON)


def _write(some: list[Paid]) -> None:
    """The orders with their parts, lines, payments and refunds, in one transaction."""
    from django.db import transaction

    with transaction.atomic():
        orders = _orders(some)
        _lines(orders, some)
        _payments(orders, some[0][3])


def _orders(some: list[Paid]) -> list[Any]:
    from orders.models import Order, Quote

    quotes = Quote.objects.bulk_create(
        [Quote(fingerprint="bench", body={}, total=found.total, expires_at=at) for _n, _p, found, at in some]
    )
    return Order.objects.bulk_create(
        [
            Order(
                number=f"BENCH-{number:09}", key=uuid.uuid4(), quote=quote, email="bench@example.com", language="en",
                country=found.country, currency=found.currency, address={"country_code": found.country},
                status=Order.Status.DELIVERED, goods=found.goods, shipping=found.shipping, duty=found.duty, tax=found.tax,
                fees=found.fees, total=found.total, placed_at=at, paid_at=at, pay_until=at,
            )
            for (number, _parcel, found, at), quote in zip(some, quotes, strict=True)
        ]
    )  # fmt: skip


def _lines(orders: list[Any], some: list[Paid]) -> None:
    from moneyed import Money

    from accounts.models import Seller
    from logistics.models import Warehouse
    from orders.models import OrderLine, SellerOrder

    seller, warehouse = Seller.objects.order_by("pk")[0], Warehouse.objects.order_by("pk")[0]
    parts = SellerOrder.objects.bulk_create(
        [
            SellerOrder(
                order=order, position=1, seller=seller, warehouse=warehouse, service_code="air",
                consignment={"ship_from": "CN"}, assessment=found.to_dict(), goods=found.goods, total=found.total,
            )
            for order, (_n, _p, found, _at) in zip(orders, some, strict=True)
        ]
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            seller_order=part, sku=line.sku, name=line.description, hs_code=line.hs_code, weight_grams=200, quantity=1,
            unit_price=line.unit_price, seller_price=Money("11.90", "EUR"), made_of=MADE_OF,
        )
        for part, (_n, parcel, _f, _at) in zip(parts, some, strict=True)
        for line in parcel.lines
    )  # fmt: skip


def _payments(orders: list[Any], begins: datetime) -> None:
    from moneyed import Money

    from orders.models import OrderPayment
    from payments.models import Payment, Refund

    payments = Payment.objects.bulk_create(
        [
            Payment(
                reference=order.number, key=order.number, provider="sandbox", provider_reference=order.number,
                amount=order.total, state="paid", paid_at=order.paid_at, language="en",
                return_url="https://shop.example/", cancel_url="https://shop.example/",
            )
            for order in orders
        ]
    )  # fmt: skip
    OrderPayment.objects.bulk_create(
        OrderPayment(order=order, payment=payment) for order, payment in zip(orders, payments, strict=True)
    )
    refunds = Refund.objects.bulk_create(
        Refund(payment=payment, key=payment.key, amount=Money(Decimal("3.33"), payment.amount.currency), state="done")
        for payment in payments[::REFUNDED]
    )
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).update(changed_at=begins + timedelta(days=1))


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]))

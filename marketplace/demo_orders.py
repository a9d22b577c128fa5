"""Orders of the demo's past, as docs/explanation/ioss-return-by-hand.md tells them: paid, delivered, some given back.

Each is assessed by the law of its day. Nobody placed them in the shop, so no carrier and no provider knows them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from moneyed import Money

from catalog.models import Variant
from compliance import selectors as compliance
from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from logistics.models import Warehouse
from logistics.snapshots import consignment_to_json
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable
from orders.models import Order, OrderLine, OrderPayment, Quote, SellerOrder
from orders.services.composition import keep_what_goods_are_made_of
from payments import rates
from payments.models import ExchangeRate, Payment, Refund

FILE: Final = settings.BASE_DIR / "demo" / "data" / "past_orders.json"
_ON_THE_WAY: Final = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class PastOrder:
    """One order of the file with its goods and what the law of its day asked for them."""

    told: Mapping[str, Any]
    variants: Mapping[str, Variant]
    consignment: Consignment
    assessment: Assessment

    @property
    def paid_at(self) -> datetime:
        """When the payment was accepted."""
        return datetime.fromisoformat(self.told["paid_at"])

    @property
    def number(self) -> str:
        """The order's number."""
        return str(self.told["number"])


def write(file: Path = FILE) -> int:
    """The orders of the file are in the books; how many were new. Needs the catalogue of the demo and the rules."""
    told = json.loads(file.read_text("utf-8"))
    facts = [
        rates.RateFact(rates.MADE_UP, rates.BASE, currency, date.fromisoformat(day), Decimal(rate))
        for day, published in told["rates"].items()
        for currency, rate in published.items()
    ]
    ExchangeRate.objects.record(facts)
    missing = new_among(told["orders"])
    for each in missing:
        with transaction.atomic():
            book(read(each))
    return len(missing)


def new_among(orders: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that are not in the books yet."""
    numbers = [each["number"] for each in orders]
    known = set(Order.objects.filter(number__in=numbers).values_list("number", flat=True))
    return [each for each in orders if each["number"] not in known]


def read(told: Mapping[str, Any]) -> PastOrder:
    """The order as the file tells it, assessed by the law of the day on which it was paid."""
    on = datetime.fromisoformat(told["paid_at"]).date()
    currency = told["currency"]
    skus = [line["sku"] for line in told["lines"]]
    variants = {each.sku: each for each in Variant.objects.filter(sku__in=skus).select_related("product")}
    consignment = Consignment(
        Warehouse.objects.get(code=told["warehouse"]).country,
        Destination(told["country"], "", told["postal_code"]),
        currency,
        tuple(_line(variants[line["sku"]], line, currency) for line in told["lines"]),
        Money(told["shipping"], currency),
        Money(0, currency),
    )
    own_rates = {currency: Decimal(told["euro_in_currency"])} if "euro_in_currency" in told else {}
    fx = FxTable(base=rates.BASE, on=on, rates=own_rates)
    return PastOrder(told, variants, consignment, assess(consignment, compliance.rule_book(on), fx, on))


def _line(variant: Variant, told: Mapping[str, Any], currency: str) -> ConsignmentLine:
    product = variant.product
    return ConsignmentLine(
        variant.sku, product.customs_description, product.hs_code, product.origin, told["quantity"],
        Money(told["unit_price"], currency), variant.weight_grams, product.tax_category,
    )  # fmt: skip


def book(past: PastOrder) -> SellerOrder:
    """Puts the order into the books, with its payment and what was paid back; its one parcel."""
    assessment, told, at = past.assessment, past.told, past.paid_at
    address = PostalAddress(name=told["name"], street_address=told["street"], city=told["city"],
                            postal_code=told["postal_code"], country_code=told["country"])  # fmt: skip
    quote = Quote.objects.create(fingerprint=past.number, body={}, total=assessment.due_at_checkout, created_at=at,
                                 expires_at=at)  # fmt: skip
    order = Order.objects.create(
        number=past.number, key=uuid.uuid5(uuid.NAMESPACE_URL, past.number), quote=quote, email=told["email"],
        language=told["language"], country=told["country"], currency=told["currency"], address=address.as_dict(),
        status=Order.Status.DELIVERED, goods=assessment.goods, shipping=assessment.shipping, duty=assessment.duty,
        tax=assessment.tax, fees=assessment.fees, total=assessment.due_at_checkout, placed_at=at, paid_at=at,
        delivered_at=at + _ON_THE_WAY, pay_until=at,
    )  # fmt: skip
    part = SellerOrder.objects.create(
        order=order, position=1, seller=past.variants[told["lines"][0]["sku"]].product.seller,
        warehouse=Warehouse.objects.get(code=told["warehouse"]), service_code="air",
        consignment=consignment_to_json(past.consignment), assessment=assessment.to_dict(), goods=assessment.goods,
        total=assessment.due_at_checkout,
    )  # fmt: skip
    OrderLine.objects.bulk_create(_order_line(part, past.variants[line.sku], line) for line in past.consignment.lines)
    keep_what_goods_are_made_of([part])
    _pay(order, told.get("refunds", ()))
    return part


def _order_line(part: SellerOrder, variant: Variant, line: ConsignmentLine) -> OrderLine:
    product = variant.product
    return OrderLine(
        seller_order=part, variant=variant, sku=line.sku, name=product.name, product_slug=product.slug,
        customs_description=line.description, hs_code=line.hs_code, origin=line.origin,
        weight_grams=line.weight_grams, quantity=line.quantity, unit_price=line.unit_price, seller_price=variant.price,
    )  # fmt: skip


def _pay(order: Order, refunds: list[Mapping[str, str]]) -> None:
    address = settings.SITE_URL + order.get_absolute_url()
    payment = Payment.objects.create(
        reference=order.number, key=f"{order.number}-1", provider="sandbox",
        provider_reference=f"past-{order.number}", amount=order.total, state=Payment.State.PAID,
        refunded=sum((Decimal(each["amount"]) for each in refunds), Decimal(0)), language=order.language,
        return_url=address, cancel_url=address, created_at=order.placed_at, paid_at=order.paid_at,
    )  # fmt: skip
    OrderPayment.objects.create(order=order, payment=payment)
    for number, told in enumerate(refunds, start=1):
        refund = Refund.objects.create(
            payment=payment, key=f"{order.number}-back-{number}", amount=Money(told["amount"], order.currency),
            state=Refund.State.DONE,
        )  # fmt: skip
        Refund.objects.filter(pk=refund.pk).update(changed_at=told["at"])  # the moment at which it was paid out

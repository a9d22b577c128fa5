"""Orders as they stand in the books: paid at a moment, with assessed lines, without a walk through the shop."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from moneyed import Money

from catalog.models import Variant
from compliance.models import Report
from marketplace.kernel import clock
from orders.models import Order, OrderLine, OrderPayment, Quote, SellerOrder
from orders.services import reporting
from payments import rates
from payments.models import ExchangeRate, Payment, Refund
from payments.rates import RateFact
from tests.support import cast as casting
from tests.support.cast import Cast

GERMAN, FRENCH = "DE-TAX-STANDARD-2021", "FR-TAX-STANDARD-2016"


@dataclass(frozen=True, slots=True)
class Line:
    """What was sold: the taxable amount, the rate and the tax, all in the shopper's currency."""

    base: str
    pct: str = "19"
    tax: str = ""
    scheme: str = "IOSS"
    regime: str = "EU-LV-3EUR"
    rules: tuple[str, ...] = ("EU-LV-3EUR", GERMAN)
    pieces: int = 1
    variant: Variant | None = None

    @property
    def charged(self) -> Decimal:
        """The tax: what is given, or what the rate makes of the base."""
        return Decimal(self.tax or round(Decimal(self.base) * Decimal(self.pct) / 100, 2))


def german(base: str, pct: str = "19", **changes: Any) -> Line:
    """A line that goes to Germany."""
    return Line(base, pct, **changes)


def french(base: str, pct: str = "20", **changes: Any) -> Line:
    """A line that goes to France."""
    return Line(base, pct, rules=("EU-LV-3EUR", FRENCH), **changes)


def moment(text: str) -> datetime:
    """A moment in UTC, such as "2026-10-15 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sold(cast: Cast, paid_at: str, *lines: Line, to: str = "DE", currency: str = "EUR", **changes: Any) -> Order:
    """An order of one part that was paid at a moment; `changes` are of the part, but for its `total`."""
    at = moment(paid_at)
    goods = sum((Decimal(line.base) for line in lines), Decimal(0))
    total = changes.pop("total", None) or Money(goods + sum((line.charged for line in lines), Decimal(0)), currency)
    nothing = Money(0, currency)
    number = f"SP-{uuid.uuid4().hex[:9].upper()}"
    quote = Quote.objects.create(fingerprint=number, body={}, total=total, expires_at=at)
    order = Order.objects.create(
        number=number, key=uuid.uuid4(), quote=quote, email="greta@example.com", language="de", country=to,
        currency=currency, address={"country_code": to}, status=Order.Status.PAID, goods=Money(goods, currency),
        shipping=nothing, duty=nothing, tax=Money(total.amount - goods, currency), fees=nothing, total=total,
        placed_at=at, paid_at=at, pay_until=at,
    )  # fmt: skip
    _part(cast, order, lines, **changes)
    paid(order, at)
    return order


def paid(order: Order, at: datetime) -> Payment:
    """A payment of the whole order that was paid at a moment."""
    payment = Payment.objects.create(
        reference=order.number, key=uuid.uuid4().hex, provider="sandbox", provider_reference=uuid.uuid4().hex,
        amount=order.total, state="paid", paid_at=at, language="de", return_url="https://shop.example/",
        cancel_url="https://shop.example/",
    )  # fmt: skip
    OrderPayment.objects.create(order=order, payment=payment)
    return payment


def gave_back(order: Order, amount: str, at: str, *, payment: Payment | None = None) -> Refund:
    """A refund that the provider paid out at a moment."""
    payment = payment or order.order_payments.order_by("pk")[0].payment
    refund = Refund.objects.create(
        payment=payment, key=uuid.uuid4().hex, amount=Money(amount, order.currency), state=Refund.State.DONE
    )
    Refund.objects.filter(pk=refund.pk).update(changed_at=moment(at))
    return refund


def _part(cast: Cast, order: Order, lines: tuple[Line, ...], **changes: Any) -> SellerOrder:
    nothing = "0.00"
    values: dict[str, Any] = {
        "seller": cast.shenzhen,
        "warehouse": cast.shenzhen_warehouse,
        "sent_from": "CN",
        "fees": [],
    }
    values |= changes
    assessed = [
        {
            "sku": f"S{index}", "regime": line.regime, "scheme": line.scheme, "tax_rate_pct": line.pct,
            "tax": str(line.charged), "tax_rules": list(line.rules), "tax_base": line.base,
        }
        for index, line in enumerate(lines)
    ]  # fmt: skip
    part = SellerOrder.objects.create(
        order=order, position=order.seller_orders.count() + 1, seller=values["seller"], warehouse=values["warehouse"],
        service_code="air", consignment={"ship_from": values["sent_from"]}, goods=order.goods, total=order.total,
        assessment={
            "country": order.country, "currency": order.currency, "collected": values.get("collected", "checkout"),
            "goods": str(order.goods.amount), "shipping": nothing, "insurance": nothing, "lines": assessed,
            "fee_lines": values["fees"],
        },
    )  # fmt: skip
    for index, line in enumerate(lines):
        price = Money(Decimal(line.base) / line.pieces, order.currency)
        variant = line.variant
        OrderLine.objects.create(
            seller_order=part, variant=variant, sku=f"S{index}", name="Thing", quantity=line.pieces, unit_price=price,
            seller_price=values.get("seller_price", price), hs_code=variant.product.hs_code if variant else "",
            weight_grams=variant.weight_grams if variant else None, made_of=values.get("made_of"),
        )  # fmt: skip
    return part


def publish(on: date, **euro: str) -> None:
    """The European Central Bank publishes rates of a day: units for one euro."""
    facts = [RateFact(rates.ECB, "EUR", currency, on, Decimal(rate)) for currency, rate in euro.items()]
    ExchangeRate.objects.record(facts)
    casting.forget_laws()


class Calendar:
    """The day on which somebody sits at the desk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def turn_to(self, text: str) -> None:
        """It is that moment, in UTC."""
        at = moment(text)
        self._patch.setattr(clock, "now", lambda: at)
        self._patch.setattr(clock, "today", at.date)


def made(kind: str, period: str) -> Report:
    """The report as a worker makes it."""
    report = reporting.request(kind=kind, period=period, actor=None)
    assert reporting.make(report.pk)
    report.refresh_from_db()
    assert report.state == Report.State.READY
    return report


def closed(kind: str, period: str) -> Report:
    """The report, made and closed."""
    return reporting.close(report=made(kind, period), actor=None)


def written(report: Report) -> Iterator[tuple[Any, ...]]:
    """The lines of a return: kind, corrected period, country, rate, base and tax, as texts without useless zeros."""
    for line in report.lines.order_by("pk"):
        yield (
            line.kind,
            line.corrected_period,
            line.country,
            f"{line.rate_pct:.0f}",
            f"{line.base:.2f}",
            f"{line.tax:.2f}",
        )

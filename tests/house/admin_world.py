"""Two sellers with one row of everything each, for tests of who meets what in the admin.

Everything of the first seller, and everything that only the staff may see, carries the word `SECRET`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Model
from moneyed import Money

from accounts import services as accounts
from accounts.models import Address, Consent, Seller, SellerMember, User
from catalog.models import Category, ImportJob, Option, OptionValue, Product, ProductImage, StockLevel, Variant
from compliance import models as rules
from compliance import services as compliance
from compliance.screening import Finding
from logistics.models import (
    CustomsDeclaration,
    DefaultWeight,
    Parcel,
    Shipment,
    ShippingRate,
    ShippingService,
    TrackingEvent,
    Warehouse,
    Zone,
    ZoneCountry,
)
from orders.models import Fulfilment, Order, OrderLine, OrderPayment, Quote, SellerOrder, Step
from payments.models import CurrencyRisk, ExchangeRate, Payment, PaymentEvent, RateAlert, RateFetch, Refund

SECRET = "ZINNOBER"
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass
class World:
    """The rows of one seller, by table, and the member who acts for the seller."""

    name: str
    seller: Seller
    member: User
    rows: dict[type[Model], Any] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.rows[type(row)] = row
        return row


def make_seller(name: str, currency: str = "EUR") -> World:
    """An approved seller with an owner who may enter the admin."""
    slug = name.lower()
    seller = Seller.objects.create(
        slug=slug, name=f"{name} Atelier", legal_name=f"{name} GmbH", home_country="DE", settlement_currency=currency,
        status=Seller.Status.APPROVED, city="Köln", street_address="Gasse 1", postal_code="50667",
        tagline_en=f"{name} tagline", story_en=f"{name} story",
    )  # fmt: skip
    member = User.objects.create_user(f"owner@{slug}.example", full_name=f"{name} Owner")
    accounts.add_member(user=member, seller=seller, role=SellerMember.Role.OWNER)
    world = World(name, seller, User.objects.get(pk=member.pk))
    world.rows |= {Seller: seller, SellerMember: SellerMember.objects.get(user=member), User: member}
    return world


def fill(world: World, category: Category) -> World:
    """The seller has a listing, its parts, stock, an import, a flag and a paid order under way."""
    _listing(world, category)
    _order(world)
    name, seller = world.name, world.seller
    job = ImportJob(seller=seller, user=world.member, currency="EUR", file_name=f"{name}.csv", state="previewed")
    job.result = {"products": 1, "errors": [{"line": 2, "handle": name, "reason": name}]}
    job.file.save(f"{name}.csv", ContentFile(b"Handle,Title\n"), save=False)
    job.save()
    world.add(job)
    (flag,) = compliance.record_findings(
        subject=world.rows[Product], seller=seller, label=f"{name} listing",
        findings=[Finding("hs_code_missing", "review", {"sku": name})],
    )  # fmt: skip
    world.add(flag)
    return world


def _listing(world: World, category: Category) -> None:
    name, seller = world.name, world.seller
    product = world.add(
        Product.objects.create(
            seller=seller, category=category, slug=f"{name.lower()}-vase", handle=f"{name}-vase",
            name_en=f"{name} vase", brand_name=name, status=Product.Status.LIVE, description_en=f"<p>{name}</p>", card_image=f"{name}.webp",
        )
    )  # fmt: skip
    option = world.add(Option.objects.create(product=product, position=1, name_en=f"{name} colour"))
    value = world.add(OptionValue.objects.create(option=option, code=f"{name}-red", name_en=f"{name} red"))
    world.add(
        ProductImage.objects.create(product=product, value=value, file=f"{name}.webp", alt_en=name, state="ready")
    )
    variant = world.add(
        Variant.objects.create(
            product=product, seller=seller, sku=f"{name}-1", value1=value, price=Money("20", "EUR"), weight_grams=300
        )
    )
    warehouse = world.add(
        Warehouse.objects.create(
            seller=seller, code=f"{name.lower()}-home", name=f"{name} store", country="DE", city="Köln",
            street_address="Gasse 1", postal_code="50667",
        )
    )  # fmt: skip
    world.add(StockLevel.objects.create(variant=variant, warehouse=warehouse, on_hand=12, reserved=2))


def _order(world: World) -> None:
    """A paid part of an order under way; the shopper's mailbox is no seller's business, so it is always secret."""
    name = world.name
    address = {"name": f"{name} Shopper", "street_address": "Straße 5", "city": "Köln", "country_code": "DE"}
    zero, twenty = Money(0, "EUR"), Money("20", "EUR")
    quote = Quote.objects.create(fingerprint=name, body={}, total=twenty, expires_at=MOMENT)
    order = Order.objects.create(
        number=f"{name}-ORDER"[:20], key=uuid.uuid4(), quote=quote, email=f"{SECRET}@example.com", language="de",
        country="DE", currency="EUR", address=address, status=Order.Status.PAID, goods=twenty, shipping=zero, duty=zero, tax=zero,
        fees=zero, total=twenty, paid_at=MOMENT, pay_until=MOMENT,
    )  # fmt: skip
    part = world.add(
        SellerOrder.objects.create(
            order=order, position=1, seller=world.seller, warehouse=world.rows[Warehouse], service_code="air",
            consignment={}, assessment={}, goods=twenty, total=twenty,
        )
    )  # fmt: skip
    OrderLine.objects.create(
        seller_order=part, variant=world.rows[Variant], sku=f"{name}-1", name=f"{name} vase", quantity=1,
        unit_price=twenty, seller_price=twenty,
    )  # fmt: skip
    shipment = Shipment.objects.create(
        reference=f"{name}-SHIPMENT", carrier="sandbox", service_code="air", sender={}, recipient=address,
        consignment={}, declared={},
    )  # fmt: skip
    Parcel.objects.create(shipment=shipment, weight_grams=350)
    TrackingEvent.objects.create(
        shipment=shipment, event_id=f"{name}-1", code="handed_over", description_code="handed_over", occurred_at=MOMENT,
        location=f"{name} place",
    )  # fmt: skip
    fulfilment = world.add(Fulfilment.objects.create(seller_order=part, shipment=shipment, status="shipped"))
    world.rows |= {Order: order, Shipment: shipment}
    world.add(Step.objects.create(order=order, fulfilment=fulfilment, kind="label", state="failed", last_error=name))


def fill_staff(world: World) -> None:
    """The tables that no seller may see have a row each."""
    order = world.rows[Order]
    payment = world.add(
        Payment.objects.create(
            reference=order.number, key=f"key-{SECRET}", provider="sandbox", provider_reference=f"{SECRET}-session",
            amount=Money("20", "EUR"), state="paid", paid_at=MOMENT, language="de", return_url="https://shop.example/",
            cancel_url="https://shop.example/",
        )
    )  # fmt: skip
    OrderPayment.objects.create(order=order, payment=payment)
    world.add(Refund.objects.create(payment=payment, key=f"refund-{SECRET}", amount=Money("1", "EUR"), reason=SECRET))
    world.add(PaymentEvent.objects.create(provider="sandbox", event_id=SECRET, payment=payment, payload={"a": SECRET}))
    world.add(
        Address.objects.create(
            user=world.member, name=SECRET, street_address="Straße 5", city="Köln", country_code="DE"
        )
    )
    world.add(Consent.objects.create(email=f"{SECRET}@example.com", kind="terms", version="1", language="de"))
    world.add(
        CustomsDeclaration.objects.create(
            shipment=world.rows[Shipment], kind="h7", status="rejected", reason_code="description_vague",
            payload={"lines": [{"sku": f"{SECRET}-1", "description": SECRET, "quantity": 1}]},
        )
    )  # fmt: skip
    _fill_freight(world)
    _fill_rates(world)
    world.add(rules.HSCode.objects.create(code="691200", description=SECRET, version="2022", source=SECRET))
    for model, values in _RULES.items():
        kept = {"code": f"{SECRET}-{model.__name__}", "source": SECRET, "confidence": "official"}
        world.add(model._default_manager.create(**kept, effective_from=MOMENT, last_reviewed=MOMENT, **values))


def _fill_rates(world: World) -> None:
    world.add(
        ExchangeRate.objects.create(source=SECRET, base="EUR", quote="USD", on=date(2026, 11, 20), rate=Decimal("1.1"))
    )
    world.add(
        CurrencyRisk.objects.create(
            currency="USD", on=date(2026, 11, 20), rated_on=date(2026, 11, 20), rate=1, level="red", assessed_at=MOMENT,
            reasons=[{"code": "other", "values": {"detail": SECRET}}],
        )
    )  # fmt: skip
    world.add(
        RateFetch.objects.create(
            address=SECRET, state="failed", started_at=MOMENT, finished_at=MOMENT, next_at=MOMENT, detail=SECRET
        )
    )
    world.add(RateAlert.objects.create(key=SECRET, kind="fetch", on=MOMENT.date(), opened_at=MOMENT))


def _fill_freight(world: World) -> None:
    zone = world.add(Zone.objects.create(code="zone-x", name=f"{SECRET} zone"))
    ZoneCountry.objects.get_or_create(country="DE", defaults={"zone": zone, "customs_area": "EU"})
    service = world.add(
        ShippingService.objects.create(
            code="zinnober-air", name_en=f"{SECRET} air", carrier="sandbox", channel="courier", transport="air",
            days_min=2, days_max=5,
        )
    )  # fmt: skip
    world.add(
        ShippingRate.objects.create(
            service=service, origin_country="DE", zone=zone, up_to_grams=500, price=Money("5", "EUR")
        )
    )
    world.add(DefaultWeight.objects.create(hs_prefix="69", grams=400, note=SECRET))


_RULES: dict[type[Model], dict[str, Any]] = {
    rules.Regime: {"family": "f", "jurisdiction": "EU", "name": SECRET, "collector": "carrier"},
    rules.TaxRate: {"country": "DE", "pct": 19},
    rules.DutyRate: {"destination": "EU", "hs_prefix": "6912", "pct": 12},
    rules.AdditionalDuty: {"destination": "US", "program": "p", "name": SECRET, "pct": 10},
    rules.Fee: {
        "family": "f",
        "jurisdiction": "EU",
        "name": SECRET,
        "scope": "consignment",
        "amount": 1,
        "currency": "EUR",
    },
    rules.Exemption: {"family": "f", "jurisdiction": "EU", "name": SECRET, "charge": "tax"},
    rules.GoodsRestriction: {"family": "f", "name": SECRET, "action": "block"},
    rules.GroupMember: {"group": "EU", "country": "DE"},
    rules.Territory: {"country": "DE", "postal_prefixes": "27498", "name": SECRET},
}

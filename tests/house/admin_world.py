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
from catalog.models import (
    Attribute,
    BrandPage,
    BundlePart,
    Category,
    Collection,
    CollectionEntry,
    EconomicOperator,
    GlossaryTerm,
    ImportJob,
    LandingPage,
    ListingTexts,
    MarketHold,
    MarketPrice,
    Option,
    OptionValue,
    PriceEnding,
    PricePolicy,
    PriceTier,
    Product,
    ProductAttributes,
    ProductDocument,
    ProductFacts,
    ProductImage,
    ProductVideo,
    Review,
    ScheduledPrice,
    ScheduledPriceItem,
    SearchMiss,
    SearchRedirect,
    SearchSynonym,
    SizeChart,
    StockLevel,
    TranslationJob,
    Variant,
)
from catalog.services import tracing
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
from tests.support.papers import pdf, upload

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
    _review(world)
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
    _papers(world)
    return world


def _papers(world: World) -> None:
    """Who the seller is, with a document; the step is for officers alone."""
    name, seller = world.name, world.seller
    world.add(
        compliance.keep_document(
            seller=seller, kind="identity", upload=upload(pdf(f"({name})".encode()), f"{name}.pdf"), actor=world.member
        )
    )
    papers = compliance.verification_of(seller)
    papers.person_name = papers.register_number = f"{name} Person"
    papers.save()
    rules.BeneficialOwner.objects.create(verification=papers, name=f"{name} Owner", country="DE")
    world.add(papers)
    number = rules.Registration.objects.create(
        seller=seller,
        kind="other",
        number=f"{name}-REGISTER-1",
        state="claimed",
        document=world.rows[rules.EvidenceDocument],
    )
    world.add(number)
    _facts(world)


def _facts(world: World) -> None:
    """What the listing says of its goods, with a document behind it, and where it is held."""
    name, product = world.name, world.rows[Product]
    maker = world.add(
        EconomicOperator.objects.create(
            seller=world.seller, role="manufacturer", name=f"{name} Works", postal_address=f"{name} Street 1",
            country="DE", electronic_address=f"maker@{name.lower()}.example",
        )
    )  # fmt: skip
    world.add(
        ProductFacts.objects.create(
            product=product, manufacturer=maker, model_identifier=f"{name}-M1", warnings_en=f"{name} is hot",
            materials={name: "100"}, packaging_grams={"paper": "40"},
        )
    )  # fmt: skip
    world.add(ProductAttributes.objects.create(product=product, given={"note": {"en": name}}))
    world.add(SizeChart.objects.create(category=product.category, seller=world.seller, sizes=[name]))
    world.add(ProductDocument.objects.create(product=product, document=world.rows[rules.EvidenceDocument]))
    world.add(TranslationJob.objects.create(product=product, language="de", last_error=name))
    world.rows[ListingTexts] = ListingTexts.objects.get(pk=product.pk)
    _told(world)
    world.add(MarketHold.objects.create(product=product, countries=["FR"], flag=world.rows[rules.Flag], since=MOMENT))


def _told(world: World) -> None:
    """What the seller tells around the listing: a brand page, a collection, a step of a trace."""
    name, product = world.name, world.rows[Product]
    world.add(BrandPage.objects.create(seller=world.seller, craft_en=f"{name} craft"))
    chosen = world.add(
        Collection.objects.create(seller=world.seller, slug=f"{name.lower()}-choice", title_en=f"{name} choice")
    )
    world.add(CollectionEntry.objects.create(collection=chosen, product=product, note_en=f"{name} note"))
    world.add(
        tracing.record_event(
            product=product, actor=world.member, kind="made", happened_on=MOMENT.date(), batch=name, texts={"en": name}
        )
    )


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
    world.add(
        ProductVideo.objects.create(
            product=product,
            file=f"{name}.mp4",
            kind="video/mp4",
            original=f"{name}-original",
            size_bytes=9,
            title_en=name,
        )
    )
    variant = world.add(
        Variant.objects.create(
            product=product, seller=seller, sku=f"{name}-1", value1=value, price=Money("20", "EUR"), weight_grams=300
        )
    )
    bundle = Variant.objects.create(product=product, seller=seller, sku=f"{name}-SET", price=Money("35", "EUR"))
    world.add(BundlePart.objects.create(bundle=bundle, part=variant, quantity=2))
    warehouse = world.add(
        Warehouse.objects.create(
            seller=seller, code=f"{name.lower()}-home", name=f"{name} store", country="DE", city="Köln",
            street_address="Gasse 1", postal_code="50667",
        )
    )  # fmt: skip
    world.add(StockLevel.objects.create(variant=variant, warehouse=warehouse, on_hand=12, reserved=2))
    _prices(world)


def _prices(world: World) -> None:
    """The variant costs something else in France, in dozens and at Christmas."""
    variant, seller, name = world.rows[Variant], world.seller, world.name
    MarketPrice.objects.create(variant=variant, country="FR", price=Money("21", "EUR"))
    PriceTier.objects.create(variant=variant, from_quantity=12, price=18)
    world.add(PricePolicy.objects.create(seller=seller, has_native_endings=True))
    times = {"starts_at": MOMENT, "ends_at": datetime(2030, 12, 24, tzinfo=UTC)}
    sale = world.add(
        ScheduledPrice.objects.create(seller=seller, name=f"{name} sale", percent=10, variant=variant, **times)
    )
    ScheduledPriceItem.objects.create(schedule=sale, variant=variant, **times)


def _review(world: World) -> None:
    """Who wrote it, and on which order, is no seller's business."""
    world.add(
        Review.objects.create(
            product=world.rows[Product], purchase=f"{SECRET}"[:20], email=f"{SECRET}@example.com", signed=world.name, country="DE",
            language="de", stars=4, title=f"{world.name} review", text=world.name,
        )
    )  # fmt: skip


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
    world.add(LandingPage.objects.create(name=SECRET, title_en=SECRET, countries=["FR"]))
    _fill_search(world)
    _fill_freight(world)
    _fill_rates(world)
    _fill_reports(world)
    _fill_desk(world)
    _fill_verification(world)
    world.add(rules.HSCode.objects.create(code="691200", description=SECRET, version="2022", source=SECRET))
    for model, values in _RULES.items():
        kept = {"code": f"{SECRET}-{model.__name__}", "source": SECRET, "confidence": "official"}
        world.add(model._default_manager.create(**kept, effective_from=MOMENT, last_reviewed=MOMENT, **values))


def _fill_desk(world: World) -> None:
    """What comes to the compliance desk from outside, and its record; no seller meets any of it."""
    flag, officer = (
        world.rows[rules.Flag],
        User.objects.create_user(f"officer@{SECRET}.example".lower(), full_name=SECRET),
    )
    world.add(flag.events.get(kind="opened"))
    flagger = world.add(
        rules.TrustedFlagger.objects.create(
            kind="authority", name=SECRET, email=f"{SECRET}@example.com", source=SECRET, digest="d" * 64
        )
    )
    world.add(
        rules.Notice.objects.create(
            number=f"N-{SECRET}", token=SECRET, subject=world.rows[Product], subject_label=f"{SECRET} listing",
            address=f"https://shop.example/{SECRET}", seller=world.seller, ground="unsafe", explanation=SECRET,
            reporter_name=SECRET, reporter_email=f"{SECRET}@example.com", language="en", is_trusted=True, flagger=flagger,
            due_at=MOMENT,
        )
    )  # fmt: skip
    world.add(
        rules.AuthorityExport.objects.create(
            authority=SECRET, reference=SECRET, subject=SECRET, rows=1, digest="e" * 64, actor=officer
        )
    )


def _fill_verification(world: World) -> None:
    """What officers did with a seller's papers, and whom the lists of sanctions name."""
    document, papers = world.rows[rules.EvidenceDocument], world.rows[rules.SellerVerification]
    world.add(
        rules.RegistrationEvent.objects.create(
            registration=world.rows[rules.Registration], after="claimed", actor_label=SECRET, reason=SECRET
        )
    )
    officer = User.objects.create_user(f"verifier@{SECRET}.example".lower(), full_name=SECRET)
    world.add(rules.DocumentView.objects.create(document=document, viewer=officer, viewer_label=SECRET))
    world.add(
        rules.VerificationEvent.objects.create(
            verification=papers, before="in_review", after="approved", actor=officer, actor_label=SECRET, reason=SECRET
        )
    )
    world.add(
        rules.SanctionedParty.objects.create(list_name=SECRET, reference="1", kind="person", name=SECRET, source=SECRET)
    )
    world.add(
        rules.SanctionsLoad.objects.create(
            list_name=SECRET, file_name=SECRET, digest="a" * 64, parties=1, added=1, changed=0, removed=0, refused=0
        )
    )


def _fill_reports(world: World) -> None:
    """A report that is ready, and a line of each form of report; no seller meets any of them."""
    part = world.rows[SellerOrder]
    totals = {"base": "20.00", "tax": "3.80", "corrections": "0.00", "payable": "3.80"}
    figures = {"currency": "EUR", "rates": [], "provisional": [], "rows": [], "dispatch": [], "corrections": [],
               "countries": [], "totals": totals}  # fmt: skip
    terms = {"code": SECRET, "kind": "ioss", "name": SECRET, "figures": "tax", "source": SECRET, "currency": "EUR",
             "time_zone": "UTC"}  # fmt: skip
    report = world.add(
        rules.Report.objects.create(
            kind="ioss", period="2026-10", starts_at=datetime(2026, 10, 1, tzinfo=UTC), ends_at=MOMENT, due_on=MOMENT,
            state="ready", terms=terms, figures=figures, digest="f" * 64, as_of=MOMENT, made_at=MOMENT,
        )
    )  # fmt: skip
    shared = {"report": report, "report_kind": "ioss", "source": SECRET, "reference": f"{SECRET}-1", "part_id": part.pk,
              "happened_at": MOMENT, "seller": world.seller}  # fmt: skip
    world.add(
        rules.ReportLine.objects.create(
            **shared, kind="supply", country="DE", sent_from="CN", rate_pct=19, base=20, tax=Decimal("3.80"), currency="EUR",
            original_base=20, original_tax=Decimal("3.80"), original_currency="EUR", exchange_rate=1, rated_on=MOMENT,
        )
    )  # fmt: skip
    world.add(rules.VolumeLine.objects.create(**shared, country="DE", stream="packaging", material="paper", pieces=1))
    world.add(rules.SellerLine.objects.create(**shared, quarter=4, activities=1, consideration=20, currency="EUR"))


def _fill_rates(world: World) -> None:
    world.add(PriceEnding.objects.create(currency="EUR", from_amount=0, step=1, ending=Decimal("0.90"), most_below=0))
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


def _fill_search(world: World) -> None:
    world.add(Attribute.objects.create(code="secret", kind="text", name_en=SECRET))
    world.add(SearchSynonym.objects.create(language="en", words=[SECRET, "bowl"]))
    world.add(SearchRedirect.objects.create(language="en", query=SECRET, address="/category/tea/"))
    world.add(GlossaryTerm.objects.create(term=SECRET, language="de", target=SECRET))
    world.add(SearchMiss.objects.create(language="en", query=SECRET, on=MOMENT.date()))


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
    rules.EPRScheme: {
        "country": "DE", "stream": "packaging", "register": SECRET, "number_name": "number", "action": "block",
    },
    rules.ProductRule: {"jurisdiction": "EU", "requirement": "manufacturer", "name": SECRET, "action": "block"},
    rules.ForbiddenClaim: {
        "jurisdiction": "EU", "family": "medical", "language": "en", "phrases": SECRET, "action": "review",
    },
    rules.SellerThreshold: {
        "jurisdiction": "EU", "law": "DAC7", "sales": 30, "sales_test": ">=", "amount": 2000, "currency": "EUR",
        "amount_test": ">", "joins": "any", "period": "year", "consequence": SECRET,
    },
    rules.ReportRule: {
        "kind": "ioss", "name": SECRET, "figures": "tax", "schemes": "IOSS", "length": "month", "currency": "EUR",
        "rate": "last_day", "time_zone": "Europe/Brussels", "due_months": 1, "due_days": 0,
    },
    rules.GroupMember: {"group": "EU", "country": "DE"},
    rules.Territory: {"country": "DE", "postal_prefixes": "27498", "name": SECRET},
}  # fmt: skip

"""What the sellers of the demo say of their goods: who made them and answers for them, materials, warnings, small documents.

Everything is made up. Warnings and instructions are put together from texts that several listings share.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts import demo_cast
from accounts.models import Seller, User
from catalog.models import EconomicOperator, PriceChange, Product, ProductDocument, ProductFacts, Variant
from compliance import services
from compliance.models import EvidenceDocument
from marketplace import demo_offers, demo_translations
from marketplace.demo_verification import specimen_pdf

DATA: Final = settings.BASE_DIR / "demo" / "data"
_ROLES: Final = EconomicOperator.Role
_PLAIN: Final = {"model": "model_identifier", "age": "age_from", "battery": "battery", "batteries": "batteries",
                 "watt_hours": "battery_watt_hours", "battery_grams": "battery_grams"}  # fmt: skip


def write(folder: Path = DATA) -> None:
    """The listings of the demo have their facts; needs the accounts of the demo. The same files, the same rows."""
    told = json.loads((folder / "facts.json").read_text("utf-8"))
    texts = json.loads((folder / "safety_texts.json").read_text("utf-8"))
    told["products"] |= demo_offers.told()["facts"]
    listed = {
        product.slug: product for product in Product.objects.filter(slug__in=told["products"]).select_related("seller")
    }
    for slug, facts in told["products"].items():
        product = listed[slug]
        operators = told["operators"][product.seller.slug]
        with transaction.atomic():
            _facts(product, facts, operators, texts)
        _documents(product, facts.get("documents", ()))
    _price_history(listed.values())
    demo_translations.write()


def _facts(product: Product, told: Mapping[str, Any], operators: Mapping[str, Any], texts: Mapping[str, Any]) -> None:
    person = told.get("responsible") or operators.get("responsible")
    values: dict[str, Any] = {column: told[name] for name, column in _PLAIN.items() if name in told}
    values |= dict.fromkeys(told.get("yes", ()), True) | dict.fromkeys(told.get("no", ()), False)
    values |= {name: {key: str(number) for key, number in told[source].items()}
               for name, source in (("materials", "materials"), ("packaging_grams", "packaging"))}  # fmt: skip
    values |= dict(zip(("length_mm", "width_mm", "height_mm"), told.get("size", ()), strict=False))
    values |= {
        "manufacturer": _operator(
            product.seller, _ROLES.MANUFACTURER, told.get("manufacturer") or operators["manufacturer"]
        ),
        "responsible_person": _operator(product.seller, _ROLES.RESPONSIBLE, person) if person else None,
        "has_no_warnings": "warnings" not in told,
    }
    for name in ("warnings", "instructions"):
        for code, _language in settings.LANGUAGES:
            shared = [texts[name][key][code] for key in told.get(name, ())]
            values[f"{name}_{code.replace('-', '_')}"] = "\n".join(shared)
    held = ProductFacts.objects.filter(product=product)
    if not held.filter(**values).exists():
        ProductFacts.objects.update_or_create(product=product, defaults=values)


def _operator(seller: Seller, role: str, told: Iterable[str]) -> EconomicOperator:
    name, address, country, electronic = told
    values = {"postal_address": address, "electronic_address": electronic}
    key = {"seller": seller, "role": role, "name": name, "country": country}
    return EconomicOperator.objects.get_or_create(**key, defaults=values)[0]


def _documents(product: Product, kinds: Iterable[str]) -> None:
    """Each document that the listing lacks, as its seller would upload it."""
    there = set(ProductDocument.objects.filter(product=product).values_list("document__kind", flat=True))
    member = User.objects.filter(email=demo_cast.seller_email(product.seller.slug)).first()
    for kind in kinds:
        if kind not in there and member is not None:
            label = EvidenceDocument.Kind(kind).label
            lines = ["SPECIMEN", str(label), product.name_en, product.seller.legal_name]
            upload = SimpleUploadedFile(f"{kind.replace('_', '-')}-{product.slug}.pdf", specimen_pdf(lines))
            document = services.keep_document(seller=product.seller, kind=kind, upload=upload, actor=member)
            ProductDocument.objects.get_or_create(product=product, document=document)


def _price_history(products: Iterable[Product]) -> None:
    """What is reduced did cost its price before: from the day it came into the shop until the demo was filled."""
    reduced = Variant.objects.filter(product__in=[product.pk for product in products], compare_at__isnull=False)
    for variant in reduced.select_related("product"):
        changes = PriceChange.objects.filter(variant=variant)
        if not changes.filter(price=variant.compare_at).exists():
            PriceChange.objects.create(
                variant=variant, price=variant.compare_at, price_currency=variant.price_currency,
                changed_at=variant.product.published_at,
            )  # fmt: skip

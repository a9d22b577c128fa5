"""What the demo tells around its goods: pages of brands, collections, a first page for one market, two traces.

Everything is made up, and each step of a trace says so. The same files, the same rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from accounts import demo_cast
from accounts.models import Seller, User
from catalog.markup import paragraphs
from catalog.models import (
    BrandPage,
    Collection,
    CollectionEntry,
    LandingCollection,
    LandingPage,
    Product,
    TraceEvent,
)
from catalog.services import pictures, tracing
from marketplace.demo_verification import specimen_pdf

FOLDER: Final = settings.BASE_DIR / "demo"
_RICH: Final = ("body", "text")


def write(folder: Path = FOLDER) -> None:
    """Needs the listings and the accounts of the demo."""
    told = json.loads((folder / "data" / "editorial.json").read_text("utf-8"))
    products = {product.slug: product for product in Product.objects.select_related("seller")}
    sellers = {seller.slug: seller for seller in Seller.objects.all()}
    with transaction.atomic():
        for slug, row in told["brands"].items():
            values = {"made_in": row["made_in"], **_columns(row), **_picture(folder, f"brand-{slug}.webp")}
            BrandPage.objects.update_or_create(seller=sellers[slug], defaults=values)
        kept = {
            row["slug"]: _collection(row, place, sellers, products) for place, row in enumerate(told["collections"])
        }
        for row in told["landings"]:
            _landing(folder, row, kept)
    for row in told["traces"]:
        _trace(row, products[row["product"]])


def _columns(row: Mapping[str, Any]) -> dict[str, str]:
    """Columns like `title_de` for every text that is given by language."""
    found = {}
    for name, texts in row.items():
        if isinstance(texts, Mapping) and settings.LANGUAGE_CODE in texts:
            for code, text in texts.items():
                found[f"{name}_{code.replace('-', '_')}"] = paragraphs(text) if name in _RICH else text
    return found


def _picture(folder: Path, name: str) -> dict[str, Any]:
    stored = pictures.keep_file(folder / "media" / name, name=f"editorial/{name}")
    return {"picture": stored.name, "picture_width": stored.width, "picture_height": stored.height}


def _collection(
    row: Mapping[str, Any], place: int, sellers: Mapping[str, Seller], products: Mapping[str, Product]
) -> Collection:
    values = {"seller": sellers.get(row.get("seller", "")), "position": place, "is_published": True, **_columns(row)}
    made = Collection.objects.update_or_create(slug=row["slug"], defaults=values)[0]
    for position, slug in enumerate(row["products"], start=1):
        note = _columns({"note": row["notes"].get(slug, {})})
        values = {"position": position, **note}
        CollectionEntry.objects.update_or_create(collection=made, product=products[slug], defaults=values)
    return made


def _landing(folder: Path, row: Mapping[str, Any], collections: Mapping[str, Collection]) -> None:
    values = {"countries": row["countries"], "button_address": row["button_address"], "is_published": True,
              **_columns(row), **_picture(folder, f"{row['picture']}.webp")}  # fmt: skip
    page = LandingPage.objects.update_or_create(name=row["name"], defaults=values)[0]
    for position, slug in enumerate(row["collections"], start=1):
        LandingCollection.objects.update_or_create(
            page=page, collection=collections[slug], defaults={"position": position}
        )


def _trace(row: Mapping[str, Any], product: Product) -> None:
    """Records the events that the chain lacks, as the seller's owner would; those that stand are never touched."""
    member = User.objects.filter(email=demo_cast.seller_email(product.seller.slug)).first()
    known = TraceEvent.objects.filter(product=product, batch=row["batch"]).count()
    for event in row["events"][known:]:
        paper = event.get("certificate", "")
        digest = hashlib.sha256(specimen_pdf(["SPECIMEN", paper])).hexdigest() if paper else ""
        tracing.record_event(
            product=product, actor=member, kind=event["kind"], happened_on=date.fromisoformat(event["on"]),
            batch=row["batch"], country=event["country"], place=event["place"], texts=event["texts"],
            certificate_name=paper, certificate_digest=digest, corrects=event.get("corrects"),
        )  # fmt: skip

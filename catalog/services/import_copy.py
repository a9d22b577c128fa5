"""New listings of a feed written by COPY: rows are made without models, and keys are taken from the sequences before.

The triggers and constraints of the tables hold as for any other way of writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Seller
from catalog.feeds.listing import FeedListing
from catalog.models import Option, OptionValue, Product, ProductImage, StockLevel, Variant
from catalog.services import import_rows
from logistics.models import Warehouse
from marketplace.kernel.copying import copy_rows, new_keys

Row = dict[str, Any]


def create_listings(
    *, seller: Seller, new: Sequence[FeedListing], shelves: import_rows.Shelves, warehouse: Warehouse, now: datetime,
    language: str,
) -> list[int]:  # fmt: skip
    """Writes listings that the seller does not have yet, with all their parts; the keys of the products, in order.

    `language` is that of texts where the file does not say it.
    Raises `IntegrityError` or `DataError` when the database refuses one of them; call inside a transaction.
    """
    if not new:
        return []
    keys = new_keys(Product, len(new))
    slugs = import_rows.slugs(seller, new)
    copy_rows(
        Product,
        (_product(key, slug, one, seller, shelves, now, one.language or language)
         for key, slug, one in zip(keys, slugs, new, strict=True)),
    )  # fmt: skip
    pairs = list(zip(keys, new, strict=True))
    choices = _write_choices(pairs, language)
    variants = [(place, source, key, one) for key, one in pairs for place, source in enumerate(one.variants, start=1)]
    variant_keys = new_keys(Variant, len(variants))
    copy_rows(Variant, (_variant(*each, seller, choices, pk) for each, pk in zip(variants, variant_keys, strict=True)))
    copy_rows(StockLevel, (
        {"variant_id": pk, "warehouse_id": warehouse.pk, "on_hand": import_rows.pieces(source), "reserved": 0}
        for (_place, source, _key, _one), pk in zip(variants, variant_keys, strict=True)
    ))  # fmt: skip
    copy_rows(ProductImage, (
        _image(key, image, now, one.language or language) for key, one in pairs for image in one.images
    ))  # fmt: skip
    return keys


def _product(
    key: int, slug: str, one: FeedListing, seller: Seller, shelves: import_rows.Shelves, now: datetime, language: str
) -> Row:  # fmt: skip
    return {
        "id": key, "seller_id": seller.pk, "category_id": shelves.find(one.kind).pk, "slug": slug, "handle": one.handle,
        "published_at": now, "created_at": now, "updated_at": now, "source_language": language,
        "name": one.title, "description": one.description, **import_rows.texts(one, language),
    }  # fmt: skip


def _write_choices(pairs: Sequence[tuple[int, FeedListing]], language: str) -> Mapping[tuple[int, int, str], int]:
    """Options and their values; the key of each value by product, place of the option, and name."""
    options = [(key, place, name, one) for key, one in pairs for place, name in enumerate(one.options, start=1)]
    option_keys = new_keys(Option, len(options))
    copy_rows(Option, (
        {"id": pk, "product_id": key, "position": place, "name": name, "name_en": None, _named(one, language): name}
        for (key, place, name, one), pk in zip(options, option_keys, strict=True)
    ))  # fmt: skip
    values = [
        (key, place, code, number, option, _named(one, language))
        for (key, place, _name, one), option in zip(options, option_keys, strict=True)
        for number, code in enumerate(dict.fromkeys(variant.values[place - 1] for variant in one.variants))
    ]
    value_keys = new_keys(OptionValue, len(values))
    copy_rows(OptionValue, (
        {"id": pk, "option_id": option, "position": number, "code": code, "name": code, "name_en": None, column: code}
        for (_key, _place, code, number, option, column), pk in zip(values, value_keys, strict=True)
    ))  # fmt: skip
    return {(key, place, code): pk for (key, place, code, *_rest), pk in zip(values, value_keys, strict=True)}


def _named(one: FeedListing, language: str) -> str:
    """The column for what an option or choice of the listing is called."""
    return f"name_{import_rows.SUFFIXES[one.language or language]}"


def _variant(
    position: int, source: Any, key: int, one: FeedListing, seller: Seller,
    choices: Mapping[tuple[int, int, str], int], pk: int,
) -> Row:  # fmt: skip
    chosen = {f"value{place}_id": choices[key, place, name] for place, name in enumerate(source.values, start=1)}
    return {
        "id": pk, "product_id": key, "seller_id": seller.pk, "sku": source.sku, "gtin": source.gtin,
        "price": source.price, "price_currency": one.currency, "compare_at": source.compare_at,
        "weight_grams": source.weight_grams, "position": position, **chosen, **dict(source.terms),
    }  # fmt: skip


def _image(key: int, image: Any, now: datetime, language: str) -> Row:
    alts = import_rows.alts(image, language)
    return {
        "product_id": key, "source_url": image.url, "position": image.position, "alt": image.alt,
        "state": ProductImage.State.QUEUED, "due_at": now, **alts,
    }  # fmt: skip

"""The rows of imported listings: made in sets for new ones, reconciled one by one for known ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy, override
from moneyed import Money

from accounts.models import Seller
from catalog.feeds.listing import FeedListing, FeedVariant
from catalog.models import Category, Option, OptionValue, Product, ProductImage, StockLevel, Variant
from logistics.models import Warehouse

UNCOUNTED_PIECES = 999
_FALLBACK_SLUG = "more-finds"
_FALLBACK_NAME = gettext_lazy("More finds")
_COMPARED = ("name_en", "description_en", "brand_name", "status", "source_digest")


class Shelves:
    """Which category a feed's own word for the kind of goods means here; what none fits goes to "More finds"."""

    def __init__(self) -> None:
        self._by_word: dict[str, Category] = {}
        for category in Category.objects.order_by("depth"):
            for word in {(category.name_en or "").lower(), category.slug.replace("-", " ")}:
                self._by_word.setdefault(word, category)
                self._by_word.setdefault(word.removesuffix("s"), category)

    def find(self, kind: str) -> Category:
        """The category for `kind`, such as "Necklace" or "Home > Lamps"."""
        for word in reversed([part.strip().lower() for part in kind.split(">")]):
            found = self._by_word.get(word) or self._by_word.get(word.removesuffix("s"))
            if word and found is not None:
                return found
        return self._fallback()

    def _fallback(self) -> Category:
        found: Category | None = Category.objects.filter(slug=_FALLBACK_SLUG).first()
        if found is not None:
            return found
        made: Category = Category.objects.add_root({"slug": _FALLBACK_SLUG, "position": 900, **_in_all_languages()})
        return made


def _in_all_languages() -> dict[str, str]:
    names = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            names[f"name_{code.replace('-', '_')}"] = str(_FALLBACK_NAME)
    return names


def create_products(seller: Seller, new: Sequence[FeedListing], shelves: Shelves, now: datetime) -> list[Product]:
    """The products of new listings, in the same order."""
    slugs = _slugs(seller, new)
    products = [
        Product(
            seller=seller,
            category=shelves.find(one.kind),
            slug=slug,
            handle=one.handle,
            published_at=now,
            **_texts(one),
        )
        for one, slug in zip(new, slugs, strict=True)
    ]
    return Product.objects.bulk_create(products, batch_size=500)


def _texts(one: FeedListing) -> dict[str, str]:
    return {
        "name_en": one.title,
        "description_en": one.description,
        "brand_name": one.brand,
        "status": Product.Status.LIVE if one.live else Product.Status.DRAFT,
        "source_digest": one.digest,
    }


def _slugs(seller: Seller, new: Sequence[FeedListing]) -> list[str]:
    """An address for each listing: its handle, with the seller and a number behind it where that is taken."""
    plain = [slugify(one.handle)[:80] or "item" for one in new]
    candidates = set(plain) | {f"{slug}-{seller.slug}"[:110] for slug in plain}
    taken = set(Product.objects.filter(slug__in=candidates).values_list("slug", flat=True))
    slugs = []
    for slug in plain:
        choice, number = slug, 1
        while choice in taken or (number > 1 and Product.objects.filter(slug=choice).exists()):
            choice = f"{slug}-{seller.slug}"[:110] if number == 1 else f"{slug}-{seller.slug}"[:110] + f"-{number}"
            number += 1
        taken.add(choice)
        slugs.append(choice)
    return slugs


def create_parts(pairs: Sequence[tuple[Product, FeedListing]], warehouse: Warehouse) -> None:
    """Options, choices, variants, stock and pictures of new products."""
    options = [
        Option(product=product, position=place, name_en=name)
        for product, one in pairs
        for place, name in enumerate(one.options, start=1)
    ]
    Option.objects.bulk_create(options, batch_size=1000)
    by_place = {(option.product_id, option.position): option for option in options}
    values = []
    for product, one in pairs:
        for place in range(1, len(one.options) + 1):
            names = dict.fromkeys(variant.values[place - 1] for variant in one.variants)
            option = by_place[product.pk, place]
            values += [OptionValue(option=option, position=n, code=name, name_en=name) for n, name in enumerate(names)]
    OptionValue.objects.bulk_create(values, batch_size=1000)
    by_name = {(value.option_id, value.code): value for value in values}
    variants, sources = [], []
    for product, one in pairs:
        for position, source in enumerate(one.variants, start=1):
            chosen = {
                f"value{place}": by_name[by_place[product.pk, place].pk, name]
                for place, name in enumerate(source.values, start=1)
            }
            variants.append(_variant(product, source, position, chosen, one.currency))
            sources.append(source)
    Variant.objects.bulk_create(variants, batch_size=1000)
    levels = [
        StockLevel(variant=variant, warehouse=warehouse, on_hand=_pieces(source))
        for variant, source in zip(variants, sources, strict=True)
    ]
    StockLevel.objects.bulk_create(levels, batch_size=1000)
    ProductImage.objects.bulk_create(
        (image for product, one in pairs for image in _images(product, one)), batch_size=1000
    )


def _pieces(source: FeedVariant) -> int:
    return UNCOUNTED_PIECES if source.pieces is None else source.pieces


def _variant(
    product: Product, source: FeedVariant, position: int, chosen: dict[str, OptionValue], currency: str
) -> Variant:
    return Variant(
        product=product,
        seller_id=product.seller_id,
        sku=source.sku,
        gtin=source.gtin,
        price=Money(source.price, currency),
        compare_at=source.compare_at,
        weight_grams=source.weight_grams,
        position=position,
        **chosen,
    )


def _images(product: Product, one: FeedListing) -> list[ProductImage]:
    queued = ProductImage.State.QUEUED
    return [
        ProductImage(product=product, source_url=image.url, position=image.position, alt_en=image.alt, state=queued)
        for image in one.images
    ]


def update_listing(product: Product, one: FeedListing, shelves: Shelves, warehouse: Warehouse) -> None:
    """Brings a known product to what the feed says. Variants that the feed no longer has go off sale."""
    for name, value in _texts(one).items():
        setattr(product, name, value)
    product.category = shelves.find(one.kind) if one.kind else product.category
    product.save(update_fields=[*_COMPARED, "category", "updated_at"])
    choices = _reconciled_choices(product, one)
    known = {(variant.value1_id, variant.value2_id, variant.value3_id): variant for variant in product.variants.all()}
    kept = set()
    for position, source in enumerate(one.variants, start=1):
        chosen = {f"value{place}": choices[place, name] for place, name in enumerate(source.values, start=1)}
        key = tuple(chosen[f"value{place}"].pk if f"value{place}" in chosen else None for place in (1, 2, 3))
        variant = _variant(product, source, position, chosen, one.currency)
        if key in known:
            variant.pk = known[key].pk
            variant.save(force_update=True)
        else:
            variant.save()
        kept.add(variant.pk)
        _set_stock(variant, warehouse, _pieces(source))
    product.variants.exclude(pk__in=kept).update(is_active=False)
    urls = {image.url for image in one.images}
    product.images.exclude(source_url="").exclude(source_url__in=urls).delete()
    ProductImage.objects.bulk_create(_images(product, one), ignore_conflicts=True)


def _reconciled_choices(product: Product, one: FeedListing) -> dict[tuple[int, str], OptionValue]:
    choices = {}
    for place, name in enumerate(one.options, start=1):
        option, is_new = Option.objects.get_or_create(product=product, position=place, defaults={"name_en": name})
        if not is_new and option.name_en != name:
            option.name_en = name
            option.save(update_fields=["name_en"])
        for number, code in enumerate(dict.fromkeys(variant.values[place - 1] for variant in one.variants)):
            value = OptionValue.objects.get_or_create(
                option=option, code=code, defaults={"name_en": code, "position": number}
            )[0]
            choices[place, code] = value
    return choices


def _set_stock(variant: Variant, warehouse: Warehouse, pieces: int) -> None:
    """Sets what lies in the warehouse, never below what is promised."""
    level = StockLevel.objects.get_or_create(variant=variant, warehouse=warehouse, defaults={"on_hand": pieces})[0]
    if level.on_hand != pieces:
        StockLevel.objects.filter(pk=level.pk, reserved__lte=pieces).update(on_hand=pieces)
        StockLevel.objects.filter(pk=level.pk, reserved__gt=pieces).update(on_hand=F("reserved"))

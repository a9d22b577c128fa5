"""What the listings of a feed are as rows; known ones are reconciled here, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import unescape

from django.conf import settings
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy, override
from moneyed import Money

from accounts.models import Seller
from catalog.feeds.listing import FeedListing, FeedText, FeedVariant
from catalog.markup import paragraphs
from catalog.models import Category, Option, OptionValue, Product, ProductImage, StockLevel, Variant
from catalog.services import scheduled_prices
from logistics.models import Warehouse

UNCOUNTED_PIECES = 999
_FALLBACK_SLUG = "more-finds"
_FALLBACK_NAME = gettext_lazy("More finds")
_SUFFIXES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
TRANSLATED = [f"{field}_{suffix}" for field in ("name", "description") for suffix in _SUFFIXES.values()]


# What a feed says of a variant; when and how many can be ordered ahead is none of it.
_PRICES = ("price", "price_currency", "compare_at")
_OF_FEEDS = ("sku", "gtin", *_PRICES, "weight_grams", "position", "is_active")


class Shelves:
    """Which category a feed's own word for the kind of goods means here; what none fits goes to "More finds"."""

    def __init__(self) -> None:
        self._by_word: dict[str, Category] = {}
        self._rest: Category | None = None
        for category in sorted(Category.objects.all(), key=lambda one: (one.taxonomy_id != "", one.depth)):
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
        if self._rest is None:
            self._rest = Category.objects.filter(slug=_FALLBACK_SLUG).first() or Category.objects.add_root(
                {"slug": _FALLBACK_SLUG, "position": 900, **_in_all_languages()}
            )
        return self._rest


def _in_all_languages() -> dict[str, str]:
    names = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            names[f"name_{code.replace('-', '_')}"] = str(_FALLBACK_NAME)
    return names


def texts(one: FeedListing) -> dict[str, str]:
    """The columns that the feed fills; code and origin only where it has them, so that it wipes nothing out."""
    customs = {"hs_code": one.hs_code, "origin": one.origin}
    return {
        "name_en": one.title,
        "description_en": one.description,
        "brand_name": one.brand,
        "status": Product.Status.LIVE if one.live else Product.Status.DRAFT,
        "source_digest": one.digest,
        **{name: value for name, value in customs.items() if value},
        **_translations(one.texts),
    }


def _translations(texts: Iterable[FeedText]) -> dict[str, str]:
    found = {}
    for text in texts:
        suffix = _SUFFIXES[text.language]
        found[f"name_{suffix}"] = text.title
        if text.description:
            found[f"description_{suffix}"] = text.description
    return found


def translate(product: Product, texts: Iterable[FeedText]) -> bool:
    """Sets texts on a product that the caller saves; whether any of them is new to it."""
    values = _translations(texts)
    is_new = any(getattr(product, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(product, name, value)
    return is_new


def slugs(seller: Seller, new: Sequence[FeedListing]) -> list[str]:
    """An address for each listing: its handle, with the seller and a number behind it where that is taken."""
    plain = [slugify(one.handle)[:80] or "item" for one in new]
    candidates = set(plain) | {f"{slug}-{seller.slug}"[:110] for slug in plain}
    taken = set(Product.objects.filter(slug__in=candidates).values_list("slug", flat=True))
    chosen = []
    for slug in plain:
        choice, number = slug, 1
        while choice in taken or (number > 1 and Product.objects.filter(slug=choice).exists()):
            choice = f"{slug}-{seller.slug}"[:110] if number == 1 else f"{slug}-{seller.slug}"[:110] + f"-{number}"
            number += 1
        taken.add(choice)
        chosen.append(choice)
    return chosen


def pieces(source: FeedVariant) -> int:
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


def is_same(product: Product, one: FeedListing, shelves: Shelves, warehouse: Warehouse) -> bool:
    """Whether a known product already is what the feed says, whichever format said it before. Four queries."""
    values = texts(one)
    said = {name: value for name, value in values.items() if name not in ("source_digest", "status", *_MARKUP)}
    is_live = product.status == Product.Status.LIVE
    return (
        all((getattr(product, name) or "") == value for name, value in said.items())
        and all(_markup(getattr(product, name)) == _markup(values[name]) for name in _MARKUP if name in values)
        and is_live == one.live
        and (not one.kind or shelves.find(one.kind).pk == product.category_id)
        and tuple(product.options.values_list("name_en", flat=True)) == one.options
        and _held(product, warehouse) == {variant.values: _wanted(variant, one.currency) for variant in one.variants}
        and set(product.images.exclude(source_url="").values_list("source_url", flat=True))
        == {image.url for image in one.images}
    )


_MARKUP = tuple(f"description_{suffix}" for suffix in _SUFFIXES.values())


def _markup(text: str | None) -> str:
    return text if text and "<" in text else paragraphs(unescape(text or ""))


def _wanted(variant: FeedVariant, currency: str) -> tuple[object, ...]:
    return (
        variant.sku,
        variant.gtin,
        variant.price,
        currency,
        variant.compare_at,
        variant.weight_grams,
        pieces(variant),
    )


def _held(product: Product, warehouse: Warehouse) -> dict[tuple[str, ...], tuple[object, ...]]:
    """The variants on sale by their choices, as `_wanted` has them."""
    places = [f"value{place}__code" for place in (1, 2, 3)]
    rows = product.variants.filter(is_active=True).values_list(
        "pk", *places, "sku", "gtin", "price", "price_currency", "compare_at", "weight_grams"
    )
    lying = dict(
        StockLevel.objects.filter(variant__product=product, warehouse=warehouse).values_list("variant", "on_hand")
    )
    return {
        tuple(code for code in codes if code is not None): (*facts, lying.get(pk, 0))
        for pk, *codes, sku, gtin, price, currency, before, grams in rows
        for facts in [(sku, gtin, price, currency, before, grams)]
    }


def update_listing(product: Product, one: FeedListing, shelves: Shelves, warehouse: Warehouse) -> None:
    """Brings a known product to what the feed says. Variants that the feed no longer has go off sale."""
    values = texts(one)
    if not one.live and product.status == Product.Status.ARCHIVED:
        del values["status"]
    for name, value in values.items():
        setattr(product, name, value)
    product.category = shelves.find(one.kind) if one.kind else product.category
    product.save(update_fields=[*values, "category", "updated_at"])
    choices = _reconciled_choices(product, one)
    known = {(variant.value1_id, variant.value2_id, variant.value3_id): variant for variant in product.variants.all()}
    kept, on_sale = set(), scheduled_prices.running_on(known.values())
    for position, source in enumerate(one.variants, start=1):
        chosen = {f"value{place}": choices[place, name] for place, name in enumerate(source.values, start=1)}
        key = tuple(chosen[f"value{place}"].pk if f"value{place}" in chosen else None for place in (1, 2, 3))
        variant = _variant(product, source, position, chosen, one.currency)
        if key in known:
            variant.pk = known[key].pk
            written: tuple[str, ...] = _OF_FEEDS
            if scheduled_prices.hold_back(variant=variant, item=on_sale.get(variant.pk)):
                written = tuple(name for name in _OF_FEEDS if name not in _PRICES)
            variant.save(force_update=True, update_fields=written)
        else:
            variant.save()
        kept.add(variant.pk)
        _set_stock(variant, warehouse, pieces(source))
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

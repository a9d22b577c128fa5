"""Listings that the shop knows, held against what a feed says, and brought to it.

A variant is known by its SKU, and where that is none of the listing's, by its choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import unescape
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from moneyed import Money

from catalog.feeds.listing import FeedImage, FeedListing, FeedVariant
from catalog.markup import paragraphs
from catalog.models import (
    BundlePart,
    Option,
    OptionValue,
    Product,
    ProductImage,
    ScheduledPriceItem,
    StockLevel,
    Variant,
)
from catalog.services import import_bundles, import_choices, import_rows, market_prices, scheduled_prices
from catalog.services import import_language as language
from catalog.services.import_rows import Shelves, pieces
from catalog.services.import_sets import Changes
from logistics.models import Warehouse
from marketplace.kernel import clock

# What a feed says of a variant.
_PRICES = ("price", "price_currency", "compare_at")
_CHOICES = ("value1", "value2", "value3")
_OF_FEEDS = ("sku", "gtin", *_PRICES, "weight_grams", "position", "is_active", *_CHOICES)
_MARKUP = tuple(name for name in import_rows.TRANSLATED if name.startswith("description"))
Choices = dict[tuple[int, str], OptionValue]
Key = tuple[int | None, ...]


def read_whole(products: Sequence[Product], warehouse: Warehouse, *, with_parts: bool = False) -> None:
    """Reads of the listings all that is looked at here, into lists called `its_…`. Eight queries for any number of them,
    and one more for the parts of bundles.
    """
    rows = BundlePart.objects.select_related("part__product", *(f"part__{name}" for name in _CHOICES))
    parts = [Prefetch("parts", queryset=rows, to_attr="its_parts")] if with_parts else []
    variants = Variant.objects.prefetch_related(
        Prefetch("stock_levels", queryset=StockLevel.objects.filter(warehouse=warehouse), to_attr="its_levels"),
        Prefetch("market_prices", to_attr="its_markets"),
        Prefetch("price_tiers", to_attr="its_tiers"),
        *parts,
    )
    options = Option.objects.prefetch_related(Prefetch("values", to_attr="its_values"))
    prefetch_related_objects(
        products,
        Prefetch("options", queryset=options, to_attr="its_options"),
        Prefetch("variants", queryset=variants, to_attr="its_variants"),
        Prefetch("images", to_attr="its_images"),
    )
    for product in products:
        values = {value.pk: value for option in product.its_options for value in option.its_values}
        for variant in product.its_variants:
            for name in _CHOICES:
                if (value := values.get(getattr(variant, f"{name}_id"))) is not None:
                    setattr(variant, name, value)


def is_same(product: Product, one: FeedListing, shelves: Shelves) -> bool:
    """Whether a known product, read whole, already is what the feed says, whichever format said it before."""
    values = import_rows.texts(one, language.of_known(product, one))
    said = {name: value for name, value in values.items() if name not in ("source_digest", "status", *_MARKUP)}
    is_live = product.status == Product.Status.LIVE
    name = f"name_{import_rows.SUFFIXES[language.of_known(product, one)]}"
    return (
        not language.is_corrected(product, one)
        and all((getattr(product, name) or "") == value for name, value in said.items())
        and all(_markup(getattr(product, name)) == _markup(values[name]) for name in _MARKUP if name in values)
        and is_live == one.live
        and (not one.archived or product.status == Product.Status.ARCHIVED)
        and (not one.kind or shelves.find(one.kind).pk == product.category_id)
        and tuple(getattr(option, name) for option in product.its_options) == one.options
        and _are_same(product, one)
        and {image.source_url for image in product.its_images if image.source_url}
        == {image.url for image in one.images}
        and _has_further(product, one)
    )


def _has_further(product: Product, one: FeedListing) -> bool:
    """Whether what only our own table says is so already: further prices, terms, bundles, names of choices, what pictures show."""
    variants = {_codes(variant): variant for variant in product.its_variants if variant.is_active}
    images = {image.source_url: image for image in product.its_images}
    return (
        all(market_prices.are_asked(variants[source.values], source) for source in one.variants)
        and all(import_bundles.are_kept(variants[source.values], source) for source in one.variants)
        and import_choices.are_kept(product, one)
        and all(
            getattr(variants[source.values], name) == value for source in one.variants for name, value in source.terms
        )
        and not any(_new_alts(images[image.url], image, language.of_known(product, one)) for image in one.images)
    )


def _new_alts(held: ProductImage, image: FeedImage, own: str) -> dict[str, str | None]:
    """What our own table says otherwise of a picture of a listing in a language."""
    said = import_rows.alts(image, own) if image.alts else {}
    return {name: text for name, text in said.items() if (getattr(held, name) or "") != (text or "")}


def _markup(text: str | None) -> str:
    return text if text and "<" in text else paragraphs(unescape(text or ""))


def _are_same(product: Product, one: FeedListing) -> bool:
    """Whether its variants on sale are those of the feed, and nothing of one is different."""
    held = {_codes(variant): variant for variant in product.its_variants if variant.is_active}
    return held.keys() == {source.values for source in one.variants} and all(
        _held(held[source.values]) == _wanted(source, one.currency)
        and (_stays(source, held[source.values]) or _lying(held[source.values]) == pieces(source))
        for source in one.variants
    )


def _wanted(source: FeedVariant, currency: str) -> tuple[object, ...]:
    price = (source.price, currency, source.compare_at)
    return (source.sku, source.gtin, *price, source.weight_grams)


def _held(variant: Variant) -> tuple[object, ...]:
    """What `_wanted` has, of a variant of the shop."""
    price = (variant.price.amount, variant.price.currency.code, variant.compare_at)
    return (variant.sku, variant.gtin, *price, variant.weight_grams)


def _lying(variant: Variant) -> int:
    return sum(level.on_hand for level in variant.its_levels)


def _stays(source: FeedVariant, known: Variant) -> bool:
    """Whether the pieces of a variant stay as they are."""
    return source.keeps_pieces and bool(known.its_levels)


def _codes(variant: Variant) -> tuple[str, ...]:
    return tuple(value.code for value in variant.choices)


def _key(variant: Variant) -> Key:
    return (variant.value1_id, variant.value2_id, variant.value3_id)


def update_listing(
    product: Product, one: FeedListing, shelves: Shelves, changes: Changes, on_sale: Mapping[int, ScheduledPriceItem]
) -> bool:
    """Gathers what brings a known product, read whole, to what the feed says; whether the product says something else
    then. Variants that the feed no longer has go off sale.

    Choices that are new are written at once. `on_sale` are the scheduled prices that its variants have now.
    """
    said = _said_anew(product, one, shelves)
    changes.change(Product, product.pk, {**said, "source_digest": one.digest, "updated_at": clock.now()})
    held = product.its_variants
    choices = _reconciled_choices(product, one)
    if language.is_corrected(product, one):
        changes.afterwards(partial(language.correct_choices, product, one))
        changes.afterwards(partial(language.correct_pictures, product, one))
    pairs = list(zip(_wanted_variants(product, one, choices), _known_ones(held, one.variants), strict=True))
    parked = _make_way(product, held, pairs)
    for (variant, source), known in pairs:
        _gather(variant, source, known, on_sale, changes)
    kept = {variant.pk for (variant, _source), _known in pairs}
    for variant in held:
        if variant.is_active and variant.pk not in kept:
            changes.change(Variant, variant.pk, {"is_active": False})
    emptied = [value.pk for key, value in parked.items() if key in kept]
    if emptied or len(product.its_options) > len(one.options):
        changes.afterwards(partial(_forget_options, product, len(one.options), emptied))
    _gather_images(product, one, changes)
    return bool(said)


def _said_anew(product: Product, one: FeedListing, shelves: Shelves) -> dict[str, Any]:
    """What the product says otherwise than the feed, by field."""
    values: dict[str, Any] = import_rows.texts(one, language.of_known(product, one))
    del values["source_digest"]
    if language.is_corrected(product, one):
        values |= language.corrected(product, one)
    if not one.live and product.status == Product.Status.ARCHIVED:
        del values["status"]
    said = {name: value for name, value in values.items() if (getattr(product, name) or "") != (value or "")}
    category = shelves.find(one.kind).pk if one.kind else product.category_id
    return said | ({"category": category} if category != product.category_id else {})


def _wanted_variants(product: Product, one: FeedListing, choices: Choices) -> list[tuple[Variant, FeedVariant]]:
    """The variants as the feed has them, none of them written."""
    return [
        (
            Variant(
                product=product, seller_id=product.seller_id, sku=source.sku, gtin=source.gtin,
                price=Money(source.price, one.currency), compare_at=source.compare_at,
                weight_grams=source.weight_grams, position=position, **dict(source.terms),
                **{f"value{place}": choices[place, code] for place, code in enumerate(source.values, start=1)},
            ),
            source,
        )
        for position, source in enumerate(one.variants, start=1)
    ]  # fmt: skip


def _known_ones(held: Iterable[Variant], sources: Iterable[FeedVariant]) -> list[Variant | None]:
    """The variant of the shop that each of the feed's is: that of its SKU, else that of its choices, else none."""
    by_sku = {variant.sku: variant for variant in held if variant.sku}
    by_choices = {_codes(variant): variant for variant in held}
    found = [by_sku.get(source.sku) for source in sources]
    taken = {variant.pk for variant in found if variant is not None}
    for place, source in enumerate(sources):
        alike = by_choices.get(source.values)
        if found[place] is None and alike is not None and alike.pk not in taken:
            found[place] = alike
    return found


def _make_way(
    product: Product, held: Iterable[Variant], pairs: Iterable[tuple[tuple[Variant, FeedVariant], Variant | None]]
) -> dict[int, OptionValue]:  # fmt: skip
    """Variants whose choices are to be another's get one of their own, by their key, so that none stands twice meanwhile."""
    owners = {_key(variant): known.pk if known is not None else None for (variant, _source), known in pairs}
    parked = {}
    for variant in held:
        if owners.get(_key(variant), variant.pk) == variant.pk:
            continue
        option = Option.objects.get_or_create(product=product, position=1, defaults={"name_en": "-"})[0]
        code = f"{variant.value1.code[:230] if variant.value1 else ''} #{variant.pk}".strip()
        value = OptionValue.objects.get_or_create(option=option, code=code, defaults={"name_en": code})[0]
        Variant.objects.filter(pk=variant.pk).update(value1=value)
        parked[variant.pk] = value
    return parked


def _gather(
    variant: Variant, source: FeedVariant, known: Variant | None, on_sale: Mapping[int, ScheduledPriceItem],
    changes: Changes,
) -> None:  # fmt: skip
    if known is None:
        changes.add_variant(variant, pieces(source))
        return
    variant.pk = known.pk
    written = [*_OF_FEEDS, *(name for name, _value in source.terms)]
    if scheduled_prices.hold_back(variant=variant, item=on_sale.get(variant.pk)):
        written = [name for name in written if name not in _PRICES]
    values = {name: _stored(variant, name) for name in written if _stored(variant, name) != _stored(known, name)}
    changes.change(Variant, variant.pk, values)
    if not _stays(source, known) and [level.on_hand for level in known.its_levels] != [pieces(source)]:
        changes.set_pieces(variant.pk, pieces(source))


def _stored(variant: Variant, name: str) -> Any:
    return getattr(variant, f"{name}_id" if name in _CHOICES else name)


def _reconciled_choices(product: Product, one: FeedListing) -> Choices:
    called = f"name_{import_rows.SUFFIXES[language.of_known(product, one)]}"
    options = {option.position: option for option in product.its_options}
    choices = {}
    for place, name in enumerate(one.options, start=1):
        option: Any = options.get(place) or Option.objects.create(product=product, position=place, **{called: name})
        if getattr(option, called) != name:
            Option.objects.filter(pk=option.pk).update(**{called: name})
        values = {value.code: value for value in option.its_values} if place in options else {}
        for number, code in enumerate(dict.fromkeys(variant.values[place - 1] for variant in one.variants)):
            choices[place, code] = values.get(code) or OptionValue.objects.create(
                option=option, code=code, position=number, **{called: code}
            )
    return choices


def _forget_options(product: Product, count: int, emptied: Sequence[int]) -> None:
    """Choices that were nobody's but meanwhile go, and options beyond those of the feed, unless a variant that is off
    sale still has a choice of them.
    """
    OptionValue.objects.filter(pk__in=emptied).delete()
    for option in product.its_options:
        if option.position > count:
            of_it = {f"value{option.position}__option": option}
            if not Variant.objects.filter(product=product, **of_it).exists():
                option.delete()


def _gather_images(product: Product, one: FeedListing, changes: Changes) -> None:
    urls = {image.url for image in one.images}
    held = {image.source_url: image for image in product.its_images if image.source_url}
    queued = ProductImage.State.QUEUED
    new = [
        ProductImage(
            product=product, source_url=image.url, position=image.position, state=queued,
            **import_rows.alts(image, language.of_known(product, one)),
        )
        for image in one.images
        if image.url not in held
    ]  # fmt: skip
    changes.change_images(new=new, gone=[image.pk for url, image in held.items() if url not in urls])
    for image in one.images:
        if image.url in held:
            said = _new_alts(held[image.url], image, language.of_known(product, one))
            changes.change(ProductImage, held[image.url].pk, said)

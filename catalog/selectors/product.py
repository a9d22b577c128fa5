"""The product page: what can be chosen, what it costs, what is left, and the pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from moneyed import Money

from catalog.models import OptionValue, Placement, Product, ProductImage, StockLevel, Variant
from catalog.selectors.cards import Card, card_rows, cards
from catalog.selectors.navigation import Branch, trail_of
from catalog.selectors.prices import Goods, Prices
from marketplace.kernel.region import Region


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option; `variant_id` is the variant that choosing it leads to, None when there is none."""

    id: int
    name: str
    selected: bool
    available: bool
    variant_id: int | None


@dataclass(frozen=True, slots=True)
class Chooser:
    """One option with its values."""

    id: int
    name: str
    position: int
    values: list[Choice]


@dataclass(frozen=True, slots=True)
class Offer:
    """The variant in view: price in the reader's currency, pieces left, and where it is sent from."""

    id: int
    sku: str
    price: Money
    compare_at: Money | None
    available: int
    warehouse_country: str
    goods: Goods
    value_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """Everything the product page shows."""

    product: Product
    trail: tuple[Branch, ...]
    images: list[ProductImage]
    options: list[Chooser]
    offer: Offer | None
    related: list[Card]


def live_product(slug: str) -> Product | None:
    """The listing on sale at `slug`, with its seller and category; None when there is none. One query."""
    live = Product.objects.filter(status=Product.Status.LIVE, seller__status="approved")
    return live.select_related("seller", "category").filter(slug=slug).first()


def product_view(product: Product, variant_id: int | None, region: Region, prices: Prices) -> ProductView:
    """What the page of `product` shows with the variant asked for, or the first that can be had. Six queries."""
    variants = list(product.variants.filter(is_active=True))
    stock: dict[int, list[StockLevel]] = {}
    levels = StockLevel.objects.filter(variant__product=product, warehouse__is_active=True)
    for level in levels.select_related("warehouse").order_by("id"):
        stock.setdefault(level.variant_id, []).append(level)
    left = {variant.pk: sum(level.available for level in stock.get(variant.pk, [])) for variant in variants}
    chosen = next((variant for variant in variants if variant.pk == variant_id), None)
    chosen = chosen or next((variant for variant in variants if left[variant.pk]), variants[0] if variants else None)
    offer = _offer(product, chosen, stock.get(chosen.pk, []), region, prices) if chosen else None
    return ProductView(
        product,
        trail_of(product.category.path),
        _images(product, offer),
        _choosers(product, variants, chosen, left),
        offer,
        related(product, region, prices),
    )


def related(product: Product, region: Region, prices: Prices) -> list[Card]:
    """Up to six other products of the same category. One query."""
    shelf = Placement.objects.filter(category_id=product.category_id).exclude(product_id=product.pk)
    rows = card_rows(shelf.order_by("-popularity", "-product_id"), region.language, "product__")
    return cards(rows[:6], region, prices)


def _offer(product: Product, variant: Variant, levels: list[StockLevel], region: Region, prices: Prices) -> Offer:
    countries = tuple(dict.fromkeys(level.warehouse.country for level in levels if level.available > 0))
    goods = Goods(
        sku=variant.sku or str(variant.pk),
        price=variant.price,
        description=product.customs_description or product.name_en,
        hs_code=product.hs_code,
        origin=product.origin,
        weight_grams=variant.weight_grams,
        tax_category=product.tax_category,
        lithium=product.lithium,
        ship_from=countries or (product.seller.home_country,),
    )
    before = Money(variant.compare_at, variant.price.currency) if variant.compare_at else None
    return Offer(
        id=variant.pk,
        sku=variant.sku,
        price=prices.shop(variant.price, region.currency),
        compare_at=prices.shop(before, region.currency) if before else None,
        available=sum(level.available for level in levels),
        warehouse_country=prices.node(goods.ship_from, region.country),
        goods=goods,
        value_ids=_values(variant),
    )


def _values(variant: Variant) -> tuple[int, ...]:
    return tuple(pk for pk in (variant.value1_id, variant.value2_id, variant.value3_id) if pk)


def _images(product: Product, offer: Offer | None) -> list[ProductImage]:
    images = list(product.images.filter(state=ProductImage.State.READY))
    chosen = set(offer.value_ids) if offer else set()
    return sorted(images, key=lambda image: (image.value_id not in chosen, image.position))


def _choosers(product: Product, variants: list[Variant], chosen: Variant | None, left: dict[int, int]) -> list[Chooser]:
    """The options with, for each value, the variant that keeps the other choices."""
    values = (
        OptionValue.objects.filter(option__product=product)
        .select_related("option")
        .order_by("option__position", "position", "id")
    )
    mine = _values(chosen) if chosen else ()
    result: dict[int, Chooser] = {}
    for value in values:
        option = value.option
        chooser = result.setdefault(option.pk, Chooser(option.pk, option.name, option.position, []))
        target = _variant_with(value.pk, option.position, mine, variants, left)
        chooser.values.append(
            Choice(
                value.pk, value.name, value.pk in mine, bool(target and left[target.pk]), target.pk if target else None
            )
        )
    return list(result.values())


def _variant_with(
    value_id: int, position: int, mine: tuple[int, ...], variants: list[Variant], left: dict[int, int]
) -> Variant | None:
    wanted = [pk for index, pk in enumerate(mine, start=1) if index != position]
    matching = [variant for variant in variants if value_id in _values(variant)]
    exact = [variant for variant in matching if all(pk in _values(variant) for pk in wanted)]
    return next(iter(exact), None) or next(
        (variant for variant in matching if left[variant.pk]), next(iter(matching), None)
    )


def available_pieces(variant_id: int) -> int:
    """Pieces of a variant that can be promised now, over all its warehouses."""
    pieces = Sum(F("on_hand") - F("reserved"), filter=Q(warehouse__is_active=True))
    result: Any = StockLevel.objects.filter(variant_id=variant_id).aggregate(n=Coalesce(pieces, 0))
    return int(result["n"])

"""Listings on sale in one country, in one language and currency, with the price that lands at the door there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from moneyed import Money

from accounts.models import Seller
from catalog.exports.listings import whole_listings
from catalog.feeds.choices import attribute_of, title_ending
from catalog.models import Product, ProductImage, Variant
from catalog.price_terms import PriceTerms, price_terms, scheduled_amount
from catalog.search_text import plain
from catalog.selectors.availability import availability_of
from catalog.selectors.door_prices import goods_of
from catalog.selectors.held import is_held
from catalog.selectors.navigation import text_column
from catalog.selectors.prices import Prices
from logistics.selectors import destinations
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.region import Region, currency_of
from marketplace.kernel.signs import printable


@dataclass(frozen=True, slots=True)
class Market:
    """A country, and the language and currency in which its shoppers read a feed."""

    region: Region

    @classmethod
    def of(cls, country: str, language: str, currency: str = "") -> Market:
        """Raises `Refused`: "unknown_country", "unknown_language", "unknown_currency"."""
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise Refused("unknown_country", _("“%(code)s” is not a country.") % {"code": country[:20]})
        if language not in dict(settings.LANGUAGES):
            raise Refused("unknown_language", _("The shop has no texts in “%(code)s”.") % {"code": language[:20]})
        chosen = currency or currency_of(country)
        if chosen not in settings.CURRENCIES:
            raise Refused("unknown_currency", _("The shop has no prices in “%(code)s”.") % {"code": chosen[:20]})
        return cls(Region(language, country, chosen))


Period = tuple[datetime, datetime]
_NAMES = tuple(text_column("name", code) for code, _name in settings.LANGUAGES)
# By whether it is a pre-order, and whether it waits for a day.
_AVAILABLE = {(False, False): "in_stock", (False, True): "backorder", (True, True): "preorder"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One variant as a feed says it. `landed` is what it costs at the door, None where nobody knows all of it.

    Texts hold no sign that steers machines, and but for the description they are one line. `choices` are those that have an
    attribute of their own, by its name ("color", "size", "material", "pattern"), `details` the others as (option, choice).
    `parts` are the pieces of each thing in a bundle.

    `id` and `group` are the keys of variant and product: a SKU is unique for its seller alone, may change, and may be
    longer than the fifty characters that Google takes. `image` is empty where there is no picture.
    `price` is what is asked when nothing is reduced, `reduced` what is asked now or, where `sale` says from when to when it
    is scheduled, in that time. `landed` is by the price of today.
    `availability` is a word of Google's: in_stock, out_of_stock, preorder, backorder (made to order); `ready_on` the day
    from which it is sent.
    """

    id: str
    group: str
    name: str
    description: str
    link: str
    image: str
    more_images: tuple[str, ...]
    price: Money
    reduced: Money | None
    sale: Period | None
    shipping: Money
    landed: Money | None
    days: tuple[int, int]
    service: str
    availability: str
    ready_on: date | None
    brand: str
    gtin: str
    category: str
    choices: Mapping[str, str]
    details: tuple[tuple[str, str], ...]
    weight_grams: int | None
    origin: str
    parts: tuple[int, ...]

    def title(self, most: int) -> str:
        """The name, then what has no attribute of its own, in so many signs; the name is what is cut."""
        ending = title_ending(choice for _option, choice in self.details)[: most // 2]
        return self.name[: most - len(ending)] + ending


def offers(products: QuerySet[Product], market: Market, prices: Prices) -> Iterator[Offer]:
    """What of `products` is on sale in a market and held by no flag there, at today's price: each variant that can be sent.

    Raises `Refused("no_delivery")` at once for a country to which nothing is sent.
    """
    if market.region.country not in destinations():
        message = _("Nothing is sent to “%(code)s” from this shop.")
        raise Refused("no_delivery", message % {"code": market.region.country}, field="country")
    return _offers(products, market, prices)


def _offers(products: QuerySet[Product], market: Market, prices: Prices) -> Iterator[Offer]:
    live = products.filter(status=Product.Status.LIVE, seller__status=Seller.Status.APPROVED)
    shown = live.exclude(held_in__overlap=["", market.region.country])
    with override(market.region.language):
        for product in whole_listings(shown, terms_at=clock.now()):
            variants = [variant for variant in product.variants.all()
                        if variant.is_active and not _has_held_part(variant, market.region.country)]  # fmt: skip
            for variant in variants:
                offer = _offer(product, variant, len(variants) > 1, market.region, prices)
                if offer is not None:
                    yield offer


def _offer(product: Product, variant: Variant, is_one_of_several: bool, region: Region, prices: Prices) -> Offer | None:
    """The offer of one variant; None where it can't be sent, or its price can't be converted or comes to nothing."""
    try:
        terms = price_terms(variant.terms)  # type: ignore[attr-defined]  # `whole_listings` adds it
        landed = prices.piece(goods_of(variant, terms), region)
        price = prices.price_for(variant.price, terms, region.country, region.currency).amount
        regular, reduced, sale = _reduced(variant, terms, price, region, prices)
    except MissingRate:
        return None
    if landed is None or landed.assessment.status == "blocked" or not price:
        return None
    available, ready_on = _availability(variant, prices.on)
    pictures = _pictures(product)
    choices, details = _choices(product, variant) if is_one_of_several else ({}, [])
    return Offer(
        id=str(variant.pk),
        group=str(product.pk) if is_one_of_several else "",
        name=_name(product),
        description=_description(product),
        link=_link(product, variant, is_one_of_several),
        image=pictures[0] if pictures else "",
        more_images=tuple(pictures[1:11]),
        price=regular,
        reduced=reduced,
        sale=sale,
        shipping=landed.assessment.shipping,
        landed=landed.assessment.total if landed.assessment.is_complete else None,
        days=landed.days,
        service=landed.option.name_in(region.language),
        availability=available,
        ready_on=ready_on,
        brand=_line(product.brand_name or product.seller.name),
        gtin=variant.gtin,
        category=_line(product.category.name or ""),
        choices=choices,
        details=tuple(details),
        weight_grams=variant.weight_grams,
        origin=product.origin,
        parts=tuple(each.quantity for each in variant.parts.all()),
    )


def _reduced(
    variant: Any, terms: PriceTerms, price: Money, region: Region, prices: Prices
) -> tuple[Money, Money | None, Period | None]:
    """What is asked when nothing is reduced, the reduced price of today or of the next sale, and when that was scheduled.

    `price` is that of today. Where the law asks for the lowest price of thirty days, nobody knows it before the sale of what
    has a price of its own in the market.
    """
    place = region.country, region.currency
    now = prices.reduction_for(variant.price, variant.compare_at, terms, *place)
    if now is not None:
        return now.before, price, (variant.starts_at, variant.ends_at) if variant.starts_at else None
    old: Money = variant.price
    if variant.next_starts_at is None or (terms.market(*place) and prices.asks_for_lowest(region.country)):
        return price, None, None
    new = scheduled_amount(old, variant.next_price, variant.next_percent)
    if not 0 < new < old.amount:
        return price, None, None
    coming = prices.price_for(Money(new, old.currency), terms.lowered(old.amount, new), *place).amount
    is_less = 0 < coming.amount < price.amount
    return (price, coming, (variant.next_starts_at, variant.next_ends_at)) if is_less else (price, None, None)


def _availability(variant: Variant, on: date) -> tuple[str, date | None]:
    """Google's word for whether it can be had, and the day from which it is sent."""
    stock = availability_of(variant, on)
    if not stock.left:
        return "out_of_stock", None
    ready_on = stock.ready_on(to_order=stock.stocked < 1)
    return _AVAILABLE[stock.is_pre_order, ready_on is not None], ready_on


def _description(product: Product) -> str:
    texts = (printable(unescape(plain(text or ""))).strip() for text in (product.description, product.summary))
    return next(filter(None, texts), _name(product))[:5000]


def _name(product: Product) -> str:
    return _line(product.name or "") or product.handle


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _has_held_part(variant: Variant, country: str) -> bool:
    """Whether something in a bundle may not be sold to the country."""
    return any(is_held(each.part.product.held_in, country) for each in variant.parts.all())


def _link(product: Product, variant: Variant, is_one_of_several: bool) -> str:
    address = settings.SITE_URL + reverse("product", args=[product.slug])
    return f"{address}?variant={variant.pk}" if is_one_of_several else address


def _choices(product: Product, variant: Variant) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The choices of a variant by the attribute that their option is, each once, and the others as (option, choice)."""
    choices: dict[str, str] = {}
    details = []
    values = (variant.value1, variant.value2, variant.value3)
    for option, value in zip(product.options.all(), values, strict=False):
        if value is None:
            continue
        choice = _line(str(value.name or value.code))
        attribute = attribute_of(getattr(option, name) or "" for name in _NAMES)
        if attribute and attribute not in choices:
            choices[attribute] = choice
        else:
            details.append((_line(str(option.name)), choice))
    return choices, details


def _pictures(product: Product) -> list[str]:
    return [_address(image) for image in product.images.all() if image.state == ProductImage.State.READY]


def _address(image: ProductImage) -> str:
    address: str = default_storage.url(image.file)
    return address if "://" in address else settings.SITE_URL + address

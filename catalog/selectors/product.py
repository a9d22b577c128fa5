"""The product page: what can be chosen, what it costs, what is left, and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from moneyed import Money, get_currency

from catalog.price_terms import price_terms
from catalog.ratings import Rating, rating_of
from catalog.selectors import price_terms as pricing
from catalog.selectors.cards import Card, Source, cards
from catalog.selectors.held import is_held
from catalog.selectors.listing import LEADS
from catalog.selectors.matrix import Matrix, Stocked, matrix_of
from catalog.selectors.navigation import Branch, shown_text, trail_of
from catalog.selectors.prices import Goods, Prices
from catalog.selectors.safety import Safety, safety_column, safety_of
from catalog.selectors.terms import WIDTH, Bundle, Terms, bundle_of, terms_columns, terms_of
from catalog.selectors.tiers import TierPrice, tier_prices
from catalog.selectors.tracing import SUMMARY_COLUMN, Summary, summary_of
from marketplace.kernel import clock
from marketplace.kernel.region import Region

_LISTED = """
SELECT p.id, p.slug, {name}, {summary}, {description}, p.brand_name, p.origin, p.hs_code,
    COALESCE(NULLIF(p.customs_description, ''), {goods}), p.tax_category, p.lithium, p.category_id, c.slug,
    s.slug, s.name, {tagline}, s.home_country, p.held_in, p.screened_at IS NOT NULL, {safety},
    (SELECT json_agg(json_build_array(i.file, {alt}, i.width, i.height, i.value_id) ORDER BY i.position, i.id)
     FROM catalog_productimage i WHERE i.product_id = p.id AND i.state = 'ready'),
    (SELECT json_agg(json_build_array(o.id, {option}, o.position, v.id, {value}) ORDER BY o.position, v.position, v.id)
     FROM catalog_option o JOIN catalog_optionvalue v ON v.option_id = o.id WHERE o.product_id = p.id),
    (SELECT json_agg(json_build_array(m.file, m.kind, {film}, COALESCE(i.file, ''), m.captions, m.captions_language)
                     ORDER BY m.position, m.id)
     FROM catalog_productvideo m LEFT JOIN catalog_productimage i ON i.id = m.poster_id AND i.state = 'ready'
     WHERE m.product_id = p.id),
    (SELECT score.score FROM catalog_sellerscore score WHERE score.seller_id = s.id), p.ratings, {trace}
FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id JOIN catalog_category c ON c.id = p.category_id
WHERE p.slug = %(slug)s AND p.status = 'live' AND s.status = 'approved'
"""
_TEXTS = {"name": "p.name", "summary": "p.summary", "description": "p.description", "tagline": "s.tagline",
          "alt": "i.alt", "option": "o.name", "value": "v.name",
          "film": "m.title"}  # fmt: skip
_VARIANTS = """
SELECT v.id, v.sku, v.price, v.price_currency, v.compare_at, v.weight_grams,
    array_remove(ARRAY[v.value1_id, v.value2_id, v.value3_id], NULL),
    {asked}::text, {terms}
FROM catalog_variant v WHERE v.product_id = %(product)s AND v.is_active ORDER BY v.position, v.id
"""
_ASKED = pricing.terms_column("v", with_lowest=False)
# Other offers of the article in view, or of one of its variants.
_NOT_THE_SAME = """AND t.product_id NOT IN (
    SELECT leader_id FROM catalog_lead WHERE product_id = %(product)s
    UNION ALL SELECT product_id FROM catalog_lead WHERE leader_id = %(product)s)
"""
_RELATED = f"""
SELECT t.product_id, row_number() OVER (ORDER BY t.popularity DESC, t.product_id DESC) FROM catalog_placement t
WHERE t.category_id = %(category)s AND t.product_id <> %(product)s AND %(country)s <> ALL (t.held_in)
    AND {LEADS} {{others}}
ORDER BY t.popularity DESC, t.product_id DESC LIMIT 6
"""  # noqa: S608 - an expression of ours


@dataclass(frozen=True, slots=True)
class Brand:
    """The seller of a listing, in the reader's language; `score` is None for a new one."""

    slug: str
    name: str
    tagline: str
    home_country: str
    score: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is ready; `value_id` is the choice that it shows."""

    file: str
    alt: str
    width: int | None
    height: int | None
    value_id: int | None


@dataclass(frozen=True, slots=True)
class Video:
    """A video; `poster` is the picture before it plays and `captions` a file with text, "" where there is none."""

    file: str
    kind: str
    title: str
    poster: str
    captions: str
    captions_language: str


class _Value(NamedTuple):
    """A choice of an option of the product."""

    option_id: int
    option_name: str
    position: int
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A listing on sale, its texts in the reader's language; `description` is safe HTML.

    `held_in` are the countries in which it is not shown, "" for all of them.
    """

    id: int
    slug: str
    name: str
    summary: str
    description: str
    brand_name: str
    origin: str
    hs_code: str
    customs_description: str
    tax_category: str
    lithium: bool
    category_id: int
    category_slug: str
    seller: Brand
    held_in: tuple[str, ...]
    safety: Safety | None
    pictures: tuple[Picture, ...]
    values: tuple[_Value, ...]
    videos: tuple[Video, ...]
    rating: Rating | None
    trace: Summary | None

    def is_held_in(self, country: str) -> bool:
        """Whether nobody in the country may meet it."""
        return is_held(self.held_in, country)


class _Variant(NamedTuple):
    """A variant on sale, and how it can be had."""

    id: int
    sku: str
    price: Decimal
    currency: str
    compare_at: Decimal | None
    weight_grams: int | None
    value_ids: list[int]
    asked: str | None
    terms: Terms

    @property
    def left(self) -> int:
        """Pieces that can be bought."""
        return self.terms.stock.left

    @property
    def ship_from(self) -> tuple[str, ...]:
        """The countries with a free piece, or where it is made, each once."""
        return self.terms.stock.countries


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
    """The variant in view: price in the reader's currency, pieces that can be bought, and where it is sent from.

    `lowest` is that of the thirty days before the reduction from `compare_at`; `tiers` are the prices by quantity.
    """

    id: int
    sku: str
    price: Money
    compare_at: Money | None
    available: int
    warehouse_country: str
    goods: Goods
    value_ids: tuple[int, ...]
    terms: Terms
    bundle: Bundle | None
    lowest: Money | None = None
    tiers: Sequence[TierPrice] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A variant of a listing for a question about its price at any door: its choices in words, and what it is."""

    variant_id: int
    choices: str
    goods: Goods


@dataclass(frozen=True, slots=True)
class ProductView:
    """Everything the product page shows."""

    product: Listed
    trail: tuple[Branch, ...]
    images: list[Picture]
    options: list[Chooser]
    offer: Offer | None
    related: list[Card]
    matrix: Matrix | None


def live_product(slug: str, language: str) -> Listed | None:
    """The listing at `slug` with its pictures and choices, on sale somewhere or held; None when there is none, or
    nobody has screened it yet. One query."""
    texts = {key: shown_text(column, language) for key, column in _TEXTS.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            _LISTED.format(
                goods=shown_text("p.name", "en"), safety=safety_column(language), trace=SUMMARY_COLUMN, **texts
            ),
            {"slug": slug},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    held_in, is_screened, safety, pictures, values = row[17], row[18], row[19], row[20] or (), row[21] or ()
    if "" in held_in and not is_screened:
        return None
    return Listed(
        *row[:13],
        seller=Brand(*row[13:17], score=row[23]),
        held_in=tuple(held_in),
        safety=safety_of(safety, language),
        pictures=tuple(Picture(*item) for item in pictures),
        values=tuple(_Value(*item) for item in values),
        videos=tuple(Video(*item) for item in row[22] or ()),
        rating=rating_of(row[24]),
        trace=summary_of(row[25]),
    )


def product_view(product: Listed, variant_id: int | None, region: Region, prices: Prices) -> ProductView:
    """What the page of `product` shows with the variant asked for, or the first that can be had.

    Two queries; a third for a variant that is reduced.
    """
    variants = [each for each in _variants(product) if not each.terms.is_held(region.country)]
    chosen = _chosen(variants, variant_id)
    mine = chosen.value_ids if chosen else []
    return ProductView(
        product,
        trail_of(product.category_slug),
        sorted(product.pictures, key=lambda picture: picture.value_id not in mine),
        _choosers(product.values, variants, mine),
        _offer(product, chosen, region, prices) if chosen else None,
        related(product, region, prices),
        matrix_of(product.values, _stocked(product, variants), mine, region, prices),
    )


def _stocked(product: Listed, variants: Sequence[_Variant]) -> list[Stocked]:
    return [Stocked(each.id, tuple(each.value_ids), each.left, _goods(product, each)) for each in variants]


def piece_of(product: Listed, variant_id: int | None) -> Piece | None:
    """The variant asked for, or the first that can be had; None where nothing is on sale. One query."""
    variant = _chosen(_variants(product), variant_id)
    if variant is None:
        return None
    names = {value.id: value.name for value in product.values}
    choices = " · ".join(names[key] for key in variant.value_ids if key in names)
    return Piece(variant.id, choices, _goods(product, variant))


def _variants(product: Listed) -> list[_Variant]:
    on = clock.today()
    with connection.cursor() as cursor:
        cursor.execute(_VARIANTS.format(asked=_ASKED, terms=terms_columns()), {"product": product.id})
        return [_Variant._make((*row[:-WIDTH], terms_of(row[-WIDTH:], on))) for row in cursor.fetchall()]


def _chosen(variants: Sequence[_Variant], variant_id: int | None) -> _Variant | None:
    chosen = next((variant for variant in variants if variant.id == variant_id), None)
    return chosen or next((variant for variant in variants if variant.left), variants[0] if variants else None)


def related(product: Listed, region: Region, prices: Prices, *, with_same: bool = False) -> list[Card]:
    """Up to six other products of the same category; `with_same` article of another seller, too. One query."""
    asked = {"category": product.category_id, "product": product.id, "country": region.country}
    others = "" if with_same else _NOT_THE_SAME
    return cards(Source(_RELATED.format(others=others), asked), region, prices)


def _goods(product: Listed, variant: _Variant) -> Goods:
    return Goods(
        sku=variant.sku or str(variant.id),
        price=Money(variant.price, get_currency(variant.currency)),
        description=product.customs_description,
        hs_code=product.hs_code,
        origin=product.origin,
        weight_grams=variant.weight_grams,
        tax_category=product.tax_category,
        lithium=product.lithium,
        ship_from=variant.ship_from or (product.seller.home_country,),
        terms=price_terms(variant.asked),
    )


def _offer(product: Listed, variant: _Variant, region: Region, prices: Prices) -> Offer:
    goods = _goods(product, variant)
    if variant.compare_at is not None or any(market.before is not None for market in goods.terms.markets):
        goods = replace(goods, terms=pricing.terms_of(variant.id, clock.now()))
    place = region.country, region.currency
    reduced = prices.reduction_for(goods.price, variant.compare_at, goods.terms, *place)
    price = prices.price_for(goods.price, goods.terms, *place).amount
    return Offer(
        id=variant.id,
        sku=variant.sku,
        price=price,
        compare_at=reduced.before if reduced else None,
        available=variant.left,
        warehouse_country=prices.node(goods.ship_from, region.country),
        goods=goods,
        value_ids=tuple(variant.value_ids),
        lowest=reduced.lowest if reduced else None,
        tiers=tier_prices(goods, region, prices),
        terms=variant.terms,
        bundle=bundle_of(variant.terms, price, region, prices),
    )


def _choosers(values: Sequence[_Value], variants: Sequence[_Variant], mine: Sequence[int]) -> list[Chooser]:
    """The options with, for each value, the variant that keeps the other choices."""
    result: dict[int, Chooser] = {}
    for value in values:
        chooser = result.setdefault(value.option_id, Chooser(value.option_id, value.option_name, value.position, []))
        target = _variant_with(value, mine, variants)
        available = bool(target and target.left)
        chooser.values.append(Choice(value.id, value.name, value.id in mine, available, target.id if target else None))
    return list(result.values())


def _variant_with(value: _Value, mine: Sequence[int], variants: Sequence[_Variant]) -> _Variant | None:
    wanted = [pk for index, pk in enumerate(mine, start=1) if index != value.position]
    matching = [variant for variant in variants if value.id in variant.value_ids]
    exact = (variant for variant in matching if all(pk in variant.value_ids for pk in wanted))
    in_stock = (variant for variant in matching if variant.left)
    return next(exact, None) or next(in_stock, next(iter(matching), None))

"""The offers of one article by several sellers, known by its trade number (GTIN), the best one first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from moneyed import Money, get_currency

from catalog.availability import Availability, availability
from catalog.leading import Listing, best
from catalog.price_terms import price_terms
from catalog.ranking import Candidate, ranked
from catalog.selectors.availability import AVAILABILITY, HELD_PART
from catalog.selectors.held import is_held
from catalog.selectors.navigation import shown_text
from catalog.selectors.price_terms import terms_column
from catalog.selectors.prices import Goods, Prices
from catalog.selectors.product import Listed, Offer
from catalog.selectors.terms import PARTS_HELD_IN
from catalog.trade_numbers import number_column, trade_number
from logistics import quotes
from logistics.quotes import DeliveredPrice
from marketplace.kernel.consignment import Destination
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.region import Region, currency_of

MOST: Final = 40  # variants that are read; one offer of a seller is shown
_ROWS: Final = """
SELECT v.id, v.sku, v.gtin, v.price, v.price_currency, v.weight_grams, p.slug, p.hs_code, p.origin,
    COALESCE(NULLIF(p.customs_description, ''), {goods}), p.tax_category, p.lithium, s.slug, s.name,
    s.home_country, score.score, v.product_id, v.seller_id, p.held_in || {parts_held_in},
    {terms}::text, {availability}
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id JOIN accounts_seller s ON s.id = v.seller_id
LEFT JOIN catalog_sellerscore score ON score.seller_id = s.id
""".format(
    parts_held_in=PARTS_HELD_IN,
    terms=terms_column("v", with_lowest=False),
    availability=AVAILABILITY,
    goods=shown_text("p.name", "en"),
)
# By the index that searches for numbers use: without leading zeros and separators. The offer in view comes along, its
# seller's other ones do not.
_OFFERS: Final = f"""{_ROWS}
WHERE v.gtin <> '' AND {number_column("v.gtin")} = %(gtin)s AND (v.id = %(here)s OR
    s.slug <> %(seller)s AND v.is_active AND p.status = 'live' AND s.status = 'approved'
    AND NOT p.held_in && %(countries)s::varchar[] AND NOT {HELD_PART.format(countries="%(countries)s")})
ORDER BY v.id <> %(here)s, v.id LIMIT {MOST}
"""
# The variants of a listing on sale that another seller has too.
_SHARED: Final = f"""
SELECT v.id, v.gtin, s.slug FROM catalog_product p JOIN accounts_seller s ON s.id = p.seller_id
JOIN catalog_variant v ON v.product_id = p.id
WHERE p.slug = %(slug)s AND p.status = 'live' AND s.status = 'approved' AND v.is_active AND v.gtin ~ '[1-9]'
    AND EXISTS (SELECT FROM catalog_variant o WHERE o.gtin <> '' AND {number_column("o.gtin")} = {number_column("v.gtin")}
        AND o.seller_id <> v.seller_id AND o.is_active)
ORDER BY v.position, v.id LIMIT {MOST}
"""  # noqa: S608 - an expression of ours
_OF_LISTINGS: Final = f"""{_ROWS}
WHERE v.product_id = ANY(%(ids)s) AND v.is_active AND p.status = 'live' AND s.status = 'approved'
    AND p.sort_price IS NOT NULL ORDER BY v.id
"""


class _Row(NamedTuple):
    id: int
    sku: str
    gtin: str
    price: Decimal
    currency: str
    weight_grams: int | None
    slug: str
    hs_code: str
    origin: str
    description: str
    tax_category: str
    lithium: bool
    seller_slug: str
    seller: str
    home_country: str
    score: int | None
    product_id: int
    seller_id: int
    held_in: Collection[str]
    terms: str | None


_Stocked = tuple[_Row, Availability]


@dataclass(frozen=True, slots=True)
class SellerOffer:
    """One seller's offer in the reader's currency. `total` is the price at the door, None when not all of it is known.

    `score` is None for a new seller; `is_here` marks the offer of the page, `is_best` the first one.
    """

    variant_id: int
    slug: str
    seller: str
    seller_slug: str
    price: Money
    total: Money | None
    is_estimate: bool
    arrives_from: date
    arrives_by: date
    from_country: str
    score: int | None
    available: int
    ready_on: date | None
    promise: str
    is_here: bool
    is_best: bool = False


def offers_of(offer: Offer | None, product: Listed, region: Region, prices: Prices) -> list[SellerOffer]:
    """The offers of the article in view, one of each seller, the best first; empty where nobody else has it.

    One query, none for what has no valid trade number. Who can't deliver here or is sold out is left out.
    """
    number = trade_number(offer.terms.gtin) if offer else None
    if offer is None or number is None:
        return []
    return _offers(number, offer.id, product.seller.slug, region, prices)


def variant_of_others(slug: str, region: Region, prices: Prices) -> int | None:
    """The first variant of a listing that other sellers offer too, rather one that can be had of this seller as well.

    None where nobody else offers any. One query, and one for each variant that is looked at, mostly the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"slug": slug})
        shared = [(key, trade_number(gtin), seller) for key, gtin, seller in cursor.fetchall()]
    first = None
    for key, number, seller in shared:
        offers = _offers(number, key, seller, region, prices) if number else []
        if any(each.is_here and each.available > 0 for each in offers):
            return int(key)
        first = first or (key if offers else None)
    return first


def _offers(number: str, here: int, seller: str, region: Region, prices: Prices) -> list[SellerOffer]:
    asked = {"gtin": number.lstrip("0"), "here": here, "seller": seller, "countries": ["", region.country]}
    found = [each for each in _read(_OFFERS, asked, prices) if trade_number(each[0].gtin) == number]
    if len(found) < 2:
        return []
    made = _made(found, here, region, prices)
    return _best_of_each([each for each in made if each[0].is_available or each[1].is_here])


def listings_with_offers(
    product_ids: Sequence[int], countries: Iterable[str], prices: Prices
) -> tuple[list[Listing], Iterator[tuple[str, dict[int, dict[str, Candidate]]]]]:
    """What is on sale of the products, and for each country their offers there, by product and article. One query.

    Also those that are sold out; in the usual currency of each country. What is held in it is left out there.
    """
    rows: defaultdict[int, list[_Stocked]] = defaultdict(list)
    numbers: dict[int, str | None] = {}
    for row, stock in _read(_OF_LISTINGS, {"ids": list(product_ids)}, prices):
        rows[row.product_id].append((row, stock))
        numbers[row.id] = trade_number(row.gtin)
    listings = []
    for key, own in rows.items():
        articles = {numbers[row.id] for row, _stock in own}
        listings.append(Listing(key, own[0][0].seller_id, frozenset(a for a in articles if a and None not in articles)))

    def offers(country: str) -> Iterator[tuple[int, list[tuple[str, Candidate]]]]:
        region = Region(settings.LANGUAGE_CODE, country, currency_of(country))
        for key, own in rows.items():
            sold = [each for each in own if numbers[each[0].id] and not is_held(each[0].held_in, country)]
            yield key, [(numbers[each.key] or "", each) for each, _shown in _made(sold, 0, region, prices)]

    return listings, ((country, best(dict(offers(country)))) for country in countries)


def _read(sql: str, asked: Mapping[str, Any], prices: Prices) -> list[_Stocked]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [(_Row._make(row[:-4]), availability(row[-4:], prices.on)) for row in cursor.fetchall()]


def _made(rows: Iterable[_Stocked], here: int, region: Region, prices: Prices) -> list[tuple[Candidate, SellerOffer]]:
    """The offers that can be delivered, as they are weighed and as they are shown; also what is sold out."""
    priced = []
    for row, stock in rows:
        goods = _goods(row, stock.countries)
        try:
            line = prices.line(goods, 1, region.currency, region.country)
        except MissingRate:
            continue
        priced.append((row, stock, quotes.Offer(prices.node(goods.ship_from, region.country), line)))
    landed = prices.landed([each for _row, _stock, each in priced], Destination(region.country), region.currency)
    return [
        _offer(row, stock, sent, price, here, prices)
        for (row, stock, sent), price in zip(priced, landed, strict=True)
        if price is not None and price.assessment.status != "blocked"
    ]


def _goods(row: _Row, countries: tuple[str, ...]) -> Goods:
    return Goods(
        sku=row.sku or str(row.id),
        price=Money(row.price, get_currency(row.currency)),
        description=row.description,
        hs_code=row.hs_code,
        origin=row.origin,
        weight_grams=row.weight_grams,
        tax_category=row.tax_category,
        lithium=row.lithium,
        ship_from=countries or (row.home_country,),
        terms=price_terms(row.terms),
    )


def _offer(
    row: _Row, stock: Availability, sent: quotes.Offer, price: DeliveredPrice, here: int, prices: Prices
) -> tuple[Candidate, SellerOffer]:
    fewest, most = price.days
    ready_on = stock.ready_on(to_order=stock.stocked < 1)
    sent_on = max(prices.on, ready_on or prices.on)
    total = price.total if price.assessment.is_complete else None
    shown = SellerOffer(
        variant_id=row.id,
        slug=row.slug,
        seller=row.seller,
        seller_slug=row.seller_slug,
        price=sent.line.unit_price,
        total=total,
        is_estimate=price.assessment.status != "quoted",
        arrives_from=sent_on + timedelta(days=fewest),
        arrives_by=sent_on + timedelta(days=most),
        from_country=sent.ship_from,
        score=row.score,
        available=stock.left,
        ready_on=ready_on,
        promise="" if ready_on is None else "pre_order" if stock.is_pre_order else "made_to_order",
        is_here=row.id == here,
    )
    days = (shown.arrives_by - prices.on).days
    amount = None if total is None else total.amount
    return Candidate(row.id, shown.price.amount, amount, days, row.score, stock.left > 0), shown


def _best_of_each(made: list[tuple[Candidate, SellerOffer]]) -> list[SellerOffer]:
    """The best offer of each seller in their order, the first one marked; empty when only one seller is left."""
    shown: Mapping[int, SellerOffer] = {candidate.key: offer for candidate, offer in made}
    best: dict[str, SellerOffer] = {}
    for candidate in ranked(candidate for candidate, _offer in made):
        offer = shown[candidate.key]
        best.setdefault(offer.seller_slug, offer)
    first, *others = best.values() if best else (None,)
    return [replace(first, is_best=True), *others] if first and others else []

"""What is on a wish list, be it a member's rows or a guest's cookie, and what may be done with it today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from moneyed import Money, get_currency

from accounts.models import User
from catalog.models import Wish, WishList
from catalog.selectors import comparison, picked
from catalog.selectors.cards import Card
from catalog.selectors.comparison import Offered, choices_of
from catalog.selectors.prices import Prices
from marketplace.kernel.region import Region


class Wished(NamedTuple):
    """A wish: its product, the variant that was in view, and what it cost then in the seller's currency."""

    product_id: int
    variant_id: int | None
    price: Decimal | None
    currency: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A wish as the page shows it. `less` is by how much the price has fallen since, in the reader's currency; `choices`
    are the variants that can be moved to the cart, the wished one first."""

    card: Card
    wished: Wished
    less: Money | None
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A wish that cannot be shown: held where the reader is, or not on sale any more."""

    product_id: int
    name: str
    is_held_here: bool


@dataclass(frozen=True, slots=True)
class WishPage:
    """The wishes that can be shown, the newest first, and the others."""

    entries: tuple[Entry, ...]
    missing: tuple[Missing, ...]


def wished_by(user: User) -> list[Wished]:
    """A member's wishes, the newest first. One query."""
    columns = ("product_id", "variant_id", "seen_price", "seen_price_currency", "added_at")
    rows = Wish.objects.filter(wish_list__user=user).values_list(*columns)
    return [Wished(product, variant, price, currency or "", at) for product, variant, price, currency, at in rows]


def is_wished(user: User, product_id: int) -> bool:
    """Whether a product is on the member's list. One query."""
    return Wish.objects.filter(wish_list__user=user, product_id=product_id).exists()


def list_of(user: User) -> WishList | None:
    """How the member's list is shared; None before anything was put on it. One query."""
    return WishList.objects.filter(user=user).first()


def shared_list(token: str) -> WishList | None:
    """The list that a link leads to, its owner loaded; None for a link that was withdrawn. One query."""
    return WishList.objects.select_related("user").filter(share_token=token, user__is_active=True).first()


def wish_page(wishes: Sequence[Wished], region: Region, prices: Prices) -> WishPage:
    """What the page of a list shows. Two queries, none for an empty list."""
    keys = [wished.product_id for wished in wishes]
    facts = comparison.facts_of(keys, region.language, region.country)
    cards = {card.id: card for card in picked.cards_of(keys, region, prices)}
    entries, missing = [], []
    for wished in wishes:
        fact, card = facts.get(wished.product_id), cards.get(wished.product_id)
        if fact is not None and card is not None:
            offers = sorted(fact.offers, key=lambda offer: offer.variant_id != wished.variant_id)
            is_sent = card.landed is not None and card.landed.status != "blocked"
            choices = choices_of(offers, region, prices) if is_sent else ()
            entries.append(Entry(card, wished, _less(wished, card, offers, region, prices), choices))
        elif fact is not None:
            missing.append(Missing(fact.id, fact.name, fact.is_on_sale and fact.is_held_here))
    return WishPage(tuple(entries), tuple(missing))


def _less(wished: Wished, card: Card, offers: Sequence[Offered], region: Region, prices: Prices) -> Money | None:
    """By how much the price has fallen since the wish, by the exchange rate of the day; None when it has not."""
    same = (offer for offer in offers if offer.variant_id == wished.variant_id)
    now, currency = next(
        ((Decimal(offer.price), offer.currency) for offer in same), (card.row.price, card.row.currency)
    )
    if now is None or wished.price is None or wished.currency != currency or now >= wished.price:
        return None
    unit = get_currency(currency)
    less = prices.shop(Money(wished.price, unit), region.currency) - prices.shop(Money(now, unit), region.currency)
    return less if less.amount > 0 else None

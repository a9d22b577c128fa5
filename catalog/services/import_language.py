"""In which language the texts of a feed go into the shop, and what becomes of a listing that counted as in another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, TypeVar

from babel.languages import get_official_languages
from django.db.models import F, Q

from accounts.models import Seller, User
from catalog.feeds.languages import NAMES, USUAL, spoken, told
from catalog.feeds.listing import FeedListing
from catalog.models import Option, OptionValue, Product, ProductImage
from catalog.services.import_rows import SUFFIXES
from compliance.selectors import members_of

T = TypeVar("T")
_LOOKED_AT = 200


def preferred(seller: Seller, user: User | None = None) -> str:
    """The language in which a seller writes as far as the account says it: the user's, a member's, that of the country."""
    reader = user or next(iter(members_of(seller)), None)
    if reader is not None:
        return reader.language if reader.language in NAMES else USUAL
    official = map(spoken, get_official_languages(seller.home_country))
    return next(filter(None, official), USUAL)


def settled(feed: Iterable[T], *, chosen: str, preferred: str) -> tuple[str, Iterator[T]]:
    """The language of new listings whose file does not say it, and the feed.

    A language that somebody chose is that of all its listings; else the first of them tell it.
    """
    rest = iter(feed)
    if chosen:
        return chosen, (_in_language(item, chosen) for item in rest)
    first = list(islice(rest, _LOOKED_AT))
    language = told((item for item in first if isinstance(item, FeedListing)), preferred)
    return language, chain(first, rest)


def _in_language(item: Any, language: str) -> Any:
    return replace(item, language=language) if isinstance(item, FeedListing) else item


def of_known(product: Product, one: FeedListing) -> str:
    """The language of what the file says of a listing that the shop has: without a word on it, the listing's own."""
    return one.language or product.source_language


def is_corrected(product: Product, one: FeedListing) -> bool:
    """Whether the listing counts as written in another language than the file says of the same words.

    Of other words the file has a translation.
    """
    return of_known(product, one) != product.source_language and product.in_own_language("name") == one.title


def corrected(product: Product, one: FeedListing) -> dict[str, Any]:
    """What is to change of such a listing beside the texts of the feed: they stand in the wrong language no more."""
    wrong, right = SUFFIXES[product.source_language], SUFFIXES[one.language]
    summary = {f"summary_{right}": product.in_own_language("summary"), f"summary_{wrong}": None}
    return {"source_language": one.language, f"name_{wrong}": None, f"description_{wrong}": None, **summary}


def correct_pictures(product: Product, one: FeedListing) -> None:
    """What the pictures of such a listing show moves as well, unless it is said in the right language."""
    wrong, right = (f"alt_{SUFFIXES[code]}" for code in (product.source_language, one.language))
    pictures = ProductImage.objects.filter(product=product).exclude(**{f"{wrong}": ""})
    is_missing = Q(**{right: ""}) | Q(**{f"{right}__isnull": True})
    pictures.filter(is_missing, **{f"{wrong}__isnull": False}).update(**{right: F(wrong)})
    pictures.filter(**{right: F(wrong)}).update(**{wrong: "" if product.source_language == USUAL else None})


def correct_choices(product: Product, one: FeedListing) -> None:
    """The options and choices of such a listing move to the right language, as far as they are named as in the file."""
    wrong, right = (f"name_{SUFFIXES[code]}" for code in (product.source_language, one.language))
    OptionValue.objects.filter(option__product=product, **{wrong: F("code")}).update(**{right: F("code"), wrong: None})
    Option.objects.filter(product=product, **{f"{wrong}__in": one.options}).update(**{right: F(wrong), wrong: None})

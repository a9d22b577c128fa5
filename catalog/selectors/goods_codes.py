"""Proposes customs codes for words in the reader's language, and for listings; says what contradicts a code."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, F, Max, QuerySet, Window
from django.db.models.functions import Left, RowNumber
from django.utils.translation import get_language

from accounts.models import Seller
from catalog.models import Category, Product
from catalog.selectors.navigation import text_column
from compliance.classification.contradiction import (
    Contradiction,
    contradiction,
    contradiction_of_words,
    expected_prefixes,
)
from compliance.classification.evidence import ConfirmedListing, ConfirmedListings
from compliance.classification.goods import GoodsText, Proposal, together
from compliance.classification.index import MOST
from compliance.headings import find_by_digits, goods_index

CHECK_EVERY: Final = 60.0
MOST_LISTINGS: Final = 2000
MOST_OF_A_CODE: Final = 25
_LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)

_kept: tuple[object, ConfirmedListings] | None = None
_checked_at: float | None = None
_building = Lock()


def proposals(text: str, language: str, *, most: int = MOST) -> list[Proposal]:
    """Codes for goods that somebody calls `text` in `language`, or those that begin with its digits.

    At most two small queries where the process knows the codes and the listings, none for no words.
    """
    if not text.strip():
        return []
    found = find_by_digits(text)
    if found is not None:
        return found
    return goods_index().likely(GoodsText(text, language=language), confirmed=confirmed_listings(), most=most)


def proposals_for(product: Product, *, most: int = MOST) -> list[Proposal]:
    """Codes for a listing by its texts in all languages, its category, and how others like it are declared."""
    index, confirmed, expected = goods_index(), confirmed_listings(), expected_prefixes(_trail(product.category))
    usual = _usual(product.category)
    found = [
        index.likely(goods, confirmed=confirmed, without=product.pk, expected=expected, most=2 * most)
        for goods in _texts(product)
    ]
    likely = [each for each in together(found) if not (usual and each.code == usual.code)]
    return [*([usual] if usual else []), *likely][:most]


def usual_stream(category: Category) -> str:
    """The register that goods of the category usually come under, its own or that of the nearest above; "" for none."""
    return next((one.default_epr_stream for one in _upwards(category) if one.default_epr_stream), "")


def _usual(category: Category) -> Proposal | None:
    """The code that staff keep for the category, or for the nearest above it."""
    code = next((one.default_hs_code for one in _upwards(category) if one.default_hs_code), "")
    if not code:
        return None
    text = next((each.description for each in find_by_digits(code) or () if each.code in (code, code[:6])), "")
    return Proposal(code, text, 1.0, is_usual=True, fits_category=True)


def _upwards(category: Category) -> list[Category]:
    return [category, *reversed(Category.objects.get_ancestors(category))]


def contradiction_in(product: Product) -> Contradiction | None:
    """What contradicts the code of a listing: its category, or else its words. None without a code."""
    if not product.hs_code:
        return None
    by_category = contradiction(product.hs_code, expected_prefixes(_trail(product.category)))
    return by_category or contradiction_of_words(product.hs_code, proposals_for(product))


def confirmed_listings() -> ConfirmedListings:
    """The titles of listings on sale with a code, the most popular of each code: built once for each process.

    Looks at most every `CHECK_EVERY` seconds whether a listing has changed; then the titles are read anew.
    """
    global _kept, _checked_at
    kept, moment = _kept, time.monotonic()
    if kept is not None and _checked_at is not None and moment - _checked_at < CHECK_EVERY:
        return kept[1]
    with _building:
        version = tuple(_confirmed().aggregate(count=Count("pk"), last=Max("updated_at")).values())
        if _kept is None or _kept[0] != version:
            _kept = version, ConfirmedListings(_read())
        _checked_at = moment
        return _kept[1]


def forget() -> None:
    """The next question looks at the listings."""
    global _checked_at
    _checked_at = None


def _confirmed() -> QuerySet[Product]:
    on_sale = Product.objects.filter(status=Product.Status.LIVE, seller__status=Seller.Status.APPROVED)
    return on_sale.exclude(hs_code="")


def _read() -> Iterable[ConfirmedListing]:
    columns = {language: text_column("name", language) for language in _LANGUAGES}
    place = Window(RowNumber(), partition_by=Left("hs_code", 6), order_by=[F("popularity").desc(), F("pk").desc()])
    rows = _confirmed().annotate(place=place).filter(place__lte=MOST_OF_A_CODE).order_by("place", "pk")
    for row in rows.values("pk", "hs_code", "customs_description", *columns.values())[:MOST_LISTINGS]:
        titles = [(language, row[column]) for language, column in columns.items() if row[column]]
        yield ConfirmedListing(row["pk"], row["hs_code"], [*titles, ("en", row["customs_description"])])


def _texts(product: Product) -> Iterable[GoodsText]:
    """The texts of a listing by language, that of the reader first, since it gives the reasons."""
    own = get_language()
    for language in sorted(_LANGUAGES, key=lambda one: one != own):
        name, summary, description = (_text(product, field, language) for field in ("name", "summary", "description"))
        if name:
            category = _text(product.category, "name", language)
            yield GoodsText(name, category, f"{summary} {description}", language)


def _text(row: Any, field: str, language: str) -> str:
    return getattr(row, text_column(field, language)) or ""


def _trail(category: Category) -> list[str]:
    """The slugs of a category and those above it, the nearest first."""
    return [category.slug, *(above.slug for above in reversed(Category.objects.get_ancestors(category)))]

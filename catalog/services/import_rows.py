"""What the listings of a feed are as rows, whether they are new or known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_noop, override

from accounts.models import Seller
from catalog.feeds.listing import FeedImage, FeedListing, FeedText, FeedVariant
from catalog.models import Category, Product

UNCOUNTED_PIECES = 999
_STEP: Final = re.compile("[>»›/|]")  # parts the steps of a path
_FALLBACK_SLUG = "more-finds"
FALLBACK_NAME: Final = gettext_noop("More finds")
SUFFIXES = {code: code.replace("-", "_") for code, _name in settings.LANGUAGES}
TRANSLATED = [f"{field}_{suffix}" for field in ("name", "description") for suffix in SUFFIXES.values()]


class Shelves:
    """Which category a feed's own word for the kind of goods means here; what none fits goes to "More finds"."""

    def __init__(self) -> None:
        self._by_slug: dict[str, Category] = {}
        self._by_word: dict[str, Category] = {}
        self._rest: Category | None = None
        self._unknown: set[str] = set()
        for category in sorted(Category.objects.all(), key=lambda one: (one.taxonomy_id != "", one.depth)):
            self._by_slug[category.slug] = category
            names = {(getattr(category, f"name_{suffix}") or "").lower() for suffix in SUFFIXES.values()}
            for word in {*names, category.slug.replace("-", " ")}:
                self._by_word.setdefault(word, category)
                self._by_word.setdefault(word.removesuffix("s"), category)

    def find(self, kind: str) -> Category:
        """The category for `kind`, such as "Necklace", "Home > Lamps" or, as our own table says it, "necklaces-2"."""
        return self._found(kind) or self._fallback()

    def meets_unknown(self, kind: str) -> bool:
        """Whether nobody knows this word for the kind of goods, and it is the first time that it comes."""
        is_new = bool(kind) and kind not in self._unknown and self._found(kind) is None
        if is_new:
            self._unknown.add(kind)
        return is_new

    def _found(self, kind: str) -> Category | None:
        if kind in self._by_slug:
            return self._by_slug[kind]
        for word in [kind.lower(), *reversed([part.strip().lower() for part in _STEP.split(kind)])]:
            found = self._by_word.get(word) or self._by_word.get(word.removesuffix("s"))
            if word and found is not None:
                return found
        return None

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
            names[f"name_{code.replace('-', '_')}"] = gettext(FALLBACK_NAME)
    return names


def texts(one: FeedListing, language: str) -> dict[str, str]:
    """The columns that the feed fills, its own texts those of `language`; code and origin only where it has them, so
    that it wipes nothing out.
    """
    customs = {"hs_code": one.hs_code, "origin": one.origin}
    return {
        **_translations(one.texts),
        f"name_{SUFFIXES[language]}": one.title,
        f"description_{SUFFIXES[language]}": one.description,
        "brand_name": one.brand,
        "status": _status(one),
        "source_digest": one.digest,
        **{name: value for name, value in customs.items() if value},
    }


def _status(one: FeedListing) -> Product.Status:
    if one.live:
        return Product.Status.LIVE
    return Product.Status.ARCHIVED if one.archived else Product.Status.DRAFT


def _translations(texts: Iterable[FeedText]) -> dict[str, str]:
    found = {}
    for text in texts:
        suffix = SUFFIXES[text.language]
        if text.title:
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


def alts(image: FeedImage, language: str) -> dict[str, str | None]:
    """The columns that say what a picture shows, as far as the feed has them; a translation that is missing is None.

    `language` is that of the listing: a text in it that names none counts where there is no other.
    """
    said = dict(image.alts) or {"": image.alt}
    if "" in said:
        own = said.pop("")
        said[language] = said.get(language) or own
    return {
        f"alt_{SUFFIXES[language]}": text or (None if language != settings.LANGUAGE_CODE else "")
        for language, text in said.items()
    }


def pieces(source: FeedVariant) -> int:
    return UNCOUNTED_PIECES if source.pieces is None else source.pieces

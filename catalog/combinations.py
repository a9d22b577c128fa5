"""Short names for choices, and SKUs made of them that nobody has: pure rules, no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.text import slugify

LONGEST_SKU: Final = 120
_LONGEST_WORD: Final = 12
_LONGEST_STEM: Final = 40


def short_names(names: Sequence[str]) -> list[str]:
    """A word of Latin capitals for each of the names, no word twice; the place of a name in another script."""
    words = [
        slugify(name).upper()[:_LONGEST_WORD].strip("-_") or str(place) for place, name in enumerate(names, start=1)
    ]
    often = Counter(words)
    return [f"{word}{place}" if often[word] > 1 else word for place, word in enumerate(words, start=1)]


def stem_of(handle: str, known: Iterable[tuple[str, str]]) -> str:
    """What the SKUs of a listing begin with: what its variants have before their choices most often, else its handle.

    `known` are a SKU and the short names of its choices for each variant, such as ("TEE-RED-S", "RED-S").
    """
    stems = Counter(sku.removesuffix(f"-{words}") for sku, words in known if words and sku.endswith(f"-{words}"))
    return stems.most_common(1)[0][0] if stems else handle.upper()[:_LONGEST_STEM].strip("-")


def free_skus(wanted: Sequence[str], taken: Iterable[str]) -> list[str]:
    """The wanted SKUs, those that somebody has with a number behind them."""
    used, found = set(taken), []
    for sku in wanted:
        free, number = sku, 2
        while free in used:
            free, number = f"{sku}-{number}", number + 1
        used.add(free)
        found.append(free)
    return found

"""In which language the texts of a file are: what a cell says of it, and what the texts themselves tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from babel import Locale
from django.conf import settings

from catalog.feeds.listing import FeedListing
from catalog.readings import IDEOGRAPHS, KANA
from catalog.search_text import plain

USUAL: Final = settings.LANGUAGE_CODE
NAMES: Final = dict(settings.LANGUAGES)
_SIGNS_OF_EACH: Final = 2000  # that are looked at
_THREE_LETTERS: Final = {
    "eng": "en", "zho": "zh-hans", "chi": "zh-hans", "jpn": "ja", "ara": "ar", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr",
    "spa": "es",
}  # fmt: skip
_TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo"})
_ARABIC: Final = re.compile("[\u0620-\u064a]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
# Words that are frequent in one of these languages and hardly occur in the others.
_TELLING: Final = {
    word: language
    for language, words in {
        "en": "the and with for of from your this is are you made",
        "de": "der die das und mit für aus ist ein eine nicht sie zum zur wird auch",
        "fr": "le les et avec pour une est dans aux votre cette",
        "es": "el los las con para una por del su este como",
    }.items()
    for word in words.split()
}
_FEWEST, _TIMES = 3, 2  # of the words that tell, and as those of any other language


def spoken(text: str) -> str:
    """The language of ours that a cell names, as "de", "de_AT", "ger" or "Deutsch"; empty for any other."""
    word = text.strip().lower()
    first, *more = re.split(r"[-_ ]", word)
    if first == "zh":
        return "" if _TRADITIONAL.intersection(more) else "zh-hans"
    return _names().get(word) or (first if first in NAMES and len(first) == 2 else "")


@cache
def _names() -> dict[str, str]:
    found = dict(_THREE_LETTERS)
    for code, name in settings.LANGUAGES:
        found |= {code: code, name.lower(): code}
        for reader in NAMES:
            called = Locale.parse(reader.replace("-", "_")).languages.get(code.partition("-")[0], "")
            found |= {called.lower(): code}
    return found


def told(listings: Iterable[FeedListing], preferred: str) -> str:
    """The language that the texts are in as far as their scripts and words tell; else `preferred` if it may be that one.

    Kana are Japanese, Chinese characters without them Chinese, unless Japanese is preferred; letters of Latin are
    English where nothing tells and the language that is preferred has others.
    """
    scripts: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for one in listings:
        scripts[_script(one.title)] += 1
        said = f"{one.title} {plain(one.description[:_SIGNS_OF_EACH])}".lower()
        words.update(_TELLING[word] for word in _LETTERS.findall(said) if word in _TELLING)
    script = scripts.most_common(1)[0][0] if scripts else ""
    if scripts["ja"] and script == "zh-hans":
        script = "ja"  # whole titles may be without kana
    if script:
        return "ja" if script == "zh-hans" and preferred == "ja" else script
    return _by_words(words) or (preferred if preferred in _TELLING.values() else USUAL)


def _script(title: str) -> str:
    """The language whose script a title is in; empty for letters that several have."""
    if KANA.search(title):
        return "ja"
    if IDEOGRAPHS.search(title):
        return "zh-hans"
    return "ar" if _ARABIC.search(title) else ""


def _by_words(words: Counter[str]) -> str:
    (first, most), (_second, next_most) = [*words.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _FEWEST and most >= _TIMES * next_most else ""

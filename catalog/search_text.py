"""How a text becomes search words, for each language: pure.

Languages that PostgreSQL can stem go through its configurations. Chinese is cut by a dictionary and, like
Japanese, also into pairs of characters, so that a part of a word is found as well.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from catalog.readings import IDEOGRAPHS, KANA

CONFIGURATIONS = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "ar": "arabic"}
SOURCE = "english"
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uff66-\uff9f々]+")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[\w]+", re.UNICODE)
# Signs that stand inside of words and change nothing in them: vowels and other marks of Arabic, the line that stretches
# its words, soft hyphens, and what directs the writing.
_SILENT = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# The languages that are written with a sign; the first that a word has decides.
_SCRIPTS = (
    (KANA, ("ja",)),
    (IDEOGRAPHS, ("zh-hans", "ja")),
    (re.compile("[\u0620-\u06ff]"), ("ar",)),
    (re.compile("[a-z\u00df-\u024f]"), ("en", "de", "fr", "es")),
)
MOST_WORDS = 8
_LONGEST_CODE = 60


def configuration(language: str) -> str:
    """The text search configuration of PostgreSQL for `language`; "simple" where it knows none."""
    return CONFIGURATIONS.get(language, "simple")


def plain(markup: str) -> str:
    """The words of an HTML text."""
    return html.unescape(_TAG.sub(" ", markup))


def bare(text: str) -> str:
    """`text` in one form of its signs and without those that are silent; to be asked before it is cut into words."""
    text = text.replace("\x00", "")
    return text if text.isascii() else _SILENT.sub("", unicodedata.normalize("NFKC", text))


def chinese_words(run: str) -> list[str]:
    """The words of the dictionary, which takes 30 MB: those who only search never load it."""
    import rjieba

    words: list[str] = rjieba.cut(run, True)
    return words


def pairs(run: str) -> list[str]:
    """The pairs of neighbours in a run of characters; the one character of a run of one."""
    return [run] if len(run) == 1 else [run[index : index + 2] for index in range(len(run) - 1)]


def segmented(text: str, language: str) -> str:
    """`text` with its runs of Chinese or Japanese characters cut into search words, the rest as it is."""

    def cut(match: re.Match[str]) -> str:
        run = match.group()
        words = list(pairs(run)) + list(run if len(run) <= 60 else "")
        if language == "zh-hans":
            words += [word for word in chinese_words(run) if len(word) > 2]
        return f" {' '.join(words)} "

    return HAN.sub(cut, bare(text))


def atoms(text: str) -> list[str]:
    """The words of a text, Chinese and Japanese apart from the letters beside them."""
    found: list[str] = []
    for token in _WORD.findall(bare(text).lower()):
        position = 0
        for run in HAN.finditer(token):
            found += [token[position : run.start()], run.group()]
            position = run.end()
        found.append(token[position:])
    return [atom for atom in found if atom]


@lru_cache(maxsize=4096)
def query_words(text: str, language: str) -> tuple[str, ...]:
    """The words of a query, at most eight, cut like the texts; empty when nothing in it can be searched."""
    words = (word for atom in atoms(text) for word in (pairs(atom) if HAN.fullmatch(atom) else (atom,)))
    return tuple(islice(words, MOST_WORDS))


def foreign_words(text: str, language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The words of a query in a script that `language` does not use, by the languages that are written in it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for word in query_words(text, language):
        languages = next((each for script, each in _SCRIPTS if script.search(word)), ())
        if languages and language not in languages:
            found.setdefault(languages, []).append(word)
    return {languages: tuple(words) for languages, words in found.items()}


@dataclass(frozen=True, slots=True)
class Code:
    """The article number (SKU) and the trade number (GTIN) that a text may be, bare of separators and leading zeros.

    `gtin` is empty when it can't be one; `is_likely` when a word of the language would look otherwise.
    """

    sku: str
    gtin: str
    is_likely: bool


def code(text: str) -> Code | None:
    """What `text` would be as the number of an article; None when it is too long or in another script."""
    text = unicodedata.normalize("NFKC", text).lower().strip()
    sku = "".join(filter(str.isalnum, text))
    if not sku.isascii() or not 2 <= len(sku) <= _LONGEST_CODE:
        return None
    has_figure, is_one_word = any(map(str.isdigit, sku)), len(text.split()) == 1
    gtin = sku.lstrip("0") if sku.isdigit() and 8 <= len(sku) <= 14 else ""
    return Code(sku, gtin, has_figure or (is_one_word and sku != text))

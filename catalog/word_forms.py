"""Forms in which a word is found although it is written otherwise: pure, and no dictionary is loaded.

A German compound is found by its last part, which names the thing (Messingkette by Kette), an Arabic word by the plurals
that change its vowels (مصباح by مصابيح), a French one without its accents. What is typed as one compound is taken apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_MARK: Final = "0"  # before a form that is no word, so that nobody types it
_GERMAN: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
_ENDINGS: Final = {
    "de": re.compile(r"(?:en|er|em|es|e|n|s)$"),
    "en": re.compile(r"(?<=ch|sh)es$|(?<=[sx])es$|(?<![su])s$"),
    "fr": re.compile(r"[sx]$"),
    "es": re.compile(r"(?<=[dlnrz])es$|s$"),
}
_SHORTEST_ROOT: Final = 3
_SHORTEST_COMPOUND: Final = 7
_LONGEST_COMPOUND: Final = 30
_VOWELS: Final = re.compile("[اأإآويىئؤءةٱ]")
_ARTICLE: Final = re.compile("^(?:وال|بال|كال|فال|لل|ال)(?=...)")
_HONOURED: Final = re.compile("^[おご御](?=[\u3400-\u9fff々\u30a0-\u30ff])")
_DIMINISHED: Final = re.compile("(?<=[\u3400-\u9fff])[子儿]$")
_KANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def root(word: str, language: str) -> str:
    """What a word of one language has in common with its plural; the same for all ways to write it."""
    if language == "ja":
        return word.translate(_KANA)
    if language == "de":
        word = word.translate(_GERMAN)
    elif language in _ENDINGS:
        word = without_accents(word)
    elif language == "ar":
        return _ARTICLE.sub("", word).translate(_SAME_LETTER)
    ending = _ENDINGS.get(language)
    shortened = ending.sub("", word) if ending else word
    return shortened if len(shortened) >= _SHORTEST_ROOT else word


_SAME_LETTER: Final = str.maketrans("أإآٱىة", "اااايه")


def without_accents(word: str) -> str:
    """`word` in the letters that everybody has on the keyboard."""
    if word.isascii():
        return word
    return "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))


# What is written beside the texts -----------------------------------------------------------------------------


def forms(text: str, language: str) -> str:
    """The search words by which the words of a name are found in another form; each once."""
    if language not in ("de", "fr", "ar"):
        return ""
    words = _WORD.findall(text.lower())
    if language == "de":
        found = [_backwards(root(word, language)) for word in words if len(word) >= _SHORTEST_COMPOUND]
    elif language == "fr":
        found = [without_accents(word) for word in words if not word.isascii()]
    else:
        found = [skeleton for word in words if (skeleton := _skeleton(word))]
    return " ".join(dict.fromkeys(found))


def _backwards(word: str) -> str:
    return _MARK + word[::-1]


def _skeleton(word: str) -> str:
    """The consonants of an Arabic word, which its plurals keep; empty for fewer than three."""
    bare = _VOWELS.sub("", _ARTICLE.sub("", word))
    return _MARK + bare if len(bare) >= _SHORTEST_ROOT and not bare.isascii() else ""


# What is looked for -------------------------------------------------------------------------------------------


def last_part(word: str) -> str:
    """The beginning of the form that German words have which end in `word`; empty for a word that is too short."""
    stem = root(word, "de")
    return _backwards(stem) if len(word) > _SHORTEST_ROOT and word.isalpha() else ""


def plural(word: str, language: str) -> str:
    """The form that an Arabic word has in common with its plurals; empty where there is none."""
    return _skeleton(word) if language == "ar" else ""


def is_plain(form: str) -> bool:
    """Whether an Arabic word has so many consonants that hardly another one has the same."""
    return len(form) > _SHORTEST_ROOT + len(_MARK)


def compounds(word: str, language: str) -> Iterator[tuple[str, str]]:
    """The ways to take a German or an English word apart in two, of which one may be right."""
    if language in ("de", "en") and _SHORTEST_COMPOUND <= len(word) <= _LONGEST_COMPOUND and word.isalpha():
        for stop in range(_SHORTEST_ROOT, len(word) - _SHORTEST_ROOT + 1):
            yield word[:stop], word[stop:]


def simple_word(text: str, language: str) -> str:
    """A Japanese word without what makes it polite, a Chinese one without what makes it a noun: お皿, 筷子."""
    if language == "ja":
        return _HONOURED.sub("", text)
    return _DIMINISHED.sub("", text) if language == "zh-hans" else text

"""How a text about goods is cut into the forms that the index knows: pure, the same for texts and for questions.

Latin and Arabic words are written plainly, without accents, articles and the endings of plurals. Chinese and Japanese,
which have no blanks, are cut into pairs of characters; a single character counts where a run of them ends.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HEAD_FIRST = frozenset(("fr", "es", "ar"))  # "bracelet de montre"; in the other languages the thing itself comes last
UNSPACED = frozenset(("zh-hans", "ja"))
COMPOUNDING = frozenset(("de",))  # words that end alike mean things of a kind
TAIL = "~"  # before a character that ends a run: 碗 of 瓷碗
_PAIRED = "\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff々"
_TOKEN = re.compile(
    rf"(?P<run>[{_PAIRED}]+)|(?P<word>(?:(?![{_PAIRED}])[^\W_])+(?:[-‑](?:(?![{_PAIRED}])[^\W_])+)*)|(?P<cut>[,;:()\[\]|/–—・·•、。，；：（）【】«»])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_TAG = re.compile(r"<[^>]*>")
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
_ELIDED = re.compile(r"\b(?:[dlnsmjc]|qu)['’](?=\w)|['’]s\b", re.IGNORECASE)
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARABIC_LETTERS = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا"})
_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال")
_ARABIC_ENDINGS = ("يات", "ات", "ين", "ون", "يه", "ه", "ي")
_IRREGULAR = {"glasses": "glasses", "women": "women", "men": "men", "knives": "knife", "shelves": "shelf"}
# What follows one of these says what the goods are for, made of or come with.
_CUTTING = {
    "en": "for with from without by in to", "de": "für mit aus ohne von zum zur im in", "fr": "pour avec sans de du des en à au aux",
    "es": "para con sin de del en", "ar": "من مع بدون في على", "zh-hans": "", "ja": "",
}  # fmt: skip
# These say nothing in their language, and may mean goods in another one: "the" is tea in French.
_SILENT = {
    "en": "the and of or a an your our this that is are at on as new", "de": "der die das den dem und oder ein eine einen auf als ist neu",
    "fr": "le la les et ou un une ce sur est dans par", "es": "el la los las lo y o un una unos unas por es su",
    "ar": "و او أو هذا هذه هو هي",
}  # fmt: skip
_SILENCED = {language: frozenset(words.split()) for language, words in _SILENT.items()}
_CUTTERS = {language: frozenset(words.split()) for language, words in _CUTTING.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a pair of characters. `part` counts the parts of the text between commas and the like, and `is_aside`
    tells what stands behind a word such as "for"; `begin` and `end` are its place in the text."""

    form: str
    part: int
    is_aside: bool
    is_pair: bool
    begin: int
    end: int


def plain(text: str) -> str:
    """A text or a piece of HTML as one line with full-width letters made narrow."""
    return " ".join(unicodedata.normalize("NFKC", html.unescape(_TAG.sub(" ", text))).split())


def bare(text: str) -> str:
    """A text in lower case without accents, vowel signs and the like; Japanese voicing stays."""
    letters = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", letters).translate(_ARABIC_LETTERS)


def stem(word: str) -> str:
    """A word that is `bare` already, without what a plural or an article adds to it."""
    if _ARABIC.search(word):
        return _arabic_stem(word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4:
        if word.endswith("ies"):
            return f"{word[:-3]}y"
        if word.endswith(("sses", "shes", "ches", "xes")):
            return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _arabic_stem(word: str) -> str:
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            word = word[len(prefix) :]
            break
    for ending in _ARABIC_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def tokens(text: str, language: str) -> Iterator[Token]:
    """The tokens of a `plain` text in their order, each with its form."""
    cutters, silent = _CUTTERS.get(language, _CUTTERS["en"]), _SILENCED.get(language, frozenset())
    part, is_aside = 0, False
    for match in _TOKEN.finditer(_ELIDED.sub(lambda found: " " * len(found.group()), text)):
        if match["cut"]:
            part, is_aside = part + 1, False
        elif match["run"]:
            for form, begin in _pairs(bare(match["run"])):
                at = match.start() + begin
                yield Token(form, part, is_aside, True, at, min(at + len(form.removeprefix(TAIL)), match.end()))
        else:
            word = bare(match["word"]).replace("-", "").replace("‑", "")
            if match["word"].lower() in cutters:
                is_aside = True
            elif len(word) > 1 and match["word"].lower() not in silent:
                yield Token(stem(word), part, is_aside, False, match.start(), match.end())


def _pairs(run: str) -> Iterator[tuple[str, int]]:
    for index in range(len(run) - 1):
        yield run[index : index + 2], index
    yield f"{TAIL}{run[-1]}", len(run) - 1


def term_forms(term: str, language: str) -> tuple[str, ...]:
    """The forms that a text must have for the term to be found in it; empty for a term without a word."""
    if term.startswith(TAIL):
        return (term,)
    found = list(tokens(plain(term), language))
    begun = {token.begin for token in found if token.is_pair and not token.form.startswith(TAIL)}
    forms = (token.form for token in found if not token.form.startswith(TAIL) or token.begin - 1 not in begun)
    return tuple(dict.fromkeys(forms))


def tail_of(term: str) -> str:
    """The form of the character that ends a Chinese or Japanese term and names its kind; empty for any other."""
    last = bare(plain(term))[-1:]
    return f"{TAIL}{last}" if _HAN.match(last) else ""

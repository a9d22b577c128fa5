"""Words as readers type them, and which word they may have meant by one that nobody uses: pure, for each language.

Languages with blanks have their words there. A run of Chinese or Japanese characters is taken apart: titles by a
dictionary or by script, what was typed into every part that may be a word.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.readings import KANA, alike
from catalog.search_text import HAN, bare, chinese_words

LONGEST = 40
_LONGEST_RUN = 12  # characters of Chinese or Japanese that are looked at together
_LONGEST_PART = 4
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]+|[\u3040-\u309f]+|[\u30a0-\u30ff]+")
_VOICED = "\u3099\u309a"  # marks that make another sound of a Japanese letter
_RARE = 2  # a word that so few listings have may be a slip of a seller
FAR_MORE = 10


@dataclass(frozen=True, slots=True)
class Similar:
    """A word of the listings: how many have it, and how many letters are to be changed to come to it.

    Accents do not count as changes.
    """

    term: str
    products: int
    distance: int


Known = Mapping[str, Sequence[Similar]]  # by what was typed, the nearest first


def folded(word: str) -> str:
    """A word without accents and the like, by which it is compared."""
    parts = unicodedata.normalize("NFKD", bare(word))
    kept = "".join(each for each in parts if not unicodedata.combining(each) or each in _VOICED)
    return unicodedata.normalize("NFC", kept)


def terms(text: str, language: str) -> Iterator[str]:
    """The words of a title or a summary that a reader might type."""
    for token in _tokens(text):
        if not HAN.fullmatch(token):
            yield from (token,) if 3 <= len(token) <= LONGEST else ()
        elif language in ("zh-hans", "ja"):
            yield from _terms_of_run(token, language)


def to_look_up(text: str) -> list[str]:
    """What of a typed text is to be compared with the words of the listings."""
    found: dict[str, None] = {}
    for token in _tokens(text):
        if not HAN.fullmatch(token):
            found.update({token: None} if 3 <= len(token) <= LONGEST else {})
        elif len(token) <= _LONGEST_RUN:
            found.update(dict.fromkeys(part for _start, part in _parts(token)))
    return list(found)[:40]


def mended(text: str, known: Known) -> str:
    """`text` with the words that no listing has changed to those that were probably meant; the same if there are none."""
    pieces, end = [], 0
    text = bare(text)
    for start, stop in _spans(text):
        word = text[start:stop]
        better = _better_run(word, known) if HAN.fullmatch(word) else _better_word(word, known)
        pieces += [text[end:start], better]
        end = stop
    return "".join([*pieces, text[end:]])


# Words with blanks between them -------------------------------------------------------------------------------


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text begin and end, Chinese and Japanese apart from the letters beside them."""
    for match in _WORD.finditer(text):
        position = match.start()
        for run in HAN.finditer(text, match.start(), match.end()):
            if run.start() > position:
                yield position, run.start()
            yield run.span()
            position = run.end()
        if position < match.end():
            yield position, match.end()


def _tokens(text: str) -> Iterator[str]:
    text = bare(text).lower()
    return (text[start:stop] for start, stop in _spans(text))


def swapped(word: str) -> Iterator[str]:
    """The words of which two letters beside each other were exchanged to come to this one."""
    for place, (one, other) in enumerate(pairwise(word)):
        if one != other:
            yield f"{word[:place]}{other}{one}{word[place + 2 :]}"


def likelihood(typed: str, similar: Similar) -> tuple[int, bool, int]:
    """By this the likeliest word comes first: the nearest, of these one that begins so, of these one as long."""
    word, term = folded(typed), folded(similar.term)
    return similar.distance, term[:1] != word[:1], abs(len(term) - len(word))


def _slips(word: str, other: str) -> int:
    """How many letters of a word may be wrong: of a short one more than one only behind a right beginning."""
    length = len(word)
    return 1 if length < 4 or (length < 7 and word[:1] != other[:1]) else 2 if length < 8 else 3


def _better_word(typed: str, known: Known) -> str:
    """The nearest word, with a capital where one was typed; the typed one if it is known and not far rarer."""
    word = typed.lower()
    similar = known.get(word, ())
    own = next((each.products for each in similar if each.term == word), 0)
    for each in similar:
        if each.term == word or each.distance > _slips(folded(word), folded(each.term)):
            continue
        if not own or (own <= _RARE and each.distance <= 1 and each.products >= own * FAR_MORE):
            return each.term.capitalize() if typed.istitle() else each.term
    return typed


# Runs of Chinese and Japanese ---------------------------------------------------------------------------------


def _terms_of_run(run: str, language: str) -> Iterator[str]:
    """Words of at least two characters, and those that stand together as one would type them."""
    words = chinese_words(run) if language == "zh-hans" else _SCRIPTS.findall(run)
    yield from (word for word in words if 2 <= len(word) <= LONGEST)
    for count in (2, 3):
        for start in range(len(words) - count + 1):
            together = "".join(words[start : start + count])
            if len(together) <= _LONGEST_RUN and not (
                _is_particle(words[start]) or _is_particle(words[start + count - 1])
            ):
                yield together


def _is_particle(word: str) -> bool:
    return len(word) == 1 and "\u3040" <= word <= "\u309f"


def _parts(run: str) -> Iterator[tuple[int, str]]:
    """Where each part of a run begins that may be a word: the short ones, and what is of one script."""
    for start in range(len(run)):
        for stop in range(start + 2, min(len(run), start + _LONGEST_PART) + 1):
            yield start, run[start:stop]
    for match in _SCRIPTS.finditer(run):
        if len(match.group()) > _LONGEST_PART:
            yield match.start(), match.group()


def _better_run(run: str, known: Known) -> str:
    """The run made of known words with the fewest changes; a sign that belongs to none counts a little more than one."""
    best: list[tuple[float, str]] = [(0.0, "")]
    parts = list(_parts(run)) if len(run) <= _LONGEST_RUN else []
    for stop in range(1, len(run) + 1):
        cost, text = best[stop - 1]
        sign = run[stop - 1]
        choices = [(cost + (0.3 if _is_particle(sign) else 1.1), text + sign)]
        for start, part in parts:
            if start + len(part) == stop:
                choices += _with_part(best[start], part, known.get(part, ()))
        best.append(min(choices))
    return best[-1][1]


def _with_part(before: tuple[float, str], part: str, similar: Iterable[Similar]) -> Iterator[tuple[float, str]]:
    """A wrong sign is likelier than one too many or too few, and a word of many listings than one of few."""
    for each in similar:
        if each.distance <= (1 if len(part) < 5 else 2) and _may_be_heard(part, each.term):
            rarity, length = 1 / (1 + math.log1p(each.products)), abs(len(each.term) - len(part))
            yield before[0] + each.distance + 0.1 + 0.1 * rarity + 0.3 * length, before[1] + each.term


def _may_be_heard(part: str, term: str) -> bool:
    """Whether the signs that differ sound alike: signs are typed by their sound, so another one is another word."""
    if len(part) != len(term):
        return True
    return all(alike(one, other) for one, other in zip(part, term, strict=True)
               if one != other and not (KANA.match(one) or KANA.match(other)))  # fmt: skip

"""Whether two names are likely those of the same person or body. Pure; names come in folded by `fold`.

Names are compared within one script: accents, case, punctuation and the order of words don't count, slips of the pen and
customary spellings count little. Nothing is transliterated, because no library here does it; lists carry the spellings in
Latin letters and, for many entries, those in the original script. Simplified and traditional Chinese are not put together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

LONGEST: Final = 300
_LETTERS: Final = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t",
    "ة": "ه", "ى": "ي", "ـ": "", "'": "", "’": "", "‘": "", "ʼ": "", "ʻ": "", "`": "", "´": "", "&": " and ",
})  # fmt: skip
_GAPS: Final = re.compile(r"[\W_]+", re.UNICODE)

# Legal forms say nothing of who it is, and small words of names little; words that half of all companies bear say less.
_FORMS: Final = frozenset(
    "ab ag as asa bv ca co company corp corporation eood fze gmbh inc incorporated jsc kft kg kk limited llc llp lp ltd "
    "ltda mbh nv oao ojsc ooo ou oy oyj pao pjsc plc pt pte pty pvt sa sae sal sarl sas se sl spa spzoo sro srl uab zao "
    "ао зао оао ооо пао".split()
)
_PARTICLES: Final = frozenset(
    "al and bin bint d da de del della der di dos du e el ibn la le of the ul van von y".split()
)
_COMMON: Final = frozenset(
    "business china commercial development electronic electronics enterprise enterprises export factory general global group "
    "holding holdings import industrial industries industry international investment logistics manufacturing marine of "
    "science services shipping solutions store supply tech technologies technology trade trading transport works".split()
)
_ENDINGS: Final = (
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "株式会社",
    "合同会社",
    "有限会社",
    "公司",
    "주식회사",
)
_COMMON_WEIGHT: Final = 0.3
_SHORT_WEIGHT: Final = 0.5
_TELLS_MUCH: Final = 1.3
_PAIRED_FROM: Final = 0.74
_INITIAL: Final = 0.9
_SAME_SKELETON: Final = 0.92
_OTHER_FIRST_LETTER: Final = 0.12
_SHORT_WORD: Final = 0.05
_RUN_TOGETHER_FROM: Final = 0.9
_SOUNDS: Final = (("x", "ks"), ("ph", "f"), ("kh", "h"), ("q", "k"), ("ck", "k"), ("c", "k"), ("w", "v"))
_VOWELS: Final = re.compile(r"(?<=.)[aeiouy]")
_DOUBLES: Final = re.compile(r"(.)\1+")

BORN_THE_SAME_DAY: Final = Decimal("0.05")
BORN_ANOTHER_DAY: Final = Decimal("-0.08")
SAME_COUNTRY: Final = Decimal("0.02")
ANOTHER_COUNTRY: Final = Decimal("-0.02")


def fold(name: str) -> str:
    """The name as names are compared: small letters without accents, single spaces; "" when nothing is left."""
    text = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return _GAPS.sub(" ", plain).strip()[:LONGEST].strip()


def likeness(one: str, other: str) -> Decimal:
    """How alike two folded names are, from 0 to 1, to four places.

    Each word is paired with the word of the other name that is most like it. A name that is part of a longer one is very
    like it when it has more than one word that tells something, for lists give more names of a person than people do.
    """
    if one == other and one:
        return Decimal(1)
    words, others = map(_words, sorted((one, other)))  # whichever comes first: what is paired may depend on it
    if not words or not others:
        return Decimal(0)
    shared = _shared(words, others)
    weights = sorted((sum(map(_weight, words)), sum(map(_weight, others))))
    of_shorter, of_longer = shared / weights[0], shared / weights[1]
    tells_much = weights[0] >= _TELLS_MUCH
    alike = 0.75 * of_shorter + 0.25 * of_longer if tells_much else 0.4 * of_shorter + 0.6 * of_longer
    return Decimal(str(round(min(1.0, max(alike, _run_together(words, others))), 4)))


def weighed(
    alike: Decimal, *, born_on: date | None, country: str, listed_born_on: date | None, listed_countries: Iterable[str]
) -> Decimal:
    """The likeness, a little more or less by date of birth and country where both sides are known.

    The corrections are so small that they never let an equal name go: dates in lists are often wrong, and those who are
    looked for tell wrong ones.
    """
    if born_on and listed_born_on:
        alike += BORN_THE_SAME_DAY if born_on == listed_born_on else BORN_ANOTHER_DAY
    countries = set(listed_countries)
    if country and countries:
        alike += SAME_COUNTRY if country in countries else ANOTHER_COUNTRY
    return min(max(alike, Decimal(0)), Decimal(1))


def _words(folded: str) -> tuple[str, ...]:
    """The words that tell who it is; all of them when none does."""
    words = tuple(_without_ending(word) for word in folded.split())
    telling = tuple(word for word in words if word and word not in _FORMS and word not in _PARTICLES)
    return telling or words


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and word != ending:
            return word.removesuffix(ending)
        if word.startswith(ending) and word != ending:
            return word.removeprefix(ending)
    return word


def _weight(word: str) -> float:
    if word in _COMMON:
        return _COMMON_WEIGHT
    return _SHORT_WEIGHT if len(word) <= 2 and word.isascii() else 1.0


def _shared(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """The weight of the pairs of words, each counted as far as its words are alike."""
    pairs = sorted(
        ((_alike(word, other), place, place_there) for place, word in enumerate(words) for place_there, other in enumerate(others)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )  # fmt: skip
    taken: set[int] = set()
    taken_there: set[int] = set()
    weight = 0.0
    for alike, place, place_there in pairs:
        if alike < _PAIRED_FROM:
            break
        if place not in taken and place_there not in taken_there:
            taken.add(place)
            taken_there.add(place_there)
            weight += alike * min(_weight(words[place]), _weight(others[place_there]))
    return weight


def _run_together(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """How alike names of unlike numbers of words are when no word ends: "Abdul Rahman" is "Abdulrahman".

    Only what is very alike counts.
    """
    if len(words) == len(others):
        return 0.0
    one, other = "".join(words), "".join(others)
    if _have_one_skeleton(one, other, 6):
        return _SAME_SKELETON
    alike = _by_edits(one, other) if min(len(one), len(other)) >= 8 else 0.0
    return alike if alike >= _RUN_TOGETHER_FROM else 0.0


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> float:
    """How alike two words are, from 0 to 1: half by Jaro and Winkler, half by the letters that had to be changed."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1 and one[0] == other[0] and one.isascii() and other.isascii():
        return _INITIAL
    if _have_one_skeleton(one, other, 4):
        return _SAME_SKELETON
    alike = (_jaro_winkler(one, other) + _by_edits(one, other)) / 2
    alike -= _OTHER_FIRST_LETTER if one[0] != other[0] else 0.0
    return max(0.0, alike - (_SHORT_WORD if min(len(one), len(other)) <= 4 else 0.0))


def _have_one_skeleton(one: str, other: str, least: int) -> bool:
    """Whether two words in Latin letters differ in vowels and spellings of one sound alone: "Muhammad", "Mohamed"."""
    if not (one.isascii() and other.isascii()):
        return False
    skeleton = _skeleton(one)
    return len(skeleton) >= least and skeleton == _skeleton(other)


@lru_cache(maxsize=65536)
def _skeleton(word: str) -> str:
    for spelled, sound in _SOUNDS:
        word = word.replace(spelled, sound)
    return _DOUBLES.sub(r"\1", _VOWELS.sub("", _DOUBLES.sub(r"\1", word)))


def _jaro_winkler(one: str, other: str) -> float:
    reach = max(len(one), len(other)) // 2 - 1
    found: list[str] = []
    used = [False] * len(other)
    for place, sign in enumerate(one):
        for there in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not used[there] and other[there] == sign:
                used[there] = True
                found.append(sign)
                break
    if not found:
        return 0.0
    matched = [sign for sign, is_used in zip(other, used, strict=True) if is_used]
    swapped = sum(here != there for here, there in zip(found, matched, strict=True)) / 2
    count = len(found)
    jaro = (count / len(one) + count / len(other) + (count - swapped) / count) / 3
    prefix = 0
    for sign, sign_there in zip(one[:4], other[:4], strict=False):
        if sign != sign_there:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def _by_edits(one: str, other: str) -> float:
    """One less the share of letters that have to be put in, left out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, start=1):
        last, before, row = before, row, [place]
        for there, sign_there in enumerate(other, start=1):
            cost = min(before[there] + 1, row[there - 1] + 1, before[there - 1] + (sign != sign_there))
            if place > 1 and there > 1 and sign == other[there - 2] and one[place - 2] == sign_there:
                cost = min(cost, last[there - 2] + 1)
            row.append(cost)
    return 1 - row[-1] / max(len(one), len(other))

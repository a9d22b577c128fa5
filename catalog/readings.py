"""How Chinese and Japanese are read: the search words by which a title is found as one says it, pure and for each of both.

Chinese is written in pinyin without tones, Japanese in hiragana and in Latin letters. Texts are cut into pairs of signs,
and so are sounds into pairs of syllables: what is typed as one word is found inside of another one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, Final

IDEOGRAPHS: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]+")
KANA: Final = re.compile(r"[\u3040-\u30ff]+")
_JAPANESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff々]+")
_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_LONGEST_TITLE: Final = 300


def sounds(text: str, language: str) -> str:
    """The search words for the sound of a title; empty for languages that are written as they sound."""
    if language == "zh-hans":
        return " ".join(dict.fromkeys(_pinyin(text[:_LONGEST_TITLE])))
    if language == "ja":
        return " ".join(_japanese(text[:_LONGEST_TITLE]))  # all of them: runs are looked for by their order
    return ""


def heard(word: str, language: str) -> list[tuple[str, ...]]:
    """What a typed word would be among the sounds of titles: words that occur together, one after the other."""
    if language == "ja" and KANA.fullmatch(word):
        return [(other,)] if (other := hiragana(word)) != word else []
    if language not in ("zh-hans", "ja") or not word.isalpha() or _JAPANESE.search(word):
        return []
    is_chinese = language == "zh-hans"
    plain = word.translate(_WITHOUT_TONES) if is_chinese else hepburn(word)
    ways = _ways(plain) if is_chinese else [_syllables(plain)]
    parts = [tuple(map("".join, pairwise(way))) for way in ways if len(way) > 2 and "".join(way) == plain]
    return [*([(plain,)] if plain != word else []), *parts]


# Chinese ------------------------------------------------------------------------------------------------------

_WITHOUT_TONES: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ", "aaaaeeeeiiiioooouuuuvvvvv")
_SYLLABLE: Final = re.compile(
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|er|[aoeiuv])"
)
_LONGEST_SYLLABLE: Final = 6
_MOST_WAYS: Final = 3
_LONGEST_TYPED: Final = 24


def _pinyin(text: str) -> Iterator[str]:
    for run in IDEOGRAPHS.findall(text):
        signs = [_readings(sign) for sign in run]
        for readings in signs:
            yield from readings
        for two in pairwise(signs):
            yield from map("".join, product(*two))


@lru_cache(maxsize=8192)
def _readings(sign: str) -> tuple[str, ...]:
    """All readings of a sign, in small letters; none for one that has none. Without phrases, which take 44 MB."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else ()


def alike(one: str, other: str) -> bool:
    """Whether two Chinese signs may sound the same, as people say and type them: zh like z, eng like en, l like n."""
    return not {_blurred(each) for each in _readings(one)}.isdisjoint(_blurred(each) for each in _readings(other))


def _blurred(syllable: str) -> str:
    return re.sub("^l", "n", re.sub("(?<=[zcs])h", "", re.sub("(?<=[aei]n)g$", "", syllable)))


@lru_cache(maxsize=1024)
def _ways(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways to take a word apart into syllables, those with long ones first, three at most."""
    ways: list[tuple[str, ...]] = []
    waiting: list[tuple[tuple[str, ...], int]] = [((), 0)] if word.isascii() and len(word) <= _LONGEST_TYPED else []
    while waiting and len(ways) < _MOST_WAYS:
        parts, start = waiting.pop()
        if start == len(word):
            ways.append(parts)
        for stop in range(start + 1, min(start + _LONGEST_SYLLABLE, len(word)) + 1):
            if _SYLLABLE.fullmatch(word, start, stop):
                waiting.append(((*parts, word[start:stop]), stop))
    return tuple(ways)


# Japanese -----------------------------------------------------------------------------------------------------

_SIGNS: Final = dict(
    zip(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん"
        "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ",
        "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo "
        "ra ri ru re ro wa i e o n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po vu".split(),
        strict=True,
    )
)
_MORA: Final = re.compile("n(?![aiueoy])|(?:[bcdfghjkmprstvwz]{0,3}|n)y?[aiueo]")
_SMALL: Final = dict(zip("ぁぃぅぇぉゃゅょ", "a i u e o ya yu yo".split(), strict=True))
# The ways to write one sound, in the order in which they are made the same.
_SAME: Final = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("[āâ]", "a"), ("[īî]", "i"), ("[ūû]", "u"), ("[ēê]", "e"), ("[ōô]", "o"),
        ("sy", "sh"), ("ty", "ch"), ("[zj]y", "j"), ("si", "shi"), ("ti", "chi"), ("tu", "tsu"), ("zi", "ji"),
        ("(?<![sc])hu", "fu"), ("tch", "cch"), ("m(?=[bp])", "n"), ("ou", "o"), (r"([aiueo])\1+", r"\1"),
    )
]  # fmt: skip


def hiragana(text: str) -> str:
    """`text` with its katakana in the other script of kana."""
    return text.translate(_HIRAGANA)


@lru_cache(maxsize=4096)
def hepburn(word: str) -> str:
    """Latin letters of Japanese as one of the many ways to write them: short vowels for long ones, ts for t."""
    for pattern, replacement in _SAME:
        word = pattern.sub(replacement, word)
    return word


def _syllables(word: str) -> list[str]:
    """The syllables of a word in Latin letters, a doubled consonant with the vowel after it."""
    return _MORA.findall(word)


def _japanese(text: str) -> Iterator[str]:
    for run in _JAPANESE.findall(text):
        words = [hiragana(reading) for reading in _words_of(run)]
        yield from map("".join, pairwise("".join(words)))
        spelled = [hepburn(_spelled(word)) for word in words]
        yield from filter(None, spelled)
        yield from map("".join, pairwise(part for word in spelled for part in _syllables(word)))


def _words_of(run: str) -> list[str]:
    """The words of a run, each as it is read; one that the dictionary does not know is left out unless it is in kana."""
    found = []
    for word in _dictionary()(run):
        reading = word.feature[7] if len(word.feature) > 7 else word.surface
        found += [reading] if KANA.fullmatch(reading) else []
    return found


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """The dictionary of readings, a file that processes share: those who only search never open it."""
    import fugashi
    import ipadic

    return fugashi.GenericTagger(ipadic.MECAB_ARGS)


def _spelled(kana: str) -> str:
    """Hiragana in Latin letters, without a sign for a long vowel."""
    made: list[str] = []
    is_doubled = False
    for sign in kana:
        if sign in _SMALL and made:
            made[-1] = _joined(made[-1], _SMALL[sign])
        elif sign in _SIGNS:
            letters = _SIGNS[sign]
            made.append(letters[0] + letters if is_doubled and letters[0] not in "aiueon" else letters)
        is_doubled = sign == "っ"
    return "".join(made)


def _joined(before: str, small: str) -> str:
    """A sound with the small sign after it: ki and ya are kya, shi and ya sha, te and i ti."""
    if len(small) == 1:
        return (before[:-1] or "w") + small
    return before[:-1] + (small[1:] if before.endswith(("shi", "chi", "ji")) else small)

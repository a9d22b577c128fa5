"""Which of the code pages of Windows a text is in, where a byte is a sign: by how frequent its signs are in the languages of each.

Nearly every text can be read in all of them. An alphabet has the letters beyond ASCII of a language, the most frequent first; a
letter is as likely as its place tells (Zipf), and one that is not there hardly likely. A word counts once. Where
another code page is about as likely and makes another text of it, nobody can be sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import log
from typing import Final, NamedTuple

_CENTRAL: Final = (
    "łóąężśćńź", "íáéěřžýčšůúťóňď", "áíéčžšýúľťňôäóďŕĺ", "áéóöőíüúű", "čćšžđ", "ăâîşţ",
    "áéíółąężśćńčšřýěžůöüúűőťďňźľôăâîşţđ",
)  # fmt: skip
_ALPHABETS: Final[Mapping[str, tuple[str, ...]]] = {
    "cp1252": ("üäöß", "éàèêçôîûùâïëœæÿ", "óíáéñúü", "ãçáéóíêõâúàô", "àèòùìéî", "äåöé", "åøæéòô", "ëéïöüó",
               "áðíþöéóúýæ", "éäöüßàèáóíçñêúâôîûùëïãõåøæœìòÿ"),
    "cp1250": _CENTRAL,
    "cp1251": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаинвіртеслкмудпязьбгчйхжцюїєщшфґ"),
    "cp1253": ("αοιετσνηυρπκμλωςόγδάίέχθφήύώβξζψϊϋΐΰ",),
    "cp1254": ("ıüşöçğiâîû",),
    "cp1255": ("יוהלארתבמשנעפקדחםגטזסןצכךףץ",),
    "cp1256": ("اليمونرتبةعدسفهكقحجشطصخضذثزغظىءئأإؤآ\u064b\u0651",),
    "cp1257": ("āīēšūņžļčķģ", "ėšųžąįčūę", "äõüöšž"),
    "cp1258": ("\u0301\u0300ưôđêơâ\u0323ăáàí\u0309\u0303òéìúóãõùýè",),
    "iso8859_2": _CENTRAL,
    "koi8_r": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",),
}  # fmt: skip
_PRINTED: Final = frozenset("€£©®°²³½¼·«»‘’“”„–—…•™¿¡ªº×\u00a0№،؛؟\u0640\u200c\u200d\u200e\u200f")
_BEFORE: Final[Mapping[str, float]] = {"cp1252": 0.0, "cp1257": -4.0, "cp1258": -4.0, "iso8859_2": -4.0, "koi8_r": -4.0}
_LESS: Final = -2.0  # for a code page, before a sign is read, beside that of Western Europe
_IN_WORDS: Final = frozenset("’·\u0640\u200c\u200d")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_WORD: Final = re.compile(r"[^\s,;|\"]+")
_SAMPLE: Final = 20_000  # signs that are looked at
_PRINTED_AT, _UNKNOWN_AT = -3.0, -8.0  # logarithms of how likely a printer's sign is, and a letter of another language
_MOST_UNKNOWN: Final = 0.2  # of the signs
_DOUBT: Final = 3.0  # so much likelier, as a logarithm, has the best one to be


class CodePage(NamedTuple):
    """A code page, and whether no other one is about as likely."""

    name: str
    is_sure: bool


class _Reading(NamedTuple):
    likely: float
    name: str
    text: str


def code_page_of(content: bytes) -> CodePage | None:
    """The code page of a text with signs beyond ASCII in it; None where it reads well in none, and for what is no text."""
    # The first of several alike stays the first.
    readings = [] if b"\0" in content else sorted(_readings(content), key=lambda one: -one.likely)
    if not readings:
        return None
    best = readings[0]
    others = (one for one in readings[1:] if one.text != best.text)
    return CodePage(best.name, all(best.likely - one.likely > _DOUBT for one in others))


def _readings(content: bytes) -> Iterator[_Reading]:
    for name, alphabets in _ALPHABETS.items():
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        words = " ".join(dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii()))
        signs = [_sign(found) for found in _FOREIGN.finditer(words)][:_SAMPLE]
        if likely := [found for alphabet in alphabets if (found := _likely(signs, alphabet)) is not None]:
            yield _Reading(max(likely) + _BEFORE.get(name, _LESS), name, text)


def _sign(found: re.Match[str]) -> str:
    """A sign in lower case; nothing where it can't stand: one of printers' within a word, one of another alphabet beside a Latin
    letter, or a capital after a small one.
    """
    sign, text, place = found[0], found.string, found.start()
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign in _PRINTED:
        return "" if before.isalpha() and after.isalpha() and sign not in _IN_WORDS else sign
    is_odd = sign > "\u024f" and sign.isalpha() and any(each.isascii() and each.isalpha() for each in (before, after))
    return "" if is_odd or (sign.isupper() and before.islower()) else sign.lower()[:1]


def _likely(signs: list[str], alphabet: str) -> float | None:
    """How likely the signs are in a language, as a logarithm; None where too many are not of it."""
    whole = sum(1 / place for place in range(1, len(alphabet) + 1))
    worth = {sign: -log(place * whole) for place, sign in enumerate(alphabet, start=1)}
    worth = dict.fromkeys(_PRINTED, _PRINTED_AT) | worth
    unknown = sum(sign not in worth for sign in signs)
    if unknown > _MOST_UNKNOWN * len(signs):
        return None
    return sum(worth.get(sign, _UNKNOWN_AT) for sign in signs)

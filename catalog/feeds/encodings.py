"""Which encoding a seller's text is in: by its mark, by zero bytes, else by how well it reads in each that is usual.

Nearly every sequence of bytes is some text in every one of them. What tells them apart is how the signs read: Chinese
and Japanese texts are made of a few thousand common characters, an accent stands alone amid plain letters, and text that
was read in the wrong encoding is full of signs that nobody uses. Korean and half-wide kana read as good Chinese by that;
of the three it is the one that has more of the signs which are most frequent in it. What is none of this is in a code page.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from math import inf
from typing import Final

from catalog.feeds.code_pages import CodePage, code_page_of
from catalog.feeds.common_signs import HAN, HANGUL

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# What somebody may choose, and who writes in it.
ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8", "cp1252": "Windows-1252 (English, Deutsch, Français, Español)", "cp1250": "Windows-1250 (Polski, Čeština, Magyar)",
    "iso8859_2": "ISO 8859-2 (Polski, Čeština, Magyar)", "cp1251": "Windows-1251 (Русский, Українська)", "koi8_r": "KOI8-R (Русский)",
    "cp866": "CP 866 (Русский)", "cp1253": "Windows-1253 (Ελληνικά)", "cp1254": "Windows-1254 (Türkçe)", "cp1255": "Windows-1255 (עברית)",
    "cp1256": "Windows-1256 (العربية)", "cp1257": "Windows-1257 (Latviešu, Lietuvių)", "cp1258": "Windows-1258 (Tiếng Việt)",
    "gb18030": "GB18030 (简体中文)", "cp950": "Big5 (繁體中文)", "cp932": "Shift JIS (日本語)",
    "euc_jp": "EUC-JP (日本語)", "cp949": "EUC-KR (한국어)",
}  # fmt: skip
_SAMPLE: Final = 20_000  # signs beyond ASCII that are looked at, which is plenty
_ENOUGH: Final = 0.5  # of the signs have to read well
_FOR_CHINESE: Final = 4.0  # speaks for it before a sign is read, for it is met more often
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_ACCENTED: Final = frozenset("äöüÄÖÜßéèêëÉÈÀàâáÁçÇîïíÍôóòÓùûúÚœñÑåøÅØæÆãõ")
_PRINTED: Final = frozenset("€£©®°²³½¼·«»‘’“”„–—…•™¿¡ªº×\u00a0")
_RUN: Final = re.compile(r"[^\W\d_\x00-\x7f]{3,}")
_CJK_SIGNS: Final = re.compile(
    r"[\u2460-\u24ff\u2160-\u217f\u3000-\u303f\u3200-\u33ff\uff01-\uff60\uffe0-\uffe6×°～—…“”‘’→℃㎡㎝㎜]"
)
_KANA: Final = re.compile(r"[\u3041-\u30ff]")
_HALF_KANA: Final = re.compile(r"[\uff61-\uff9f]")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
# Words of half-wide kana, in which each is voiced, small or long where a kana can be.
_HALF_WORD: Final = re.compile(r"(?:(?:[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ|[ｦｱ-ﾝ])[ｧ-ｮ]?ｰ?ｯ?･?){2,}")


def encoding_of(start: bytes) -> str:
    """The encoding of text that begins with `start`. What reads well in none is said to be UTF-8, which it is not."""
    return guessed(start).name


def guessed(start: bytes) -> CodePage:
    """The same, and whether no code page is about as likely."""
    told = _by_marks(start)
    return CodePage(told, is_sure=True) if told else _by_signs(start)


def _by_marks(start: bytes) -> str:
    """The encoding that a mark at the beginning tells, or every second byte; empty where nothing does."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if start[1:400:2].count(0) > len(start[:400]) // 4:
        return "utf-16-le"
    return "utf-16-be" if start[:400:2].count(0) > len(start[:400]) // 4 else ""


def _by_signs(start: bytes) -> CodePage:
    lines = start[: start.rfind(b"\n") + 1]  # the last line may be cut off within a sign, and may be all that there is
    whole = start if lines.isascii() else lines
    if _read(whole, "utf-8") is not None or start.isascii():
        return CodePage("utf-8", is_sure=True)
    likely = {name: sure(text) for name, sure in _SURE.items() if (text := _read(whole, name)) is not None}
    best = max(likely, key=lambda name: likely[name], default="utf-8")
    best = best if likely.get(best, 0.0) >= _ENOUGH else "utf-8"
    best = _by_frequency(whole, best) if best in ("gb18030", "utf-8") else best
    if best not in ("cp1252", "utf-8"):
        return CodePage(best, is_sure=True)
    return code_page_of(whole) or CodePage(best, is_sure=best == "utf-8")


def _by_frequency(content: bytes, best: str) -> str:
    """Chinese, Korean or half-wide kana alone, whichever has the most of its frequent signs; `best` where none has."""
    found = {best: _FOR_CHINESE if best == "gb18030" else 0.0}
    for name, weigh in _WEIGHED.items():
        if name in found or name != "gb18030":
            text = _read(content, name)
            found[name] = found.get(name, 0.0) + (weigh(text) if text is not None else -inf)
    return max(found, key=lambda name: found[name])


def _read(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _share(text: str, worth: Callable[[str], float]) -> float:
    """How well the signs beyond ASCII read, from -1 to 1 each, in the middle; 0 where there are none."""
    signs = _FOREIGN.findall(text)[:_SAMPLE]
    return sum(map(worth, signs)) / len(signs) if signs else 0.0


def _western(text: str) -> float:
    """Accents that stand alone amid plain letters; three in a row belong to another alphabet."""
    crowded = sum(len(run) for run in _RUN.findall(text))
    share = _share(text, lambda sign: 1 if sign in _ACCENTED else 0.6 if sign in _PRINTED else -1)
    return share - crowded / max(len(_FOREIGN.findall(text)), 1)


def _chinese(text: str) -> float:
    return _share(text, _worth_of("gb18030", range(0xB0, 0xD8), kana=-0.5))


def _japanese(text: str) -> float:
    """Half-wide kana read well where there are whole ones too; alone they are Chinese read wrongly as a rule."""
    half = 0.4 if _KANA.search(text) else -1.0
    return _share(text, _worth_of("cp932", range(0x88, 0x99), kana=1, half=half))


def _japanese_unix(text: str) -> float:
    return _share(text, _worth_of("euc_jp", range(0xB0, 0xD0), kana=1)) if _KANA.search(text) else -1.0


def _worth_of(encoding: str, common: range, *, kana: float, half: float = -1.0) -> Callable[[str], float]:
    """What a sign is worth: a character is common when the first of its two bytes is among those."""

    def worth(sign: str) -> float:
        if _KANA.match(sign):
            return kana
        if _HAN.match(sign):
            two = sign.encode(encoding, "replace")
            return 1 if len(two) == 2 and two[0] in common and (encoding != "gb18030" or two[1] >= 0xA1) else -0.7
        if _HALF_KANA.match(sign):
            return half
        return 0.6 if _CJK_SIGNS.match(sign) else -1

    return worth


def _weight(text: str, common: frozenset[str], signs: re.Pattern[str]) -> float:
    """How much speaks for a language by its frequent signs: logarithms of how much likelier each is in it than by chance."""
    return sum(
        2.0 if sign in common else -1.2 if signs.match(sign) else 0.0 if _CJK_SIGNS.match(sign) else -4.0
        for sign in _FOREIGN.findall(text)[:_SAMPLE]
    )


def _weight_of_half_kana(text: str) -> float:
    signs = _FOREIGN.findall(text)[:_SAMPLE]
    if not all(map(_HALF_KANA.match, signs)):
        return -inf
    in_words = sum(map(len, _HALF_WORD.findall(text)))
    return 0.3 * in_words - 3.0 * (len(signs) - in_words)


_WEIGHED: Final[Mapping[str, Callable[[str], float]]] = {
    "gb18030": lambda text: _weight(text, HAN, _HAN),
    "cp949": lambda text: _weight(text, HANGUL, _HANGUL),
    "cp932": _weight_of_half_kana,
}
_SURE: Final[Mapping[str, Callable[[str], float]]] = {
    "cp932": _japanese, "gb18030": _chinese, "euc_jp": _japanese_unix, "cp1252": _western,
}  # fmt: skip

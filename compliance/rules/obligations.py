"""What law asks of goods beside tax, as frozen values: registers of producers, requirements, words that may not be said.

The goods of a rule are those whose HS code begins with one of `hs_prefixes` or that have one of `marks`; a rule with
neither means all goods.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from compliance.rules.rows import RuleRef, reference_of

# Signs without a shape of their own (Unicode category Cf, variation selectors): first and last of each range.
_UNSEEN: Final = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891),
    (0x8E2, 0x8E2), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F),
)  # fmt: skip
# Dashes and apostrophes part words; Arabic vowel signs are left out, and the forms of alif and ya are one.
_SAME: Final = str.maketrans(
    dict.fromkeys("-‐‑‒–—/'’", " ")
    | dict.fromkeys(map(chr, (0x640, *range(0x64B, 0x653))), "")
    | dict.fromkeys((chr(point) for first, last in _UNSEEN for point in range(first, last + 1)), "")
    | dict(zip("أإآى", "اااي", strict=True))
)
_TAG: Final = re.compile(r"<[^>]{0,2000}>")
UNSPACED: Final = frozenset({"zh", "ja", "th"})  # written without spaces between words
PREFIXED: Final = frozenset({"ar", "he"})  # articles and conjunctions are written in one with the word


@dataclass(frozen=True, slots=True, eq=False)
class SchemeRule:
    """A register of the producers of one stream in a country, and what becomes of goods whose seller is not in it."""

    ref: RuleRef
    country: str
    stream: str
    register: str
    number_name: str
    action: str
    marks: frozenset[str]
    hs_prefixes: tuple[str, ...]
    needs_representative: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> SchemeRule:
        """The register whose columns are in `row`."""
        same = ("country", "stream", "register", "number_name", "action", "needs_representative")
        return cls(
            ref=reference_of("epr_scheme", row["country"], row), **_goods(row), **{name: row[name] for name in same}
        )


@dataclass(frozen=True, slots=True, eq=False)
class RequirementRule:
    """Something that a listing must say or have where it is sold; `requirement` is one of `REQUIREMENTS`."""

    ref: RuleRef
    jurisdiction: str
    requirement: str
    name: str
    action: str
    marks: frozenset[str]
    hs_prefixes: tuple[str, ...]

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> RequirementRule:
        """The requirement whose columns are in `row`."""
        same = ("jurisdiction", "requirement", "name", "action")
        return cls(
            ref=reference_of("product_rule", row["jurisdiction"], row),
            **_goods(row),
            **{name: row[name] for name in same},
        )


@dataclass(frozen=True, slots=True, eq=False)
class ClaimRule:
    """Phrases in one language that may not be said of goods: each with what it matches, the longest first."""

    ref: RuleRef
    jurisdiction: str
    family: str
    language: str
    action: str
    phrases: tuple[tuple[str, str, bool], ...]

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> ClaimRule:
        """The claims whose columns are in `row`; phrases are separated by semicolons.

        A phrase is a whole word or several; one that ends in an asterisk is the beginning of a word.
        """
        phrases = [part.strip() for part in row["phrases"].split(";") if part.strip()]
        matched = [(plain_text(part.rstrip("*")).strip(), part.rstrip("*"), part.endswith("*")) for part in phrases]
        same = ("jurisdiction", "family", "language", "action")
        return cls(
            ref=reference_of("forbidden_claim", row["jurisdiction"], row),
            phrases=tuple(sorted((each for each in matched if each[0]), key=lambda each: (-len(each[0]), each[0]))),
            **{name: row[name] for name in same},
        )

    def found_in(self, text: str) -> list[str]:
        """The phrases that stand in a text made by `plain_text`, the longest first; none inside a longer one found."""
        found: dict[str, str] = {}
        for words, shown, is_beginning in self.phrases:
            if words in text and self._stands(words, is_beginning, text) and not any(words in each for each in found):
                found[words] = shown
        return list(found.values())

    def _stands(self, words: str, is_beginning: bool, text: str) -> bool:
        """Whether the words stand by themselves somewhere, where the language puts spaces between words."""
        if self.language in UNSPACED:
            return True
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            if (self.language in PREFIXED or not _goes_on(text[start - 1 : start])) and (
                is_beginning or not _goes_on(text[end : end + 1])
            ):
                return True
            start = text.find(words, start + 1)
        return False


def _goes_on(sign: str) -> bool:
    """Whether a word with spaces around it goes on with the sign; Chinese and Japanese signs part such words."""
    return sign.isalnum() and sign < "\u2e80"


def plain_text(text: str) -> str:
    """A text for comparing: no markup, case, dashes or unseen signs, single spaces, with a space at either end."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = text.casefold().translate(_SAME).split()
    return f" {' '.join(words)} "


def names_goods(rule: Any, hs_code: str, marks: frozenset[str]) -> bool:
    """Whether goods with a code and marks are those of a rule with `hs_prefixes` and `marks`."""
    prefixes: tuple[str, ...] = rule.hs_prefixes
    named: frozenset[str] = rule.marks
    return (not prefixes and not named) or hs_code.startswith(prefixes) or not named.isdisjoint(marks)


def _goods(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"marks": frozenset(row["traits"].split()), "hs_prefixes": tuple(row["hs_prefixes"].split())}

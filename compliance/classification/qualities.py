"""What tells goods of a kind apart, such as cotton, leather or "for women": found in codes and in what people write. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from compliance.classification.nomenclature import HSText, told_apart_by
from compliance.classification.terms import Entry, TermIndex
from compliance.classification.vocabulary import qualities, quality_words
from compliance.classification.wording import UNSPACED, Token, bare, plain

ByKind = Mapping[str, frozenset[str]]  # names of qualities by their kind
_HAS, _LACKS = 1.3, 0.6
_LEAST_COVER, _LEAST_STRENGTH = 0.4, 0.5


class QualityIndex:
    """The qualities of the codes, and the words for them in the languages of the shop."""

    def __init__(self, nomenclature: Iterable[HSText]) -> None:
        known = qualities()
        self._kinds = {quality.name: quality.kind for quality in known}
        self._of_codes = {text.code: self._by_kind(told_apart_by(text.description, known)) for text in nomenclature}
        words = quality_words()
        self._terms = TermIndex(Entry(term, one.language, one.key, one.key) for one in words for term in one.terms)
        self._unspaced = [(bare(term), one.key) for one in words if one.language in UNSPACED for term in one.terms]

    def said(self, text: str, words: list[Token], language: str) -> ByKind:
        """The qualities that a text names; `words` are its tokens."""
        found = {
            match.target for match in self._terms.matches(words, [1.0] * len(words), language)
            if match.cover > _LEAST_COVER and match.strength > _LEAST_STRENGTH
        }  # fmt: skip
        if language in UNSPACED:
            line = bare(plain(text))
            found |= {name for term, name in self._unspaced if term in line}
        return self._by_kind(found)

    def factor(self, code: str, said: ByKind) -> float:
        """By how much a code gains from what was said, or loses: a code for cotton gains when that was named."""
        factor = 1.0
        for kind, asked in self._of_codes[code].items():
            if kind in said:
                factor *= _HAS if said[kind] & asked else _LACKS
        return factor

    def _by_kind(self, names: Iterable[str]) -> ByKind:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name in names:
            found[self._kinds[name]].add(name)
        return {kind: frozenset(of_kind) for kind, of_kind in found.items()}

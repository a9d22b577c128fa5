"""Words that mean the same to shoppers of one language, as they are found in what one types: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from catalog.readings import KANA
from catalog.search_text import HAN, atoms
from catalog.word_forms import root

_MOST_OTHERS: Final = 8
_LONGEST_PHRASE: Final = 4  # words
_LONGEST_RUN: Final = 8  # characters of Chinese or Japanese


@dataclass(frozen=True, slots=True, eq=False)
class Synonyms:
    """For each word, as `_key` writes it, the others of its groups."""

    language: str
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, language: str, groups: Iterable[Sequence[str]]) -> Synonyms:
        """Those of some groups of words."""
        found: dict[str, dict[str, None]] = {}
        for words in groups:
            for word in words:
                found.setdefault(_key(atoms(word), language), {}).update(dict.fromkeys(words))
        return cls(language, {key: _others(key, words, language) for key, words in found.items() if key})

    def parted(self, text: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The words of a typed text in their order, each with those that mean the same; a phrase of a group is one word."""
        words = [part for atom in atoms(text) for part in self._run(atom)]
        start = 0
        while start < len(words):
            longest = min(_LONGEST_PHRASE, len(words) - start) if self.others else 1
            count = next((n for n in range(longest, 1, -1) if self._key(words[start : start + n]) in self.others), 1)
            taken = words[start : start + count]
            yield " ".join(taken), self.others.get(self._key(taken), ())
            start += count

    def same(self, word: str) -> Sequence[str]:
        """The words that mean the same as a single one."""
        return self.others.get(self._key([word]), ())

    def _key(self, words: Sequence[str]) -> str:
        return _key(words, self.language)

    def _run(self, run: str) -> Iterator[str]:
        """A run of Chinese or Japanese characters, parted around the words in it that have others; the rest whole."""
        if len(run) < 3 or not self.others or not HAN.fullmatch(run) or self._key([run]) in self.others:
            yield run
            return
        parts: list[str] = []
        rest = stop = len(run)
        while stop > 1:  # from behind, where the word stands that names the thing
            starts = range(max(0, stop - _LONGEST_RUN), stop - 1)
            start = next((start for start in starts if self._is_word(run, start, stop)), stop)
            if start < stop:
                parts += [run[stop:rest], run[start:stop]]
                rest = start
            stop = start if start < stop else stop - 1
        yield from filter(None, reversed([*parts, run[:rest]]))

    def _is_word(self, run: str, start: int, stop: int) -> bool:
        """Whether a part of a run has others and is no part of a longer word in kana, as ラグ is of プラグ."""
        return self._key([run[start:stop]]) in self.others and not (
            (start and KANA.fullmatch(run[start - 1 : start + 1]))
            or (stop < len(run) and KANA.fullmatch(run[stop - 1 : stop + 1]))
        )


def _others(key: str, words: Iterable[str], language: str) -> tuple[str, ...]:
    return tuple(word for word in words if _key(atoms(word), language) != key)[:_MOST_OTHERS]


def _key(words: Sequence[str], language: str) -> str:
    return " ".join(root(word, language) for word in words)

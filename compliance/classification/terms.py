"""A similarity index over short terms: which of them a text has, wholly or nearly, and how much that says.

The weight of a word is its inverse document frequency (TF-IDF); a word that no term has is looked up by the words it is
made of and by its trigrams. A term counts by the weight of what was found of it, times the share of it that was found.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.classification.wording import COMPOUNDING, Token, term_forms

_LEAST_PART = 4  # letters of a word inside a compound
_COMPOUND, _MODIFIER, _HIDDEN, _NEAR = 0.9, 0.45, 0.3, 0.85
_ENDING, _LEAST_ENDING = 0.5, 5
_PLURALS = ("en", "er", "e", "n")
_LEAST_ALIKE, _MOST_ALIKE, _MOST_LOOKED_AT, _KEPT = 0.6, 8, 40, 2048
_OTHER_LANGUAGE, _ENGLISH = 0.35, 0.8


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of one language and what it stands for; those of a `group` count as one when words are weighed."""

    term: str
    language: str
    target: str
    group: str
    strength: float = 1.0


@dataclass(slots=True)
class Match:
    """A target whose term was found: how much that says, the share of the term that was found, and by which tokens."""

    target: str
    value: float
    cover: float
    strength: float
    found_by: tuple[int, ...]


class TermIndex:
    """Terms to be found in texts. Built once, read by any number of threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._numbers: dict[str, int] = {}
        self._entries: list[tuple[str, int, float]] = []  # target, language, strength
        self._languages: dict[str, int] = {}
        postings: defaultdict[int, array[int]] = defaultdict(lambda: array("H"))
        forms_of: list[tuple[int, ...]] = []
        groups: defaultdict[int, set[str]] = defaultdict(set)
        for entry in entries:
            forms = [self._number(form) for form in term_forms(entry.term, entry.language)]
            if not forms:
                continue
            for form in forms:
                postings[form].append(len(self._entries))
                groups[form].add(entry.group)
            language = self._languages.setdefault(entry.language, len(self._languages))
            self._entries.append((entry.target, language, entry.strength))
            forms_of.append(tuple(forms))
        every = len(set().union(*groups.values())) if groups else 0
        self._idf = array("f", (math.log(1 + every / len(groups[form])) for form in range(len(self._numbers))))
        self._whole = array("f", (sum(self._idf[form] for form in forms) for forms in forms_of))
        self._forms = list(self._numbers)
        self._postings = dict(postings)
        self._grams = self._by_grams()
        self._known: dict[tuple[str, bool], tuple[tuple[int, float], ...]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def _number(self, form: str) -> int:
        return self._numbers.setdefault(form, len(self._numbers))

    def _by_grams(self) -> dict[str, array[int]]:
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("H"))
        for form, number in self._numbers.items():
            if _has_grams(form):
                for gram in _grams(form):
                    found[gram].append(number)
        return dict(found)

    # Words ------------------------------------------------------------------------------------------------------

    def idf(self, form: str, language: str) -> float:
        """How much `form` says at most; zero for a word unlike all that are known."""
        return max((self._idf[number] * strength for number, strength in self.near(form, language)), default=0.0)

    def near(self, form: str, language: str) -> tuple[tuple[int, float], ...]:
        """The known words like `form` with the likeness of each, at most one."""
        key = form, language in COMPOUNDING
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = self._looked_up(*key)
        return found

    def _looked_up(self, form: str, is_compound: bool) -> tuple[tuple[int, float], ...]:
        exact = self._numbers.get(form)
        if not _has_grams(form):
            return ((exact, 1.0),) if exact is not None else ()
        likeness: dict[int, float] = {}
        parts = self._parts(form)
        if is_compound and not parts and (ending := next(filter(form.endswith, _PLURALS), "")):
            parts = self._parts(form.removesuffix(ending))
        if exact is not None:
            return ((exact, 1.0), *((number, _HIDDEN) for number, strength in parts if strength == _COMPOUND))
        for number, strength in (*self._alike(form, is_compound), *parts):
            likeness[number] = max(strength, likeness.get(number, 0.0))
        return tuple(likeness.items())

    def _parts(self, form: str) -> list[tuple[int, float]]:
        """The longest known words at the end and at the beginning of a compound."""
        found = []
        for cut in range(1, len(form) - _LEAST_PART + 1):
            if (number := self._numbers.get(form[cut:])) is not None:
                found.append((number, _COMPOUND))
                break
        for cut in range(len(form) - 1, _LEAST_PART - 1, -1):
            if (number := self._numbers.get(form[:cut])) is not None:
                found.append((number, _MODIFIER))
                break
        return found

    def _alike(self, form: str, is_compound: bool) -> list[tuple[int, float]]:
        """Words that are spelt alike or, in a language that makes compounds, end alike ("Speiseteller", "Glasteller")."""
        own = _grams(form)
        shared = Counter(number for gram in own for number in self._grams.get(gram, ()))
        found = []
        for number, count in shared.most_common(_MOST_LOOKED_AT):
            other = self._forms[number]
            dice = 2 * count / (len(own) + len(_grams(other)))
            if dice >= _LEAST_ALIKE:
                found.append((number, dice * _NEAR))
            elif is_compound and len(form) > _LEAST_ENDING and other.endswith(form[-_LEAST_ENDING:]):
                found.append((number, _ENDING))
        return sorted(found, key=lambda pair: -pair[1])[:_MOST_ALIKE]

    # Texts ------------------------------------------------------------------------------------------------------

    def matches(self, text: Sequence[Token], weights: Sequence[float], language: str) -> list[Match]:
        """What is found of every term in a text, each of whose tokens has a weight."""
        found: dict[int, dict[int, tuple[float, float, int]]] = {}  # entry → word → likeness, weight, place
        for place, token in enumerate(text):
            for number, likeness in self.near(token.form, language):
                for entry in self._postings[number]:
                    words = found.setdefault(entry, {})
                    if number not in words or words[number][0] * words[number][1] < likeness * weights[place]:
                        words[number] = likeness, weights[place], place
        return [self._match(entry, words, language) for entry, words in found.items()]

    def _match(self, entry: int, words: dict[int, tuple[float, float, int]], language: str) -> Match:
        target, spoken, strength = self._entries[entry]
        weighed = sum(self._idf[number] * likeness * weight for number, (likeness, weight, _) in words.items())
        covered = sum(self._idf[number] * likeness for number, (likeness, _, _) in words.items()) / self._whole[entry]
        if language and spoken != self._languages.get(language):
            strength *= _ENGLISH if spoken == self._languages.get("en") else _OTHER_LANGUAGE
        places = tuple(place for _, _, place in words.values())
        return Match(target, weighed * covered * strength, covered, strength, places)


def _has_grams(form: str) -> bool:
    """Whether a word is spelt with letters, so that words like it may mean the same."""
    return len(form) >= _LEAST_PART and form.isalpha() and form < "\u3000"


def _grams(form: str) -> set[str]:
    marked = f"^{form}$"
    return {marked[index : index + 3] for index in range(len(marked) - 2)}

"""How confirmed listings are declared whose words are like those of other goods. Pure."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from compliance.classification.goods import GoodsText
from compliance.classification.wording import plain, tokens

_NEAREST: Final = 8
_LEAST_ALIKE: Final = 0.45
_MOST_WORDS: Final = 40
_UNKNOWN: Final = 0.5  # how much a word counts that no listing has, beside one that a single listing has


@dataclass(frozen=True, slots=True)
class ConfirmedListing:
    """A listing whose code stands: its number, the code, and its titles by language."""

    number: int
    code: str
    titles: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Vote:
    """What listings say for a code: its share of their likeness, at most one, and how many of them there are."""

    share: float
    listings: int


class ConfirmedListings:
    """Listings to be found by their words (TF-IDF, the cosine of two titles). Built once, read by any number of threads."""

    def __init__(self, listings: Iterable[ConfirmedListing]) -> None:
        self._forms: dict[str, int] = {}
        self._owners: array[int] = array("l")  # the number of the listing of each title
        self._codes: dict[int, str] = {}
        postings: defaultdict[int, array[int]] = defaultdict(lambda: array("H"))
        for listing in listings:
            self._codes[listing.number] = listing.code[:6]
            for language, title in listing.titles:
                forms = _forms(title, language)
                for form in forms:
                    postings[self._forms.setdefault(form, len(self._forms))].append(len(self._owners))
                self._owners.append(listing.number)
        count = len(self._owners)
        self._idf = array("f", (math.log(1 + count / len(postings[form])) for form in range(len(self._forms))))
        lengths = [0.0] * count
        for number, places in postings.items():
            for place in places:
                lengths[place] += self._idf[number] ** 2
        self._lengths = array("f", (math.sqrt(length) for length in lengths))
        self._postings = dict(postings)

    def __len__(self) -> int:
        return len(self._codes)

    def votes(self, goods: GoodsText, *, without: int = 0) -> dict[str, Vote]:
        """What the listings nearest to the goods are declared as, but for the one with the number `without`."""
        alike: defaultdict[int, float] = defaultdict(float)  # by title
        length = 0.0
        for form in _forms(goods.title, goods.language):
            number = self._forms.get(form)
            weight = self._idf[number] if number is not None else _UNKNOWN * math.log(1 + len(self._owners))
            length += weight**2
            for title in self._postings.get(number, ()) if number is not None else ():
                alike[title] += weight**2
        nearest: dict[int, float] = {}  # by listing
        for title, product in alike.items():
            cosine = product / (math.sqrt(length) * self._lengths[title])
            owner = self._owners[title]
            if cosine >= _LEAST_ALIKE and owner != without:
                nearest[owner] = max(cosine, nearest.get(owner, 0.0))
        voters = sorted(nearest, key=lambda owner: (-nearest[owner], owner))[:_NEAREST]
        return self._counted({owner: nearest[owner] for owner in voters})

    def _counted(self, voters: dict[int, float]) -> dict[str, Vote]:
        best: defaultdict[str, list[float]] = defaultdict(list)
        for owner, cosine in voters.items():
            best[self._codes[owner]].append(cosine)
        whole = sum(voters.values())
        return {code: Vote(max(near) * (0.5 + 0.5 * sum(near) / whole), len(near)) for code, near in best.items()}


def _forms(title: str, language: str) -> set[str]:
    return {token.form for token, _ in zip(tokens(plain(title), language), range(_MOST_WORDS), strict=False)}

"""The likeliest customs codes for goods that somebody describes, each with the reason.

A code scores by the term for it that the title has most of (`terms`), a little by further ones, and by what category and
description add; qualities such as "of cotton" decide between neighbours, and confirmed listings with like titles add
what they are declared as.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from compliance.classification.evidence import ConfirmedListings, Vote
from compliance.classification.goods import GoodsText, Proposal
from compliance.classification.nomenclature import HSText, named
from compliance.classification.qualities import QualityIndex
from compliance.classification.terms import Entry, TermIndex
from compliance.classification.vocabulary import category_words, goods_words, qualities
from compliance.classification.wording import HEAD_FIRST, UNSPACED, Token, plain, tail_of, tokens

MOST: Final = 5
_TITLE, _CATEGORY, _DESCRIPTION = 40, 20, 80  # tokens that are looked at
_SIBLING, _HEADING = 0.4, 0.9  # a term of another subheading, of the whole heading
_TEXT, _TAIL = 0.6, 0.7  # a phrase of the nomenclature itself, the last character of a term
_LATER_PART, _ASIDE, _HEAD = 0.5, 0.55, 1.4
_FROM_DESCRIPTION, _FROM_CATEGORY, _FURTHER, _FROM_LISTINGS = 0.25, 0.3, 0.15, 0.6
_FITS = 1.25  # what a code gains that fits the category
_WHOLE_NAME = 0.8  # the share of the name of a shop category that must be found
_WORDS_OF_A_TITLE = 4
_LEAST_SHARE = 0.12  # of the best score


@dataclass(slots=True)
class _Found:
    """What was found for a code: the value of the best term and of all, where in the title, what it is multiplied by."""

    best: float = 0.0
    value: float = 0.0
    places: tuple[int, ...] = ()
    factor: float = 1.0
    fits: bool = False


_AllFound = defaultdict[str, _Found]


class GoodsIndex:
    """What the codes of a nomenclature are called in the languages of the shop. Read by any number of threads."""

    def __init__(self, nomenclature: Sequence[HSText]) -> None:
        """Reads the vocabulary files. Takes a third of a second and about ten megabytes."""
        self._texts = {text.code: text for text in nomenclature}
        self._qualities = QualityIndex(nomenclature)
        self._spread = _spread(self._texts, (words.key for words in goods_words()))
        entries = [
            Entry(term, words.language, words.key, words.key[:4])
            for words in goods_words() if words.key in self._spread for term in words.terms
        ]  # fmt: skip
        self._terms = TermIndex([*entries, *_tails(entries), *_phrases(nomenclature)])
        self._categories = TermIndex(
            Entry(term, words.language, words.key, words.key) for words in category_words() for term in words.terms
        )

    def __len__(self) -> int:
        return len(self._texts)

    def likely(
        self, goods: GoodsText, *, confirmed: ConfirmedListings | None = None, without: int = 0,
        expected: Sequence[str] = (), most: int = MOST,
    ) -> list[Proposal]:  # fmt: skip
        """The likeliest codes, the best first; none where no word is known.

        `confirmed` are listings whose codes stand, of which `without` is the number of one to leave out; `expected` are
        the beginnings of the codes of the category, where they are known.
        """
        title = _tokens(goods.title, goods.language, _TITLE)
        found: _AllFound = defaultdict(_Found)
        most_said = self._read_title(title, goods.language, found)
        self._read_others(goods, found)
        most_said = most_said or max((one.value / _FROM_CATEGORY for one in found.values()), default=1.0)
        self._weigh(goods, title, tuple(expected), found)
        votes = confirmed.votes(goods, without=without) if confirmed is not None else {}
        scores = {code: one.value * one.factor / most_said for code, one in found.items()}
        for code, vote in votes.items():
            if code in self._texts:
                scores[code] = scores.get(code, 0.0) + _FROM_LISTINGS * vote.share
        least = _LEAST_SHARE * max(scores.values(), default=0.0)
        ranked = sorted(scores, key=lambda code: (-scores[code], code))[:most]
        line = plain(goods.title)
        return [
            self._proposal(code, scores[code], found[code], votes.get(code), line, title)
            for code in ranked if scores[code] >= least
        ]  # fmt: skip

    def _proposal(
        self, code: str, score: float, found: _Found, vote: Vote | None, line: str, title: list[Token]
    ) -> Proposal:
        return Proposal(
            code=code,
            description=self._texts[code].description,
            score=round(min(1.0, score), 3),
            words=_shown(line, title, found.places),
            listings=vote.listings if vote is not None else 0,
            fits_category=found.fits,
        )

    def _read_title(self, title: list[Token], language: str, found: _AllFound) -> float:
        """Notes what the title says; returns the most that it could have said, zero without a known word."""
        weights = self._weights(title, language)
        for match in self._terms.matches(title, weights, language):
            for code, clear in self._spread_of(match.target):
                one, value = found[code], match.value * clear
                one.value += value
                if value > one.best:
                    one.best, one.places = value, match.found_by
        for one in found.values():
            one.value = one.best + _FURTHER * min(one.value - one.best, one.best)
        said = (self._terms.idf(token.form, language) * weight for token, weight in zip(title, weights, strict=True))
        return sum(sorted(said, reverse=True)[:_WORDS_OF_A_TITLE])

    def _weights(self, title: list[Token], language: str) -> list[float]:
        """How much each token counts: most the thing itself, less what is said of it."""
        known = [place for place, token in enumerate(title) if self._terms.near(token.form, language)]
        if not known:
            return [0.0] * len(title)
        first = title[known[0]].part
        weights = [(1.0 if one.part == first else _LATER_PART) * (_ASIDE if one.is_aside else 1.0) for one in title]
        heads = [place for place in known if title[place].part == first and not title[place].is_aside]
        if heads:
            weights[heads[0] if language in HEAD_FIRST else heads[-1]] *= _HEAD
        return weights

    def _read_others(self, goods: GoodsText, found: _AllFound) -> None:
        """Notes what category and description say, for each code the best term alone."""
        texts = ((goods.category, _CATEGORY, _FROM_CATEGORY), (goods.description, _DESCRIPTION, _FROM_DESCRIPTION))
        for text, most, share in texts:
            words = _tokens(text, goods.language, most)
            best: defaultdict[str, float] = defaultdict(float)
            for match in self._terms.matches(words, [1.0] * len(words), goods.language):
                for code, clear in self._spread_of(match.target):
                    best[code] = max(best[code], match.value * clear)
            for code, value in best.items():
                found[code].value += value * share

    def _weigh(self, goods: GoodsText, title: list[Token], expected: tuple[str, ...], found: _AllFound) -> None:
        """Lets the codes gain that fit the category or have the qualities named, and those lose that lack them."""
        category = _tokens(goods.category, goods.language, _CATEGORY)
        fitting = {
            match.target for match in self._categories.matches(category, [1.0] * len(category), goods.language)
            if match.cover > _WHOLE_NAME
        }  # fmt: skip
        said = self._qualities.said(f"{goods.title} {goods.category}", [*title, *category], goods.language)
        for code, one in found.items():
            by_name, by_code = self._texts[code].shop_category in fitting, code.startswith(expected)
            one.fits = by_name or by_code
            one.factor = (_FITS if by_name else 1.0) * (_FITS if by_code else 1.0) * self._qualities.factor(code, said)

    def _spread_of(self, target: str) -> tuple[tuple[str, float], ...]:
        return self._spread.get(target) or ((target[1:], 1.0),)


def _spread(codes: Iterable[str], prefixes: Iterable[str]) -> dict[str, tuple[tuple[str, float], ...]]:
    """The codes that each prefix of the vocabulary speaks for, and how clearly."""
    by_heading: defaultdict[str, list[str]] = defaultdict(list)
    for code in codes:
        by_heading[code[:4]].append(code)
    found = {}
    for prefix in dict.fromkeys(prefixes):
        clear = _HEADING if len(prefix) == 4 else 1.0
        if of_heading := by_heading.get(prefix[:4]):
            found[prefix] = tuple((code, clear if code.startswith(prefix) else _SIBLING) for code in of_heading)
    return found


def _tails(entries: Iterable[Entry]) -> list[Entry]:
    """What the last characters of Chinese and Japanese terms stand for by themselves."""
    ends = {(tail_of(entry.term), entry.language, entry.target) for entry in entries if entry.language in UNSPACED}
    return [Entry(tail, language, target, target[:4], _TAIL) for tail, language, target in sorted(ends) if tail]


def _phrases(nomenclature: Iterable[HSText]) -> list[Entry]:
    """What the nomenclature itself names, each phrase for its own code alone: the target is "=" and the code."""
    known = qualities()
    return [
        Entry(phrase, "en", f"={text.code}", text.code[:4], _TEXT)
        for text in nomenclature for phrase in named(text.description, known)
    ]  # fmt: skip


def _tokens(text: str, language: str, most: int) -> list[Token]:
    return [token for token, _ in zip(tokens(plain(text), language), range(most), strict=False)]


def _shown(line: str, title: Sequence[Token], places: Iterable[int]) -> tuple[str, ...]:
    """The words at `places` of the title, neighbouring pairs of characters put together again."""
    spans: list[tuple[int, int]] = []
    for place in sorted(set(places)):
        token = title[place]
        if token.is_pair and spans and token.begin <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], token.end)
        else:
            spans.append((token.begin, token.end))
    return tuple(dict.fromkeys(line[begin:end] for begin, end in spans))

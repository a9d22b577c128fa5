"""When a customs code can't be that of the goods: it stands in a chapter where such goods never are. Pure.

A bag is never a toy for customs, though it may be made of leather, textiles, plastics or straw. So only the chapter of a
code is compared, never a heading, with the chapters of the category or of the codes that the words call for. What nobody
knows contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from compliance.classification.goods import Proposal
from compliance.classification.vocabulary import prefixes_by_category

BY_CATEGORY, BY_WORDS = "category", "words"
_SURE: Final = 0.5  # the least score with which words can contradict
_IN_QUESTION: Final = 0.35  # of the best score: what else the goods may be
_CHAPTER: Final = 2


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`hs_code` is where the goods never are; `expected` are chapters and headings where they are, in order.

    `ground` says what speaks against it: the category, or `words` of the title.
    """

    ground: str
    hs_code: str
    expected: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        """The first two digits of the code."""
        return self.hs_code[:_CHAPTER]

    @property
    def params(self) -> Mapping[str, str]:
        """The same as plain words, for a finding of the screening."""
        texts = {"hs_code": self.hs_code, "chapter": self.chapter, "expected": ", ".join(self.expected)}
        return texts | {"ground": self.ground, "words": ", ".join(self.words)}


def expected_prefixes(categories: Iterable[str]) -> tuple[str, ...]:
    """The beginnings of the codes that goods of a category have; empty where nobody knows.

    `categories` are the slug of the category and of those above it, the nearest first: the first that is known decides.
    """
    known = prefixes_by_category()
    return next((known[category] for category in categories if category in known), ())


def contradiction(hs_code: str, expected: Sequence[str]) -> Contradiction | None:
    """Why `hs_code` can't be right for goods whose codes begin with `expected`; None where it can, or nobody knows."""
    if not _is_code(hs_code) or not expected or hs_code.startswith(tuple(expected)):
        return None
    return Contradiction(BY_CATEGORY, hs_code, tuple(sorted(set(expected))))


def contradiction_of_words(hs_code: str, proposals: Sequence[Proposal]) -> Contradiction | None:
    """Why `hs_code` can't be right for goods with a title for which `proposals` were found, the best first.

    None where the words say too little, or a code of the same chapter is among what the goods may be.
    """
    if not _is_code(hs_code) or not proposals or proposals[0].score < _SURE or not proposals[0].words:
        return None
    best = proposals[0]
    likely = [one for one in proposals if one.score >= _IN_QUESTION * best.score]
    chapters = _chapters(one.code for one in likely)
    if hs_code[:_CHAPTER] in chapters:
        return None
    return Contradiction(BY_WORDS, hs_code, chapters, best.words)


def _is_code(hs_code: str) -> bool:
    return len(hs_code) >= 6 and hs_code.isascii() and hs_code.isdigit()


def _chapters(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({code[:_CHAPTER] for code in codes}))

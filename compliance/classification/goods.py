"""What goes into the search for a code, and what comes out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class GoodsText:
    """Goods in somebody's words, in one language; empty where nothing is known. Texts may be HTML."""

    title: str
    category: str = ""
    description: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code with its text in English. `score` is at most one, and says how well the words fit.

    The reason: the `words` of the title that led to it, how many confirmed `listings` with such words are declared so,
    and whether it `fits_category`, or is the usual one (`is_usual`) that staff keep for it.
    """

    code: str
    description: str
    score: float
    words: tuple[str, ...] = ()
    listings: int = 0
    fits_category: bool = False
    is_usual: bool = False


def together(found: Sequence[Sequence[Proposal]]) -> list[Proposal]:
    """The proposals for one thing in several languages as one list, the best first.

    The words of the reason are those of the first language that has any.
    """
    held: defaultdict[str, list[Proposal]] = defaultdict(list)
    for in_language in found:
        for proposal in in_language:
            held[proposal.code].append(proposal)
    whole = [
        replace(
            next((one for one in of_code if one.words), of_code[0]),
            score=round(sum(one.score for one in of_code) / len(found), 3),
            listings=max(one.listings for one in of_code),
            fits_category=any(one.fits_category for one in of_code),
        )
        for of_code in held.values()
    ]
    return sorted(whole, key=lambda one: (-one.score, one.code))

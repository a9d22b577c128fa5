"""What finding goods costs: searches and suggestions in a large shop, and categories as the shop grows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from marketplace.devtools.bench.client import Answer, Client, expect
from marketplace.devtools.bench.measuring import Figures
from marketplace.devtools.bench.walks import LANGUAGE, WORDS, Subject, Walks

SEARCH_SIZES = [100_000, 1_000_000]
GROWTH_SIZES = [10_000, 1_000_000]
BROAD = ("blau", "rund", "klein", "leise", "hoch")  # each in a sixth of the catalogue
BEGUN = ("la", "lam", "lampe", "bec", "eiche l", "not", "synthetic", "le", "leinen h", "vas", "stuhl", "kor")
TWO_WORDS = {100_000: 1.3, 1_000_000: 2.5}
BROAD_RATIO = FILTERED_RATIO = 4.0
SUGGESTION_MS = 30.0
GROWTH = 1.15
GROWING = ("category", "root category")


_SELLER = re.compile(r"seller=\d+")


def finding_subjects(walks: Walks, what: str, products: int) -> list[Subject]:
    """The bare page, then searches of a shop with so many products ("search") or its categories ("growth")."""
    bare = walks.page("bare page", [f"/{LANGUAGE}/bare/"])
    return [bare, *(_searches(walks, products) if what == "search" else _categories(walks))]


def _searches(walks: Walks, products: int) -> list[Subject]:
    base = f"/{LANGUAGE}/search/?q="
    two = [base + quote(words) for words in WORDS]
    broad = [base + word for word in BROAD]
    limit = TWO_WORDS.get(products, max(TWO_WORDS.values()))
    return [
        walks.page("two words", two, ratio=limit, queries=6),
        _never_asked(limit),
        walks.page("one broad word", broad, ratio=BROAD_RATIO, queries=6),
        walks.page("two words, two filters", [f"{path}&origin=JP&stock=1" for path in two], ratio=BROAD_RATIO),
        walks.page("broad, by door price", [f"{path}&sort=landed" for path in broad]),
        walks.page("broad, tenth page", [f"{path}&after=216" for path in broad], ratio=BROAD_RATIO),
        walks.page("suggestions", [f"/{LANGUAGE}/search/suggest/?q={quote(words)}" for words in BEGUN]),
    ]


def _never_asked(limit: float) -> Subject:
    """Two words as nobody has written them before: nothing that was made for another search is of use."""
    number = itertools.count()

    def step(client: Client) -> list[Answer]:
        turn = next(number)
        words = _written(WORDS[turn % len(WORDS)], turn)
        return [expect(client.get(f"/{LANGUAGE}/search/?q={quote(words)}"))]

    return Subject("two words, never asked", step, ratio=limit, queries=6)


def _written(words: str, turn: int) -> str:
    """The words with other letters large in every turn."""
    return "".join(letter.upper() if turn >> position & 1 else letter.lower() for position, letter in enumerate(words))


def _categories(walks: Walks) -> list[Subject]:
    root = f"/{LANGUAGE}/category/synthetic/"
    seller = _SELLER.search(expect(Client(walks.port).get(root)).text)
    one = seller.group() if seller else "stock=1"
    pairs = (
        "origin=JP&stock=1", f"{one}&origin=BR", "min=50&max=60&origin=DE", "max=20&stock=1", f"{one}&stock=1",
        "days=7&origin=CN", f"door=1&max=60&{one}", "min=50&max=51&days=7",
    )  # fmt: skip
    return [
        walks.page("category", walks.categories, queries=5),
        walks.page("root category", [root], queries=5),
        walks.page("category, deep", [f"{path}?after=20000_1" for path in walks.categories], queries=5),
        *(walks.page(f"root, {pair}", [f"{root}?{pair}"], ratio=FILTERED_RATIO, queries=5) for pair in pairs),
    ]


def grown(figures: Mapping[int, Sequence[Figures]], say: Callable[[str], None]) -> list[str]:
    """Prints by how much pages cost more in the largest shop than in the smallest; which cost too much more."""
    small, large = (figures[size] for size in (min(figures), max(figures)))
    found = []
    for one, other in zip(small, large, strict=True):
        grew = (other.processor / large[0].processor) / (one.processor / small[0].processor)
        say(f"{one.subject.name}: {grew:.2f} times as much in the largest shop as in the smallest")
        if one.subject.name in GROWING and grew > GROWTH:
            found.append(f"{one.subject.name}: grew to {grew:.2f}, not {GROWTH}")
    return found


def slow_suggestions(figures: Sequence[Figures]) -> list[str]:
    """Suggestions that come too late while one types, one sentence each."""
    return [
        f"suggestions: {each.most:.0f} ms for the slowest twentieth, not {SUGGESTION_MS:.0f}"
        for each in figures
        if each.subject.name == "suggestions" and each.most > SUGGESTION_MS
    ]

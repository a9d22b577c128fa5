"""`bin/bench hs`: how often the true customs code of held-out goods is among those proposed, how fast, in what memory.

No server and no database: nomenclature and vocabulary are read from the rule files, the listings from the demo catalogue.
The goods are those of `compliance/data/words/hs_held_out.csv`; how they were made stands in `docs/explanation/hs-codes.md`.
"""

from __future__ import annotations

import csv
import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from compliance.classification.contradiction import contradiction_of_words
from compliance.classification.evidence import ConfirmedListing, ConfirmedListings
from compliance.classification.goods import GoodsText, Proposal
from compliance.classification.index import GoodsIndex
from compliance.classification.nomenclature import HSText
from compliance.rules.files import DATA, read_table

LANGUAGES: Final = ("en", "zh-hans", "ja", "ar", "de", "fr", "es")
DEMO: Final = Path(__file__).resolve().parents[3] / "demo" / "data"
LEAST_RECALL, MOST_MILLISECONDS, MOST_MEGABYTES = 0.85, 10.0, 15.0


@dataclass(frozen=True, slots=True)
class Held:
    """Goods as somebody would list them, and their true code."""

    goods: GoodsText
    code: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How often the true code came first, how often among the first five, and the mean of one over its place."""

    count: int
    first: float
    among_five: float
    reciprocal: float


def shipped_index() -> GoodsIndex:
    """The index over the codes of the rule files."""
    rows = read_table("hs_codes")[0]
    return GoodsIndex([HSText(row["code"], row["description"], row["shop_category"]) for row in rows])


def held_out(folder: Path = DATA / "words") -> list[Held]:
    """The goods on which nothing was tuned."""
    with (folder / "hs_held_out.csv").open(encoding="utf-8", newline="") as file:
        return [
            Held(GoodsText(row["title"], row["category"], language=row["language"]), row["hs_code"])
            for row in csv.DictReader(file)
        ]


def demo_listings() -> ConfirmedListings:
    """The listings of the demo catalogue, titles in all languages."""
    catalogue = json.loads((DEMO / "catalogue.json").read_text("utf-8"))["products"]
    texts = {code: json.loads((DEMO / "text" / f"{code}.json").read_text("utf-8"))["products"] for code in LANGUAGES}
    return ConfirmedListings(
        ConfirmedListing(number, one["hs_code"], [(code, texts[code][one["slug"]]["name"]) for code in LANGUAGES])
        for number, one in enumerate(catalogue, start=1)
    )


def figures(held: Iterable[Held], propose: Callable[[GoodsText], Sequence[Proposal]]) -> Figures:
    """The figures for some goods; `propose` gives five codes, the best first."""
    places = []
    for one in held:
        codes = [proposal.code for proposal in propose(one.goods)[:5]]
        places.append(codes.index(one.code) + 1 if one.code in codes else 0)
    count = len(places)
    found = [place for place in places if place]
    return Figures(count, places.count(1) / count, len(found) / count, sum(1 / place for place in found) / count)


def measure_hs_codes(say: Callable[[str], None]) -> list[str]:
    """Prints the figures through `say`; what misses its aim."""
    missed = []
    index, seconds, megabytes = _built()
    held, listings = held_out(), demo_listings()
    say(f"{len(index)} codes; index built in {seconds:.2f} s, {megabytes:.1f} MB (aim {MOST_MEGABYTES:.0f})\n")
    say("| held-out goods | number | recall@1 | recall@5 | MRR |\n|---|---:|---:|---:|---:|")
    for language in LANGUAGES:
        _row(say, language, figures([one for one in held if one.goods.language == language], index.likely))
    whole = figures(held, index.likely)
    _row(say, "all", whole)
    _row(say, "all, by the title alone", figures([_bare(one) for one in held], index.likely))
    _row(say, "all, beside the demo listings", figures(held, partial(index.likely, confirmed=listings)))
    if whole.among_five < LEAST_RECALL:
        missed.append(f"recall@5: {whole.among_five:.3f}")
    alarms = sum(contradiction_of_words(one.code, index.likely(one.goods)) is not None for one in held)
    say(f"\ntrue codes that the words are said to contradict: {alarms} of {len(held)}")
    slowest = _milliseconds(index, listings, [one.goods for one in held])
    say(f"a question: {slowest[0]:.2f} ms in the middle, {slowest[1]:.2f} ms at most (aim {MOST_MILLISECONDS:.0f})")
    if slowest[1] > MOST_MILLISECONDS:
        missed.append(f"a question: {slowest[1]:.2f} ms")
    if megabytes > MOST_MEGABYTES:
        missed.append(f"index: {megabytes:.1f} MB")
    return missed


def _bare(one: Held) -> Held:
    return Held(GoodsText(one.goods.title, language=one.goods.language), one.code)


def _row(say: Callable[[str], None], name: str, found: Figures) -> None:
    say(f"| {name} | {found.count} | {found.first:.2f} | {found.among_five:.2f} | {found.reciprocal:.2f} |")


def _built() -> tuple[GoodsIndex, float, float]:
    """The index, the seconds that it takes to build, and the megabytes that it holds."""
    begun = time.perf_counter()
    shipped_index()
    seconds = time.perf_counter() - begun
    gc.collect()
    tracemalloc.start()
    index = shipped_index()
    gc.collect()
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return index, seconds, megabytes


def _milliseconds(index: GoodsIndex, listings: ConfirmedListings, asked: list[GoodsText]) -> tuple[float, float]:
    """The middle and the longest time of a question; of three tries each the best, for the machine is shared."""
    taken = []
    for goods in asked:
        tries = []
        for _ in range(3):
            begun = time.perf_counter()
            index.likely(goods, confirmed=listings)
            tries.append((time.perf_counter() - begun) * 1e3)
        taken.append(min(tries))
    return statistics.median(taken), max(taken)

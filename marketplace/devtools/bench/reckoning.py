"""`bin/bench landed_cost`: what one assessment takes, what twenty-four cards take, and whether look-ups hold memory.

No server and no database: the rule book is read from the rule files, the rates are fixed.
"""

from __future__ import annotations

import gc
import statistics
import timeit
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from moneyed import Money

from compliance.landed_cost import assess
from compliance.rules.book import RuleBook
from compliance.rules.files import read_all
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable

ON = date(2026, 11, 22)
FX = FxTable("EUR", ON, {"USD": Decimal("1.1172"), "GBP": Decimal("0.8338"), "NOK": Decimal("11.70")}, "bench")
CODES = ("610910", "691110", "851830", "420292", "950300")
MICROSECONDS, CARD_MILLISECONDS, LOOKUPS, GROWTH_KB = 150.0, 3.0, 1_000_000, 64
CASES = (("DE", "EUR"), ("DE", "USD"), ("GB", "GBP"), ("NO", "NOK"), ("US", "USD"), ("BR", "USD"))


def _consignment(country: str, currency: str, codes: tuple[str, ...]) -> Consignment:
    lines = tuple(
        ConsignmentLine(f"SKU-{code}", f"goods of code {code}", code, "CN", 2, Money("12.50", currency), 300)
        for code in codes
    )
    shipping, nothing = Money("9.00", currency), Money("0", currency)
    return Consignment("CN", Destination(country, "SP" if country == "BR" else ""), currency, lines, shipping, nothing)


def _median(do: Callable[[], object], number: int = 200) -> float:
    """Seconds that one call takes, the median of fifteen rounds."""
    do()
    return statistics.median(timeit.repeat(do, number=number, repeat=15)) / number


def _growth(book: RuleBook) -> float:
    """By how many KB the process grows while a million rules are looked up."""
    places = [book.for_destination(Destination(country)) for country, _ in CASES]
    rounds = LOOKUPS // (2 * len(places) * len(CODES))
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(rounds):
        for rules in places:
            for code in CODES:
                rules.duty(code, ("CN", ""))
                rules.tax("", "standard")
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown / 1024


def measure_landed_cost(say: Callable[[str], None]) -> list[str]:
    """Prints the figures through `say`; what misses its aim."""
    book = RuleBook(ON, read_all())
    missed = []
    say(f"{book.size} rules in force on {ON}\n\n| five lines to | microseconds | aim |\n|---|---:|---:|")
    for country, currency in CASES:
        consignment = _consignment(country, currency, CODES)
        taken = _median(lambda parcel=consignment: assess(parcel, book, FX, ON)) * 1e6  # type: ignore[misc]
        say(f"| {country} in {currency} | {taken:.0f} | {MICROSECONDS:.0f} |")
        if taken > MICROSECONDS:
            missed.append(f"five lines to {country}: {taken:.0f} µs")
    cards = [_consignment("DE", "USD", (CODES[number % len(CODES)],)) for number in range(24)]
    taken = _median(lambda: [assess(card, book, FX, ON) for card in cards], 20) * 1e3
    say(f"\n24 cards: {taken:.2f} ms (aim {CARD_MILLISECONDS:.0f} ms)")
    if taken > CARD_MILLISECONDS:
        missed.append(f"24 cards: {taken:.2f} ms")
    grown = _growth(book)
    say(f"{LOOKUPS} look-ups: memory grown by {grown:.1f} KB (aim {GROWTH_KB} KB)")
    if grown > GROWTH_KB:
        missed.append(f"{LOOKUPS} look-ups: {grown:.1f} KB")
    return missed

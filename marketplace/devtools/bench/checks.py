"""`bin/bench checks`: what it takes to look at ten thousand listings for thirty destinations.

No server and no database: the rule book is read from the rule files, the listings are made up, with texts in seven
languages as long as those of the synthetic catalogue, and half of them have something to be found.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from compliance.rules.book import RuleBook
from compliance.rules.files import read_all
from compliance.screening import ListingFacts, screen_listing
from compliance.screening.facts import Operator, PriceFacts

ON = date(2026, 11, 28)
LISTINGS, SECONDS = 10_000, 15.0
DESTINATIONS = tuple(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB US JP".split()
)
GOODS = (
    ("691110", "Porcelain tea cup", frozenset({"food_contact"})),
    ("610910", "Cotton T-shirt", frozenset({"textile"})),
    ("851830", "Wireless headphones", frozenset({"electronics", "battery", "lithium"})),
    ("950300", "Wooden toy train", frozenset({"toy", "children"})),
    ("420292", "Laptop backpack", frozenset({"textile"})),
    ("940360", "Oak side table", frozenset({"furniture", "plant"})),
    ("330499", "Hand cream", frozenset({"cosmetic", "liquid"})),
    ("821192", "Kitchen knife", frozenset({"blade"})),
)
TEXTS = {
    "en": "Made by hand in a small workshop, fired twice and glazed inside. It keeps warm for long. ",
    "de": "Von Hand in einer kleinen Werkstatt gemacht, zweimal gebrannt und innen glasiert. ",
    "fr": "Fabriqué à la main dans un petit atelier, cuit deux fois et émaillé à l’intérieur. ",
    "es": "Hecho a mano en un pequeño taller, cocido dos veces y esmaltado por dentro. ",
    "zh-hans": "小作坊手工制作，两次烧制，内壁施釉，保温持久。",
    "ja": "小さな工房で手作りされ、二度焼きし、内側に釉薬をかけています。",
    "ar": "مصنوع يدويا في ورشة صغيرة، محروق مرتين ومزجج من الداخل. ",
}
MAKER = Operator("Kiln Works", "1 Kiln Lane, Jingdezhen", "CN", "maker@kiln.example")
PERSON = Operator("Kiln Europe GmbH", "Speicherstraße 1, Hamburg", "DE", "safety@kiln.example")


def made_up(count: int, numbers: list[tuple[str, str, str]]) -> Iterator[ListingFacts]:
    """So many listings of forty sellers: every seller lacks some registrations, every second listing some facts."""
    sellers = [frozenset(numbers[seller:]) for seller in range(0, 40)]
    for place in range(count):
        hs_code, description, traits = GOODS[place % len(GOODS)]
        is_whole = place % 2 == 0
        paragraph = 8 + place % 9
        yield ListingFacts(
            sku=f"SKU-{place}", hs_code=hs_code, origin="CN", weight_grams=200 + place % 900,
            lithium="lithium" in traits, description=description, traits=traits, registrations=sellers[place % 40],
            texts={code: f"<p>{text * paragraph}{place}</p>" for code, text in TEXTS.items()},
            warnings={"en": "Hot.", "de": "Heiß."} if is_whole else {}, has_picture=True,
            model_identifier=f"M-{place}" if is_whole else "", manufacturer=MAKER if is_whole else Operator(),
            responsible_person=PERSON if is_whole else Operator(), packaging_grams={"paper": Decimal(80)},
            prices=(PriceFacts("EUR", Decimal(20), Decimal(25), Decimal(25), Decimal(10)),),
        )  # fmt: skip


def measure_checks(say: Callable[[str], None], count: int = LISTINGS) -> list[str]:
    """Prints the figures through `say`; what misses its aim."""
    tables = read_all()
    book = RuleBook(ON, tables)
    facts = list(made_up(count, [("epr", row["country"], row["stream"]) for row in tables["epr_schemes"]]))
    begun = time.process_time()
    found = Counter(finding.check for each in facts for finding in screen_listing(each, DESTINATIONS, book))
    taken = time.process_time() - begun
    say(f"{count} listings × {len(DESTINATIONS)} destinations, checks alone: {taken:.2f} s (aim {SECONDS:.0f} s), "
        f"{found.total()} findings")  # fmt: skip
    for name, number in found.most_common():
        say(f"  {number:>6}  {name}")
    return [f"checks alone: {taken:.1f} s"] if taken > SECONDS else []

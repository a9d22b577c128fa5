"""`bin/bench screening`: what it takes to screen ten thousand listings for every destination, from the rows to the shelves.

Three rounds: listings that nobody has looked at yet, the same after half of them have lost their facts and one seller of
six their registrations, and all of them again with nothing changed. Run as a module it brings the rows into the state
that a round begins with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from marketplace.devtools.bench.site import Site

LISTINGS: Final = 10_000
SECONDS: Final = 60
STATES: Final = {
    "new": (
        "TRUNCATE compliance_flag, compliance_flagevent, catalog_markethold CASCADE",
        "UPDATE catalog_product SET is_unscreened = true, screened_at = NULL, held_in = '{\"\"}'",
        "DELETE FROM catalog_placement",
    ),
    "spoiled": (
        "DELETE FROM catalog_productfacts WHERE product_id % 2 = 0",
        "DELETE FROM compliance_registration WHERE seller_id = (SELECT min(seller_id) FROM compliance_registration)",
        "UPDATE catalog_product SET is_unscreened = true",
    ),
    "again": ("UPDATE catalog_product SET is_unscreened = true",),
}
Timed = Callable[..., tuple[float, float]]


def measure_screening(site: Site, timed: Timed, say: Callable[[str], None]) -> list[str]:
    """Prints the figures through `say`; what misses its aim. Raises `StepFailed`."""
    site.use_database("shop_screening", fresh=True)
    site.manage("generate_catalogue", "--products", str(LISTINGS))
    missed = []
    for state in STATES:
        site.supervisor.run(site.program("state", "-m", __name__, state))
        seconds, megabytes = timed(site, "screen")
        log = (site.program("screen").log).read_text().strip().splitlines()
        said = next((line for line in reversed(log) if "listings screened" in line), "")
        say(f"{state}: {seconds:.1f} s (aim {SECONDS}), {megabytes:.0f} MB: {said}")
        if seconds > SECONDS:
            missed.append(f"screening, {state}: {seconds:.1f} s")
    return missed


def bring_into(state: str) -> None:
    """The rows are as the round begins."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.devtools.bench.settings")
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in STATES[state]:
            cursor.execute(statement)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    bring_into(sys.argv[1])

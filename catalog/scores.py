"""How reliably a seller sends: pure.

The score is the share of parcels that left by their day, among those that had to leave lately. A parcel that the seller
cancelled counts as one that did not leave. Below ten parcels a seller is new and has no score: one late parcel out
of three says nothing.

    40 parcels, 38 in time, 1 late, 1 cancelled    38 / 40 = 95
    9 parcels, 9 in time                           new seller
    199 of 200 in time                             99.5, rounded down to 99: only who was never late has 100
"""

from __future__ import annotations

from typing import Final

FEWEST: Final = 10
COUNTED_DAYS: Final = 180
STEPS: Final = (98, 95, 90, 80)  # what shoppers filter sellers by


def score_of(*, parcels: int, in_time: int) -> int | None:
    """From 0 to 100, None for a new seller."""
    if parcels < FEWEST:
        return None
    return in_time * 100 // parcels

"""Which warehouse sends: the one with the fewest borders to the buyer, then the seller's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def nearest(countries: Sequence[str], destination: str, customs_areas: Mapping[str, str]) -> str:
    """The country among `countries` from which goods reach `destination` with the fewest borders.

    The destination's own country comes first, then one in the same customs area, then the first named (the
    seller's home). `customs_areas` has the area of each country. Empty when there are no countries.
    """
    if destination in countries or not countries:
        return destination if countries else ""
    area = customs_areas.get(destination, destination)
    return next((country for country in countries if customs_areas.get(country, country) == area), countries[0])

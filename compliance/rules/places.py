"""Countries, and the parts of them where other rules hold: by their codes, by postal code, by the spelling of a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from babel import Locale

from accounts.address_rules import tidy_postal_code
from compliance.traders.names import fold


@cache
def known_places() -> frozenset[str]:
    """ISO 3166-1 codes of the countries of the world, and "XI" for Northern Ireland."""
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) | {"XI"}


def plain_postal_code(text: str, country: str) -> str:
    """The letters and digits of a postal code alone, whatever script they were written in, without the country before."""
    letters = "".join(filter(str.isalnum, tidy_postal_code(country, "", text)))
    return letters.removeprefix(country)


@lru_cache(maxsize=1024)
def is_among(region: str, spellings: frozenset[str]) -> bool:
    """Whether a region is one of those spelled: by its whole code, or by a word that begins like a name.

    "Republic of Crimea" is among "crim", and "43" among "43" only; accents, case and apostrophes don't count.
    """
    folded = fold(region)
    codes = (spelling for spelling in spellings if any(sign.isdigit() for sign in spelling))
    return folded in codes or any(
        f" {spelling}" in f" {folded}" for spelling in spellings if not any(sign.isdigit() for sign in spelling)
    )


@dataclass(frozen=True, slots=True)
class TerritoryRule:
    """A part of a country, known by its postal codes, where other rules hold."""

    country: str
    code: str
    name: str
    postal_prefixes: tuple[str, ...]

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> TerritoryRule:
        """The territory whose columns are in `row`."""
        return cls(row["country"], row["code"], row["name"], tuple(row["postal_prefixes"].split()))

    @property
    def is_like_a_country(self) -> bool:
        """Whether customs and holds name it in place of its country: its code has two letters."""
        return len(self.code) == 2

"""The kinds of registrations: where each holds, whether it needs a proof, and which service knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from marketplace.kernel.places import NORTHERN_IRELAND as NORTHERN_IRELAND

MEMBER_STATES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
"""The member states whose numbers VIES knows. Which of them is in the Union on a day is for the rule book to say."""

VIES: Final = "vies"

# Where a kind holds, beside those that hold in one country, which is named.
MEMBER_STATE, EORI_AREA, REGISTER, ANYWHERE, NOWHERE = "member_state", "eori_area", "register", "anywhere", ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of number.

    `place` is one of the words above or the code of the one country in which the kind holds. With `needs_proof` a
    document has to come with the number; `asked_of` names the service that is asked, "" where officers decide alone.
    """

    name: str
    place: str
    needs_proof: bool = True
    asked_of: str = ""

    @property
    def only_country(self) -> str:
        """The one country in which the kind holds, "" when there are several or none."""
        return self.place if len(self.place) == 2 else ""

    @property
    def has_country(self) -> bool:
        """Whether a country has to be named."""
        return self.place in (MEMBER_STATE, EORI_AREA, REGISTER)


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("vat", MEMBER_STATE, needs_proof=False, asked_of=VIES),
        Kind("uk_vat", "GB"),
        Kind("ioss", NOWHERE),
        Kind("oss", MEMBER_STATE),
        Kind("eori", EORI_AREA),
        Kind("epr", REGISTER),
        Kind("voec", "NO"),
        Kind("gst_au", "AU"),
        Kind("gst_nz", "NZ"),
        Kind("gst_sg", "SG"),
        Kind("uscc", "CN"),
        Kind("other", ANYWHERE),
    )
}
"""Every kind by its name, which is the value of `compliance.models.Registration.Kind`."""


def country_of(kind: Kind, country: str) -> str:
    """The country under which a number is kept, for the one that was named. Raises ValueError for a wrong one."""
    country = country.strip().upper()
    if kind.only_country:
        if country not in ("", kind.only_country):
            raise ValueError(country)
        return kind.only_country
    if kind.place == NOWHERE:
        return ""
    if not country and kind.has_country:
        raise ValueError(country)
    if kind.place == MEMBER_STATE and not (is_member_state(country) or country == NORTHERN_IRELAND):
        raise ValueError(country)
    if kind.place == EORI_AREA and not (is_member_state(country) or country in ("GB", NORTHERN_IRELAND)):
        raise ValueError(country)
    return country


def is_member_state(country: str) -> bool:
    """Whether numbers of the country are those of a member state."""
    return country in MEMBER_STATES


def vat_prefix(country: str) -> str:
    """What VAT numbers of a member state begin with: its code, but EL for Greece."""
    return "EL" if country == "GR" else country

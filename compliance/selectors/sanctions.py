"""Reads: who on the lists of sanctions has a name like one that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Max

from compliance.deadlines import limits
from compliance.models import Flag, SanctionedParty, SanctionsLoad
from compliance.recipients import hit_of, key_of
from compliance.traders.names import fold, likeness, weighed
from marketplace.kernel.address import PostalAddress

_MOST_CANDIDATES: Final = 200
# The function asks the index for names that share letters (see the migration); likeness itself is reckoned afterwards.
_CANDIDATES: Final = """
SELECT found.asked, name.folded, name.name, party.list_name, party.reference, party.name, party.countries,
    party.birth_date
FROM compliance_names_like(%(names)s::text[], %(most)s) AS found
JOIN compliance_sanctionedname name ON name.id = found.name_id
JOIN compliance_sanctionedparty party ON party.id = name.party_id
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """A name that is looked for, with what else is known: an ISO 3166-1 country, a date of birth."""

    name: str
    country: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of a list whose name is like the one that was looked for; `likeness` from 0 to 1."""

    list_name: str
    reference: str
    listed_name: str
    likeness: Decimal
    countries: tuple[str, ...] = ()
    born_on: date | None = None

    def as_fact(self) -> tuple[str, str, str, str]:
        """As `PartyFacts.matches` takes it."""
        return self.list_name, self.reference, self.listed_name, format(self.likeness, "f")


def sanction_matches(names: Iterable[str]) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """Each name with the entries of lists that it is so like that it counts as a hit, as `PartyFacts.matches` takes them.

    One query for all names. Country and date of birth count for nothing here: see `matches_of`.
    """
    found = matches_of(Sought(name) for name in names)
    return {sought.name: tuple(match.as_fact() for match in matches) for sought, matches in found.items()}


def recipient_matches(names: Iterable[str], address: PostalAddress) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """As `sanction_matches` of those who receive at an address, without the entries that two officers let go for them there.

    One query more where anybody is like an entry.
    """
    found = sanction_matches(names)
    keys = {(name, match): key_of(hit_of(name, match, address)) for name, matches in found.items() for match in matches}
    let_go = _let_go({rule for rule, _fingerprint in keys.values()})
    return {
        name: tuple(match for match in matches if keys[name, match] not in let_go) for name, matches in found.items()
    }


def _let_go(rules: set[str]) -> set[tuple[str, str]]:
    if not rules:
        return set()
    decided = Flag.objects.filter(
        content_type=ContentType.objects.get_for_model(SanctionedParty), rule__in=rules,
        status__in=(Flag.Status.RELEASED, Flag.Status.WAIVED),
    )  # fmt: skip
    return set(decided.values_list("rule", "fingerprint"))


def matches_of(people: Iterable[Sought]) -> dict[Sought, tuple[Match, ...]]:
    """Each of those looked for with the hits in the lists, the likest first; an entry counts by its likest name."""
    asked = {sought: fold(sought.name) for sought in people}
    candidates = _candidates({folded for folded in asked.values() if folded})
    least = Decimal(limits()["names_alike_from"]) / 100
    return {sought: _hits(sought, folded, candidates.get(folded, ()), least) for sought, folded in asked.items()}


@dataclass(frozen=True, slots=True)
class _Candidate:
    folded: str
    list_name: str
    reference: str
    listed_name: str
    countries: tuple[str, ...]
    born_on: date | None


def _candidates(folded: set[str]) -> dict[str, list[_Candidate]]:
    """The listed names that share letters with each of the folded names."""
    if not folded:
        return {}
    found: dict[str, list[_Candidate]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"names": sorted(folded), "most": _MOST_CANDIDATES})
        for asked, name, shown, list_name, reference, party, countries, born_on in cursor.fetchall():
            listed = party if shown == party else f"{shown} ({party})"
            found.setdefault(asked, []).append(
                _Candidate(name, list_name, reference, listed, tuple(countries or ()), born_on)
            )
    return found


def _hits(sought: Sought, folded: str, candidates: Iterable[_Candidate], least: Decimal) -> tuple[Match, ...]:
    best: dict[tuple[str, str], Match] = {}
    for each in candidates:
        alike = weighed(
            likeness(folded, each.folded), born_on=sought.born_on, country=sought.country,
            listed_born_on=each.born_on, listed_countries=each.countries,
        )  # fmt: skip
        key = each.list_name, each.reference
        if alike >= least and (key not in best or alike > best[key].likeness):
            best[key] = Match(*key, each.listed_name, alike, each.countries, each.born_on)
    return tuple(sorted(best.values(), key=lambda match: (-match.likeness, match.list_name, match.reference)))


def loaded_lists() -> dict[str, date]:
    """The day on which each list of sanctions was last loaded, by the name of the list."""
    found = SanctionsLoad.objects.order_by().values("list_name").annotate(last=Max("at"))
    return {row["list_name"]: row["last"].date() for row in sorted(found, key=lambda row: row["list_name"])}

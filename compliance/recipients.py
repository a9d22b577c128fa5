"""Recipients who are like somebody on a list of sanctions: what the desk is told of each, and what a release holds for. Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from compliance import fingerprints
from compliance.screening import CRITICAL, Finding
from compliance.screening.people import RECIPIENT_LISTED, SANCTIONS, words_of
from compliance.traders.names import fold
from marketplace.kernel.address import PostalAddress

_LONGEST_ENTRY: Final = 44  # of list and reference, so that a rule with them and a digest fits into its column


def hit_of(name: str, match: tuple[str, str, str, str], address: PostalAddress) -> Finding:
    """The finding on an entry of a list; its rule tells the recipient apart, by name and address."""
    entry = "-".join(match[:2])[:_LONGEST_ENTRY]
    return Finding(RECIPIENT_LISTED, CRITICAL, words_of(name, match), SANCTIONS, f"{entry}-{_digest(name, address)}")


def key_of(finding: Finding) -> tuple[str, str]:
    """Rule and fingerprint of the flag of a finding, by which a release of it is known again."""
    rule = f"{finding.check}:{finding.rule}"
    return rule, fingerprints.of_finding(rule, finding.severity, finding.params, {})


def _digest(name: str, address: PostalAddress) -> str:
    place = (address.country_code, address.country_area, address.city, address.postal_code, address.street_address)
    told = "|".join(map(fold, (name, *place)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]

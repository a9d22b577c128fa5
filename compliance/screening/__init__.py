"""What is wrong with a listing, a parcel, a seller or a party: small checks on plain facts, each with its legal reference.

`screen` makes every check on a party, a seller or goods on their way; `screen_listing` those on a listing that is offered
in many countries. A check sees the facts and the rules of the day, and gives findings; it loads nothing and changes nothing.
"""

from compliance.screening import claims, goods, people, prices, producers, restricted, safety
from compliance.screening.facts import BLOCK, CRITICAL, NOTICE, REVIEW, Finding, ListingFacts, PartyFacts, SellerFacts
from compliance.screening.registry import Check, Facts, check, checks, checks_for, screen, screen_listing

__all__ = [
    "BLOCK",
    "CRITICAL",
    "NOTICE",
    "REVIEW",
    "Check",
    "Facts",
    "Finding",
    "ListingFacts",
    "PartyFacts",
    "SellerFacts",
    "check",
    "checks",
    "checks_for",
    "claims",
    "goods",
    "people",
    "prices",
    "producers",
    "restricted",
    "safety",
    "screen",
    "screen_listing",
]

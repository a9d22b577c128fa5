"""The states of a seller and the ways between them: one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INVITED, ONBOARDING, IN_REVIEW = "invited", "onboarding", "in_review"
APPROVED, REFUSED, SUSPENDED = "approved", "refused", "suspended"
STATES: Final = (INVITED, ONBOARDING, IN_REVIEW, APPROVED, REFUSED, SUSPENDED)

OFFICER, MEMBER = "officer", "member"

WAYS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    (INVITED, ONBOARDING): frozenset({MEMBER}),  # accepts the invitation
    (INVITED, REFUSED): frozenset({OFFICER}),  # takes the invitation back
    (ONBOARDING, IN_REVIEW): frozenset({MEMBER}),  # sends the papers
    (ONBOARDING, REFUSED): frozenset({OFFICER}),
    (IN_REVIEW, ONBOARDING): frozenset({MEMBER, OFFICER}),  # takes them back, or is asked to complete them
    (IN_REVIEW, APPROVED): frozenset({OFFICER}),
    (IN_REVIEW, REFUSED): frozenset({OFFICER}),
    (APPROVED, SUSPENDED): frozenset({OFFICER}),
    (SUSPENDED, APPROVED): frozenset({OFFICER}),
    (REFUSED, ONBOARDING): frozenset({OFFICER}),  # another attempt
}
"""From which state to which, and who may go the way."""

TO_BE_FILLED: Final = frozenset({ONBOARDING, APPROVED, SUSPENDED})
"""The states in which a seller's members may change the papers."""

OVER: Final = frozenset({REFUSED, SUSPENDED})
"""The states in which the relation to a seller can end."""


def may_go(before: str, after: str, who: str) -> bool:
    """Whether `who`, an officer or a member of the seller, may take a seller from one state to another."""
    return who in WAYS.get((before, after), frozenset())

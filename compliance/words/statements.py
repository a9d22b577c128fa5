"""A statement of reasons in words, in the active language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from compliance.models import StatementOfReasons
from compliance.words.places import places_text

NOTICE_UPHELD, SELLER_DECIDED = "notice_upheld", "seller_decided"
DECIDED: Final = frozenset({NOTICE_UPHELD, SELLER_DECIDED})
"""Findings of a decision, not of a check: nothing mends them by itself."""


def statement_text(statement: StatementOfReasons) -> str:
    """A statement as one paragraph: what, where, for how long, why, on which ground, and how it was found."""
    return " ".join(
        [
            f"{statement.label}: {statement.get_restriction_display()}.",
            _("Countries: %(countries)s.") % {"countries": places_text(statement.countries.split())},
            duration_text(statement),
            _("Facts: %(facts)s") % {"facts": statement.facts},
            _("Ground: %(ground)s.") % {"ground": statement.ground},
            found_text(statement),
        ]
    )


def is_mended_by_itself(statement: StatementOfReasons) -> bool:
    """Whether the restriction ends as soon as a check finds nothing any more."""
    return statement.flag is not None and statement.flag.rule.partition(":")[0] not in DECIDED


def duration_text(statement: StatementOfReasons) -> str:
    """How long the restriction holds."""
    if statement.restriction != StatementOfReasons.Restriction.SUSPENDED and is_mended_by_itself(statement):
        return _("It holds until what was found is mended; no day is set.")
    return _("It holds until we lift it; no day is set.")


def found_text(statement: StatementOfReasons) -> str:
    """How the fault was found, and who decided."""
    if statement.notice_id:
        return _("It was decided by a person on a notice that we received.")
    if not statement.is_automated:
        return _("It was found and decided by a person.")
    if statement.is_decided_by_person:
        return _("It was found by an automated check and decided by a person.")
    return _("It was found and decided by an automated check.")

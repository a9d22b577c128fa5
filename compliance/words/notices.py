"""What the answer to a notice says in any case, in the active language; the officer's own words follow."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from compliance.words.places import places_text


def standard_answer(state: str, countries: Sequence[str]) -> str:
    """The first sentence of an answer: what became of what was reported. Raises KeyError for a state that is no decision."""
    if state == "acted_on":
        if countries:
            return _("What you reported is no longer shown in these countries: %(countries)s.") % {
                "countries": places_text(countries)
            }
        return _("What you reported is no longer shown anywhere.")
    return {"rejected": _("We found no breach of the law and left it as it is.")}[state]

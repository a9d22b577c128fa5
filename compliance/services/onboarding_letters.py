"""The letters of the checklist: how far a seller is, once a week, and that a step can be done now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Seller
from compliance.models import Letter
from compliance.services.letter_shape import Words
from compliance.words.onboarding import step_reason, step_title
from marketplace.kernel.numbers import share

MOST_NAMED: Final = 8


def _onboarding_week(letter: Letter) -> Words | None:
    seller = Seller.objects.get(pk=letter.params["seller"])
    if seller.status != Seller.Status.ONBOARDING:
        return None
    steps = letter.params["steps"]
    words = {"seller": seller.name, "share": share(letter.params["percent"])}
    count = ngettext("%(count)d step is open.", "%(count)d steps are open.", len(steps)) % {"count": len(steps)}
    kind, params = steps[0]
    next_step = _("Next: %(step)s.") % {"step": step_title(kind, params)}
    return Words(
        _("%(seller)s: %(share)s of the way to selling") % words,
        (count, next_step, step_reason(kind, params)),
        reverse("admin:onboarding"), _("See the checklist"),
        tuple(step_title(*step) for step in steps[1:MOST_NAMED]),
        (_("You get this letter once a week until your papers are sent."),),
    )  # fmt: skip


def _onboarding_possible(letter: Letter) -> Words:
    seller = Seller.objects.get(pk=letter.params["seller"])
    steps = letter.params["steps"]
    kind, params = steps[0]
    title = _("%(seller)s: now you can do the next step") % {"seller": seller.name}
    texts = (step_title(kind, params), step_reason(kind, params)) if len(steps) == 1 else (_("These can be done now:"),)
    quotes = tuple(step_title(*step) for step in steps) if len(steps) > 1 else ()
    return Words(title, texts, reverse("admin:onboarding"), _("See the checklist"), quotes)


KINDS: Final[Mapping[str, Callable[[Letter], Words | None]]] = {
    "onboarding_week": _onboarding_week,
    "onboarding_possible": _onboarding_possible,
}

"""The letters about reviews: to who sells that there is one, to who wrote it what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import Letter, StatementOfReasons
from compliance.services.letter_shape import Words
from compliance.words.statements import statement_text


def _written(letter: Letter) -> Words:
    told = letter.params
    title = _("A review of %(product)s") % {"product": told["product"]}
    text = ngettext(
        "Somebody who bought it gave it %(count)d star.", "Somebody who bought it gave it %(count)d stars.", told["stars"]
    ) % {"count": told["stars"]}  # fmt: skip
    return Words(title, (text,), told["page"], _("Read and answer it"))


def _hidden(letter: Letter) -> Words:
    told = letter.params
    title = _("Your review of %(product)s is not shown any more") % {"product": told["product"]}
    paragraphs = (_("A person of our house has read it and found:"),)
    stated = StatementOfReasons.objects.filter(pk=told.get("statement")).first()
    found = (statement_text(stated),) if stated else tuple(filter(None, (told["reason"], told["note"])))
    ending = (
        _("You can change it on the page of your order; we then look at it again. If you think that we are wrong, "
          "answer this letter, or turn to a court or a body for settling disputes."),
    )  # fmt: skip
    return Words(title, paragraphs, quotes=found, ending=ending)


def _published(letter: Letter) -> Words:
    told = letter.params
    title = _("Your review of %(product)s is shown") % {"product": told["product"]}
    return Words(title, (_("Thank you. It helps others to choose."),), told["page"], _("See the product"))


KINDS: Final[Mapping[str, Callable[[Letter], Words | None]]] = {
    "review_written": _written,
    "review_hidden": _hidden,
    "review_published": _published,
}

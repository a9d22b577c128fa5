"""Why a customs code is proposed, and what contradicts one: sentences in the active language."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from babel.lists import format_list
from django.utils.translation import get_language, gettext, ngettext, pgettext

from compliance.classification.contradiction import BY_WORDS, Contradiction
from compliance.classification.goods import Proposal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code with its text in English and the sentences that say why it is proposed."""

    code: str
    description: str
    reasons: tuple[str, ...]


def suggestion(proposal: Proposal) -> Suggestion:
    """A proposal as readers meet it."""
    return Suggestion(proposal.code, proposal.description, tuple(_reasons(proposal)))


def _reasons(proposal: Proposal) -> list[str]:
    reasons = []
    if proposal.words:
        reasons.append(gettext("Fits the words: %(words)s.") % {"words": _quoted(proposal.words)})
    if proposal.is_usual:
        reasons.append(gettext("The usual code of the category."))
    elif proposal.fits_category:
        reasons.append(gettext("Fits the category."))
    if proposal.listings:
        text = ngettext(
            "%(count)d listing on sale with such words is declared so.",
            "%(count)d listings on sale with such words are declared so.",
            proposal.listings,
        )
        reasons.append(text % {"count": proposal.listings})
    return reasons


def contradiction_text(found: Contradiction) -> str:
    """What contradicts a code, as a sentence for the seller."""
    details = {
        "code": found.hs_code,
        "chapter": found.chapter,
        "chapters": format_list(found.expected, style="or", locale=_locale()),
        "words": _quoted(found.words),
    }
    if found.ground == BY_WORDS:
        text = gettext(
            "The HS code %(code)s is in chapter %(chapter)s. Goods with the words %(words)s are usually in chapter %(chapters)s."
        )
    else:
        text = gettext(
            "The HS code %(code)s is in chapter %(chapter)s. Goods of this category are usually in chapter %(chapters)s."
        )
    return text % details


def _quoted(words: tuple[str, ...]) -> str:
    quoted = [pgettext("quoted word", "“%(word)s”") % {"word": word} for word in words]
    return format_list(quoted, locale=_locale())


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))

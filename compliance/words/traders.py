"""What is said about sellers' papers: what is missing, the certificate, and the steps that nobody words themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MISSING: Final[Mapping[str, Any]] = {
    "legal_name": gettext_lazy("The legal name"),
    "street_address": gettext_lazy("The street address"),
    "city": gettext_lazy("The city"),
    "postal_code": gettext_lazy("The postal code"),
    "country": gettext_lazy("The country"),
    "email": gettext_lazy("An e-mail address for buyers and authorities"),
    "phone": gettext_lazy("A telephone number"),
    "person_name": gettext_lazy("The name of the person in charge"),
    "birth_date": gettext_lazy("The date of birth"),
    "identity_document": gettext_lazy("A copy of the identification document"),
    "trade_register": gettext_lazy("The trade register"),
    "register_number": gettext_lazy("The number in the trade register"),
    "register_document": gettext_lazy("An extract of the trade register"),
    "owners": gettext_lazy("The people who own or control the company"),
    "bank_holder": gettext_lazy("The holder of the bank account"),
    "bank_country": gettext_lazy("The country of the bank"),
    "bank_account": gettext_lazy("The number of the bank account"),
    "bank_document": gettext_lazy("A proof of the bank account"),
    "certificate": gettext_lazy("Your signature under the certificate"),
}

STEPS: Final[Mapping[str, Any]] = {
    "invitation_sent": gettext_lazy("The invitation was sent."),
    "invitation_accepted": gettext_lazy("The invitation was accepted."),
    "papers_sent": gettext_lazy("The papers were sent for review."),
    "papers_taken_back": gettext_lazy("The seller took the papers back to change them."),
    "papers_erased": gettext_lazy("The time for which papers are kept was over. They were erased."),
}
"""Reasons of steps that follow from what somebody did; a reason that is none of them is an officer's own words."""

_CHANGED: Final = "papers_changed:"
_CHANGES: Final[Mapping[str, Any]] = {
    **MISSING,
    "is_person": gettext_lazy("Whether the seller is a person or a company"),
    "country_area": gettext_lazy("The region"),
    "tax_country": gettext_lazy("The country of the tax number"),
    "tax_number": gettext_lazy("The tax number"),
    "wants_to_sell_in": gettext_lazy("Where the seller wants to sell"),
}


def missing_words(names: Iterable[str]) -> list[str]:
    """What is missing, each in a few words of the active language."""
    return [str(MISSING[name]) for name in names]


def changed_reason(names: Iterable[str]) -> str:
    """The reason of the step by which papers were changed; `step_reason` words it."""
    return _CHANGED + ",".join(names)


def step_reason(reason: str) -> str:
    """The reason of a step as it is read: a sentence for what followed by itself, else what somebody wrote."""
    if reason.startswith(_CHANGED):
        names = [str(_CHANGES[name]) for name in reason.removeprefix(_CHANGED).split(",") if name in _CHANGES]
        return _("Changed after the decision: %(things)s.") % {"things": "; ".join(names)}
    return str(STEPS.get(reason, reason))


def certificate_text(version: str) -> str:
    """The self-certificate of a version in the active language. Raises KeyError for no version."""
    return str(_CERTIFICATES[version])


_CERTIFICATES: Final[Mapping[str, Any]] = {
    "2026-11": gettext_lazy(
        "We commit to offer on this marketplace only products and services that comply with the law that applies where they"
        " are sold, with Union law wherever they are sold in the European Union. What we state here about ourselves is true"
        " and complete, and we will say so here at once when any of it changes."
    ),
}

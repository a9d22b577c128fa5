"""What an officer asks a seller without writing it: whole texts, translated into the seller's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUESTIONS: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "registration_proof": (
        _("Proof of a registration"),
        _(
            "Please send us the proof of your registration for the countries named above: the certificate or an extract"
            " of the register that shows your name, the number and until when it holds."
        ),
    ),
    "conformity": (
        _("Declaration of conformity and test report"),
        _(
            "Please send us the declaration of conformity and the test report for this product. Both have to name the"
            " model and the standards that were tested."
        ),
    ),
    "responsible_person": (
        _("Manufacturer and responsible person"),
        _(
            "Please name the manufacturer and the responsible person in the European Union, each with postal address"
            " and e-mail address, and send us the agreement with the responsible person."
        ),
    ),
    "composition": (
        _("What it is made of"),
        _(
            "Please tell us exactly what the product is and what it is made of, with the share of each material, and"
            " send us a picture of the label."
        ),
    ),
    "battery": (
        _("Battery"),
        _(
            "Please tell us the type, the capacity in watt-hours and the number of the batteries, and send us the"
            " UN 38.3 test summary."
        ),
    ),
    "permit": (
        _("Permit"),
        _("Please send us the permit or licence that lets you sell these goods in the countries named above."),
    ),
    "rights": (
        _("Right to sell the brand"),
        _(
            "Please send us the invoice of your supplier or the consent of the owner of the rights that shows that you"
            " may sell this brand."
        ),
    ),
    "price": (
        _("Price before the reduction"),
        _(
            "Please tell us at which price you sold this product in the thirty days before the reduction, and send us"
            " two invoices from these days."
        ),
    ),
    "identity": (
        _("Who this person is"),
        _(
            "Please send us an identification document of the person or an extract of the register of the company"
            " named above, with date of birth or register number, so that we can tell them from others of that name."
        ),
    ),
}


def question_text(template: str, words: str = "") -> str:
    """The text of a template and the officer's own words below it, in the active language. Raises KeyError."""
    parts = [str(QUESTIONS[template][1])] if template else []
    return "\n\n".join([*parts, words.strip()] if words.strip() else parts)

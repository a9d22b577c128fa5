"""What is said about registrations: why a number is refused, how one is got, and the steps that nobody words themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import Registration
from compliance.registrations.numbers import WRONG_CHECK_DIGIT, WRONG_PLACE
from compliance.words.findings import STREAMS
from marketplace.kernel.places import place_name

Kind = Registration.Kind

EXAMPLES: Final[Mapping[str, str]] = {
    Kind.VAT: "DE136695976",
    Kind.UK_VAT: "GB980780684",
    Kind.IOSS: "IM2761234567",
    Kind.OSS: "EU276123456",
    Kind.EORI: "DE1234567",
    Kind.VOEC: "2012345",
    Kind.GST_AU: "83 914 571 673",
    Kind.GST_NZ: "49-098-576",
    Kind.GST_SG: "197401143C",
    Kind.USCC: "91110000600037341L",
}
"""How a number of each kind looks; those of producer registers have their example in the rule book."""

WAYS: Final[Mapping[str, Any]] = {
    Kind.VAT: gettext_lazy("The tax office of the country gives it. VIES is asked at once whether it is valid."),
    Kind.UK_VAT: gettext_lazy("HM Revenue and Customs gives it."),
    Kind.IOSS: gettext_lazy(
        "The tax office of the member state in which you are identified gives it. It begins with IM; a number of an"
        " intermediary, which begins with IN, is no number for goods."
    ),
    Kind.OSS: gettext_lazy("It is your VAT number in the member state in which you use the one-stop shop."),
    Kind.EORI: gettext_lazy("The customs of the country in which you first import or export give it."),
    Kind.EPR: gettext_lazy("The register of producers of the country gives it, one for each stream of goods."),
    Kind.VOEC: gettext_lazy("The Norwegian tax administration gives it."),
    Kind.GST_AU: gettext_lazy("The Australian Taxation Office gives it: an ABN, or an ARN to suppliers from abroad."),
    Kind.GST_NZ: gettext_lazy("Inland Revenue gives it; it is your IRD number."),
    Kind.GST_SG: gettext_lazy("The Inland Revenue Authority gives it; for companies it is the UEN."),
    Kind.USCC: gettext_lazy("It stands on your business licence."),
    Kind.OTHER: gettext_lazy("Any other register. Say in the number which one it is."),
}

CLAIMED: Final = "claimed"
FOUND_VALID, FOUND_INVALID, FOUND_OTHER_NAME = "found_valid", "found_invalid", "found_other_name"
REPLACED, WITHDRAWN, BEGUN = "replaced", "withdrawn", "begun"

STEPS: Final[Mapping[str, Any]] = {
    CLAIMED: gettext_lazy("The number was entered."),
    FOUND_VALID: gettext_lazy("VIES says that the number is valid."),
    FOUND_INVALID: gettext_lazy("VIES says that the number is not valid."),
    FOUND_OTHER_NAME: gettext_lazy(
        "VIES says that the number is valid, and shows another name. An officer looks at it."
    ),
    REPLACED: gettext_lazy("Another number has taken its place."),
    BEGUN: gettext_lazy("Its first day has come."),
    WITHDRAWN: gettext_lazy("The seller took it back before it was checked."),
}
"""Reasons of steps that follow from what somebody did; a reason that is none of them was written by somebody."""


def registration_reason(reason: str) -> str:
    """The reason of a step as it is read: a sentence for what followed by itself, else what somebody wrote."""
    return str(STEPS.get(reason, reason))


def number_fault(code: str, kind: str, example: str = "") -> str:
    """Why a number is refused, by the code of `Malformed`; with an example where there is one."""
    if code == WRONG_CHECK_DIGIT:
        return _("The check digit of this number is wrong. Look for a mistyped digit, or two that changed places.")
    if code == WRONG_PLACE:
        return _("This is the number of another country. Choose that country, or enter the number of the chosen one.")
    example = example or EXAMPLES.get(kind, "")
    if example:
        return _("This is not a number of this kind. One looks like %(example)s.") % {"example": example}
    return _("This is not a number of this kind.")


def registration_title(kind: str, country: str, stream: str) -> str:
    """What a number is for, in a few words: its kind, with the stream and the country where it has them."""
    label = str(Kind(kind).label)
    if stream:
        label = f"{label}: {stream_name(stream)}"
    return f"{label} · {place_name(country)}" if country else label


def stream_name(stream: str) -> str:
    """A stream of goods in the active language; one that nobody knows stands for itself."""
    return str(STREAMS.get(stream, stream))

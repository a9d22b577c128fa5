"""The steps of the checklist in words: what is to be done, and why it is asked or not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from moneyed import Money

from compliance.onboarding.steps import DONE, GOODS, NOT_NEEDED, OPEN, PRODUCERS, TAX, WAITING, WHO
from compliance.words.registrations import registration_title, stream_name
from marketplace.kernel.money import format_money
from marketplace.kernel.places import place_name

SECTIONS: Final[Mapping[str, Any]] = {
    WHO: gettext_lazy("Who you are"),
    TAX: gettext_lazy("Tax and customs"),
    PRODUCERS: gettext_lazy("Producer responsibility"),
    GOODS: gettext_lazy("Your listings"),
}

STATES: Final[Mapping[str, Any]] = {
    DONE: pgettext_lazy("step", "Done"),
    WAITING: pgettext_lazy("step", "Being checked"),
    OPEN: pgettext_lazy("step", "Open"),
    NOT_NEEDED: pgettext_lazy("step", "Not needed"),
}

# Title and reason of each kind of step; the placeholders are filled from its params, places and streams by name.
_STEPS: Final[Mapping[str, tuple[Any, Any]]] = {
    "markets": (
        gettext_lazy("Say where you want to sell"),
        gettext_lazy("From the countries follows what else is needed."),
    ),
    "business": (
        gettext_lazy("Tell us about your business"),
        gettext_lazy("Buyers and authorities have to be able to find who sells to them."),
    ),
    "person": (
        gettext_lazy("Name the person in charge"),
        gettext_lazy("We have to see an identification document of the person who signs for the seller."),
    ),
    "register": (
        gettext_lazy("Add the trade register"),
        gettext_lazy("Companies are entered in a register. A person who is in none does not need this."),
    ),
    "owners": (
        gettext_lazy("Name who owns or controls the company"),
        gettext_lazy("Names are looked up in lists of sanctions. A person in business alone does not need this."),
    ),
    "bank": (
        gettext_lazy("Add the bank account"),
        gettext_lazy("What you earn is paid there, and the account has to be yours."),
    ),
    "certificate": (
        gettext_lazy("Sign the certificate"),
        gettext_lazy("You commit to offer only what may be sold where you sell it."),
    ),
    "review": (
        gettext_lazy("Send your papers for review"),
        gettext_lazy("An officer looks at them. You may sell when they are approved."),
    ),
    "vat_home": (
        gettext_lazy("VAT number: %(country)s"),
        gettext_lazy("You are established there, so your sales are taxed under your number."),
    ),
    "tax_home": (
        gettext_lazy("Tax number: %(country)s"),
        gettext_lazy("You are established there. Enter the number if you have one; below a limit none is needed."),
    ),
    "vat_storage": (
        gettext_lazy("VAT number: %(country)s"),
        gettext_lazy("Goods of yours lie in a warehouse there. Who imports and stores goods is registered there."),
    ),
    "oss": (
        gettext_lazy("Union one-stop shop: %(country)s"),
        gettext_lazy(
            "Above EUR 10,000 a year, sales to other member states are taxed where the buyer is. The one-stop shop saves a"
            " registration in each of them."
        ),
    ),
    "deemed": (
        gettext_lazy("Tax on what you send to: %(place)s"),
        gettext_lazy("The marketplace counts as the supplier there and pays the tax. You need no number for it."),
    ),
    "deemed_up_to": (
        gettext_lazy("Tax on what you send to: %(place)s"),
        gettext_lazy(
            "Up to %(amount)s the marketplace counts as the supplier and pays the tax. You need no number for it."
        ),
    ),
    "at_border": (
        gettext_lazy("Tax at the border: %(place)s"),
        gettext_lazy("Tax and duty are paid for the buyer when the goods come in. You need no number for it."),
    ),
    "at_border_above": (
        gettext_lazy("Tax at the border: %(place)s"),
        gettext_lazy(
            "Above that, tax and duty are paid for the buyer when the goods come in. You need no number for it."
        ),
    ),
    "eori": (
        gettext_lazy("EORI number: %(place)s"),
        gettext_lazy("Customs ask it of who brings goods in or out in their own name, such as into a warehouse."),
    ),
    "epr_block": (
        "%(what)s",
        gettext_lazy(
            "Register: %(register)s. You are given: %(number)s. Without the number, these goods may not be offered there."
        ),
    ),
    "epr_review": (
        "%(what)s",
        gettext_lazy(
            "Register: %(register)s. You are given: %(number)s. Without the number, an officer looks at your goods."
        ),
    ),
    "epr_inform": (
        "%(what)s",
        gettext_lazy(
            "Register: %(register)s. You are given: %(number)s. Registering is your duty; nothing is held here."
        ),
    ),
    "first_listing": (
        gettext_lazy("Make your first listing"),
        gettext_lazy("It may stay a draft until you may sell."),
    ),
    "facts_manufacturer": (
        gettext_lazy("Name the manufacturer on every listing"),
        gettext_lazy("With a postal address and an e-mail or web address, shown to buyers: %(place)s."),
    ),
    "facts_responsible_person": (
        gettext_lazy("Name a responsible person in the market"),
        gettext_lazy("Where the manufacturer is outside, somebody inside answers for the goods: %(place)s."),
    ),
    "facts_identification": (
        gettext_lazy("Give every listing a picture and a type or model"),
        gettext_lazy("Buyers have to be able to tell the product: %(place)s."),
    ),
    "facts_warnings_said": (
        gettext_lazy("Say the warnings, or that none are needed"),
        gettext_lazy("They are shown before the purchase: %(place)s."),
    ),
    "facts_warnings": (
        gettext_lazy("Translate the warnings"),
        gettext_lazy("Buyers read them in a language of their country: %(place)s."),
    ),
    "facts_ce_declaration": (
        gettext_lazy("Add the declaration of conformity"),
        gettext_lazy("Goods with CE marking have one: %(place)s."),
    ),
    "facts_safety_certificate": (
        gettext_lazy("Add the safety certificate"),
        gettext_lazy("Goods for children need a test: %(place)s."),
    ),
    "facts_age_grading": (
        gettext_lazy("Say the age that toys are made for"),
        gettext_lazy("It stands on the toy and on the listing: %(place)s."),
    ),
    "facts_energy_label": (
        gettext_lazy("Add the energy label"),
        gettext_lazy("Some electrical goods are entered in a register of labels: %(place)s."),
    ),
    "on_sale": (
        gettext_lazy("Put a listing on sale"),
        gettext_lazy("When you are approved and a listing is complete, buyers meet it where its rules are met."),
    ),
}

KINDS: Final = frozenset(_STEPS)


def step_title(kind: str, params: Mapping[str, str]) -> str:
    """What is to be done, in a few words of the active language."""
    return str(_STEPS[kind][0]) % _words(params)


def step_reason(kind: str, params: Mapping[str, str]) -> str:
    """Why a step is asked, or why it is not, in a sentence of the active language."""
    return str(_STEPS[kind][1]) % _words(params)


def step_count(params: Mapping[str, str]) -> str:
    """On how many listings something lacks, "" for none."""
    count = int(params.get("count", "0"))
    return _("Listings that lack it: %(count)d.") % {"count": count} if count else ""


def _words(params: Mapping[str, str]) -> dict[str, str]:
    words = dict(params)
    if "stream" in words:
        words["what"] = registration_title("epr", words["country"], words["stream"])
        words["stream"] = stream_name(words["stream"])
    for name in ("country", "place"):
        if name in words:
            words[name] = place_name(words[name])
    if "currency" in words:
        amount = Money(Decimal(words["amount"]), words["currency"])
        words["amount"] = format_money(amount, get_language() or "en")
    return words

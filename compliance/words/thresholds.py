"""What is said about thresholds of sellers: which law, how far, and which data it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from compliance.models import SellerThreshold
from compliance.words.traders import MISSING
from marketplace.kernel.money import format_money

CONSEQUENCES: Final[Mapping[str, Any]] = {
    "EU-DAC7": gettext_lazy(
        "We report to the tax authority by 31 January who you are, how much you sold and where it was paid to. You get a"
        " copy."
    ),
    "GB-DPI": gettext_lazy(
        "We report to HM Revenue and Customs by 31 January who you are, how much you sold and where it was paid to. You get"
        " a copy."
    ),
    "US-INFORM": gettext_lazy(
        "We have to know and verify who you are and where you are paid. Without that we have to stop your sales there."
    ),
    "US-INFORM-DISCLOSURE": gettext_lazy(
        "Your name, your address and a way to reach you are shown to buyers in the United States."
    ),
}
"""What follows for the seller, by the code of the row; a row that was added in the admin says it itself."""

NEEDED: Final[Mapping[str, Any]] = {
    **MISSING,
    "tax_country": gettext_lazy("The country of your tax number"),
    "tax_number": gettext_lazy("Your tax number"),
}


def consequence_text(threshold: SellerThreshold) -> str:
    """What follows for a seller who reaches the threshold."""
    return str(CONSEQUENCES.get(threshold.code, _(threshold.consequence)))


def needed_words(names: Iterable[str]) -> list[str]:
    """Data that a law needs, each in a few words of the active language."""
    return [str(NEEDED[name]) for name in names]


def limit_text(threshold: SellerThreshold, language: str) -> str:
    """From when on a threshold is reached, as a sentence."""
    words = {"sales": threshold.sales, "amount": amount_text(threshold.amount, threshold.currency, language)}
    if threshold.joins == SellerThreshold.Joins.ALL:
        if threshold.period == SellerThreshold.Period.YEAR:
            return _("Reached with %(sales)s sales and %(amount)s in a calendar year.") % words
        return _("Reached with %(sales)s sales and %(amount)s in any twelve months.") % words
    if threshold.period == SellerThreshold.Period.YEAR:
        return _("Reached with %(sales)s sales, or with more than %(amount)s, in a calendar year.") % words
    return _("Reached with %(sales)s sales, or with more than %(amount)s, in any twelve months.") % words


def amount_text(amount: Decimal, currency: str, language: str) -> str:
    """An amount as the reader writes it."""
    return format_money(Money(amount, currency), language)

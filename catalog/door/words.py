"""The answer to a question about a price at a door as its page shows it: sentences, amounts, one row an article."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from moneyed import Money

from catalog.delivery import breakdown, days_text
from catalog.door.answers import Answer
from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import AssessedLine, Assessment
from compliance.words.explain import percent_text
from marketplace.kernel.consignment import ConsignmentLine
from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.region import Region


def answer(found: Answer, prices: Prices, region: Region, today: date) -> dict[str, Any]:
    """The variables of catalog/_landed_answer.html."""
    assessment, consignment = found.assessment, found.consignment
    shown = breakdown(assessment, for_experts=True)
    return {
        "breakdown": shown,
        "from_country": consignment.ship_from,
        "to_country": consignment.ship_to.country,
        "on": assessment.on,
        "is_another_day": assessment.on != today,
        "in_reader": _in_reader(assessment, prices.fx, region.currency),
        "assumptions": _assumptions(found, prices, region.language, today),
        "articles": _articles(consignment.lines, assessment) if len(consignment.lines) > 1 else [],
        "kinds": assessment.items_declared,
    }


def no_rate(missing: MissingRate) -> str:
    """Why nothing can be worked out in a currency."""
    words = {"currency": _currency_name(missing.currency), "day": date_format(missing.on, "DATE_FORMAT")}
    return _("We have no exchange rate for %(currency)s on %(day)s. Please choose another currency or day.") % words


def _currency_name(code: str) -> str:
    return str(Locale.parse((get_language() or "en").replace("-", "_")).currencies.get(code, code))


def _in_reader(assessment: Assessment, fx: FxTable, currency: str) -> Money | None:
    """The total in the currency that the reader is used to; None where it is the same, or nobody knows the rate."""
    if assessment.currency == currency or not assessment.is_complete:
        return None
    try:
        return fx.convert(assessment.total, currency)
    except MissingRate:
        return None


def _assumptions(found: Answer, prices: Prices, language: str, today: date) -> list[str]:
    """What the answer stands on besides the law: the service, the weight, the exchange rates."""
    sentences = []
    if found.option is not None:
        words = {"service": found.option.name_in(language), "days": days_text(*found.option.days), "grams": found.grams}
        sentences.append(_("Sent by %(service)s, the cheapest of our services for %(grams)s g: %(days)s.") % words)
        if prices.on != today:
            sentences.append(_("Shipping costs what it costs today, whatever the day of the law."))
        if found.is_weight_assumed:
            sentences.append(_("Where no weight was given, we took the usual weight of such goods."))
    elif found.consignment.channel == "post":
        sentences.append(_("Reckoned as sent by post."))
    else:
        sentences.append(_("Reckoned as sent by courier."))
    if rated := _rated_on(prices.fx, found.assessment.currency):
        sentences.append(_("Exchange rates as published on %(day)s.") % {"day": rated})
    return sentences


def _rated_on(fx: FxTable, currency: str) -> str:
    days = fx.rated_on or {}
    day = days.get(currency) or max(days.values(), default=None)
    return date_format(day, "DATE_FORMAT") if day else ""


def _articles(lines: tuple[ConsignmentLine, ...], assessment: Assessment) -> list[dict[str, Any]]:
    return [_article(line, assessed) for line, assessed in zip(lines, assessment.lines, strict=True)]


def _article(line: ConsignmentLine, assessed: AssessedLine) -> dict[str, Any]:
    number = _("Article %(number)s") % {"number": line.sku}
    return {
        "name": line.description or number,
        "value": line.value,
        "duty": assessed.duty,
        "duty_rate": percent_text(assessed.duty_rate_pct) if assessed.duty_rate_pct is not None else "",
        "tax": assessed.tax,
        "tax_rate": percent_text(assessed.tax_rate_pct) if assessed.tax_rate_pct is not None else "",
        "regime": assessed.regime,
    }

"""The price at the door and the time on the way, as pages show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.selectors.prices import Prices
from catalog.selectors.product import Offer
from compliance.landed_cost.assessment import Assessment
from compliance.words import explain
from compliance.words import rules as rule_texts
from marketplace.kernel.region import Region


def breakdown(assessment: Assessment, *, for_experts: bool = False) -> dict[str, Any]:
    """The one breakdown of a delivered price, for product, checkout, order and mail (components/landed.html).

    Experts also read how sure the figures are, and which limit was tested.
    """
    words = explain.explain(assessment, for_experts=for_experts)
    return {
        "status": assessment.status,
        "collected": assessment.collected,
        "complete": assessment.is_complete,
        "open": assessment.is_open,
        "currency": assessment.currency,
        "goods": assessment.goods,
        "shipping": assessment.shipping + assessment.insurance,
        "duty": assessment.duty,
        "tax": assessment.tax,
        "fees": assessment.fees,
        "total": assessment.total,
        "due_at_checkout": assessment.due_at_checkout,
        "due_on_delivery": assessment.due_on_delivery,
        "status_text": words.status.text,
        "duty_sentences": [sentence.text for sentence in words.duty],
        "tax_sentences": [sentence.text for sentence in words.tax],
        "fee_sentences": [sentence.text for sentence in words.fees],
        "who": words.collection.text,
        "warnings": [sentence.text for sentence in words.warnings],
        "threshold_sentences": rule_texts.threshold_sentences(assessment) if for_experts else [],
        "rules": rule_texts.rule_lines(assessment.rules),
    }


def offer_context(offer: Offer | None, region: Region, prices: Prices) -> dict[str, Any]:
    """For the product page: the breakdown of one piece, and when it would arrive."""
    landed = prices.piece(offer.goods, region) if offer else None
    if landed is None:
        return {"landed": None, "delivery": None}
    fewest, most = landed.days
    delivery = {
        "min_on": prices.on + timedelta(days=fewest),
        "max_on": prices.on + timedelta(days=most),
        "service_name": landed.option.name_in(region.language),
        "days_text": days_text(fewest, most),
    }
    return {"landed": breakdown(landed.assessment), "delivery": delivery}


def days_text(fewest: int, most: int) -> str:
    """How long a parcel takes, in words."""
    if fewest == most:
        return ngettext("%(count)d day", "%(count)d days", most) % {"count": most}
    return _("%(fewest)d to %(most)d days") % {"fewest": fewest, "most": most}

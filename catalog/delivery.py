"""The price at the door and the time on the way, as pages show them."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.selectors.prices import Prices
from catalog.selectors.product import Offer
from compliance.landed_cost.assessment import Assessment
from compliance.words import explain
from compliance.words import rules as rule_texts
from marketplace.kernel.region import Region


class Breakdown(dict[str, Any]):
    """The figures and sentences of an assessment in one language, and the table that is printed of them."""

    @cached_property
    def table(self) -> SafeString:
        """The table as shoppers see it, printed once."""
        return render_to_string("components/landed.html", {"breakdown": self})


def breakdown(assessment: Assessment, *, for_experts: bool = False) -> Breakdown:
    """The one breakdown of a delivered price, for product, checkout, order and mail (components/landed.html).

    Experts also read how sure the figures are, and which limit was tested. A purchase shows the same assessment on
    page after page: what was made of it for shoppers is kept in the process, and must not be changed.
    """
    if for_experts:
        return _broken_down(assessment, for_experts=True)
    return _kept(_Figures(assessment), get_language())


class _Figures:
    """An assessment as a key: the same for the same figures, rules and warnings, wherever they come from."""

    __slots__ = ("assessment", "hash", "values")

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        warnings = tuple((warning.code, *sorted(warning.params.items())) for warning in assessment.warnings)
        plain = (getattr(assessment, name) for name in Assessment.__slots__ if name != "warnings")
        self.values = (warnings, *plain)
        self.hash = hash(self.values)

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Figures) and self.values == other.values


@lru_cache(maxsize=1024)  # about 10 KB each
def _kept(figures: _Figures, language: str | None) -> Breakdown:
    return _broken_down(figures.assessment, for_experts=False)


def _broken_down(assessment: Assessment, *, for_experts: bool) -> Breakdown:
    words = explain.explain(assessment, for_experts=for_experts)
    return Breakdown(
        status=assessment.status,
        collected=assessment.collected,
        complete=assessment.is_complete,
        open=assessment.is_open,
        currency=assessment.currency,
        goods=assessment.goods,
        buffer=assessment.buffer,
        shipping=assessment.shipping + assessment.insurance,
        duty=assessment.duty,
        tax=assessment.tax,
        fees=assessment.fees,
        total=assessment.total,
        due_at_checkout=assessment.due_at_checkout,
        due_on_delivery=assessment.due_on_delivery,
        status_text=words.status.text,
        duty_sentences=[sentence.text for sentence in words.duty],
        tax_sentences=[sentence.text for sentence in words.tax],
        fee_sentences=[sentence.text for sentence in words.fees],
        who=words.collection.text,
        warnings=[sentence.text for sentence in words.warnings],
        threshold_sentences=rule_texts.threshold_sentences(assessment) if for_experts else [],
        rules=rule_texts.rule_lines(assessment.rules),
    )


def offer_context(offer: Offer | None, region: Region, prices: Prices) -> dict[str, Any]:
    """For the product page: the breakdown of one piece, and when it would arrive."""
    landed = prices.piece(offer.goods, region) if offer else None
    if landed is None or offer is None:
        return {"landed": None, "delivery": None}
    fewest, most = landed.days
    sent_on = max(prices.on, offer.terms.ready_on or prices.on)
    delivery = {
        "min_on": sent_on + timedelta(days=fewest),
        "max_on": sent_on + timedelta(days=most),
        "service_name": landed.option.name_in(region.language),
        "days_text": days_text(fewest, most),
    }
    return {"landed": breakdown(landed.assessment), "delivery": delivery}


def days_text(fewest: int, most: int) -> str:
    """How long a parcel takes, in words."""
    if fewest == most:
        return ngettext("%(count)d day", "%(count)d days", most) % {"count": most}
    return _("%(fewest)d to %(most)d days") % {"fewest": fewest, "most": most}

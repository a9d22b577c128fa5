"""Checks on prices: one that customs will not believe, and a price before that never was."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.rules.market import GoodsRules
from compliance.screening.facts import REVIEW, ListingFacts
from compliance.screening.policy import policy
from compliance.screening.registry import LISTED, Hit, by_rule, check


@check(
    "price_under_declared", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Regulation (EU) No 952/2013 art. 70; WTO Agreement on customs valuation art. 17",
)  # fmt: skip
def price_under_declared(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    for price in facts.prices:
        if price.usual_low is not None and price.price < price.usual_low * policy().under_declared:
            words = {"price": f"{price.price:f}", "usual": f"{price.usual_low:f}", "currency": price.currency}
            yield Hit({"sku": facts.sku} | words)
            return  # the same goods in another currency are the same finding


@check(
    "price_before_misleading", ListingFacts, severity=REVIEW, stages=(LISTED,),
    law="Directive 98/6/EC art. 6a, as amended by Directive (EU) 2019/2161",
)  # fmt: skip
def price_before_misleading(facts: ListingFacts, rules: GoodsRules) -> Iterator[Hit]:
    for price in facts.prices:
        said, lowest = price.said_before, price.lowest_of_30_days
        if said is not None and lowest is not None and said > lowest:
            words = {"said": f"{said:f}", "lowest": f"{lowest:f}", "currency": price.currency}
            for placed in rules.requirements.get("prior_price", ()):
                yield by_rule(placed.rule, placed.countries, sku=facts.sku, **words)
            return

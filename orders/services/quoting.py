"""Freezing what a shopper was shown: every figure, rate and rule of a proposal, for half an hour.

The risk policy of exchange rates would let a calm currency be held for longer, but a quote promises more than a rate:
the seller's price, freight, and the law of the day (docs/decisions/0012). It may only cut the half hour short.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import AssessmentWarning
from compliance.models import BuyerNumber
from logistics.snapshots import Snapshot, consignment_to_json, money_to_json
from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused
from orders.models import Cart, Quote
from orders.services.proposals import Part, Portion, Proposal, advice_for
from payments.fx_risk import Terms

VALID_FOR = timedelta(minutes=30)
_STILL_HOLDS = """
cart_id = %s AND fingerprint = %s AND expires_at > %s
AND NOT EXISTS (SELECT FROM orders_order o WHERE o.quote_id = orders_quote.id) ORDER BY expires_at DESC LIMIT 1
"""


def freeze(*, cart: Cart, proposal: Proposal, language: str, prices: Prices, buyer: BuyerNumber | None = None) -> Quote:
    """The quote for a proposal: one that still holds for the same goods, way and place, or a new one.

    `buyer` is the number that the proposal was made with, whose check the quote keeps.

    Raises `Refused("not_deliverable")` for a proposal that can't be ordered, and `StaleRate` when a new quote would
    stand on an exchange rate that is too old to promise an amount.
    """
    if not proposal.can_be_ordered or proposal.totals is None:
        raise Refused("not_deliverable", "")
    fingerprint = _fingerprint(proposal, language, buyer.number if buyer else "")
    now = clock.now()
    quote = rows.one(Quote, _STILL_HOLDS, [cart.pk, fingerprint, now])
    if quote is not None:
        return quote
    currencies = _currencies(proposal, prices)
    if len(currencies) > 1:
        prices.fx.require_fresh(currencies)
    terms = _terms(proposal, prices)
    quote = Quote(
        cart=cart,
        fingerprint=fingerprint,
        body=_body(proposal, prices, currencies, terms, language) | {"buyer": _checked(buyer)},
        total=proposal.totals.total,
        created_at=now,
        expires_at=now + min([VALID_FOR, *(each.validity for each in terms.values())]),
    )
    rows.add([quote])
    return quote


def _currencies(proposal: Proposal, prices: Prices) -> set[str]:
    """The currencies between which the figures of a proposal were converted: the shopper's, the sellers', the freight's."""
    found = {proposal.currency} | {item.seller_price.currency.code for item in proposal.items}
    for part in proposal.parts:
        if part.delivered is not None:
            code = part.delivered.option.service.code
            grams = prices.tariff.grams(part.consignment.lines)
            lanes = prices.tariff.lanes_between(part.warehouse_country, proposal.destination.country)
            freight = [lane.price(grams) for lane in lanes if lane.service.code == code]
            found |= {price.currency.code for price in freight if price is not None}
    return found


def _terms(proposal: Proposal, prices: Prices) -> dict[str, Terms]:
    """For each currency of the sellers that is not the shopper's, how a price may be promised and what was added."""
    sellers = {item.seller_price.currency.code for item in proposal.items} - {proposal.currency}
    return {code: prices.terms(code, proposal.currency) for code in sorted(sellers)}


def _checked(buyer: BuyerNumber | None) -> dict[str, Any] | None:
    """The number of a business that buys, and what was known of it: the proof for which tax was left to the buyer."""
    if buyer is None:
        return None
    said = ("number", "checked_with", "check_reference", "check_name")
    moment = buyer.checked_at.isoformat() if buyer.checked_at else ""
    return {name: getattr(buyer, name) for name in said} | {"checked_at": moment}


def _fingerprint(proposal: Proposal, language: str, tax_number: str) -> str:
    """The same for the same goods, services, place, currency and number of the buyer, and for nothing else."""
    destination = proposal.destination
    parts = [
        [part.seller_id, part.warehouse_id, part.delivered.option.service.code if part.delivered else "",
         [[portion.item.variant_id, portion.takes, portion.quantity, portion.to_order, str(portion.ready_on)]
          for portion in part.portions]]
        for part in proposal.parts
    ]  # fmt: skip
    place = [destination.country, destination.region, destination.postal_code, proposal.currency, language,
             *([tax_number] if tax_number else [])]  # fmt: skip
    return hashlib.sha256(json.dumps([place, parts], sort_keys=True).encode()).hexdigest()


def _body(
    proposal: Proposal, prices: Prices, currencies: set[str], terms: Mapping[str, Terms], language: str
) -> Snapshot:
    totals = proposal.totals
    assert totals is not None
    return {
        "on": prices.on.isoformat(),
        "fx": {
            "base": prices.fx.base,
            "source": prices.fx.source,
            "rates": {code: str(prices.fx.per_base(code)) for code in sorted(currencies)},
            "rated_on": {
                code: day.isoformat() for code, day in (prices.fx.rated_on or {}).items() if code in currencies
            },
            "risk": {
                code: {"level": each.level, "buffer_percent": str(each.buffer_percent)} for code, each in terms.items()
            },
        },
        "totals": {name: money_to_json(getattr(totals, name)) for name in totals.__slots__},
        "parts": [_part(part, advice_for(part, prices, language)) for part in proposal.parts],
    }


def _part(part: Part, advice: AssessmentWarning | None) -> dict[str, Any]:
    assert part.delivered is not None
    return {
        "seller": part.seller_id,
        "seller_name": part.seller_name,
        "warehouse": part.warehouse_id,
        "warehouse_country": part.warehouse_country,
        "service": part.delivered.option.service.code,
        "consignment": consignment_to_json(part.consignment),
        "assessment": part.delivered.assessment.to_dict(),
        "advice": advice and {"code": advice.code, "params": dict(advice.params)},
        "lines": [_line(portion) for portion in part.portions],
    }


def _line(portion: Portion) -> dict[str, Any]:
    item = portion.item
    return {
        "variant": item.variant_id,
        "takes": [list(take) for take in portion.takes],
        "to_order": portion.to_order,
        "ready_on": portion.ready_on and portion.ready_on.isoformat(),
        "consists_of": [dict(part) for part in item.consists_of] or None,
        "quantity": portion.quantity,
        "sku": item.goods.sku,
        "name": item.name,
        "choices": item.choices,
        "slug": item.slug,
        "image": item.image,
        "customs_description": item.goods.description,
        "hs_code": item.goods.hs_code,
        "origin": item.goods.origin,
        "weight_grams": item.goods.weight_grams,
        "unit_price": money_to_json(item.unit_price),
        "seller_price": money_to_json(item.seller_price),
    }

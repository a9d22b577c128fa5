"""Freezing what a shopper was shown: every figure, rate and rule of a proposal, for half an hour."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from catalog.selectors.prices import Prices
from logistics.snapshots import Snapshot, consignment_to_json, money_to_json
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders.models import Cart, Quote
from orders.services.proposals import Part, Portion, Proposal

VALID_FOR = timedelta(minutes=30)


def freeze(*, cart: Cart, proposal: Proposal, language: str, prices: Prices) -> Quote:
    """The quote for a proposal: one that still holds for the same goods, way and place, or a new one.

    Raises `Refused("not_deliverable")` for a proposal that can't be ordered.
    """
    if not proposal.can_be_ordered or proposal.totals is None:
        raise Refused("not_deliverable", "")
    fingerprint = _fingerprint(proposal, language)
    now = clock.now()
    kept = Quote.objects.filter(cart=cart, fingerprint=fingerprint, expires_at__gt=now, order=None)
    quote = kept.order_by("-expires_at").first()
    if quote is not None:
        return quote
    return Quote.objects.create(
        cart=cart,
        fingerprint=fingerprint,
        body=_body(proposal, prices),
        total=proposal.totals.total,
        created_at=now,
        expires_at=now + VALID_FOR,
    )


def _fingerprint(proposal: Proposal, language: str) -> str:
    """The same for the same goods, services, place and currency, and for nothing else."""
    destination = proposal.destination
    parts = [
        [part.seller_id, part.warehouse_id, part.delivered.option.service.code if part.delivered else "",
         [[portion.item.variant_id, portion.stock_level_id, portion.quantity] for portion in part.portions]]
        for part in proposal.parts
    ]  # fmt: skip
    place = [destination.country, destination.region, destination.postal_code, proposal.currency, language]
    return hashlib.sha256(json.dumps([place, parts], sort_keys=True).encode()).hexdigest()


def _body(proposal: Proposal, prices: Prices) -> Snapshot:
    totals = proposal.totals
    assert totals is not None
    currencies = {proposal.currency} | {item.seller_price.currency.code for item in proposal.items}
    return {
        "on": prices.on.isoformat(),
        "fx": {
            "base": prices.fx.base,
            "source": prices.fx.source,
            "rates": {code: str(prices.fx.per_base(code)) for code in sorted(currencies)},
            "rated_on": {
                code: day.isoformat() for code, day in (prices.fx.rated_on or {}).items() if code in currencies
            },
        },
        "totals": {name: money_to_json(getattr(totals, name)) for name in totals.__slots__},
        "parts": [_part(part) for part in proposal.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    assert part.delivered is not None
    return {
        "seller": part.seller_id,
        "seller_name": part.seller_name,
        "warehouse": part.warehouse_id,
        "warehouse_country": part.warehouse_country,
        "service": part.delivered.option.service.code,
        "consignment": consignment_to_json(part.consignment),
        "assessment": part.delivered.assessment.to_dict(),
        "lines": [_line(portion) for portion in part.portions],
    }


def _line(portion: Portion) -> dict[str, Any]:
    item = portion.item
    return {
        "variant": item.variant_id,
        "stock_level": portion.stock_level_id,
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

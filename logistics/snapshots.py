"""Consignments as JSON: what a shipment keeps of the goods it was made for, and back again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from moneyed import Money

from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination

Snapshot = dict[str, Any]


def money_to_json(money: Money) -> dict[str, str]:
    """An amount as {"amount": "12.50", "currency": "EUR"}."""
    return {"amount": format(money.amount, "f"), "currency": money.currency.code}


def money_from_json(data: dict[str, str]) -> Money:
    """The amount that `money_to_json` wrote."""
    return Money(Decimal(data["amount"]), data["currency"])


def consignment_to_json(consignment: Consignment) -> Snapshot:
    """Every field of the consignment as plain JSON values; amounts and rates are strings."""
    destination = consignment.ship_to
    return {
        "ship_from": consignment.ship_from,
        "ship_to": {
            "country": destination.country,
            "region": destination.region,
            "postal_code": destination.postal_code,
        },
        "currency": consignment.currency,
        "lines": [_line_to_json(line) for line in consignment.lines],
        "shipping": money_to_json(consignment.shipping),
        "insurance": money_to_json(consignment.insurance),
        "channel": consignment.channel,
        "transport": consignment.transport,
        "buyer": consignment.buyer,
        "buyer_vat_number": consignment.buyer_vat_number,
        "schemes": None if consignment.schemes is None else sorted(consignment.schemes),
    }


def consignment_from_json(data: Snapshot) -> Consignment:
    """The consignment that `consignment_to_json` wrote."""
    schemes = data["schemes"]
    return Consignment(
        ship_from=data["ship_from"],
        ship_to=Destination(**data["ship_to"]),
        currency=data["currency"],
        lines=tuple(_line_from_json(line) for line in data["lines"]),
        shipping=money_from_json(data["shipping"]),
        insurance=money_from_json(data["insurance"]),
        channel=data["channel"],
        transport=data["transport"],
        buyer=data["buyer"],
        buyer_vat_number=data["buyer_vat_number"],
        schemes=None if schemes is None else frozenset(schemes),
    )


def _line_to_json(line: ConsignmentLine) -> Snapshot:
    return {
        "sku": line.sku,
        "description": line.description,
        "hs_code": line.hs_code,
        "origin": line.origin,
        "quantity": line.quantity,
        "unit_price": money_to_json(line.unit_price),
        "weight_grams": line.weight_grams,
        "tax_category": line.tax_category,
        "lithium": line.lithium,
        "duty_rate_pct": None if line.duty_rate_pct is None else str(line.duty_rate_pct),
        "tax_rate_pct": None if line.tax_rate_pct is None else str(line.tax_rate_pct),
    }


def _line_from_json(data: Snapshot) -> ConsignmentLine:
    rates = {key: None if data[key] is None else Decimal(data[key]) for key in ("duty_rate_pct", "tax_rate_pct")}
    return ConsignmentLine(**(data | {"unit_price": money_from_json(data["unit_price"])} | rates))

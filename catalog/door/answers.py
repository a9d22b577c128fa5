"""What one question comes to: the consignment that it describes, its freight, and what the law asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from moneyed import Money

from accounts.address_rules import country_name
from catalog.door.forms import ArticleForm
from catalog.selectors.prices import Prices
from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from compliance.landed_cost.splitting import with_advice
from logistics import quotes
from logistics.quotes import ShippingOption
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import round_money, zero

ANY, USUAL_CHANNEL = "any", "courier"


@dataclass(frozen=True, slots=True)
class Answer:
    """A delivered price. `option` is our service, None where the reader said what shipping costs.

    `grams` is the weight that the freight is for; `is_weight_assumed` where that of an article was not said.
    """

    consignment: Consignment
    assessment: Assessment
    option: ShippingOption | None
    grams: int
    is_weight_assumed: bool


def lines_of(articles: Sequence[ArticleForm], currency: str) -> tuple[ConsignmentLine, ...]:
    """The lines that were described by hand."""
    return tuple(_line(form.number, form.cleaned_data, currency) for form in articles)


def _line(number: int, data: dict[str, Any], currency: str) -> ConsignmentLine:
    return ConsignmentLine(
        sku=str(number),
        description=data["description"],
        hs_code=data["hs_code"],
        origin=data["origin"],
        quantity=data["quantity"],
        unit_price=Money(data["price"], currency),
        weight_grams=data["weight"],
        tax_category=data["kind"],
        lithium=data["lithium"],
    )


def work_out(
    lines: tuple[ConsignmentLine, ...], ship_from: str, way: dict[str, Any], prices: Prices, language: str
) -> Answer:
    """The answer for `lines` sent from `ship_from` in the way that the cleaned form `way` describes.

    Raises `Refused("no_service")` where none of our services goes and no cost of shipping was given, `MissingRate`.
    """
    currency, on = way["currency"], prices.on
    place = Destination(way["country"], way["region"], way["postal_code"])
    bare = Consignment(
        ship_from, place, currency, lines, zero(currency), zero(currency), USUAL_CHANNEL if way["channel"] == ANY else way["channel"],
        buyer=way["buyer"], buyer_vat_number=way["tax_number"] if way["buyer"] == "business" else "",
    )  # fmt: skip
    consignment, option = _with_freight(bare, way["channel"], way["shipping"], prices, language)
    assessment = assess(consignment, prices.rule_book, prices.fx, on)
    assessment = with_advice(assessment, consignment, prices.rule_book, prices.fx, on, language)
    grams = prices.tariff.grams(lines)
    return Answer(consignment, assessment, option, grams, any(line.weight_grams is None for line in lines))


def _with_freight(
    bare: Consignment, channel: str, shipping: Decimal | None, prices: Prices, language: str
) -> tuple[Consignment, ShippingOption | None]:
    if shipping is not None:
        return replace(bare, shipping=round_money(Money(shipping, bare.currency))), None
    options = quotes.shipping_options(bare, prices.tariff, prices.fx)
    option = next((one for one in options if channel in (ANY, one.service.channel)), None)
    if option is None:
        words = {name: country_name(code, language) for name, code in
                 (("origin", bare.ship_from), ("destination", bare.ship_to.country))}  # fmt: skip
        text = _(
            "None of our services takes this from %(origin)s to %(destination)s. Please enter what shipping costs."
        )
        raise Refused("no_service", text % words, field="shipping")
    service = option.service
    return replace(bare, shipping=option.price, channel=service.channel, transport=service.transport), option

"""What customs are told: which form a parcel takes, what stands in it, and why one may be rejected."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from compliance.landed_cost.assessment import ON_DELIVERY, Assessment
from logistics.snapshots import Snapshot, money_from_json, money_to_json
from logistics.tariff import Tariff
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.consignment import Consignment, ConsignmentLine
from marketplace.kernel.fx import FxTable, MissingRate

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FORMS = Path(__file__).parent / "data" / "customs_forms.csv"

REASONS: dict[str, StrPromise] = {
    "description_missing": _("Customs need a description of the goods."),
    "description_rejected": _(
        "Customs did not accept the description of the goods. Say what they are and what they are made of, "
        "for example “knitted T-shirt of cotton”."
    ),
    "quantity_missing": _("Customs need the number of pieces on each line."),
    "value_missing": _("Customs need the value of each line."),
    "hs_code_rejected": _("Customs did not accept the tariff number of the goods."),
}
OTHER_REASON = _("Customs did not accept the declaration.")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the buyer was promised and what was collected; all amounts are in the consignment's currency.

    `value_in_euro` is the intrinsic value at the moment of payment, which European customs accept, or None when
    no rate was known. `scheme` names the point-of-sale scheme (IOSS, VOEC …) under which tax was collected;
    its number goes to the carrier alone and is never printed.
    """

    incoterm: str
    duty: Money
    tax: Money
    fees: Money
    value_in_euro: Money | None = None
    scheme: str = ""
    scheme_number: str = ""

    @classmethod
    def from_assessment(cls, assessment: Assessment, fx: FxTable, *, scheme_number: str = "") -> Declared:
        """What an assessment makes of it: delivered duty paid unless the carrier has something to collect.

        `fx` is the table of the day of payment. Charges that were only estimated for the door are not declared.
        """
        is_paid = assessment.collected != ON_DELIVERY
        prepaid = assessment.prepaid
        lines = [line for line in assessment.lines if line.at_checkout or is_paid]
        try:
            value = fx.convert(assessment.goods, "EUR")
        except MissingRate:
            value = None
        return cls(
            incoterm="DDP" if is_paid else "DAP",
            duty=prepaid.duty,
            tax=prepaid.tax,
            fees=prepaid.fees,
            value_in_euro=value,
            scheme=next((line.scheme for line in lines if line.scheme), ""),
            scheme_number=scheme_number,
        )

    def as_json(self) -> Snapshot:
        """The fields as plain JSON values."""
        return {
            "incoterm": self.incoterm,
            "duty": money_to_json(self.duty),
            "tax": money_to_json(self.tax),
            "fees": money_to_json(self.fees),
            "value_in_euro": None if self.value_in_euro is None else money_to_json(self.value_in_euro),
            "scheme": self.scheme,
            "scheme_number": self.scheme_number,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Declared:
        """What `as_json` wrote."""
        value = data["value_in_euro"]
        return cls(
            incoterm=data["incoterm"],
            duty=money_from_json(data["duty"]),
            tax=money_from_json(data["tax"]),
            fees=money_from_json(data["fees"]),
            value_in_euro=None if value is None else money_from_json(value),
            scheme=data["scheme"],
            scheme_number=data["scheme_number"],
        )


@dataclass(frozen=True, slots=True)
class FormRule:
    """When a form of declaration is taken: empty area or channel means any, no limit means any value."""

    form: str
    customs_area: str
    channel: str
    limit: Money | None
    effective_from: date
    effective_to: date | None


@lru_cache(maxsize=1)
def form_rules() -> tuple[FormRule, ...]:
    """The rows of `data/customs_forms.csv`, the more particular first."""
    with FORMS.open(encoding="utf-8", newline="") as file:
        return tuple(
            FormRule(
                row["form"],
                row["customs_area"],
                row["channel"],
                Money(Decimal(row["up_to"]), row["currency"]) if row["up_to"] else None,
                date.fromisoformat(row["effective_from"]),
                date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
            )
            for row in csv.DictReader(file)
        )


def form_for(consignment: Consignment, declared: Declared, tariff: Tariff, on: date) -> str:
    """The kind of declaration: "h7", "cn22", "cn23" or "invoice"; "" where no customs border is crossed.

    Goods whose euro value is unknown take a form that has no limit.
    """
    destination = consignment.ship_to.country
    if not tariff.crosses_customs(consignment.ship_from, destination):
        return ""
    value, area = declared.value_in_euro, tariff.customs_areas.get(destination, destination)
    for rule in form_rules():
        holds = rule.effective_from <= on and (rule.effective_to is None or on <= rule.effective_to)
        fits = rule.limit is None or (value is not None and value <= rule.limit)
        if holds and fits and rule.customs_area in ("", area) and rule.channel in ("", consignment.channel):
            return rule.form
    raise LookupError(f"No customs form holds on {on.isoformat()}.")


def payload_for(
    *,
    kind: str,
    reference: str,
    sender: PostalAddress,
    recipient: PostalAddress,
    consignment: Consignment,
    declared: Declared,
    tariff: Tariff,
) -> Snapshot:
    """The content of the declaration: freight and insurance stand apart from the value of the goods.

    Were they not shown apart, they would count towards the intrinsic value (Delegated Regulation (EU) 2015/2446
    art 1(48)). Text has no spaces around it. A weight that nobody gave is the assumed one, and marked.
    """
    payload: Snapshot = {
        "form": kind,
        "reference": reference,
        "category": "sale_of_goods",
        "sender": sender.as_dict(),
        "recipient": recipient.as_dict(),
        "country_of_dispatch": consignment.ship_from,
        "country_of_destination": consignment.ship_to.country,
        "transport": consignment.transport,
        "lines": [_line(number, line, tariff) for number, line in enumerate(consignment.lines, start=1)],
        "weight_grams": tariff.grams(consignment.lines),
        "goods_value": money_to_json(consignment.goods),
        "shipping": money_to_json(consignment.shipping),
        "insurance": money_to_json(consignment.insurance),
        "charges": declared.as_json(),
    }
    if kind == "h7":
        # Delegated Regulation (EU) 2015/2446 annex B, data element 11 10: F48 under the import scheme, F49 without.
        payload["procedure"] = "F48" if declared.scheme == "IOSS" else "F49"
    return payload


def _line(number: int, line: ConsignmentLine, tariff: Tariff) -> Snapshot:
    return {
        "number": number,
        "sku": line.sku,
        "description": " ".join(line.description.split()),
        "quantity": line.quantity,
        "net_weight_grams": tariff.piece_grams(line) * line.quantity,
        "weight_is_assumed": line.weight_grams is None,
        "value": money_to_json(line.value),
        "hs_code": line.hs_code,
        "origin": line.origin,
        "lithium": line.lithium,
    }


def reason(code: str) -> StrPromise:
    """Why customs rejected a declaration, for the person who can correct it."""
    return REASONS.get(code, OTHER_REASON)

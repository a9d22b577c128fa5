"""What checks look at, and what they give: plain values, made by those who know the listing, the order or the seller.

Empty text and None mean "not known".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from compliance.rules.marks import TRAITS as TRAITS

CRITICAL, BLOCK, REVIEW, NOTICE = "critical", "block", "review", "notice"
SEVERITIES: Final = (CRITICAL, BLOCK, REVIEW, NOTICE)  # the gravest first
BY_ACTION: Final = {"block": BLOCK, "review": REVIEW, "inform": NOTICE}


@dataclass(frozen=True, slots=True)
class Operator:
    """A manufacturer or a responsible person, as it is shown."""

    name: str = ""
    postal_address: str = ""
    country: str = ""
    electronic_address: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether name, postal and electronic address are there."""
        return bool(self.name and self.postal_address and self.country and self.electronic_address)


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """Prices of a listing in one currency: what is asked, what it is said to have cost before, and what it did cost.

    `lowest_of_30_days` is the lowest price of the thirty days before the price was lowered; `usual_low` and
    `usual_high` bound what listings of the same category cost. None where it is not known.
    """

    currency: str
    price: Decimal
    said_before: Decimal | None = None
    lowest_of_30_days: Decimal | None = None
    usual_low: Decimal | None = None
    usual_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """Goods as they are listed or sent. A listing has no destination; goods on their way have one.

    `traits` are those of `compliance.rules.marks.TRAITS` that the goods have. `registrations` are the numbers of the
    seller that count today, as (kind, country, stream), `lapsed` those that counted once. `texts` and `warnings` are
    by language code, `materials` by name with the share in percent, `documents` the kinds of document behind the
    listing. `size_mm` are the three edges of one packed piece. `complaints` are open notices about rights.
    """

    sku: str
    hs_code: str
    origin: str
    weight_grams: int | None
    lithium: bool
    description: str
    destination: str = ""
    region: str = ""
    postal_code: str = ""
    channel: str = ""
    transport: str = ""
    traits: frozenset[str] = frozenset()
    registrations: frozenset[tuple[str, str, str]] = frozenset()
    lapsed: frozenset[tuple[str, str, str]] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    needs_no_warnings: bool = False
    materials: Mapping[str, Decimal] = field(default_factory=dict)
    cites_species: str = ""
    battery: str = ""
    battery_watt_hours: Decimal | None = None
    batteries: int | None = None
    age_from: int | None = None
    size_mm: tuple[int, int, int] | None = None
    packaging_grams: Mapping[str, Decimal] = field(default_factory=dict)
    energy_label: str = ""
    model_identifier: str = ""
    has_picture: bool = False
    manufacturer: Operator = Operator()
    responsible_person: Operator = Operator()
    documents: frozenset[str] = frozenset()
    expected_prefixes: frozenset[str] = frozenset()
    prices: tuple[PriceFacts, ...] = ()
    complaints: int = 0
    seller_country: str = ""
    seller_status: str = "approved"


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Somebody who buys, sells or receives: a name and where they are.

    `matches` are entries of sanction lists with a like name, found by whoever has the lists:
    (list, reference, listed name, likeness from 0 to 1 as a decimal string).
    """

    name: str
    country: str
    region: str = ""
    postal_code: str = ""
    matches: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """A seller before and while they sell: what is known of them, what is missing, how much they sold.

    `missing` are the stable names of what the verification lacks. `expiring` are registrations as (kind, country,
    stream, last day), `reached` thresholds as (code, law, year or "", day by which its data are due, source).
    """

    name: str
    country: str
    status: str
    missing: frozenset[str] = frozenset()
    parties: tuple[PartyFacts, ...] = ()
    expiring: tuple[tuple[str, str, str, date], ...] = ()
    reached: tuple[tuple[str, str, str, date, str], ...] = ()
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. `rule` is the row of the rule book behind it, when there is one.

    `countries` are the destinations that it concerns; none: wherever the goods go.
    """

    check: str
    severity: str
    params: Mapping[str, str] = field(default_factory=dict)
    legal_reference: str = ""
    rule: str = ""
    countries: tuple[str, ...] = ()

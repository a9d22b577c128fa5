"""The rows of the rule book as frozen values, made from plain mappings of their columns.

Percentages are Decimal (19 means 19 %); amounts are Decimal in the currency beside them; empty text means "any".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from compliance.rules.places import is_among
from compliance.traders.names import fold
from marketplace.kernel.consignment import ConsignmentLine

PENDING = "pending_unverified"


@dataclass(frozen=True, slots=True)
class RuleRef:
    """Where a figure comes from: enough to print the rule and to find it again."""

    id: str
    kind: str
    source: str
    effective_from: date
    status: str
    last_reviewed: date
    jurisdiction: str
    confidence: str = ""


def stated_rate(kind: str, country: str, on: date) -> RuleRef:
    """The reference of a national rate that came with the goods, from a broker, and not from the rule book."""
    source = "National rate stated with the goods"
    return RuleRef(f"STATED-{kind.upper()}-RATE", kind, source, on, "in_force", on, country)


def reference_of(kind: str, jurisdiction: str, row: Mapping[str, Any]) -> RuleRef:
    """The reference of the rule whose columns are in `row`."""
    return RuleRef(
        id=row["code"],
        kind=kind,
        source=row["source"],
        effective_from=row["effective_from"],
        status=row["status"],
        last_reviewed=row["last_reviewed"],
        jurisdiction=jurisdiction,
        confidence=row.get("confidence", ""),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class RegimeRule:
    """One way for goods to enter (or be sold inside) a territory: when it applies and what it does."""

    ref: RuleRef
    code: str
    name: str
    jurisdiction: str
    priority: int
    route: str
    buyer: str
    channel: str
    carried_by: frozenset[str]
    ship_from: frozenset[str]
    scheme: str
    excluded_hs: tuple[str, ...]
    excluded_categories: frozenset[str]
    threshold_amount: Decimal | None
    threshold_currency: str
    threshold_test: str
    threshold_basis: str
    threshold_scope: str
    threshold_factor: Decimal
    threshold_rounding: Decimal | None
    threshold_rate: str
    consignment_limit: Decimal | None
    duty_mode: str
    duty_amount: Decimal | None
    duty_currency: str
    duty_pct: Decimal | None
    duty_deduction: Decimal | None
    cif: bool
    value_factor: Decimal
    value_unit: Decimal | None
    duty_unit: Decimal | None
    tax_unit: Decimal | None
    rounding_currency: str
    rounding_mode: str
    rounding_level: str
    taxed: bool
    tax_factor: Decimal
    base_factor: Decimal
    base_freight: bool
    base_insurance: bool
    base_duty: bool
    base_fees: bool
    tax_inside: bool
    collector: str
    prepaid_channels: frozenset[str]
    deemed_supplier: bool
    is_estimate: bool
    warning: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> RegimeRule:
        """The regime whose columns are in `row`."""
        made = {
            "ref",
            "ship_from",
            "carried_by",
            "prepaid_channels",
            "excluded_hs",
            "excluded_categories",
            "cif",
            "taxed",
        }
        return cls(
            ref=reference_of("regime", row["jurisdiction"], row),
            excluded_hs=_words(row["excluded_hs"]),
            excluded_categories=frozenset(_words(row["excluded_categories"])),
            cif=row["valuation"] == "CIF",
            taxed=row["tax_mode"] == "rate",
            ship_from=frozenset(_words(row["ship_from"])),
            carried_by=frozenset(_words(row["carried_by"])),
            prepaid_channels=frozenset(_words(row["prepaid_channels"])),
            **{name: row[name] for name in set(cls.__slots__) - made},
        )

    def collects_at_checkout(self, channel: str) -> bool:
        """Whether what is due is paid in the shop: to the platform, or in advance to the carrier of `channel`."""
        return self.collector == "marketplace" or channel in self.prepaid_channels


@dataclass(frozen=True, slots=True)
class TaxRule:
    """The tax rate of a country, or of one of its regions, for a category of goods."""

    ref: RuleRef
    country: str
    region: str
    category: str
    pct: Decimal
    warning: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> TaxRule:
        """The tax rate whose columns are in `row`."""
        names = ("country", "region", "category", "pct", "warning")
        return cls(ref=reference_of("tax", row["country"], row), **{name: row[name] for name in names})


@dataclass(frozen=True, slots=True)
class DutyRule:
    """The tariff rate of a heading. `pct` is the lowest and `pct_max` the highest where six digits fix no rate;
    both are None where the duty is not a percentage."""

    ref: RuleRef
    destination: str
    hs_prefix: str
    origin: str
    pct: Decimal | None
    pct_max: Decimal | None
    is_single_rate: bool
    rate_text: str
    needs_proof: bool

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> DutyRule:
        """The duty rate whose columns are in `row`."""
        names = set(cls.__slots__) - {"ref"}
        return cls(ref=reference_of("duty", row["destination"], row), **{name: row[name] for name in names})

    @property
    def highest(self) -> Decimal | None:
        """The rate to reckon with: the only one, or the higher of several."""
        return self.pct if self.pct_max is None else self.pct_max


@dataclass(frozen=True, slots=True)
class AdditionalRule:
    """A duty on top of the tariff, by origin. `pct` is None where nobody knows whether the goods are listed."""

    ref: RuleRef
    destination: str
    program: str
    name: str
    origin: str
    hs_prefixes: tuple[str, ...]
    pct: Decimal | None
    method: str
    replaces: tuple[str, ...]
    is_complete: bool

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> AdditionalRule:
        """The additional duty whose columns are in `row`."""
        return cls(
            ref=reference_of("additional_duty", row["destination"], row),
            hs_prefixes=_words(row["hs_prefixes"]),
            replaces=_words(row["replaces"]),
            **{
                name: row[name] for name in ("destination", "program", "name", "origin", "pct", "method", "is_complete")
            },
        )

    def match_length(self, hs_code: str) -> int:
        """How many digits of `hs_code` the rule names: 0 when it covers all goods, -1 when it doesn't apply."""
        if not self.hs_prefixes:
            return 0
        if not hs_code.startswith(self.hs_prefixes):
            return -1
        return max([len(prefix) for prefix in self.hs_prefixes if hs_code.startswith(prefix)])


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A charge on a consignment, on each declared item, or as a percentage of the customs value."""

    ref: RuleRef
    code: str
    name: str
    jurisdiction: str
    scope: str
    amount: Decimal | None
    currency: str
    pct: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    value_over: Decimal | None
    value_up_to: Decimal | None
    band_currency: str
    channel: str
    transport: str
    regimes: frozenset[str]
    only_if_due: bool

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> FeeRule:
        """The fee whose columns are in `row`."""
        same = set(cls.__slots__) - {"ref", "regimes"}
        return cls(
            ref=reference_of("fee", row["jurisdiction"], row),
            regimes=frozenset(_words(row["regimes"])),
            **{name: row[name] for name in same},
        )


@dataclass(frozen=True, slots=True)
class ExemptionRule:
    """Goods that a charge ("duty", "additional_duty", "tax") leaves out, or an amount too small to be levied."""

    ref: RuleRef
    jurisdiction: str
    charge: str
    program: str
    regimes: frozenset[str]
    origins: frozenset[str]
    ship_from: frozenset[str]
    hs_prefixes: tuple[str, ...]
    categories: frozenset[str]
    needs_proof: bool
    due_up_to: Decimal | None
    currency: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> ExemptionRule:
        """The exemption whose columns are in `row`."""
        return cls(
            ref=reference_of("exemption", row["jurisdiction"], row),
            regimes=frozenset(_words(row["regimes"])),
            origins=frozenset(_words(row["origins"])),
            ship_from=frozenset(_words(row["ship_from"])),
            hs_prefixes=_words(row["hs_prefixes"]),
            categories=frozenset(_words(row["categories"])),
            needs_proof=bool(row["needs_proof"]),
            **{name: row[name] for name in ("jurisdiction", "charge", "program", "due_up_to", "currency")},
        )

    def covers(self, line: ConsignmentLine, origins: tuple[str, ...], senders: tuple[str, ...], regime: str) -> bool:
        """Whether a line falls under it; `origins` and `senders` are a country, its unions, and "" for any."""
        return (
            (not self.regimes or regime in self.regimes)
            and (not self.origins or not self.origins.isdisjoint(origins))
            and (not self.ship_from or not self.ship_from.isdisjoint(senders))
            and (not self.hs_prefixes or line.hs_code.startswith(self.hs_prefixes))
            and (not self.categories or line.tax_category in self.categories)
            and (line.origin_proved or not self.needs_proof)
        )


@dataclass(frozen=True, slots=True)
class RestrictionRule:
    """Goods or destinations that are blocked, need an officer's look, or a word to the seller.

    Its goods are those whose code begins with one of `hs_prefixes` or that have one of `marks`; with neither, all.
    What they are and how they go narrows it: see `concerns` and `concerns_listing`.
    """

    ref: RuleRef
    code: str
    topic: str
    name: str
    action: str
    hs_prefixes: tuple[str, ...]
    marks: frozenset[str]
    lithium: bool
    origins: frozenset[str]
    watt_hours_over: Decimal | None
    batteries_over: int | None
    minimum_age: int | None
    document: str
    destination: str
    regions: frozenset[str]
    channel: str
    transport: str
    un_number: str

    @classmethod
    def from_values(cls, row: Mapping[str, Any]) -> RestrictionRule:
        """The restriction whose columns are in `row`; regions are codes or beginnings of names between semicolons."""
        same = (
            "code", "topic", "name", "action", "watt_hours_over", "batteries_over", "minimum_age", "document",
            "destination", "channel", "transport", "un_number",
        )  # fmt: skip
        return cls(
            ref=reference_of("restriction", row["destination"], row),
            hs_prefixes=_words(row["hs_prefixes"]),
            marks=frozenset(_words(row["traits"])),
            lithium=bool(row["lithium"]),
            origins=frozenset(_words(row["origins"])),
            regions=frozenset(filter(None, map(fold, row["regions"].split(";")))),
            **{name: row[name] for name in same},
        )

    @property
    def names_goods(self) -> bool:
        """Whether it rules on some goods, and not on all that goes to a place."""
        return bool(self.hs_prefixes or self.marks or self.lithium or self.origins or self._needs_facts)

    @property
    def is_decided_by_line(self) -> bool:
        """Whether a line of a consignment says all that it takes to know whether the rule concerns it."""
        return not self._needs_facts and not self.document and bool(self.hs_prefixes or not self.marks)

    @property
    def _needs_facts(self) -> bool:
        return self.watt_hours_over is not None or self.batteries_over is not None

    def concerns(
        self, hs_code: str, lithium: bool, region: str, channel: str, transport: str, origin: str = ""
    ) -> bool:
        """Whether goods with this code and origin, sent this way to this region, fall under the rule.

        Empty `channel` or `transport` stand for "not known yet" and match no rule that names one.
        """
        return (
            (not self.hs_prefixes or hs_code.startswith(self.hs_prefixes))
            and (lithium or not self.lithium)
            and self.reaches(region, channel, transport, origin)
        )

    def reaches(self, region: str, channel: str, transport: str, origin: str) -> bool:
        """Whether the way, the region and the origin are those of the rule, whatever the goods are."""
        return (
            (not self.regions or is_among(region, self.regions))
            and (not self.channel or channel == self.channel)
            and (not self.transport or transport == self.transport)
            and (not self.origins or origin in self.origins)
        )

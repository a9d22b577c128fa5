"""The rules of one day, sorted so that each question is one or two look-ups. Built once, never changed.

A book is made from plain mappings (rows of the database or of the rule files) and knows no table and no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from compliance.rules.market import Market
from compliance.rules.obligations import ClaimRule, RequirementRule, SchemeRule
from compliance.rules.places import TerritoryRule, plain_postal_code
from compliance.rules.rows import (
    PENDING,
    AdditionalRule,
    DutyRule,
    ExemptionRule,
    FeeRule,
    RegimeRule,
    RestrictionRule,
    TaxRule,
)
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]
_Rule = TypeVar("_Rule")
_MARKETS_KEPT = 512

TABLES = (
    "regimes",
    "tax_rates",
    "duty_rates",
    "additional_duties",
    "fees",
    "exemptions",
    "group_members",
    "territories",
    "restrictions",
    "epr_schemes",
    "product_rules",
    "forbidden_claims",
)


@dataclass(frozen=True, slots=True)
class CountryRules:
    """Every rule that holds for goods going to one country or special territory.

    `jurisdictions` is the country followed by the unions it belongs to; rules of the country go before theirs.
    """

    country: str
    jurisdictions: tuple[str, ...]
    regimes: Mapping[str, tuple[RegimeRule, ...]]
    taxes: Mapping[str, Mapping[str, TaxRule]]
    duties: Mapping[str, Mapping[str, DutyRule]]
    preferences: Mapping[str, Mapping[str, DutyRule]]
    duty_lengths: tuple[int, ...]
    additional: Mapping[str, tuple[AdditionalRule, ...]]
    exemptions: Mapping[str, tuple[ExemptionRule, ...]]
    fees: tuple[FeeRule, ...]
    pending_fees: tuple[FeeRule, ...]
    pending_regimes: tuple[RegimeRule, ...]
    restrictions: tuple[RestrictionRule, ...]
    blocks: Mapping[str, tuple[RestrictionRule, ...]]
    schemes: tuple[SchemeRule, ...]
    requirements: tuple[RequirementRule, ...]
    claims: tuple[ClaimRule, ...]

    def blocking(self, line: ConsignmentLine, consignment: Consignment) -> tuple[RestrictionRule, ...]:
        """The rules that forbid to send this line in this consignment."""
        hs_code = line.hs_code
        rules = self.blocks.get(hs_code[:2]) or self.blocks.get("")
        if not rules:
            return ()
        region, channel, transport = consignment.ship_to.region, consignment.channel, consignment.transport
        return tuple([
            rule for rule in rules if rule.concerns(hs_code, line.lithium, region, channel, transport, line.origin)
        ])  # fmt: skip

    @property
    def is_known(self) -> bool:
        """Whether the book has any regime for the country."""
        return bool(self.regimes)

    def tax(self, region: str, category: str) -> tuple[TaxRule | None, bool]:
        """The tax rate of a region for a category, and whether the region was needed but not recognised.

        A category without a row pays the standard rate. Where rates differ by region and the region is not
        known, the highest rate is given and the second value is True.
        """
        rows = self.taxes.get(category) or self.taxes.get("standard")
        if not rows:
            return None, False
        rule = rows.get(region) or rows.get("")
        if rule is not None:
            return rule, False
        region = region.strip().upper().removeprefix(f"{self.country}-")
        rule = rows.get(region)
        if rule is not None:
            return rule, False
        return max(rows.values(), key=lambda row: (row.pct, row.region)), True

    def duty(self, hs_code: str, origins: tuple[str, ...], *, is_proved: bool = False) -> DutyRule | None:
        """The tariff row with the longest matching heading, of the first of `origins` that has one.

        With proof of origin it is a preference, where there is one that asks for less.
        """
        rule = self._longest(self.duties, hs_code, origins)
        preferred = self._longest(self.preferences, hs_code, origins) if is_proved and self.preferences else None
        if preferred is None or preferred.highest is None:
            return rule
        return preferred if rule is None or rule.highest is None or preferred.highest < rule.highest else rule

    def _longest(
        self, table: Mapping[str, Mapping[str, DutyRule]], hs_code: str, origins: tuple[str, ...]
    ) -> DutyRule | None:
        for length in self.duty_lengths:
            rows = table.get(hs_code[:length])
            if rows:
                for origin in origins:
                    rule = rows.get(origin)
                    if rule is not None:
                        return rule
        return None

    def exemption(
        self, charge: str, line: ConsignmentLine, origins: tuple[str, ...], senders: tuple[str, ...], regime: str
    ) -> ExemptionRule | None:
        """The first exemption of a line from a charge that holds whatever is due."""
        for rule in self.exemptions.get(charge, ()):
            if rule.due_up_to is None and not rule.program and rule.covers(line, origins, senders, regime):
                return rule
        return None

    def exempt_programs(
        self, line: ConsignmentLine, origins: tuple[str, ...], senders: tuple[str, ...], regime: str
    ) -> Mapping[str, ExemptionRule]:
        """The programmes of additional duties that leave a line out."""
        rules = self.exemptions.get("additional_duty", ())
        return {rule.program: rule for rule in rules if rule.covers(line, origins, senders, regime)}

    def additional_duties(self, hs_code: str, origins: tuple[str, ...]) -> tuple[AdditionalRule, ...]:
        """One row for each programme that covers the goods: the one that names the most digits."""
        best: dict[str, tuple[int, AdditionalRule]] = {}
        for origin in origins:
            for rule in self.additional.get(origin, ()):
                length = rule.match_length(hs_code)
                held = best.get(rule.program)
                if length >= 0 and (held is None or length > held[0]):
                    best[rule.program] = length, rule
        if not best:
            return ()
        replaced = {program for _, rule in best.values() for program in rule.replaces}
        return tuple(rule for _, rule in best.values() if rule.program not in replaced)


class RuleBook:
    """All rules in force on `on`, by destination. `version` is the key under which it was built."""

    __slots__ = ("_countries", "_elsewhere", "_markets", "_memberships", "_territories", "on", "size", "version")

    def __init__(self, on: date, tables: Tables, version: str = "") -> None:
        self.on = on
        self.version = version
        rows = {name: [row for row in tables.get(name, ()) if _holds(row, on)] for name in TABLES}
        self.size = sum(len(group) for group in rows.values())
        sure = {name: [row for row in group if row["status"] != PENDING] for name, group in rows.items()}
        pending = [row for row in rows["regimes"] if row["status"] == PENDING]
        self._memberships = _memberships(sure["group_members"])
        self._territories = _by(map(TerritoryRule.from_values, sure["territories"]), "country")
        self._countries, self._elsewhere = _compile(sure, rows["fees"], pending, self._memberships)
        self._markets: dict[tuple[str, ...] | str, Market] = {}

    def groups_of(self, country: str) -> tuple[str, ...]:
        """The country itself, the unions it belongs to, and "" for "anywhere"; only "" for an empty code."""
        held = self._memberships.get(country)
        if held is not None:
            return held
        return (country, "") if country else ("",)

    def territory(self, ship_to: Destination) -> str:
        """The code of the special territory that the postal code lies in, or the country."""
        row = self._territory(ship_to)
        return ship_to.country if row is None else row.code

    def parts_like_countries(self) -> tuple[TerritoryRule, ...]:
        """The special territories with a code like that of a country: Northern Ireland, with law on goods of its own."""
        return tuple(part for parts in self._territories.values() for part in parts if part.is_like_a_country)

    def offered_in(self, served: Collection[str]) -> tuple[str, ...]:
        """For which destinations an offer is looked at: the countries served and such parts of them, sorted."""
        return tuple(sorted({*served, *(part.code for part in self.parts_like_countries() if part.country in served)}))

    def place(self, ship_to: Destination) -> str:
        """What to call the destination: the English name of the special territory, or the code of the country."""
        row = self._territory(ship_to)
        return ship_to.country if row is None else row.name

    def _territory(self, ship_to: Destination) -> TerritoryRule | None:
        rows = self._territories.get(ship_to.country)
        if rows and ship_to.postal_code:
            code = plain_postal_code(ship_to.postal_code, ship_to.country)
            for row in rows:
                if code.startswith(row.postal_prefixes):
                    return row
        return None

    def for_destination(self, ship_to: Destination) -> CountryRules:
        """The rules for a destination; a book without rules for it gives an empty set of them."""
        return self._countries.get(self.territory(ship_to), self._elsewhere)

    def market(self, ship_to: Destination) -> Market:
        """What is asked of goods on their way to one destination."""
        place = self.territory(ship_to)
        market = self._markets.get(place)
        if market is None:
            market = self._kept(place, Market(self.groups_of, [(place, self._countries.get(place, self._elsewhere))]))
        return market

    def markets(self, destinations: tuple[str, ...]) -> Market:
        """What is asked of goods that are offered in several countries at once, each rule once."""
        market = self._markets.get(destinations)
        if market is None:
            places = [(code, self._countries.get(code, self._elsewhere)) for code in dict.fromkeys(destinations)]
            market = self._kept(destinations, Market(self.groups_of, places, is_offer=True))
        return market

    def _kept(self, key: tuple[str, ...] | str, market: Market) -> Market:
        if len(self._markets) >= _MARKETS_KEPT:
            self._markets.clear()
        self._markets[key] = market
        return market

    def schemes(self) -> frozenset[str]:
        """The point-of-sale schemes of all countries."""
        return frozenset(
            regime.scheme for rules in self._countries.values() for rows in rules.regimes.values() for regime in rows
        ) - {""}

    def tax_categories(self) -> frozenset[str]:
        """The kinds of goods that some country taxes at a rate of their own, and the standard one."""
        return frozenset(category for rules in self._countries.values() for category in rules.taxes) | {"standard"}

    def countries(self) -> tuple[str, ...]:
        """The countries that have a regime, sorted."""
        return tuple(sorted(country for country, rules in self._countries.items() if rules.is_known))


def _holds(row: Row, on: date) -> bool:
    return row["effective_from"] <= on and (row["effective_to"] is None or on <= row["effective_to"])


def _by(rules: Iterable[_Rule], name: str) -> dict[str, list[_Rule]]:
    grouped: dict[str, list[_Rule]] = {}
    for rule in rules:
        grouped.setdefault(getattr(rule, name), []).append(rule)
    return grouped


def _memberships(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["country"], []).append(row["group"])
    return {country: (country, *sorted(names), "") for country, names in groups.items()}


@dataclass(frozen=True, slots=True)
class _Sources:
    """All rules by the place that made them."""

    memberships: Mapping[str, tuple[str, ...]]
    regimes: Mapping[str, list[RegimeRule]]
    taxes: Mapping[str, list[TaxRule]]
    duties: Mapping[str, dict[str, dict[str, DutyRule]]]
    preferences: Mapping[str, dict[str, dict[str, DutyRule]]]
    additional: Mapping[str, dict[str, tuple[AdditionalRule, ...]]]
    exemptions: Mapping[str, list[ExemptionRule]]
    fees: Mapping[str, list[FeeRule]]
    pending_regimes: Mapping[str, list[RegimeRule]]
    restrictions: Mapping[str, list[RestrictionRule]]
    schemes: Mapping[str, list[SchemeRule]]
    requirements: Mapping[str, list[RequirementRule]]
    claims: Mapping[str, list[ClaimRule]]


def _compile(
    sure: Mapping[str, list[Row]],
    fees: list[Row],
    pending_regimes: list[Row],
    memberships: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, CountryRules], CountryRules]:
    tariff_rows = _by(map(DutyRule.from_values, sure["duty_rates"]), "destination")
    extra_rows = _by(map(AdditionalRule.from_values, sure["additional_duties"]), "destination")
    sources = _Sources(
        memberships=memberships,
        regimes=_by(map(RegimeRule.from_values, sure["regimes"]), "jurisdiction"),
        taxes=_by(map(TaxRule.from_values, sure["tax_rates"]), "country"),
        duties={name: _tariff(rows, needs_proof=False) for name, rows in tariff_rows.items()},
        preferences={name: _tariff(rows, needs_proof=True) for name, rows in tariff_rows.items()},
        additional={name: _by_origin(rows) for name, rows in extra_rows.items()},
        exemptions=_by(map(ExemptionRule.from_values, sure["exemptions"]), "jurisdiction"),
        fees=_by(map(FeeRule.from_values, fees), "jurisdiction"),
        pending_regimes=_by(map(RegimeRule.from_values, pending_regimes), "jurisdiction"),
        restrictions=_by(map(RestrictionRule.from_values, sure["restrictions"]), "destination"),
        schemes=_by(map(SchemeRule.from_values, sure["epr_schemes"]), "country"),
        requirements=_by(map(RequirementRule.from_values, sure["product_rules"]), "jurisdiction"),
        claims=_by(map(ClaimRule.from_values, sure["forbidden_claims"]), "jurisdiction"),
    )
    unions = {group for names in memberships.values() for group in names[1:] if group}
    obliging = {*sources.restrictions, *sources.schemes, *sources.requirements, *sources.claims}
    named = {*sources.regimes, *sources.taxes, *obliging, *memberships} - unions - {""}
    return {country: _rules_of(country, sources) for country in named}, _rules_of("", sources)


def _rules_of(country: str, sources: _Sources) -> CountryRules:
    places = tuple(name for name in sources.memberships.get(country, (country,)) if name)
    regimes = [rule for place in places for rule in sources.regimes.get(place, ())]
    regimes.sort(key=lambda rule: (rule.priority, rule.code))
    routes = _by(regimes, "route")
    if "within_union" in routes:
        routes["within_union"] = [rule for rule in regimes if rule.route != "import"]
    tariff = _merged([sources.duties[place] for place in places if place in sources.duties])
    preferences = _merged([sources.preferences[place] for place in places if place in sources.preferences])
    exemptions = sorted((rule for place in places for rule in sources.exemptions.get(place, ())), key=_code)
    fees = sorted((fee for place in places for fee in sources.fees.get(place, ())), key=lambda fee: fee.code)
    restrictions = _gathered(sources.restrictions, (*places, ""))
    taxes = _by(sources.taxes.get(country, ()), "category")
    return CountryRules(
        country=country,
        jurisdictions=places,
        regimes={route: tuple(rules) for route, rules in routes.items()},
        taxes={category: {rule.region: rule for rule in rows} for category, rows in taxes.items()},
        duties=tariff,
        preferences=preferences,
        duty_lengths=tuple(sorted({len(prefix) for prefix in (*tariff, *preferences)}, reverse=True)),
        additional=_merged([sources.additional[place] for place in places if place in sources.additional]),
        exemptions={charge: tuple(rules) for charge, rules in _by(exemptions, "charge").items()},
        fees=tuple(fee for fee in fees if fee.ref.status != PENDING),
        pending_fees=tuple(fee for fee in fees if fee.ref.status == PENDING),
        pending_regimes=tuple(rule for place in places for rule in sources.pending_regimes.get(place, ())),
        restrictions=restrictions,
        blocks=_blocks(restrictions),
        schemes=_gathered(sources.schemes, places),
        requirements=_gathered(sources.requirements, (*places, "")),
        claims=_gathered(sources.claims, (*places, "")),
    )


def _gathered(rules: Mapping[str, list[_Rule]], places: Iterable[str]) -> tuple[_Rule, ...]:
    return tuple(rule for place in places for rule in rules.get(place, ()))


def _by_origin(rows: Iterable[AdditionalRule]) -> dict[str, tuple[AdditionalRule, ...]]:
    ordered = sorted(rows, key=lambda rule: (rule.program, rule.ref.id))
    return {origin: tuple(group) for origin, group in _by(ordered, "origin").items()}


def _blocks(rules: Iterable[RestrictionRule]) -> dict[str, tuple[RestrictionRule, ...]]:
    """Blocking rules by chapter; under "" those that name no goods, which stand under every chapter too.

    What asks for more than a line of a consignment says is left out: it is decided on the listing.
    """
    blocking = [rule for rule in rules if rule.action == "block" and rule.is_decided_by_line]
    general = tuple(rule for rule in blocking if not rule.hs_prefixes)
    chapters = {prefix[:2] for rule in blocking for prefix in rule.hs_prefixes}
    by_chapter = {
        chapter: general + tuple(rule for rule in blocking if any(prefix[:2] == chapter for prefix in rule.hs_prefixes))
        for chapter in chapters
    }
    return by_chapter | {"": general}


def _code(rule: ExemptionRule) -> str:
    return rule.ref.id


def _tariff(rows: Iterable[DutyRule], *, needs_proof: bool) -> dict[str, dict[str, DutyRule]]:
    tariff: dict[str, dict[str, DutyRule]] = {}
    for rule in rows:
        if rule.needs_proof != needs_proof:
            continue
        tariff.setdefault(rule.hs_prefix, {})[rule.origin] = rule
    return tariff


def _merged(tables: list[dict[str, _Rule]]) -> dict[str, _Rule]:
    if len(tables) == 1:
        return tables[0]
    merged: dict[str, _Rule] = {}
    for table in reversed(tables):
        merged |= table
    return merged

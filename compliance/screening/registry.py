"""The checks that there are: what each looks at, when it is made, how grave it is and by which law.

A check is one function of facts and rules that gives a `Hit` for each thing it finds. It loads nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from compliance.rules.book import RuleBook
from compliance.rules.market import GoodsRules, Market
from compliance.rules.marks import marks_of
from compliance.rules.rows import RuleRef
from compliance.screening.facts import BY_ACTION, Finding, ListingFacts, PartyFacts, SellerFacts
from marketplace.kernel.consignment import Destination

Facts = ListingFacts | PartyFacts | SellerFacts
LISTED, SENT = "listed", "sent"  # when goods are looked at: as they are offered, or on their way
ALWAYS: Final = (LISTED, SENT)


class _Ruled(Protocol):
    """A rule that says what becomes of goods under it."""

    @property
    def ref(self) -> RuleRef: ...

    @property
    def action(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. What is empty is as the check has it; `countries` none: wherever the goods go."""

    params: Mapping[str, str] = field(default_factory=dict)
    severity: str = ""
    law: str = ""
    rule: str = ""
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check. `severity` is the gravest that it gives; a rule behind a finding may ask for less."""

    id: str
    looks_at: type
    severity: str
    law: str
    stages: tuple[str, ...]
    run: Callable[[Any, Any], Iterator[Hit]]

    def findings(self, facts: Facts, rules: GoodsRules | RuleBook) -> Iterator[Finding]:
        """What the check finds, with what the registry knows of it."""
        for hit in self.run(facts, rules):
            yield Finding(
                self.id, hit.severity or self.severity, hit.params, hit.law or self.law, hit.rule, hit.countries
            )


_registry: dict[str, Check] = {}
_Facts = TypeVar("_Facts", ListingFacts, PartyFacts, SellerFacts)
_Rules = TypeVar("_Rules", GoodsRules, RuleBook)
_Run = Callable[[_Facts, _Rules], Iterator[Hit]]


def check(
    name: str, looks_at: type[_Facts], *, severity: str, law: str, stages: tuple[str, ...] = ALWAYS
) -> Callable[[_Run[_Facts, _Rules]], _Run[_Facts, _Rules]]:
    """Registers a function as the check `name` on facts of one kind; checks of listings get the rules for the goods."""

    def register(function: _Run[_Facts, _Rules]) -> _Run[_Facts, _Rules]:
        if name in _registry:
            raise ValueError(f"a check named {name} is registered already")
        _registry[name] = Check(name, looks_at, severity, law, stages, function)
        return function

    return register


def by_rule(rule: _Ruled, countries: tuple[str, ...], /, **params: str) -> Hit:
    """A hit that is as grave as the rule says, by the law that stands beside it."""
    return Hit(params, BY_ACTION[rule.action], rule.ref.source, rule.ref.id, countries)


def checks() -> tuple[Check, ...]:
    """Every check, in the order in which they are made."""
    return tuple(_registry.values())


def checks_for(kind: type[Facts]) -> frozenset[str]:
    """The ids of the checks on facts of one kind."""
    return frozenset(each.id for each in _registry.values() if each.looks_at is kind)


def screen(facts: Facts, rule_book: RuleBook) -> tuple[Finding, ...]:
    """Every finding on a party, a seller, or goods on their way to where `facts` says."""
    if isinstance(facts, ListingFacts):
        market = rule_book.market(Destination(facts.destination, facts.region, facts.postal_code))
        return _made(facts, rules_for(facts, market), SENT)
    return _made(facts, rule_book, SENT)


def screen_listing(facts: ListingFacts, destinations: Sequence[str], rule_book: RuleBook) -> tuple[Finding, ...]:
    """Every finding on a listing that is offered in `destinations`; a finding names those that it concerns.

    The same as looking at each destination by itself, with findings of one check and rule put together.
    """
    return _made(facts, rules_for(facts, rule_book.markets(tuple(destinations))), LISTED)


def rules_for(facts: ListingFacts, market: Market) -> GoodsRules:
    """The rules of a market that name the goods."""
    marks = marks_of(facts.traits, facts.battery, facts.lithium, bool(facts.cites_species))
    return market.naming(facts.hs_code, marks)


def _made(facts: Facts, rules: GoodsRules | RuleBook, stage: str) -> tuple[Finding, ...]:
    kind = type(facts)
    return tuple(finding for each in _of_stage(kind, stage) for finding in each.findings(facts, rules))


def _of_stage(kind: type, stage: str) -> Iterable[Check]:
    return (each for each in _registry.values() if each.looks_at is kind and stage in each.stages)

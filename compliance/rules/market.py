"""What is asked of goods in one market or in several: every rule once, with the destinations in which it holds.

A union's rule holds in many countries at once. Looking at rules instead of countries makes a screening of a listing for
thirty destinations cost little more than for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from compliance.rules.languages import languages_of
from compliance.rules.obligations import ClaimRule, RequirementRule, SchemeRule, names_goods
from compliance.rules.rows import RestrictionRule

if TYPE_CHECKING:
    from compliance.rules.book import CountryRules

_Rule = TypeVar("_Rule")
_GOODS_KEPT: Final = 8192
EVERYWHERE: Final = ("en",)  # shoppers everywhere read the source language where nothing else is there


@dataclass(frozen=True, slots=True, eq=False)
class Placed(Generic[_Rule]):
    """A rule and the destinations in which it holds; none of them named: wherever the goods go."""

    rule: _Rule
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GoodsRules:
    """The rules that name goods of one kind in a market. `places` rule on the destination, whatever the goods are."""

    market: Market
    marks: frozenset[str]
    restrictions: tuple[Placed[RestrictionRule], ...]
    places: tuple[Placed[RestrictionRule], ...]
    schemes: Mapping[str, tuple[Placed[SchemeRule], ...]]
    requirements: Mapping[str, tuple[Placed[RequirementRule], ...]]

    @property
    def claims(self) -> Mapping[str, tuple[Placed[ClaimRule], ...]]:
        """What may not be said of any goods, by language."""
        return self.market.claims


class Market:
    """The rules of one destination, or those of several from which one listing is offered (`is_offer`)."""

    __slots__ = (
        "_by_goods",
        "_requirements",
        "_restrictions",
        "_schemes",
        "claims",
        "groups_of",
        "is_offer",
        "languages",
    )

    def __init__(
        self,
        groups_of: Callable[[str], tuple[str, ...]],
        places: Sequence[tuple[str, CountryRules]],
        *,
        is_offer: bool = False,
    ) -> None:
        self.groups_of = groups_of
        self.is_offer = is_offer
        self.languages = {code: languages_of(code) for code, _rules in places}
        self._restrictions = self._placed((code, rules.restrictions) for code, rules in places)
        self._schemes = self._placed((code, rules.schemes) for code, rules in places)
        self._requirements = self._placed((code, rules.requirements) for code, rules in places)
        claims = [self._where_read(each) for each in self._placed((code, rules.claims) for code, rules in places)]
        self.claims = _grouped((each for each in claims if each is not None), "language")
        self._by_goods: dict[tuple[str, frozenset[str]], GoodsRules] = {}

    def naming(self, hs_code: str, marks: frozenset[str]) -> GoodsRules:
        """The rules for goods with a code (empty: none is known) and marks."""
        key = hs_code, marks
        rules = self._by_goods.get(key)
        if rules is None:
            if len(self._by_goods) >= _GOODS_KEPT:
                self._by_goods.clear()
            rules = self._by_goods[key] = self._naming(hs_code, marks)
        return rules

    def _naming(self, hs_code: str, marks: frozenset[str]) -> GoodsRules:
        def named(rules: Iterable[Placed[Any]]) -> Iterable[Placed[Any]]:
            return (each for each in rules if names_goods(each.rule, hs_code, marks))

        return GoodsRules(
            market=self,
            marks=marks,
            restrictions=tuple(
                each
                for each in named(self._restrictions)
                if each.rule.names_goods and ("lithium" in marks or not each.rule.lithium)
            ),
            places=tuple(each for each in self._restrictions if not each.rule.names_goods),
            schemes=_grouped(named(self._schemes), "stream"),
            requirements=_grouped(named(self._requirements), "requirement"),
        )

    def _placed(self, places: Iterable[tuple[str, Iterable[_Rule]]]) -> tuple[Placed[_Rule], ...]:
        """Each rule with the destinations of an offer, in the order in which they come."""
        found: dict[int, tuple[Any, list[str]]] = {}
        for code, rules in places:
            for rule in rules:
                found.setdefault(id(rule), (rule, []))[1].append(code)
        return tuple(
            Placed(rule, tuple(codes) if self.is_offer and rule.ref.jurisdiction else ())
            for rule, codes in found.values()
        )

    def _where_read(self, claim: Placed[ClaimRule]) -> Placed[ClaimRule] | None:
        """The claim in the countries whose shoppers read its language.

        One that is official nowhere in a union is read by some in all of it, and the source language everywhere.
        """
        language, countries = claim.rule.language, claim.countries
        if not countries or language in EVERYWHERE:
            return claim
        reading = tuple(code for code in countries if language in self.languages[code])
        if reading:
            return Placed(claim.rule, reading)
        return None if _is_official_in(language, claim.rule.jurisdiction) else claim


def _is_official_in(language: str, jurisdiction: str) -> bool:
    return language in languages_of(jurisdiction)


def _grouped(rules: Iterable[Placed[_Rule]], name: str) -> dict[str, tuple[Placed[_Rule], ...]]:
    groups: dict[str, list[Placed[_Rule]]] = {}
    for each in rules:
        groups.setdefault(getattr(each.rule, name), []).append(each)
    return {key: tuple(group) for key, group in groups.items()}

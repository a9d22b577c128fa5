"""The page on which products stand beside each other: a column for each, a row for each thing that one may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.units import format_unit
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from catalog import delivery
from catalog.selectors import comparison, picked
from catalog.selectors.attributes import details_of
from catalog.selectors.cards import Card, goods_of
from catalog.selectors.comparison import Facts, choices_of
from catalog.selectors.prices import Prices
from logistics.quotes import DeliveredPrice
from marketplace.kernel.numbers import written
from marketplace.kernel.region import Region
from marketplace.kernel.templatetags.ui import country, day, money


@dataclass(frozen=True, slots=True)
class Column:
    """A product that is compared; `choices` are the variants that can be put into the cart from here: key and name,
    with the price where they differ in it. There are none where it is sold out, not sent, or has too many to choose."""

    card: Card
    facts: Facts
    landed: DeliveredPrice | None
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked of each product, and the answers as text in the order of the columns, "" where there is none."""

    label: str
    cells: tuple[str, ...]

    @property
    def is_different(self) -> bool:
        """Whether the products differ in it."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything the page shows. `held` are names of what may not be shown where the reader is, `gone` of what is
    not on sale any more; `keys` is what is left to be kept."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    held: tuple[str, ...]
    gone: tuple[str, ...]
    keys: tuple[int, ...]


def compare(keys: Sequence[int], region: Region, prices: Prices) -> Comparison:
    """The products with these keys beside each other, as the reader may meet them. Three queries, none for no keys."""
    facts = comparison.facts_of(keys, region.language, region.country)
    known = [facts[key] for key in keys if key in facts]
    shown = {card.id: card for card in picked.cards_of([fact.id for fact in known if fact.is_on_sale], region, prices)}
    columns = tuple(_column(shown[fact.id], fact, region, prices) for fact in known if fact.id in shown)
    return Comparison(
        columns,
        _once([*_rows(columns, prices), *_attributes(columns, region)]),
        held=tuple(fact.name for fact in known if fact.is_on_sale and fact.is_held_here),
        gone=tuple(fact.name for fact in known if not fact.is_on_sale),
        keys=tuple(column.card.id for column in columns),
    )


def _column(card: Card, facts: Facts, region: Region, prices: Prices) -> Column:
    goods = goods_of(card.row)
    landed = prices.piece(goods, region) if goods else None
    is_sent = landed is not None and landed.assessment.status != "blocked"
    return Column(card, facts, landed, choices_of(facts.offers, region, prices) if is_sent else ())


def _once(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that answer anything, one for each label: a later row says it better where it says anything."""
    known: dict[str, Row] = {}
    for row in rows:
        before = known.get(row.label, row)
        known[row.label] = Row(row.label, tuple(said or old for said, old in zip(row.cells, before.cells, strict=True)))
    return tuple(row for row in known.values() if any(row.cells))


def _attributes(columns: Sequence[Column], region: Region) -> list[Row]:
    """A row for each attribute that staff have compared and any of the products has, in the order of the attributes."""
    keys = [column.card.id for column in columns]
    details = details_of(keys, region, compared_only=True) if keys else {}
    labels = {detail.code: detail.label for found in details.values() for detail in found}
    values = {(key, detail.code): detail.value for key, found in details.items() for detail in found}
    return [Row(label, tuple(values.get((key, code), "") for key in keys)) for code, label in labels.items()]


def _rows(columns: Sequence[Column], prices: Prices) -> Iterable[Row]:
    """The rows in their order, but for the attributes."""

    def row(label: str, answer: Callable[[Column], Any]) -> Row:
        return Row(label, tuple(str(answer(column) or "") for column in columns))

    yield row(gettext("Price"), lambda column: money(column.card.price))
    yield row(gettext("At your door"), _at_the_door)
    yield row(gettext("Arrives"), lambda column: _arrives(column, prices))
    yield row(gettext("Stock"), lambda column: gettext("In stock") if column.card.in_stock else gettext("Sold out"))
    yield row(gettext("Seller"), lambda column: column.card.brand)
    yield row(gettext("The seller is in"), lambda column: country(column.facts.seller_country))
    yield row(gettext("Brand"), _brand)
    yield row(gettext("Kind of goods"), lambda column: column.facts.category)
    yield row(gettext("Made in"), lambda column: country(column.card.origin))
    yield row(gettext("Weight"), lambda column: weight(column.card.row.weight_grams))
    yield row(gettext("Size of the parcel"), lambda column: _edges(column.facts))
    yield row(gettext("For food"), lambda column: _yes_or_no(column.facts.touches_food))
    yield row(gettext("Suitable from the age of"), lambda column: _age(column.facts.age_from))


def _at_the_door(column: Column) -> str:
    """The delivered price in a sentence, as a card has it."""
    landed = column.card.landed
    if landed is None or landed.status == "blocked":
        return gettext("Not sent to your country")
    if landed.total is None:
        return gettext("Plus import charges")
    amount = {"amount": money(landed.total)}
    if landed.status == "quoted":
        return _filled(gettext("%(amount)s to your door"), amount)
    return _filled(gettext("about %(amount)s to your door"), amount)


def _arrives(column: Column, prices: Prices) -> str:
    if column.landed is None or column.landed.assessment.status == "blocked":
        return ""
    fewest, most = column.landed.days
    span = {
        "first": day(prices.on + timedelta(days=fewest)),
        "last": day(prices.on + timedelta(days=most)),
        "days": delivery.days_text(fewest, most),
    }
    return _filled(gettext("%(first)s to %(last)s (%(days)s)"), span)


def _filled(sentence: str, parts: Mapping[str, str]) -> SafeString:
    """The sentence with its parts, of which those that are markup stay so."""
    return SafeString(escape(sentence) % {name: conditional_escape(part) for name, part in parts.items()})


def weight(grams: int | None) -> str:
    """A weight as the readers of the active language write it; nothing when it is not known."""
    if grams is None:
        return ""
    if grams < 1000:
        return format_unit(grams, "mass-gram", "short", locale=_locale())
    return format_unit(Decimal(grams) / 1000, "mass-kilogram", "short", locale=_locale())


def _brand(column: Column) -> str:
    """The brand where it is another name than the seller's."""
    return "" if column.facts.brand_name == column.card.brand else column.facts.brand_name


def _edges(facts: Facts) -> str:
    edges = [edge for edge in (facts.length_mm, facts.width_mm, facts.height_mm) if edge]
    if len(edges) < 3:
        return ""
    *first, last = (Decimal(edge) / 10 for edge in edges)
    numbers = [written(number) for number in first]
    return " × ".join([*numbers, format_unit(last, "length-centimeter", "short", locale=_locale())])


def _yes_or_no(value: bool | None) -> str:
    if value is None:
        return ""
    return pgettext("answer", "Yes") if value else pgettext("answer", "No")


def _age(years: int | None) -> str:
    return "" if years is None else format_unit(years, "duration-year", "long", locale=_locale())


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").replace("-", "_"))

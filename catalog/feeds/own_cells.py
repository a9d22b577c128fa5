"""The columns that only our own table has: further prices and terms of a variant, and what pictures show.

| column | what stands in it |
| `price_eur`, `price_de_eur` | the price wherever a currency is read, or in one country; `compare_at_eur` and the like beside it |
| `price_from_10` | what one piece costs from ten pieces on |
| `lead_days`, `available_on`, `order_limit`, `low_stock_at` | the terms on which it is sold without stock |
| `image1_alt`, `image1_alt_de` | what the first picture shows, in the language of the listing and in a certain one |
| `option1_name_de`, `option1_value_de` | what the first option and its choice are called in another language |
| `bundle_parts` | what a bundle consists of, a line each: `2 × CUP-1`, by SKU, else `2 × cup / Red` by handle and choices |

A column that is absent changes nothing; an empty cell takes back what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.conf import settings

from catalog.availability import LONGEST_LEAD
from catalog.feeds import cells
from catalog.feeds.bad_rows import BadRow, Gathering
from catalog.feeds.days import pre_order
from catalog.feeds.listing import FeedName, FeedPrice
from catalog.feeds.tables import Row
from marketplace.kernel.sentences import sentence as _
from marketplace.kernel.typed_numbers import whole_number

PARTS: Final = "bundle_parts"
AHEAD: Final = ("lead_days", "available_on")
TERMS: Final = (*AHEAD, "order_limit", "low_stock_at")
_MARKET: Final = re.compile(r"price_(?:([a-z]{2})_)?([a-z]{3})")
_BEFORE: Final = re.compile(r"compare_at_(?:[a-z]{2}_)?([a-z]{3})")
_TIER: Final = re.compile(r"price_from_([1-9]\d{0,4})")
_ALT: Final = re.compile(r"image([1-9]\d?)_alt(?:_([a-z]{2}(?:-[a-z]+)?))?")
_CHOICE: Final = re.compile(r"option([1-3])_(name|value)_([a-z]{2}(?:-[a-z]+)?)")
_PART: Final = re.compile(r"([1-9]\d?) ?[×x*] ?(.+)")
_LONGEST_NAME: Final = {"name": 120, "value": 255}
_MOST_PIECES: Final = 1_000_000
_MOST_TIER: Final = 32_767


@cache
def is_column(name: str) -> bool:
    """Whether a column is called as one of these."""
    if market := _MARKET.fullmatch(name) or _BEFORE.fullmatch(name):
        return market[market.lastindex or 1].upper() in settings.CURRENCIES
    if alt := _ALT.fullmatch(name):
        return alt[2] is None or alt[2] in dict(settings.LANGUAGES)
    if tier := _TIER.fullmatch(name):
        return 2 <= int(tier[1]) <= _MOST_TIER
    if choice := _CHOICE.fullmatch(name):
        return choice[3] in dict(settings.LANGUAGES) and name != choice_column(int(choice[1]), "name", "en")
    return name in TERMS or name == PARTS


def market_column(name: str, country: str, currency: str) -> str:
    """The column of a market; `name` is "price" or "compare_at"."""
    return "_".join(part for part in (name, country.lower(), currency.lower()) if part)


def tier_column(from_quantity: int) -> str:
    """The column of a price by quantity."""
    return f"price_from_{from_quantity}"


def alt_column(place: int, language: str) -> str:
    """The column that says what a picture shows, with "" in the language of the listing; `place` counts from 1."""
    return f"image{place}_alt_{language}" if language else f"image{place}_alt"


def choice_column(place: int, part: str, language: str) -> str:
    """The column for the names of the options ("name") or choices ("value") at a place, counted from 1, in a language."""
    return f"option{place}_{part}_{language}"


def part_text(pieces: int, name: str) -> str:
    """A line on a part of a bundle."""
    return f"{pieces} × {name}"


def variant_name(handle: str, sku: str, choices: Iterable[str]) -> str:
    """How a part of a bundle is named."""
    return sku or " / ".join([handle, *choices])


def of_variant(line: int, row: Row, names: Iterable[str], on: date) -> dict[str, Any]:
    """What the cells of a row say of its variant on a day, as `FeedVariant` takes it. Raises `BadRow`."""
    markets: list[FeedPrice] = []
    tiers: list[tuple[int, Decimal | None]] = []
    with Gathering() as bad:
        terms = bad.part(_terms, line, row, on)
        for name in names:
            if found := _MARKET.fullmatch(name):
                markets += bad.each(_market, [(line, row)], found[1] or "", found[2])
            elif step := _TIER.fullmatch(name):
                tiers.append((int(step[1]), bad.cell(_amount_above_zero, line, row, name, row["currency"])))
        countries = [one.country for one in markets if one.country and one.amount is not None]
        if len({*countries}) < len(countries):
            twice = next(one for one in countries if countries.count(one) > 1)
            bad.add([BadRow(line, _("There is another price for this market."), value=twice)])
        parts = bad.cell(_parts, line, row, PARTS) if PARTS in row else None
        if parts and any(value is not None for name, value in terms or () if name in AHEAD):
            bad.add([BadRow(line, _("A bundle is sold from the stock of its parts, not to order."), PARTS, row[PARTS])])
    return {"markets": tuple(markets), "tiers": tuple(tiers), "terms": terms, "parts": parts}


def _parts(line: int, text: str) -> tuple[tuple[int, str], ...]:
    found: dict[str, int] = {}
    for each in filter(None, map(str.strip, text.split("\n"))):
        part = _PART.fullmatch(each)
        if part is None or part[2] in found:
            message = _("“%(text)s” is no part of a bundle: write each once, on a line of its own, as 2 × SKU.")
            raise BadRow(line, message % {"text": each[:60]})
        found[part[2]] = int(part[1])
    return tuple((pieces, name) for name, pieces in found.items())


def _market(line: int, row: Row, country: str, currency: str) -> FeedPrice:
    code = currency.upper()
    column = market_column("compare_at", country, currency)
    with Gathering() as bad:
        price = bad.cell(cells.amount, line, row, market_column("price", country, currency), code)
        before = bad.cell(cells.amount, line, row, column, code)
    compare_at = cells.before(price, before) if price is not None else None
    return FeedPrice(country.upper(), code, price, compare_at, keeps_before=column not in row)


def _amount_above_zero(line: int, text: str, currency: str) -> Decimal | None:
    amount = cells.amount(line, text, currency)
    if amount is not None and not amount:
        raise BadRow(line, _("“%(text)s” is not a price.") % {"text": text[:40]})
    return amount


def _terms(line: int, row: Row, on: date) -> tuple[tuple[str, Any], ...]:
    with Gathering() as bad:
        said: dict[str, Any] = {
            name: bad.cell(_whole, line, row, name) for name in TERMS if name in row and name != "available_on"
        }
        if "available_on" in row:
            said["available_on"] = bad.cell(pre_order, line, row, "available_on", on)
        lead, out_on = said.get("lead_days"), said.get("available_on")
        if lead is not None and out_on is not None:
            message = _("An article is made to order or pre-ordered, not both.")
            bad.add([BadRow(line, message, "available_on", row["available_on"])])
        if lead is not None and not 1 <= lead <= LONGEST_LEAD:
            bad.add([BadRow(line, _("Give a number of days from 1 to 365."), "lead_days", row["lead_days"])])
    if lead is not None or out_on is not None:
        said |= {"lead_days": lead, "available_on": out_on}  # the one ends the other
    return tuple(sorted(said.items()))


def _whole(line: int, text: str) -> int | None:
    if not text:
        return None
    number = whole_number(text)
    if number is None or number > _MOST_PIECES:
        raise BadRow(line, _("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return number


def alts(row: Row, names: Iterable[str]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """What the cells say of pictures: (language or "", text) by the place of the picture."""
    found: dict[int, list[tuple[str, str]]] = {}
    for name in names:
        if alt := _ALT.fullmatch(name):
            found.setdefault(int(alt[1]), []).append((alt[2] or "", row[name][:300]))
    return found


def names(rows: Sequence[tuple[int, Row]], options: Sequence[int], columns: Iterable[str]) -> Iterator[FeedName]:
    """What the cells of a listing call its options and choices; `options` are the numbers of those that it has.

    A choice that stands in several rows is called what the first of them says that says anything.
    """
    for column in columns:
        choice = _CHOICE.fullmatch(column)
        if choice is None or int(choice[1]) not in options:
            continue
        said: dict[str, str] = {}
        for _line, row in rows:
            code = row.get(f"option{choice[1]}_value", "") if choice[2] == "value" else ""
            said[code] = said.get(code) or row[column][: _LONGEST_NAME[choice[2]]]
        place = options.index(int(choice[1])) + 1
        yield from (FeedName(place, code, choice[3], text) for code, text in said.items())

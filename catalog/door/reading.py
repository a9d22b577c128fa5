"""Reads the address of the page: which way it asks, what was typed, which button was pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from catalog.door.choices import Places
from catalog.door.forms import MOST_ARTICLES, ArticleForm, JourneyForm, ProductForm
from marketplace.kernel.region import Region

_ARTICLE = re.compile(r"([1-5])-([a-z_]{1,20})")
_BUTTONS = ("find", "take", "add", "remove")


@dataclass(slots=True)
class Asked:
    """The forms as they were typed; `is_asked` says whether there is something to answer.

    `find` is the article to propose codes for, zero for none.
    """

    way: JourneyForm | ProductForm
    articles: list[ArticleForm] = field(default_factory=list)
    is_asked: bool = False
    find: int = 0

    @property
    def is_product(self) -> bool:
        """Whether it is about a product of the shop."""
        return isinstance(self.way, ProductForm)

    def is_valid(self) -> bool:
        """Whether every form can be understood; looks at all of them, so that each can say what is wrong."""
        return all([self.way.is_valid(), *[form.is_valid() for form in self.articles]])

    @property
    def whole_articles(self) -> list[ArticleForm]:
        """The articles, without those that were added and left empty."""
        return [form for form in self.articles if form.cleaned_data]


def read(query: Mapping[str, str], region: Region, places: Places, today: date) -> Asked:
    """What the address asks. Every field may be missing or wrong: that is for the forms to say."""
    typed = {key: query[key][:2000] for key in query}
    usual = {"country": region.country, "currency": region.currency, "channel": "any", "buyer": "consumer",
             "on": today.isoformat()}  # fmt: skip
    if typed.get("product"):
        return Asked(ProductForm(_over({**usual, "quantity": "1"}, typed), places=places, today=today), is_asked=True)
    pressed = _press(typed)
    known = typed.keys() & JourneyForm.base_fields.keys() | {key for key in typed if _ARTICLE.fullmatch(key)}
    is_asked = bool(known) and not any(button in query for button in _BUTTONS)
    given = _over(usual, typed)
    way = JourneyForm(given if is_asked else None, places=places, today=today, initial=given)
    articles = [_article(number, given, places, is_asked) for number in range(1, _count(typed, pressed.article) + 1)]
    if pressed.field:
        articles[pressed.article - 1].fields[pressed.field].widget.attrs["autofocus"] = True
    return Asked(way, articles, is_asked, pressed.article if pressed.find else 0)


def _over(usual: dict[str, str], typed: dict[str, str]) -> dict[str, str]:
    """What was typed, and the usual where a field was left out or empty."""
    return {**usual, **{key: value for key, value in typed.items() if value}}


def without_article(typed: dict[str, str], number: int) -> dict[str, str]:
    """What was typed without one article; those behind it move up."""
    kept: dict[str, str] = {}
    for key, value in typed.items():
        match = _ARTICLE.fullmatch(key)
        place = int(match[1]) if match else 0
        if match and place >= number:
            if place > number:
                kept[f"{place - 1}-{match[2]}"] = value
        else:
            kept[key] = value
    return kept


class _Pressed(NamedTuple):
    """The article that a button is about (zero for none), whether to propose codes, and the field to go on with."""

    article: int = 0
    find: bool = False
    field: str = ""


def _press(typed: dict[str, str]) -> _Pressed:
    """Does what a button asks for to `typed`."""
    if number := _number(typed.get("find", "")):
        return _Pressed(number, find=True)
    taken, _colon, code = typed.get("take", "").partition(":")
    if (number := _number(taken)) and code:
        typed[f"{number}-hs_code"] = code
        return _Pressed(number, field="hs_code")
    if number := _number(typed.get("remove", "")):
        left = without_article(typed, number)
        typed.clear()
        typed.update(left)
        return _Pressed(max(1, number - 1), field="description")
    if "add" in typed:
        return _Pressed(min(_count(typed, 0) + 1, MOST_ARTICLES), field="description")
    return _Pressed()


def _number(text: str) -> int:
    return int(text) if re.fullmatch(f"[1-{MOST_ARTICLES}]", text, re.ASCII) else 0


def _count(typed: Mapping[str, str], least: int) -> int:
    numbers = [int(match[1]) for key in typed if (match := _ARTICLE.fullmatch(key))]
    return max([1, least, *numbers])


def _article(number: int, given: dict[str, str], places: Places, is_asked: bool) -> ArticleForm:
    usual = {"kind": "standard", "quantity": "1"}
    untouched = {"kind": "standard", "quantity": 1}  # as the fields read it
    prefix = f"{number}-"
    mine = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
    data = {f"{prefix}{key}": value for key, value in _over(usual, mine).items()} if is_asked else None
    return ArticleForm(
        data, number=number, places=places, currency=given["currency"], initial=untouched if is_asked else usual | mine,
        empty_permitted=number > 1,
    )  # fmt: skip

"""How answers to attributes stand in a table of listings: their columns, what is in the cells, and how that is read again.

The column of an attribute is "attribute_material", that of a text in a certain language "attribute_glaze_de"; where none is
named, a text is in the language of its listing. A choice
stands as its code, several parted by commas, a number as a decimal in the unit of the attribute, a yes or no as "yes" or
"no".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from catalog import attribute_values
from catalog.attribute_values import Asked
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

PREFIX: Final = "attribute_"
_COLUMN: Final = re.compile(r"attribute_[a-z][a-z0-9_]{0,39}(_[a-z]{2}(-[a-z]+)?)?", re.ASCII)
_PARTED: Final = re.compile(r"[,|\n]")


def is_column(name: str) -> bool:
    """Whether a column is called as those of attributes are; there need be no such attribute."""
    return _COLUMN.fullmatch(name) is not None


def column(code: str, language: str = "") -> str:
    """The column of an attribute, or of the text that answers it in a language; without one in that of the listing."""
    return PREFIX + (f"{code}_{language}" if language else code)


def meant(name: str) -> Iterator[tuple[str, str]]:
    """What a column may mean, as (code of the attribute, language of the text or ""), the likeliest first."""
    code = name.removeprefix(PREFIX)
    yield code, ""
    for language, _name in settings.LANGUAGES:
        if code.endswith(f"_{language}"):
            yield code.removesuffix(f"_{language}"), language


def cells(code: str, answer: Any, own: str) -> dict[str, str]:
    """An answer of a listing as the cells of its columns; `own` is the language of the listing."""
    if isinstance(answer, dict):
        return {column(code, "" if language == own else language): str(text) for language, text in answer.items()}
    if isinstance(answer, bool):
        return {column(code): "yes" if answer else "no"}
    return {column(code): ", ".join(answer) if isinstance(answer, list) else str(answer)}


def read(asked: Asked, words: Mapping[str, str], text: str, language: str) -> Any:
    """The answer in a cell; None for an empty one, and for a text {language: text}, which may be empty.

    `words` are the codes of choices by what else they are called, in small letters. Raises `Refused`: "not_yes_or_no",
    and those of `attribute_values.cleaned`.
    """
    if asked.kind == "text":
        return attribute_values.cleaned(asked, {language: text}) or {language: ""}
    if not text:
        return None
    if asked.kind == "number":
        return attribute_values.cleaned(asked, text)
    if asked.kind == "boolean":
        said = yes_and_no().get(text.casefold())
        if said is None:
            raise Refused("not_yes_or_no", _("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
        return said
    return attribute_values.cleaned(asked, list(_chosen(asked, words, text)))


def _chosen(asked: Asked, words: Mapping[str, str], text: str) -> Iterable[str]:
    """The codes of what is named; what nobody knows stays as it is."""
    if text.casefold() in words:  # a name may have a comma in it
        return [words[text.casefold()]]
    parts = [part.strip() for part in _PARTED.split(text)]
    return [part if part in asked.choices else words.get(part.casefold(), part) for part in parts]


@cache
def yes_and_no() -> Mapping[str, bool]:
    """What yes and no are called in the languages of the shop, in small letters, and in what spreadsheets write."""
    found = {"true": True, "1": True, "y": True, "false": False, "0": False, "n": False}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found |= {_("Yes").casefold(): True, _("No").casefold(): False}
    return found


def merged(given: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a listing answers once `answers` came to what it has `given`; None takes an answer back.

    Of a text only the languages change that are named; an empty one is taken back.
    """
    result = dict(given)
    for code, answer in answers.items():
        if isinstance(answer, dict):
            before = given.get(code)
            texts = (before if isinstance(before, dict) else {}) | answer
            answer = {language: text for language, text in texts.items() if text}
        if answer or answer is False:
            result[code] = answer
        else:
            result.pop(code, None)
    return result

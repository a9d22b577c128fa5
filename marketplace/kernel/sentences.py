"""Sentences that are kept, such as those of a worker on a file, and said again in the language of whoever reads them.

A module that says `from marketplace.kernel.sentences import sentence as _` writes them as others write translated ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from marketplace.kernel.numbers import written

_SAID, _VALUES = "reason", "params"


class Sentence(str):
    """A text in the language that was active when it was made, which knows what it is made of.

    A whole number stands in it as readers write it where the place for it is `%(most)s`, and bare where it is `%(line)d`;
    other values are texts, and sentences themselves.
    """

    __slots__ = ("msgid", "params")
    msgid: str
    params: Mapping[str, Any] | None

    def __mod__(self, params: Any) -> Sentence:
        return _made(self.msgid, params)


class _Whole(int):
    def __str__(self) -> str:
        return written(int(self))


def sentence(msgid: str) -> Sentence:
    """The sentence without values; with `%` it gets them."""
    return _made(msgid, None)


def _made(msgid: str, params: Mapping[str, Any] | None) -> Sentence:
    text = gettext(msgid)
    if params is not None:
        text %= {name: _Whole(value) if isinstance(value, int) else value for name, value in params.items()}
    made = Sentence(text)
    made.msgid, made.params = msgid, params
    return made


def kept(text: str) -> dict[str, Any]:
    """A sentence as JSON holds it, which `said` says again; any other text as it is."""
    if not isinstance(text, Sentence):
        return {_SAID: str(text)}
    values = text.params and {name: _kept_value(value) for name, value in text.params.items()}
    return {_SAID: text.msgid, _VALUES: values}


def _kept_value(value: Any) -> Any:
    if isinstance(value, Sentence):
        return kept(value)
    return value if isinstance(value, int) else str(value)


def said(kept: Mapping[str, Any]) -> str:
    """What `kept` has kept, in the language that is active."""
    if _VALUES not in kept:
        return str(kept[_SAID])
    values = kept[_VALUES]
    params = values and {name: said(value) if isinstance(value, dict) else value for name, value in values.items()}
    return _made(kept[_SAID], params)

"""The texts of the nomenclature, taken apart: what they name, by which qualities, and what they leave out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from compliance.classification.vocabulary import Quality

_ASIDES = re.compile(r"\((?P<inside>[^()]*)\)")
_LEFT_OUT = re.compile(
    r"\b(?:excluding|other than|not including|n\.e\.c\.|whether or not|of heading no|in item no)[^,;]*"
)
_LEFT_OUT_BEGINNINGS = ("excluding", "other than", "not ", "whether", "including traces")
_FIGURE = re.compile(r"\d")
_SPLIT = re.compile(r"[,;]|\band\b|\bor\b|\be\.g\.|\beg\.")
_FILLING = re.compile(
    r"\b(?:(?:similar|other) (?:articles|products|containers|tools)|the like|parts thereof|articles"
    r"|of a kind.*|for use.*|put up.*)\b"
)


@dataclass(frozen=True, slots=True)
class HSText:
    """A code of the nomenclature, its text in English, and the shop's own category for it, empty where there is none."""

    code: str
    description: str
    shop_category: str = ""


def named(description: str, known: tuple[Quality, ...]) -> list[str]:
    """The phrases that name goods in a text of the nomenclature, without qualities and what is left out."""
    text = _positive(description)
    for phrase in sorted((phrase for quality in known for phrase in quality.phrases), key=len, reverse=True):
        text = text.replace(phrase, ",")
    phrases = (_FILLING.sub(" ", phrase).strip(" .-") for phrase in _SPLIT.split(text))
    return [phrase for phrase in dict.fromkeys(phrases) if len(phrase) > 2 and not _FIGURE.search(phrase)]


def told_apart_by(description: str, known: tuple[Quality, ...]) -> frozenset[str]:
    """The names of the qualities that a text of the nomenclature asks for."""
    text = description.lower()
    found = set()
    for quality in known:
        for phrase in quality.phrases:
            at = text.find(phrase)
            if at >= 0 and not re.search(r"(?:other than|not|excluding|than)\s+(?:of\s+)?$", text[:at]):
                found.add(quality.name)
    return frozenset(found)


def _positive(description: str) -> str:
    """The text in lower case without what it excludes."""

    def aside(match: re.Match[str]) -> str:
        inside = match["inside"].strip()
        return "," if inside.startswith(_LEFT_OUT_BEGINNINGS) else f", {inside} ,"

    return _LEFT_OUT.sub(" ", _ASIDES.sub(aside, description.lower()))

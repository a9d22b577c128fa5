"""Reads texts that translators send back: the CSV and the XLIFF 1.2 of `catalog.exports.texts`, known by its content.

The table may have been saved by a spreadsheet: with semicolons, in another encoding, or as a workbook.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _

from catalog.exports.texts import COLUMNS, NAMESPACE
from catalog.feeds.tables import open_table
from marketplace.kernel.errors import Refused
from marketplace.kernel.spreadsheet import restored

MOST_BYTES: Final = 5_000_000
MOST_TEXTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class SentText:
    """One translation of a file: where it stood, counted from 1, which text it is, and what was translated."""

    line: int
    name: str
    language: str
    source: str
    target: str


def sent_texts(content: bytes) -> list[SentText]:
    """The texts of a file. Raises `Refused` on the field "file": "file_too_large", "file_unreadable", "file_empty"."""
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", _("The file is larger than 5 MB."), field="file")
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = list(islice(_of_xliff(text) if text.startswith(b"<") else _of_table(content), MOST_TEXTS + 1))
    if not found:
        raise Refused("file_empty", _("There are no texts in the file."), field="file")
    if len(found) > MOST_TEXTS:
        raise Refused("file_too_large", _("There are more than 20,000 texts in the file."), field="file")
    return found


def _of_table(content: bytes) -> Iterator[SentText]:
    try:
        table = open_table(io.BytesIO(content))
        if not set(COLUMNS[:4]) <= set(table.names):
            raise _unreadable()
        for line, row in table.rows:
            name, language, source, target = (restored(row[name]) for name in COLUMNS[:4])
            if line in table.spilt or line in table.overlong:
                raise _unreadable()
            yield SentText(line, name, language.lower(), source, target)
    except Refused as refusal:
        raise _unreadable() from refusal


def _of_xliff(content: bytes) -> Iterator[SentText]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _unreadable() from error
    if root.tag != f"{{{NAMESPACE}}}xliff":
        raise _unreadable()
    line = 0
    for file in root.findall(_name("file")):
        language = file.get("target-language", "").lower()
        for unit in file.findall(f"{_name('body')}/{_name('trans-unit')}"):
            line += 1
            source, target = (unit.find(_name(name)) for name in ("source", "target"))
            yield SentText(line, unit.get("id", ""), language, _plain(source), _plain(target))


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _plain(element: Any) -> str:
    """The text of an element with its inline codes put back as the tags that they stand for. No unit lies in another."""
    if element is None:
        return ""
    if element.find(f".//{_name('trans-unit')}") is not None:
        raise _unreadable()
    return "".join(element.itertext())


def _unreadable() -> Refused:
    message = _("This is neither the CSV nor the XLIFF 1.2 that this page hands out.")
    return Refused("file_unreadable", message, field="file")

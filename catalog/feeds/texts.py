"""Reads texts that translators send back: the CSV and the XLIFF of `catalog.exports.texts`, known by its content.

The table may have been saved by a spreadsheet: with semicolons, in another encoding, or as a workbook.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _

from catalog.exports.texts import COLUMNS
from catalog.feeds.languages import spoken
from catalog.feeds.tables import open_table
from catalog.feeds.xliff import is_xml, units
from marketplace.kernel.errors import Refused
from marketplace.kernel.spreadsheet import restored

MOST_BYTES: Final = 5_000_000
MOST_TEXTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class SentText:
    """One translation of a file: where it stood, counted from 1, which text it is, and what was translated.

    `seen` is the digest of the translation that was handed out, "" in a file that does not say.
    """

    line: int
    name: str
    language: str
    source: str
    target: str
    seen: str = ""


def sent_texts(content: bytes) -> list[SentText]:
    """The texts of a file. Raises `Refused` on the field "file": "file_too_large", "file_unreadable", "file_empty"."""
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", _("The file is larger than 5 MB."), field="file")
    found = list(islice(_of_xliff(content) if is_xml(content) else _of_table(content), MOST_TEXTS + 1))
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
            yield SentText(
                line, name, spoken(language) or language.lower(), source, target, row.get(COLUMNS[6], "").strip()
            )
    except Refused as refusal:
        raise _unreadable() from refusal


def _of_xliff(content: bytes) -> Iterator[SentText]:
    try:
        for line, unit in enumerate(units(content), start=1):
            yield SentText(
                line, unit.name, spoken(unit.language) or unit.language.lower(), unit.source, unit.target, unit.seen
            )
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> Refused:
    message = _("This is neither the CSV nor the XLIFF that this page hands out.")
    return Refused("file_unreadable", message, field="file")

"""Texts of listings in one language as files for translators: CSV for a spreadsheet, XLIFF 1.2 for their programs.

A text has the name `LISTING:FIELD`, the key of the listing and the field of `TextState`. In XLIFF the tags of HTML are
inline codes, so that a program that knows nothing of HTML can't break them. Version 1.2 is what every program reads.
Each text carries the digest of the translation that was handed out ("seen", in XLIFF "extradata").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from catalog.selectors.texts import Text, digest
from marketplace.kernel.signs import printable
from marketplace.kernel.spreadsheet import harmless

COLUMNS: Final = ("id", "language", "source", "target", "state", "limit", "seen")
NAMESPACE: Final = "urn:oasis:names:tc:xliff:document:1.2"
_TAG: Final = re.compile(r"<[^<>]*>")
_STATES: Final = {
    "missing": "needs-translation", "draft": "needs-review-translation", "stale": "needs-review-translation",
    "reviewed": "final",
}  # fmt: skip


def as_csv(texts: Iterable[Text], language: str) -> bytes:
    """The texts as a table with a byte order mark; cells that a spreadsheet would reckon are defused."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for text in texts:
        name = f"{text.product_id}:{text.field}"
        cells = (name, language, text.source, text.newest, text.state, text.limit or "", digest(text.newest))
        table.writerow([harmless(str(cell)) for cell in cells])
    return file.getvalue().encode("utf-8-sig")


def as_xliff(texts: Iterable[Text], language: str, own: dict[int, str]) -> bytes:
    """The texts as XLIFF 1.2, a file element for each listing; `own` are the languages of the listings."""
    files = "".join(
        f'<file original="listing-{key}" source-language={quoteattr(own[key])} target-language={quoteattr(language)} '
        f'datatype="html"><body>{"".join(map(_unit, some))}</body></file>\n'
        for key, some in groupby(texts, key=lambda text: text.product_id)
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{NAMESPACE}">\n'
    return f"{head}{files}</xliff>\n".encode()


def _unit(text: Text) -> str:
    most = f' maxwidth="{text.limit}" size-unit="char"' if text.limit else ""
    name = quoteattr(f"{text.product_id}:{text.field}")
    return (
        f'<trans-unit id={name} resname={quoteattr(text.field)} extradata="{digest(text.newest)}"{most} xml:space="preserve">'
        f'<source>{_inline(text.source)}</source><target state="{_STATES[text.state]}">{_inline(text.newest)}</target>'
        f"</trans-unit>\n"
    )


def _inline(text: str) -> str:
    text, pieces, end = printable(text), [], 0
    for number, tag in enumerate(_TAG.finditer(text), start=1):
        pieces += [escape(text[end : tag.start()]), f'<ph id="{number}">{escape(tag.group())}</ph>']
        end = tag.end()
    return "".join([*pieces, escape(text[end:])])

"""XML as a table: product feeds in RSS or Atom with Google's names, and lists of elements whose attributes are cells.

Nothing outside the file is ever read, and a document that defines entities is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import IO, Final, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from catalog.feeds.encodings import encoding_of
from catalog.feeds.tables import LONGEST_ROW, Row, Table
from marketplace.kernel.errors import Refused
from marketplace.kernel.sentences import sentence as _

_DECLARED: Final = re.compile(rb"""(<\?xml[^>]*?)\s+encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_WIDER: Final = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_LOOKED_AT: Final = 200_000  # bytes from which an encoding is told that no document declares
_ITEMS = frozenset({"item", "entry", "product"})
SEVERAL = "\x1f"
"""Parts the values of an element that stands several times in an item."""


def markup_table(stream: IO[bytes]) -> Table:
    """The table of a document. Raises `Refused("damaged_file")`, "file_empty".

    The columns are those of the first item, and others as they come: a reader asks a row for what it knows.
    """
    rows = _rows(stream)
    first = next(rows, None)
    if first is None:
        raise Refused("file_empty", _("There are no listings in the file."))
    return Table(tuple(first[1]), chain([first], rows))


def _rows(stream: IO[bytes]) -> Iterator[tuple[int, Row]]:
    number, open_items = 0, 0
    language: Row = {}
    above: list[Element] = []
    source = _Capped(_in_utf8(stream))
    try:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            is_item = _name(element) in _ITEMS
            if event == "start":
                open_items += is_item
                above.append(element)
                continue
            open_items -= is_item
            above.pop()
            if is_item and (element.attrib or len(element)):
                number += 1
                yield number, language | _cells(element)
                element.clear()
            elif not open_items and _name(element) == "language":
                language = {"language": _text(element)}  # of the channel: it stands before the items
            if not open_items and above:
                above[-1].remove(element)  # else the document would be held until its end
                source.begin_anew()
    except (ParseError, DefusedXmlException, UnicodeError, LookupError, ValueError) as error:
        message = _("The file can't be read beyond item %(number)d: it is damaged or not a product feed.")
        raise Refused("damaged_file", message % {"number": number}) from error


def _in_utf8(stream: IO[bytes]) -> IO[bytes]:
    """The document in UTF-8, which the parser knows; the encoding is that of its mark, or the one that it declares,
    or as what it reads best.
    """
    start = stream.read(_LOOKED_AT)
    stream.seek(0)
    found = encoding_of(start)
    declared = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8).lstrip())
    is_known = declared is None or _is_text(declared[2])
    encoding = declared[2].decode() if declared and is_known and not found.startswith("utf-16") else found
    if is_known and codecs.lookup(encoding).name == "utf-8":
        return stream
    return cast("IO[bytes]", _Undeclared(codecs.EncodedFile(stream, "utf-8", _WIDER.get(encoding.lower(), encoding))))


def _is_text(encoding: bytes) -> bool:
    """Whether this is the name of an encoding of texts."""
    try:
        "".encode(encoding.decode())
    except LookupError:
        return False
    return True


class _Capped:
    """A document that ends in a `ValueError` where an item of it has no end in sight."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._length = stream, 0

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._length += len(content)
        if self._length > LONGEST_ROW:
            raise ValueError
        return content

    def begin_anew(self) -> None:
        """An item has ended."""
        self._length = 0


class _Undeclared:
    """A document whose declaration says nothing of its encoding any more."""

    def __init__(self, stream: codecs.StreamRecoder) -> None:
        self._stream, self._is_first = stream, True

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        if self._is_first:
            self._is_first = False
            content = _DECLARED.sub(rb"\1", content.removeprefix(codecs.BOM_UTF8), count=1)
        return content


def _cells(item: Element) -> Row:
    found = {name.strip().lower(): [value.strip()] for name, value in item.attrib.items()}
    for child in item:
        if value := _text(child):
            found.setdefault(_name(child), []).append(value)
    return {name: SEVERAL.join(filter(None, values)) for name, values in found.items()}


def _text(element: Element) -> str:
    if len(element) == 0:
        return (element.text or "").strip()
    return " ".join(f"{_name(child)}={(child.text or '').strip()}" for child in element)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()

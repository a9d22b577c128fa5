"""PDF files: read strictly, and refused when anything in them acts, hides another file, or cannot be read.

A file that passes is kept as it is, byte for byte, because extracts of registers carry signatures. pypdf is loaded where
a PDF is at hand. What it would have to repair is refused: a reader that repairs it in another way would see another file.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import Refused

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_OBJECTS: Final = 20_000
# Names of ISO 32000-2 that start something, carry another file, or make the page a program. /AA and /OpenAction hold
# actions, which are named by /S: going to a page or to an address is harmless.
ACTIVE: Final = frozenset({
    "/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/Sound", "/Trans3D",
    "/EmbeddedFile", "/EmbeddedFiles", "/FileAttachment", "/RichMedia", "/RichMediaContent", "/XFA", "/3D",
})  # fmt: skip
_LONG_ENOUGH: Final = 7  # a shorter name turns up in compressed data by chance
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_TAIL: Final = 1024
_NO_GENERATION: Final = 65535


def checked(content: bytes) -> bytes:
    """The same bytes. Raises `Refused`: "pdf_broken", "pdf_locked", "pdf_active", "pdf_too_complicated"."""
    if not content[-_TAIL:].rstrip(b"\0\r\n\t ").endswith(b"%%EOF") or zipfile.is_zipfile(io.BytesIO(content)):
        raise _broken()
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
    if b"/Encrypt" in plain:
        raise Refused("pdf_locked", _("This PDF is locked with a password. Please send it without one."), field="file")
    # In the bytes themselves, where a reader that repairs files would find it, and in every object.
    if any(name.encode() in plain for name in ACTIVE if len(name) >= _LONG_ENOUGH):
        raise _active()
    if not _names(content).isdisjoint(ACTIVE):
        raise _active()
    return content


def _names(content: bytes) -> set[str]:
    """Every name that an object of the file uses as a key or a value."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    names: set[str] = set()
    try:
        reader = PdfReader(io.BytesIO(content), strict=True)
        for reference in _references(reader, content):
            _gather(reader.get_object(reference), names)
        _gather(reader.trailer, names)
        reader.root_object  # noqa: B018 - a file without one is none
    except (PyPdfError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError,
            RecursionError, MemoryError, OverflowError) as error:  # fmt: skip
        raise _broken() from error
    return names


def _references(reader: PdfReader, content: bytes) -> list[Any]:
    """The objects of the file. Raises `Refused` when there are too many to look at each, or one is not where the table says.

    pypdf would go and look for it; another reader might find another one.
    """
    from pypdf.generic import IndirectObject

    free = {
        (number, generation)
        for generation, found in reader.xref_free_entry.items()
        for number, is_free in found.items()
        if is_free
    }
    keys = [(number, generation) for generation, found in reader.xref.items() for number in found]
    keys = [key for key in keys if key not in free and key[1] != _NO_GENERATION]
    if len(keys) + len(reader.xref_objStm) > MOST_OBJECTS:
        message = _("This PDF is too complicated to be checked. Please print it into a new PDF, or send pictures.")
        raise Refused("pdf_too_complicated", message, field="file")
    for number, generation in keys:
        place = reader.xref[generation][number]
        if not re.compile(rb"\s*%d\s+%d\s+obj" % (number, generation)).match(content, place):
            raise _broken()
    keys += [(number, 0) for number in reader.xref_objStm]
    return [IndirectObject(number, generation, reader) for number, generation in keys]


def _gather(thing: Any, names: set[str]) -> None:
    """Puts the names in an object into `names`, without following its links: every object is looked at by itself."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            names.update(str(key) for key in each)
            waiting += [each.raw_get(key) for key in each]
        elif isinstance(each, ArrayObject):
            waiting += list.__iter__(each)
        elif isinstance(each, NameObject):
            names.add(str(each))


def _broken() -> Refused:
    message = _("This PDF cannot be read. Please print it into a new PDF, or send a picture of it.")
    return Refused("pdf_broken", message, field="file")


def _active() -> Refused:
    message = _(
        "This PDF holds a script, a form or another file. Please print it into a new PDF, or send a picture of it."
    )
    return Refused("pdf_active", message, field="file")

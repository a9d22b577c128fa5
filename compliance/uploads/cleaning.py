"""Takes an uploaded file in: what it is by its content, and what of it is kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext_lazy as _

from compliance.uploads import pdf, pictures
from marketplace.kernel.errors import Refused

MOST_BYTES: Final = 10 * 1024 * 1024
_LONGEST_NAME: Final = 120

EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/webp": (".webp",),
}
ACCEPT: Final = ",".join(sorted({*EXTENSIONS, *(end for ends in EXTENSIONS.values() for end in ends)}))
_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "application/pdf": pdf.checked,
    "image/png": lambda content: pictures.encoded_anew(content, "PNG"),
    "image/jpeg": lambda content: pictures.encoded_anew(content, "JPEG"),
    "image/webp": lambda content: pictures.encoded_anew(content, "WEBP"),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept: `name` is fit to be shown and ends as its type asks."""

    name: str
    content_type: str
    content: bytes


def cleaned(content: bytes, name: str) -> Cleaned:
    """The file with everything gone that it need not have.

    Raises `Refused`, all with field "file": "file_empty", "file_too_large", "file_type", "file_name",
    "picture_broken", "picture_too_large", "pdf_broken", "pdf_locked", "pdf_active", "pdf_too_complicated".
    """
    if not content:
        raise Refused("file_empty", _("The file is empty. Please choose it again."), field="file")
    if len(content) > MOST_BYTES:
        raise too_large()
    content_type = _type_of(content)
    if not content_type:
        message = _("Only PDF, JPEG, PNG and WebP files can be kept. Please send the document as one of them.")
        raise Refused("file_type", message, field="file")
    shown = _shown_name(name)
    extension = PurePosixPath(shown).suffix.lower()
    if extension and extension not in EXTENSIONS[content_type]:
        message = _("The name of the file does not fit what is in it. Please choose the right file, or rename it.")
        raise Refused("file_name", message, field="file")
    kept = _CLEANERS[content_type](content)
    return Cleaned(shown if extension else f"{shown}{EXTENSIONS[content_type][0]}", content_type, kept)


def too_large() -> Refused:
    """The refusal of a file that is too large."""
    message = _("The file is larger than %(size)s MB. Please send a smaller one.") % {"size": MOST_BYTES // 1024**2}
    return Refused("file_too_large", message, field="file")


def _type_of(content: bytes) -> str:
    """The type by the first bytes, "" for one that is not taken. A PDF has to begin at the very first byte."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def _shown_name(name: str) -> str:
    """The last part of the name without signs that steer a terminal, a page or the direction of writing."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in unicodedata.normalize("NFC", last) if sign.isprintable() and sign not in '<>:"|?*')
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if not dot or not 0 < len(extension) <= 5:
        stem, extension = plain, ""
    stem = stem[:_LONGEST_NAME] or "document"
    return f"{stem}.{extension}" if extension else stem

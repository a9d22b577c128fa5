"""Keeps the videos of listings and their captions: the file as it came in private, the cleaned one for shoppers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage, storages
from django.utils.translation import gettext as _

from catalog.services import films, pictures
from marketplace.kernel.errors import Refused

MOST_BYTES_OF_CAPTIONS: Final = 500_000
_ENDINGS: Final = {"video/mp4": "mp4", "video/webm": "webm"}
_CUE: Final = re.compile(r"^(?:\d+:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(?:\d+:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE)
_SUBRIP: Final = re.compile(r"^(\d{2}:\d{2}:\d{2}),(\d{3}) --> (\d{2}:\d{2}:\d{2}),(\d{3})", re.MULTILINE)
_STYLE: Final = re.compile(r"^(?:STYLE|REGION)[ \t]*\n(?:.+\n?)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A video in the default storage, its media type and size, and the file as it came in the private storage."""

    name: str
    kind: str
    original: str
    size_bytes: int


def keep_video(content: bytes) -> Kept:
    """Keeps a video; the same file has the same names. Raises `Refused` as `films.cleaned` does."""
    kind, shown = films.cleaned(content)
    ending, digest = _ENDINGS[kind], hashlib.sha256(content).hexdigest()
    original = f"originals/{digest[:2]}/{digest}.{ending}"
    pictures.write(storages["private"], original, content)
    name = f"videos/{digest[:2]}/{digest[2:22]}.{ending}"
    pictures.write(default_storage, name, shown)
    return Kept(name, kind, original, len(content))


def keep_captions(content: bytes) -> str:
    """Keeps captions as WebVTT in UTF-8, without styles; SubRip is turned into it. The name in the default storage.

    Raises `Refused("captions_unreadable")`, field "captions_upload".
    """
    text = _text(content)
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + _SUBRIP.sub(r"\1.\2 --> \3.\4", text)
    text = _STYLE.sub("", text)
    if not _CUE.search(text):
        raise _unreadable()
    plain = text.encode()
    digest = hashlib.sha256(plain).hexdigest()
    name = f"captions/{digest[:2]}/{digest[2:22]}.vtt"
    pictures.write(default_storage, name, plain)
    return name


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES_OF_CAPTIONS:
        raise _unreadable()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _unreadable() -> Refused:
    message = _("Captions are a WebVTT or SubRip file in UTF-8, at most half a megabyte.")
    return Refused("captions_unreadable", message, field="captions_upload")

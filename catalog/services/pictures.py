"""Takes pictures in: a stranger's file is opened by a program of its own, its bytes are kept where nobody is served
from, and what shoppers see is made anew from its pixels.

Pillow is loaded where one of our own pictures is at hand: most processes never have one.
"""

from __future__ import annotations

import hashlib
import io
import json
import mimetypes
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.utils.translation import gettext as _

from marketplace.kernel import photos
from marketplace.kernel.errors import Refused, Unavailable

if TYPE_CHECKING:
    from PIL import Image

SMALL = 400
MOST_BYTES = 15 * 1024 * 1024
CENTRE: Final = (50, 50)
_RECIPE: Final = "1"  # to be raised when other sizes or formats are made, so that the names differ
_PROGRAM: Final = Path(__file__).with_name("darkroom.py")
_MEMORY: Final = 216 * 1024 * 1024  # address space, of which about 16 MB are never touched
_OPENING_SECONDS, _MAKING_SECONDS, _LONGEST_SECONDS = 2, 20, 90
_KINDS: Final = (
    (b"\xff\xd8\xff", 0, "jpg"), (b"\x89PNG\r\n\x1a\n", 0, "png"), (b"GIF8", 0, "gif"), (b"WEBP", 8, "webp"),
)  # fmt: skip
_TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
_AVIF: Final = {b"avif", b"avis"}
_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_SCAN: Final = b"\xff\xda"  # where a JPEG begins to draw one more layer of itself; a camera or a program writes ten
_MOST_SCANS: Final = 100
# What a browser, a server or a reader would take for something else, wherever it hides in a picture.
_PAGES: Final = (b"<script", b"<html", b"<!doctype", b"<iframe", b"<?php", b"javascript:")  # in small letters
_DOCUMENT: Final = b"%PDF-"
_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture in the default storage and its size in pixels."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Developed:
    """What was made of a file: the size of the picture, its two tones, and the files by what their names end in."""

    width: int
    height: int
    tones: str
    files: dict[str, bytes]


def small_name(name: str) -> str:
    """The name of the small size of a picture."""
    return f"{name.removesuffix('.webp')}-{SMALL}.webp"


def keep_file(source: Path, *, name: str) -> Stored:
    """Keeps one of our own pictures as it is, with its small size; nothing is written twice."""
    from PIL import Image

    with Image.open(source) as image:
        width, height = image.size
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(source.read_bytes()))
        if not default_storage.exists(small_name(name)):
            default_storage.save(small_name(name), _encoded(image.convert("RGB"), SMALL))
    return Stored(name, width, height)


def keep_foreign(content: bytes, *, name: str) -> Stored:
    """Keeps a picture of unknown origin, to be shown until its sizes are made: encoded anew without metadata.

    `name` ends in .webp. Raises `Refused` as `develop` does.
    """
    made = develop(content, formats=())
    stored = default_storage.save(name, ContentFile(made.files[".webp"]))
    default_storage.save(small_name(stored), ContentFile(made.files[f"-{SMALL}.webp"]))
    return Stored(stored, made.width, made.height)


def kind_of(content: bytes, called: str = "") -> str:
    """What the first bytes say: "jpg", "png", "gif", "webp" or "avif"; `called` is the name of an uploaded file.

    Raises `Refused`: "picture_too_large", "not_a_picture", "picture_heic", "picture_and_more", "picture_misnamed",
    "picture_too_slow". An SVG is none: it is a page that may hold a script.
    """
    if len(content) > MOST_BYTES:
        raise too_many_bytes()
    kind = next((kind for sign, place, kind in _KINDS if content[place : place + len(sign)] == sign), None)
    if kind is None:
        kind = _kind_by_brand(content)
    if _is_more(content):
        message = _("This file is a picture and a page, a program or an archive at once. Please save the picture anew.")
        raise Refused("picture_and_more", message)
    if kind == "jpg" and content.count(_SCAN) > _MOST_SCANS:
        raise _too_slow()
    named = mimetypes.guess_type(called)[0]
    if named not in (None, _TYPES[kind]):
        message = _(
            "The name of this file does not say what it is: a picture of the kind %(kind)s. Please save it anew."
        )
        raise Refused("picture_misnamed", message % {"kind": kind.upper()})
    return kind


def _kind_by_brand(content: bytes) -> str:
    """ "avif" where the file says so, first or among what else it is: pictures and videos share this way to begin."""
    brands = {content[place : place + 4] for place in (8, *range(16, min(int.from_bytes(content[:4]), 256), 4))}
    if content[4:8] != b"ftyp" or not brands & (_AVIF | _HEIC):
        raise _not_a_picture()
    if brands & _AVIF:
        return "avif"
    message = _(
        "This is a photograph in the format HEIC, which we do not open. Please send it as JPEG: an iPhone takes such "
        "pictures with Settings, Camera, Formats, “Most Compatible”."
    )
    raise Refused("picture_heic", message)


def _is_more(content: bytes) -> bool:
    """Whether something else than a program for pictures could open the file, too."""
    is_document = _DOCUMENT in content[:1024] or any(sign in content for sign in _ARCHIVES)
    small = content.lower()
    return is_document or any(sign in small for sign in _PAGES) or zipfile.is_zipfile(io.BytesIO(content))


def keep_original(content: bytes, *, called: str = "") -> str:
    """Keeps the bytes as they came in the private storage; the name there, the same for the same bytes.

    Raises `Refused` as `kind_of` does.
    """
    kind, digest = kind_of(content, called), hashlib.sha256(content).hexdigest()
    name = f"originals/{digest[:2]}/{digest}.{kind}"
    write(storages["private"], name, content)
    return name


def original(name: str) -> bytes:
    """The bytes of an original. Raises `OSError` where it is gone."""
    with storages["private"].open(name) as file:
        return bytes(file.read())


def prepare(content: bytes, focus: tuple[int, int] = CENTRE) -> Stored:
    """Makes every size and cut of a picture; the name says that they are there. Once made, nothing is made again.

    `focus` is what the cuts keep in view, in hundredths from the left and from the top. Raises `Refused` as `develop`
    does.
    """
    made = develop(content, formats=photos.FORMATS, focus=focus)
    digest = hashlib.sha256(f"{_RECIPE}:{focus[0]}:{focus[1]}:".encode() + content).hexdigest()
    name = photos.name_of(digest, made.width, made.height, made.tones)
    stem = name.removesuffix(".webp")
    for ending, file in made.files.items():
        write(default_storage, stem + ending, file)
    return Stored(name, made.width, made.height)


def develop(content: bytes, *, formats: tuple[str, ...], focus: tuple[int, int] = CENTRE) -> Developed:
    """What the darkroom makes of a file, in a process that can't take more than 200 MB.

    Without `formats` it gives the picture and its small size as WebP, within two seconds of processor time. Raises
    `Refused`: "picture_too_large", "not_a_picture", "picture_too_slow"; `Unavailable` when the program can't run.
    """
    kind_of(content)
    order = {
        "largest": photos.LARGEST, "whole": photos.WHOLE, "cuts": photos.CUTS, "focus": focus, "formats": formats,
        "memory": _MEMORY, "seconds": _MAKING_SECONDS if formats else _OPENING_SECONDS,
    }  # fmt: skip
    command = [sys.executable, "-I", str(_PROGRAM)]
    sent = json.dumps(order).encode() + b"\n" + content
    try:
        done = subprocess.run(command, input=sent, capture_output=True, env={}, timeout=_LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_slow() from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_slow()
    if done.returncode < 0:
        raise _not_a_picture()  # a codec has stumbled over it
    head, _line, files = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise Unavailable(f"The darkroom ended with {done.returncode}: {done.stderr[-200:]!r}")
    return _read(json.loads(head), files)


def _read(answer: dict[str, Any], content: bytes) -> Developed:
    if code := answer.get("refused"):
        raise _too_many_pixels() if code == "picture_too_large" else _not_a_picture()
    files, place = {}, 0
    for suffix, ending, size in answer["files"]:
        files[f"{suffix}.{ending}"] = content[place : place + size]
        place += size
    return Developed(answer["width"], answer["height"], answer["tones"], files)


def write(storage: Storage, name: str, content: bytes) -> None:
    """A file under exactly this name; one that a crash has cut short is replaced."""
    if storage.exists(name):
        if storage.size(name) == len(content):
            return
        storage.delete(name)
    storage.save(name, ContentFile(content))


def too_many_bytes() -> Refused:
    """The refusal of a file that is too large."""
    return Refused("picture_too_large", _("The picture is larger than 15 MB."))


def _too_many_pixels() -> Refused:
    message = _("The picture has too many pixels. Please send it with at most 4,000 on its longer side.")
    return Refused("picture_too_large", message)


def _too_slow() -> Refused:
    return Refused("picture_too_slow", _("This picture takes too long to open. Please save it anew and send it again."))


def _not_a_picture() -> Refused:
    message = _("This file is not a picture that we can read. Please send it as JPEG, PNG, WebP, GIF or AVIF.")
    return Refused("not_a_picture", message)


def _encoded(image: Image.Image, size: int) -> ContentFile[bytes]:
    from PIL.Image import Resampling

    copy = image.copy()
    copy.thumbnail((size, size), Resampling.LANCZOS)
    buffer = io.BytesIO()
    copy.save(buffer, "WEBP", quality=80, method=4)
    return ContentFile(buffer.getvalue())

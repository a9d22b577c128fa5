"""What an uploaded video is, by its content, and the same file without what it says beside its pictures and sound.

Nothing is decoded: the boxes of an MP4 (ISO/IEC 14496-12) and the elements of a WebM (RFC 8794, RFC 9559) are walked,
and what tells where, when and with what it was filmed is overwritten in place, so that nothing in the file moves. No
database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from marketplace.kernel.errors import Refused

MOST_BYTES: Final = 50 * 1024 * 1024
_BRANDS: Final = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"av01"}
_CODECS: Final = {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp09", b"mp4a", b"Opus"}
_KEPT: Final = {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"sidx", b"mfra", b"free", b"skip", b"wide"}
_MOST_PARTS: Final = 10_000  # in one place; a film of two hours has some thousands
_DEEPEST: Final = 10
_HOLDING: Final = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}
_TELLING: Final = {b"udta", b"meta", b"uuid"}
_EBML, _SEGMENT, _CLUSTER, _TRACKS, _TRACK = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_DOCTYPE, _CODEC, _VOID = 0x4282, 0x86, 0xEC
_TELLING_ELEMENTS: Final = {0x1254C367, 0x1941A469}  # tags, attachments
_WEBM_CODECS: Final = {b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"}


class _Part(NamedTuple):
    """A box or an element: what it is, where it begins, where its content begins, and where it ends."""

    kind: bytes
    start: int
    inside: int
    end: int


def cleaned(content: bytes) -> tuple[str, bytes]:
    """The media type of the video, and the video that may be shown. Raises `Refused`, all with field "upload":
    "video_too_large", "not_a_video", "video_codec", "video_tells".
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    if content[4:8] == b"ftyp":
        return "video/mp4", _cleaned_mp4(content)
    if content[:4] == _EBML.to_bytes(4):
        return "video/webm", _cleaned_webm(content)
    raise _not_a_video()


def too_large() -> Refused:
    """The refusal of a video that is too large."""
    return Refused("video_too_large", _("The video is larger than 50 MB."), field="upload")


# MP4 ----------------------------------------------------------------------------------------------------------


def _boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[_Part]:
    """The boxes between two places. Raises `Refused` unless they fill it to the last byte."""
    found = 0
    while start < end:
        size, kind, inside = (
            int.from_bytes(content[start : start + 4]),
            bytes(content[start + 4 : start + 8]),
            start + 8,
        )
        if size == 1:
            size, inside = int.from_bytes(content[start + 8 : start + 16]), start + 16
        stop = end if size == 0 else start + size
        found += 1
        if inside > stop or stop > end or found > _MOST_PARTS:
            raise _not_a_video()
        yield _Part(kind, start, inside, stop)
        start = stop


def _cleaned_mp4(content: bytes) -> bytes:
    film = bytearray(content)
    parts = list(_boxes(film, 0, len(film)))
    head = parts[0]
    brands = {bytes(film[place : place + 4]) for place in range(head.inside, head.end, 4)}
    if not brands & _BRANDS or not {b"moov", b"mdat"} <= {part.kind for part in parts}:
        raise _not_a_video()
    codecs: set[bytes] = set()
    for part in parts:
        if part.kind == b"moov":
            _clean_box(film, part, codecs)
        elif part.kind not in _KEPT or part.kind in (b"free", b"skip"):
            _blank(film, part)
    _check_codecs(codecs, _CODECS, codecs - {b"mp4a", b"Opus"})
    return bytes(film)


def _clean_box(film: bytearray, box: _Part, codecs: set[bytes], depth: int = 0) -> None:
    """Blanks what tells something, in the box and below, and gathers the codecs."""
    if depth > _DEEPEST:
        raise _not_a_video()
    for part in _boxes(film, box.inside, box.end):
        if part.kind in _TELLING:
            _blank(film, part)
        elif part.kind == b"trak" and (handler := _handler(film, part)) not in (b"vide", b"soun"):
            if handler == b"meta":
                raise _tells()
            _blank(film, part)
        elif part.kind == b"stsd":
            codecs |= {entry.kind for entry in _boxes(film, part.inside + 8, part.end)}
        elif part.kind in _HOLDING:
            _clean_box(film, part, codecs, depth + 1)


def _handler(film: bytearray, track: _Part) -> bytes:
    """What a track holds: "vide", "soun", "meta" or another word."""
    for media in _boxes(film, track.inside, track.end):
        if media.kind == b"mdia":
            for part in _boxes(film, media.inside, media.end):
                if part.kind == b"hdlr":
                    return bytes(film[part.inside + 8 : part.inside + 12])
    raise _not_a_video()


def _blank(film: bytearray, part: _Part) -> None:
    film[part.start + 4 : part.start + 8] = b"free"
    film[part.inside : part.end] = bytes(part.end - part.inside)


# WebM ---------------------------------------------------------------------------------------------------------


def _number(content: bytearray, place: int, *, marked: bool) -> tuple[int, int]:
    """A number of variable length, with or without the bit that marks its length, and where it ends."""
    first = content[place] if place < len(content) else 0
    length = 9 - first.bit_length() if first else 9
    if length > 8 or place + length > len(content):
        raise _not_a_video()
    value = int.from_bytes(content[place : place + length])
    return (value if marked else value & ((1 << 7 * length) - 1)), place + length


def _elements(content: bytearray, start: int, end: int) -> Iterator[_Part]:
    """The elements between two places, up to one whose length nobody knew when it was written."""
    found = 0
    while start < end:
        found += 1
        kind, place = _number(content, start, marked=True)
        size, inside = _number(content, place, marked=False)
        is_open = size == (1 << 7 * (inside - place)) - 1
        stop = end if is_open else inside + size
        if stop > end or kind >= 1 << 32 or found > _MOST_PARTS:
            raise _not_a_video()
        yield _Part(kind.to_bytes(4), start, inside, stop)
        start = stop


def _cleaned_webm(content: bytes) -> bytes:
    film = bytearray(content)
    parts = list(_elements(film, 0, len(film)))
    if len(parts) != 2 or parts[1].kind != _SEGMENT.to_bytes(4):
        raise _not_a_video()
    said = {part.kind: bytes(film[part.inside : part.end]) for part in _elements(film, parts[0].inside, parts[0].end)}
    if said.get(_DOCTYPE.to_bytes(4)) != b"webm":
        raise _not_a_video()
    codecs: set[bytes] = set()
    for part in _elements(film, parts[1].inside, parts[1].end):
        kind = int.from_bytes(part.kind)
        if kind in _TELLING_ELEMENTS:
            _void(film, part)
        elif kind == _TRACKS:
            for track in _elements(film, part.inside, part.end):
                codecs |= {bytes(film[one.inside : one.end]) for one in _elements(film, track.inside, track.end)
                           if track.kind == _TRACK.to_bytes(4) and one.kind == _CODEC.to_bytes(4)}  # fmt: skip
    _check_codecs(codecs, _WEBM_CODECS, {codec for codec in codecs if codec.startswith(b"V_")})
    return bytes(film)


def _void(film: bytearray, part: _Part) -> None:
    """An element of the same length that says nothing."""
    length = part.end - part.start
    header = bytes([_VOID]) + ((length - 9) | 1 << 56).to_bytes(8) if length >= 9 else bytes([_VOID, 0x80 | length - 2])
    film[part.start : part.end] = header + bytes(length - len(header))


# Refusals -----------------------------------------------------------------------------------------------------


def _check_codecs(codecs: set[bytes], known: set[bytes], moving: set[bytes]) -> None:
    if not moving:
        raise _not_a_video()
    if not codecs <= known:
        message = _(
            "Browsers can't play what this video is written in. Please export it as MP4 with H.264, or as WebM."
        )
        raise Refused("video_codec", message, field="upload")


def _not_a_video() -> Refused:
    message = _("This file is not a video that can be shown. Please export it as MP4 with H.264, or as WebM.")
    return Refused("not_a_video", message, field="upload")


def _tells() -> Refused:
    message = _(
        "This video carries more than pictures and sound, such as the places where it was filmed. Please export it without."
    )
    return Refused("video_tells", message, field="upload")

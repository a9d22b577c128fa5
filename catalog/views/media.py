"""Media files on a machine that has no proxy in front, for development and the demonstration: pictures, videos, captions.

Nothing else is served, and nothing that is could run: every file has the type that its name ends in, and may load
nothing and run nothing should somebody open it by itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

TYPES: Final = {
    ".webp": "image/webp", ".avif": "image/avif", ".mp4": "video/mp4", ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
}  # fmt: skip
_NAMED_BY_CONTENT: Final = ("pictures/", "videos/", "captions/", "uploads/")
_MOST: Final = 4 * 1024 * 1024  # of a part that is asked for; players ask again
_RANGE: Final = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


@require_safe
def media_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A media file, or a part of it; 404 for what is none."""
    kind = TYPES.get(Path(path).suffix)
    try:
        place = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    if kind is None or not place.is_file():
        raise Http404
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    answer = _part(place, int(asked[1]), asked[2]) if asked else FileResponse(place.open("rb"))
    answer.headers["Content-Type"] = kind
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if path.startswith(_NAMED_BY_CONTENT):
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _part(place: Path, start: int, last: str) -> HttpResponse:
    size = place.stat().st_size
    if start >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(int(last) + 1 if last else size, size, start + _MOST)
    with place.open("rb") as file:
        file.seek(start)
        content = file.read(max(0, end - start))
    return HttpResponse(content, status=206, headers={"Content-Range": f"bytes {start}-{end - 1}/{size}"})

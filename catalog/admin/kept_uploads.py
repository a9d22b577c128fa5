"""Pictures, videos and captions that a form brings go to their storage before the transaction of the form begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_scope import only_translates
from catalog import tasks
from catalog.services import films, pictures, videos
from marketplace.kernel.errors import Refused, Unavailable

MOST: Final = 40
_NAME: Final = re.compile(r"(?:(images|videos)-\d{1,3}-)?(upload|captions_upload)")


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that may be shown, and where its original is."""

    stored: pictures.Stored
    original: str


Kept = Mapping[str, KeptPicture | videos.Kept | str | Refused]


def _picture(upload: UploadedFile[Any]) -> KeptPicture:
    if (upload.size or 0) > pictures.MOST_BYTES:
        raise pictures.too_many_bytes()
    content = upload.read()
    stored = pictures.keep_foreign(content, name=f"uploads/{uuid4().hex}.webp")
    return KeptPicture(stored, pictures.keep_original(content))


def _video(upload: UploadedFile[Any]) -> videos.Kept:
    if (upload.size or 0) > films.MOST_BYTES:
        raise films.too_large()
    return videos.keep_video(upload.read())


def _captions(upload: UploadedFile[Any]) -> str:
    return videos.keep_captions(upload.read(videos.MOST_BYTES_OF_CAPTIONS + 1))


_KEEPERS: Final[Mapping[tuple[str, str], Callable[[UploadedFile[Any]], Any]]] = {
    ("images", "upload"): _picture,
    ("videos", "upload"): _video,
    ("videos", "captions_upload"): _captions,
}


class KeptUploads:
    """For an admin whose form or parts take such files; `uploads_of` says what those of the form itself are."""

    uploads_of = "images"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method == "POST" and object_id and request.FILES:
            self._keep_media(request, object_id)
        answer = super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        if request.method == "POST":
            tasks.make_pictures_soon()
        return answer

    def _keep_media(self, request: HttpRequest, object_id: str) -> None:
        """Each upload is kept, or there is a refusal that stands beside its input."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        may_change = row is not None and self.has_change_permission(request, row)  # type: ignore[attr-defined]
        if not may_change or only_translates(request.user):
            return
        kept: dict[str, Any] = {}
        for name, upload in list(request.FILES.items())[:MOST]:
            match = _NAME.fullmatch(name)
            keep = _KEEPERS.get((match[1] or self.uploads_of, match[2])) if match else None
            if keep is None:
                continue
            try:
                kept[name] = keep(upload)  # type: ignore[arg-type]
            except Refused as refusal:
                kept[name] = refusal
            except Unavailable:
                kept[name] = Refused("unavailable", _("This can't be done just now. Please try again in a minute."))
        request._kept_media = kept  # type: ignore[attr-defined]


def kept_of(request: HttpRequest) -> Kept:
    """What was kept of the files that the request brings, by the names of their inputs."""
    kept: Kept = getattr(request, "_kept_media", {})
    return kept

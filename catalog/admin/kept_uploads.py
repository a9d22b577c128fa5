"""Pictures, videos and captions that a form brings go to their storage before the transaction of the form begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_scope import TabularPart, only_translates
from catalog import tasks
from catalog.services import films, pictures, videos
from marketplace.kernel.errors import Refused, Unavailable

MOST: Final = 40
_NAME: Final = re.compile(r"(?:(images|videos)-\d{1,3}-)?(upload|captions_upload|film)")


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
    pictures.kind_of(content, upload.name or "")
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
    ("editorial", "upload"): _picture,
    ("editorial", "film"): _video,
}


class KeptUploads:
    """For an admin whose form or parts take such files; `uploads_of` says what those of the form itself are."""

    uploads_of = "images"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method == "POST" and request.FILES:
            self._keep_media(request, object_id)
        answer = super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        if request.method == "POST":
            if answer.status_code == HTTPStatus.OK:  # the form was refused, and is sent again with its files
                _drop(kept_of(request))
            tasks.make_pictures_soon()
        return answer

    def _may_keep(self, request: HttpRequest, object_id: str | None) -> bool:
        if only_translates(request.user):
            return False
        if object_id is None:
            return bool(self.has_add_permission(request))  # type: ignore[attr-defined]
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        return row is not None and bool(self.has_change_permission(request, row))  # type: ignore[attr-defined]

    def _keep_media(self, request: HttpRequest, object_id: str | None) -> None:
        """Each upload is kept, or there is a refusal that stands beside its input."""
        if not self._may_keep(request, object_id):
            return
        kept: dict[str, Any] = {}
        for name, upload in list(request.FILES.items())[:MOST]:
            match = _NAME.fullmatch(name)
            is_of_a_part = match is not None and match[1] is not None
            if match is None or (is_of_a_part and object_id is None):  # parts come once there is a listing
                continue
            keep = _KEEPERS.get((match[1] or self.uploads_of, match[2]))
            if keep is None:
                continue
            try:
                kept[name] = keep(upload)  # type: ignore[arg-type]
            except Refused as refusal:
                kept[name] = refusal
            except Unavailable:
                kept[name] = Refused("unavailable", _("This can't be done just now. Please try again in a minute."))
        request._kept_media = kept  # type: ignore[attr-defined]


class UploadsPart(TabularPart):
    """A part of the page of a listing whose rows bring files."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request._product_in_form = obj  # type: ignore[attr-defined]  # the fields are made without it
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.kept = kept_of(request)
        return formset


def _drop(kept: Kept) -> None:
    """Takes away what only these uploads have; whatever is named by its content may be somebody else's as well."""
    for each in kept.values():
        if isinstance(each, KeptPicture):
            default_storage.delete(each.stored.name)
            default_storage.delete(pictures.small_name(each.stored.name))


def kept_of(request: HttpRequest) -> Kept:
    """What was kept of the files that the request brings, by the names of their inputs."""
    kept: Kept = getattr(request, "_kept_media", {})
    return kept

"""Reads what another machine answers: no more, and no longer, than was allowed. A timeout alone ends with each byte."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from marketplace.kernel.errors import Unavailable
from marketplace.kernel.typed_numbers import whole_number

if TYPE_CHECKING:
    import requests


class TooLarge(Exception):
    """The answer has more bytes than were allowed."""


def content_of(answer: requests.Response, *, most_bytes: int, deadline: float) -> bytes:
    """The whole answer, of a request with `stream=True`, as it was before it was packed; `deadline` is in the seconds
    of `time.monotonic`.

    Raises `TooLarge`, `Unavailable` when it comes too slowly, and what `requests` and urllib3 raise.
    """
    content = bytearray()
    while piece := answer.raw.read1(65_536, decode_content=True):
        content += piece
        if len(content) > most_bytes:
            raise TooLarge
        if time.monotonic() > deadline:
            raise Unavailable(_("The address answers too slowly."))
    promised = whole_number(answer.headers.get("Content-Length", ""))
    if promised is not None and answer.raw.tell() < promised:
        raise Unavailable(_("The answer broke off."))
    return bytes(content)

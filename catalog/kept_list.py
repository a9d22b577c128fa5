"""Short lists of products that a browser keeps for its reader in a signed cookie: no account, no row, no tracking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class KeptList:
    """The keys of at most `most` products in the cookie `cookie`, forgotten after `days` days without a change."""

    cookie: str
    most: int
    days: int

    def is_kept(self, request: HttpRequest) -> bool:
        """Whether the browser has the cookie, be there anything in it or not."""
        return self.cookie in request.COOKIES

    def read(self, request: HttpRequest) -> list[int]:
        """The keys in their order; none when there is no cookie or it was tampered with."""
        value = request.COOKIES.get(self.cookie, "")
        if not value:
            return []
        try:
            found = signing.loads(value, salt=self._salt)
        except signing.BadSignature:
            return []
        return [key for key in found if isinstance(key, int)][: self.most] if isinstance(found, list) else []

    def write(self, response: HttpResponse, keys: Iterable[int]) -> None:
        """The browser keeps these from now on, each once."""
        kept = list(dict.fromkeys(keys))[: self.most]
        response.set_cookie(
            self.cookie, signing.dumps(kept, salt=self._salt), max_age=self.days * _DAY, httponly=True,
            secure=settings.SECURE, samesite="Lax",
        )  # fmt: skip

    def forget(self, response: HttpResponse) -> None:
        """The browser drops the cookie."""
        response.delete_cookie(self.cookie)

    @property
    def _salt(self) -> str:
        return f"catalog.{self.cookie}"


COMPARED = KeptList("compare", most=4, days=30)
VIEWED = KeptList("viewed", most=12, days=30)

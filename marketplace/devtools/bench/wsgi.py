"""Serves the shop, and beside it the bare page with the middleware of a bare project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from marketplace.wsgi import application as shop


class BareHandler(WSGIHandler):
    """Django with the middleware of a new project."""

    def load_middleware(self, is_async: bool = False) -> None:
        shops, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.BARE_MIDDLEWARE
        super().load_middleware(is_async)
        settings.MIDDLEWARE = shops


bare = BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Both, parted by the path."""
    handler = bare if environ.get("PATH_INFO", "").endswith("/bare/") else shop
    return handler(environ, start_response)

"""Which kinds of request a view takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.views.decorators import http
from django.views.decorators.csrf import csrf_exempt

View = TypeVar("View", bound=Callable[..., Any])


def require_safe(view: View) -> View:
    """GET and HEAD alone reach `view`; any other method is told so (405), before it is asked for a token."""
    return csrf_exempt(http.require_safe(view))

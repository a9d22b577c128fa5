"""What every request passes: the reader's region, the admin's looser policy, refusals as pages."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from marketplace.kernel.errors import Refused, Unavailable
from marketplace.regions import region_of

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class RegionMiddleware:
    """Gives each request `request.region`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.region = region_of(request, get_language() or "en")  # type: ignore[attr-defined]
        return self.get_response(request)


class AdminPolicyMiddleware:
    """Loosens the content security policy on the admin alone, whose interface evaluates expressions."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_replace = {  # type: ignore[attr-defined]
                "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
                "img-src": [SELF, "data:", "blob:"],
            }
        return response


class RefusalMiddleware:
    """Answers a refusal or an outage that no view has caught with a page in the reader's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return render(request, "errors/refused.html", {"message": error.message}, status=400)
        if isinstance(error, Unavailable):
            log.warning("unavailable", error=str(error), path=request.path)
            return render(request, "errors/unavailable.html", status=503)
        return None

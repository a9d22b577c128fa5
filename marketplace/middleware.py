"""What every request passes: what can't be read, the reader's region, the admin's looser policy, refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import structlog
from csp.constants import HEADER, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django_structlog.middlewares import RequestMiddleware

from marketplace.kernel.errors import Refused, Unavailable
from marketplace.regions import region_of

LONGEST_PATH = 2_000
LONGEST_QUERY = 16_000  # five articles with 200 characters each on the page of the landed cost
_REGION_IS_MADE_FROM = ("Accept-Language", "Cookie")
Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)
finished = structlog.get_logger("django_structlog.middlewares.request")


class RegionMiddleware:
    """Gives each request `request.region`, and tells caches what it was made from."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.region = region_of(request, get_language() or "en")  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, _REGION_IS_MADE_FROM)
        return response


class ReadableMiddleware:
    """Refuses what no column can hold, an address or a form with a NUL, and addresses without measure. No view has to
    think of it.

    It stands behind the check of the form's token, which has read the form already. Views without that check read their
    body for themselves.
    """

    _FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address")
        if len(request.path_info) > LONGEST_PATH or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            raise BadRequest("the address is too long")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Handler, args: Any, kwargs: Any) -> None:
        if request.method != "POST" or request.content_type not in self._FORMS or getattr(view, "csrf_exempt", False):
            return
        if any("\0" in text for name, values in request.POST.lists() for text in (name, *values)):
            raise BadRequest("a NUL in the form")


class RequestLogMiddleware(RequestMiddleware):
    """The log of django-structlog, with the shortest way for an answer that is neither a failure nor a stream."""

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
            return
        level = self._log_level_for_status_code(response.status_code)
        finished.log(level, "request_finished", code=response.status_code, request=self.format_request(request))
        structlog.contextvars.clear_contextvars()


class PolicyMiddleware(CSPMiddleware):
    """The content security policy of django-csp, worked out once for all pages that don't change it."""

    _OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(hasattr(response, name) for name in self._OWN):
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        if nonce is None:  # from here on it would come too late
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        if HEADER not in response:
            response[HEADER] = _policy(_PLACE if nonce else None).replace(_PLACE, nonce or "")
        return response


_PLACE = "{nonce}"


@lru_cache(maxsize=2)
def _policy(nonce: str | None) -> str:
    return build_policy(nonce=nonce)


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
    """Answers a refusal, an outage or a method that no view has taken with a page in the reader's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.accepts("text/html"):
            page = render(request, "errors/not_allowed.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return render(request, "errors/refused.html", {"message": error.message}, status=400)
        if isinstance(error, Unavailable):
            log.warning("unavailable", error=str(error), path=request.path)
            return render(request, "errors/unavailable.html", status=503)
        return None

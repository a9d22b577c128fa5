"""Whether a form comes from a page of our own, without a token.

A token sets a cookie for everybody who sees the form, and keeps the page out of shared caches. For small choices
that nobody can be harmed by, what the browser itself says of the sender is enough.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site sent this form."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    here = f"{request.scheme}://{request.get_host()}"
    return bool(origin) and origin not in (here, *settings.CSRF_TRUSTED_ORIGINS)


def way_back(request: HttpRequest, fallback: str) -> str:
    """The page of ours that the form's field `next` names, else `fallback`."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else fallback

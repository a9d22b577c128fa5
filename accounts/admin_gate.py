"""Who comes into the admin: through the shop's own sign-in, and outside the demo with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import selectors

OPEN_PAGES = frozenset({"logout", "jsi18n"})


class SecondFactorMiddleware:
    """Stands before every page of the admin, wherever it is mounted.

    Its sign-in page is the shop's. Staff and sellers' members who sign in with a password alone are sent to set
    up an authenticator app or a passkey; the demo is spared.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or match.url_name in OPEN_PAGES:
            return None
        if match.url_name == "login":
            return secure_admin_login(view)(request, *args, **kwargs)  # type: ignore[no-any-return]
        if settings.DEMO or not (request.user.is_authenticated and request.user.is_staff):
            return None  # the admin itself sends strangers to its sign-in page
        if selectors.has_second_factor(request.user):
            return None
        messages.warning(
            request,
            _("The administration asks for a second step when you sign in. Set up an authenticator app or a passkey."),
        )
        return redirect("mfa_index")

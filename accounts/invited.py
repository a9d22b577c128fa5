"""The first sign-in of somebody who came by a link in a letter: it goes the way that every sign-in goes."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def sign_in_invited(request: HttpRequest, user: User, *, to: str) -> HttpResponse:
    """`user`, who has just chosen a password, is signed in and goes to the address `to`."""
    record_authentication(request, user, method="password", email=user.email)
    return perform_login(request, user, redirect_url=to, email=user.email)  # type: ignore[no-any-return]

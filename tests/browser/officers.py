"""Officers who are signed in, for tests that begin where their work begins."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts import roles
from accounts import services as accounts
from accounts.models import User

Read = Callable[[Callable[[], Any]], Any]


def session_of(name: str, role: str = roles.COMPLIANCE) -> str:
    """The key of a session in which the officer is signed in with a second factor."""
    user, _made = User.objects.get_or_create(email=f"{name.lower()}@sampan.example", defaults={"full_name": name})
    accounts.give_role(user=user, role=role)
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)

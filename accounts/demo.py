"""Sign-in by one click, in the demo only."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Lists the demo accounts; a POST of `email` signs in as one of them and goes where it starts.

    There is no such page unless the shop runs as a demo, and no other account can be had by it.
    """
    if not settings.DEMO:
        raise Http404
    accounts = {account.email: account for account in selectors.demo_accounts()}
    if request.method == "POST":
        account = accounts.get(request.POST.get("email", ""))
        if account is None:
            raise Http404
        user = get_object_or_404(User, email=account.email, is_active=True)
        login(request, user, backend=BACKEND)
        with override(user.language):
            return redirect(account.start)
    return render(request, "pages/demo.html", {"accounts": list(accounts.values())})

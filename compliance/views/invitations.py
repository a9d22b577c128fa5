"""Where the link of an invitation leads: a password is chosen, or who has an account accepts with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.invited import sign_in_invited
from accounts.sign_in_forms import SetPasswordForm
from compliance.models import SellerInvitation
from compliance.services import invitations
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an invitation; its address is a secret, so that no page learns it from here."""
    found = invitations.invitation_by(token)
    if found is None or found.accepted_at is not None:
        answer = render(request, "compliance/invitation_over.html", {"is_known": found is not None}, status=404)
    elif found.expires_at <= clock.now():
        answer = render(request, "compliance/invitation_over.html", {"is_expired": True}, status=410)
    else:
        page = _with_password if found.user.has_usable_password() else _without_password
        answer = page(request, found)
    answer.headers["Referrer-Policy"] = "same-origin"  # with less, browsers hide from us where the form comes from
    return answer


def _with_password(request: HttpRequest, found: SellerInvitation) -> HttpResponse:
    """Who has an account accepts while signed in with it."""
    is_theirs = request.user.pk == found.user_id
    if request.method == "POST" and is_theirs:
        try:
            invitations.accept_invitation(seller=found.seller, actor=found.user)
            return redirect(_papers(found))
        except Refused as refusal:
            return render(request, "errors/refused.html", {"message": refusal.message}, status=400)
    context = {"invitation": found, "is_theirs": is_theirs}
    return render(request, "compliance/invitation.html", context)


def _without_password(request: HttpRequest, found: SellerInvitation) -> HttpResponse:
    """Who has none chooses a password, and is signed in."""
    form = SetPasswordForm(data=request.POST if request.method == "POST" else None, user=found.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.open_account(invitation=found, password=form.cleaned_data["password1"])
            return sign_in_invited(request, user, to=_papers(found))
        except Refused as refusal:
            form.add_error(None, refusal.message)
    context = {"invitation": found, "form": form}
    return render(request, "compliance/invitation.html", context, status=422 if form.errors else 200)


def _papers(found: SellerInvitation) -> str:
    return reverse("admin:compliance_sellerverification_change", args=[found.seller.verification.pk])

"""The page on which an officer invites a seller."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_fields import country_field, currency_choices
from compliance import selectors
from compliance.services import invitations
from marketplace.kernel.errors import Refused


class InvitationForm(forms.Form):
    """Whom to invite."""

    name = forms.CharField(
        label=gettext_lazy("Brand name"), max_length=120, widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto"})
    )
    country = country_field(required=True, label=gettext_lazy("home country"))
    currency = forms.ChoiceField(
        label=gettext_lazy("Settlement currency"), choices=currency_choices, widget=UnfoldAdminSelectWidget
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=UnfoldAdminEmailInputWidget(attrs={"dir": "ltr"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )


def invite_page(request: HttpRequest) -> HttpResponse:
    """Shows the form, or sends the invitation; what was typed stays when it is refused."""
    if not selectors.may_verify(request.user):
        raise Http404
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = invitations.invite_seller(actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.message))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": made.user.email})
            page = reverse("admin:compliance_sellerverification_change", args=[made.seller.verification.pk])
            return HttpResponseRedirect(page)
    context: dict[str, Any] = {"form": form, "title": _("Invite a seller")}
    return render(
        request, "admin/compliance/sellerverification/invite.html", admin.site.each_context(request) | context,
        status=422 if form.errors else 200,
    )  # fmt: skip

"""The account pages: what a member sees and changes about themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import address_rules, selectors, services
from accounts.forms import EraseForm, ProfileForm, SavedAddressForm
from accounts.models import Address, User
from marketplace.kernel.clock import today
from marketplace.kernel.errors import Refused
from marketplace.kernel.methods import require_safe


class MemberRequest(HttpRequest):
    """What `login_required` lets through."""

    user: User


@never_cache
@login_required
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Where a member starts: what there is to see and to change."""
    first = selectors.addresses_of(request.user).first()
    context = {
        "first_address": _lines(first) if first else [],
        "second_factor": selectors.has_second_factor(request.user),
    }
    return render(request, "account/home.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    """Name and language; the next page is in the language chosen."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with override(user.language):
            messages.success(request, gettext("Your profile has been saved."))
            response = redirect("account_profile")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, **_cookie_options())
        return response
    return render(request, "account/profile.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def addresses(request: MemberRequest) -> HttpResponse:
    """The addresses that the member keeps."""
    rows = [{"address": address, "lines": _lines(address)} for address in selectors.addresses_of(request.user)]
    return render(request, "account/addresses.html", {"addresses": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: MemberRequest) -> HttpResponse:
    """A new address."""
    return _address_page(request, None)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_edit(request: MemberRequest, key: int) -> HttpResponse:
    """An address that the member keeps already."""
    return _address_page(request, selectors.address_of(request.user, key))


def _address_page(request: MemberRequest, address: Address | None) -> HttpResponse:
    """Shows, lays out for another country, or saves; `change_country` saves nothing."""
    form = _address_form(request, address)
    if request.method == "POST" and "change_country" not in request.POST and form.is_valid():
        key = address.pk if address else None
        default = form.cleaned_data["is_default"]
        try:
            services.save_address(user=request.user, postal=form.address, key=key, is_default=default)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, gettext("The address has been saved."))
            return redirect("account_addresses")
    context = {"form": form, "address": address}
    return render(request, "account/address_form.html", context, status=422 if form.errors else 200)


def _address_form(request: MemberRequest, address: Address | None) -> SavedAddressForm:
    """Bound when it is to be saved; else with what is kept, or with what was typed before the country changed."""
    options: dict[str, Any] = {
        "country": address.country_code if address else _country(request),
        "country_attrs": {
            "hx-post": reverse("account_address_fields"),
            "hx-target": "#address-fields",
            "hx-trigger": "change",
            "hx-include": "closest form",
        },
    }
    if request.method == "POST" and "change_country" not in request.POST:
        return SavedAddressForm(request.POST, **options)
    if request.method == "POST":
        typed = SavedAddressForm.typed(request.POST) | {"is_default": "is_default" in request.POST}
        options["country"] = typed.get("country_code", options["country"])
        return SavedAddressForm(initial=typed, **options)
    kept = address.postal_address.as_dict() | {"is_default": address.is_default} if address else {}
    return SavedAddressForm(initial=kept, **options)


@never_cache
@login_required
@require_POST
def address_fields(request: MemberRequest) -> HttpResponse:
    """The fields alone, laid out for the country that was chosen, with what was typed so far."""
    typed = SavedAddressForm.typed(request.POST)
    form = SavedAddressForm(initial=typed, country=typed.get("country_code", _country(request)))
    return render(request, "account/_address_fields.html", {"form": form})


@login_required
@require_POST
def address_default(request: MemberRequest, key: int) -> HttpResponse:
    """Another address is used first."""
    selectors.address_of(request.user, key)
    services.make_address_default(user=request.user, key=key)
    messages.success(request, gettext("This address will be used first."))
    return redirect("account_addresses")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_delete(request: MemberRequest, key: int) -> HttpResponse:
    """Asks once, then deletes."""
    address = selectors.address_of(request.user, key)
    if request.method == "POST":
        services.delete_address(user=request.user, key=key)
        messages.success(request, gettext("The address has been deleted."))
        return redirect("account_addresses")
    return render(request, "account/address_delete.html", {"address": address, "lines": _lines(address)})


@never_cache
@login_required
@require_safe
def data(request: MemberRequest) -> HttpResponse:
    """What a member may do about the data we keep."""
    return render(request, "account/data.html")


@never_cache
@login_required
@require_safe
@reauthentication_required
def export(request: MemberRequest) -> HttpResponse:
    """Everything kept here about the member, as a file."""
    response = JsonResponse(
        selectors.personal_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="sampan-{today().isoformat()}.json"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def erase(request: MemberRequest) -> HttpResponse:
    """Asks for good, then erases the account and signs out."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase(user=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            logout(request)
            messages.success(request, gettext("Your account has been erased. Thank you for having been with us."))
            return redirect("home")
    return render(request, "account/erase.html", {"form": form}, status=422 if form.errors else 200)


def _lines(address: Address) -> list[str]:
    return address_rules.lines(address.postal_address, get_language() or "en")


def _country(request: MemberRequest) -> str:
    region = getattr(request, "region", None)
    return str(region.country) if region else "US"


def _cookie_options() -> dict[str, Any]:
    return {
        "max_age": settings.LANGUAGE_COOKIE_AGE or 365 * 24 * 3600,
        "path": settings.LANGUAGE_COOKIE_PATH,
        "domain": settings.LANGUAGE_COOKIE_DOMAIN,
        "secure": settings.LANGUAGE_COOKIE_SECURE,
        "httponly": settings.LANGUAGE_COOKIE_HTTPONLY,
        "samesite": settings.LANGUAGE_COOKIE_SAMESITE or "Lax",
    }

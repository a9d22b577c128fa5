"""The pages on which a number is entered: first what it is for, then the number with its proof."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Seller
from compliance import selectors, services
from compliance.admin.registration_forms import KIND_ORDER, ClaimForm
from compliance.models import EPRScheme, EvidenceDocument, Registration
from compliance.registrations import KINDS, Kind
from compliance.services import Claim, documents
from compliance.words.registrations import EXAMPLES, WAYS, registration_title
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.typed_numbers import whole_number

_ENTER = "admin:compliance_registration_enter"
_FOLDER = "admin/compliance/registration"


def enter_page(request: HttpRequest) -> HttpResponse:
    """Asks what the number is for, then for the number; keeps what was typed when it is refused."""
    sellers = sellers_to_enter_for(request)
    if not sellers:
        raise Http404
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, f"{_FOLDER}/kinds.html", _context(request) | {"kinds": _kinds(request)})
    if request.method == "POST":
        return _take(request, kind, sellers)
    return _form_page(request, kind, ClaimForm(kind, sellers, initial=_told(request, sellers)))


def sellers_to_enter_for(request: HttpRequest) -> list[Seller]:
    """The sellers for whom the reader may enter numbers: all for officers, their own for members."""
    user: Any = request.user
    if selectors.may_verify(user):
        return list(Seller.objects.exclude(status__in=(Seller.Status.INVITED, Seller.Status.REFUSED)))
    if not user.has_perm("compliance.view_registration"):
        return []
    return list(Seller.objects.filter(pk__in=user.seller_ids))


def enter_address(kind: str, country: str = "", stream: str = "", *, seller: int | None = None) -> str:
    """The address of the page on which a number is entered, with what is known of it filled in."""
    told = {"kind": kind, "country": country, "stream": stream, "seller": str(seller or "")}
    return f"{reverse(_ENTER)}?{urlencode({name: value for name, value in told.items() if value})}"


def _take(request: HttpRequest, kind: Kind, sellers: list[Seller]) -> HttpResponse:
    form = ClaimForm(kind, sellers, request.POST, request.FILES)
    if form.is_valid():
        data, seller = form.cleaned_data, form.cleaned_data["seller"]
        document: EvidenceDocument | None = None
        try:
            document = _proof(request, seller, data["kept"])
            claim = Claim(
                kind.name, data["number"], data.get("country", ""), data.get("stream", ""), data["valid_from"],
                data["expires_on"], document,
            )  # fmt: skip
            made = services.claim_registration(seller=seller, claim=claim, actor=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            field = "document" if refusal.field == "file" else refusal.field
            form.add_error(field if field in form.fields else None, str(refusal.message))
            if document is not None:
                form.show_kept(document)
        else:
            messages.success(request, _entered(made))
            return HttpResponseRedirect(reverse("admin:compliance_registration_change", args=[made.pk]))
    return _form_page(request, kind, form, status=422)


def _proof(request: HttpRequest, seller: Seller, kept: Any) -> EvidenceDocument | None:
    """The file that was sent, kept; or the one that an earlier attempt has kept. Raises `Refused`."""
    upload = request.FILES.get("document")
    if upload is None:
        return EvidenceDocument.objects.filter(pk=kept, seller=seller).first() if kept else None
    return documents.keep_document(
        seller=seller,
        kind=EvidenceDocument.Kind.REGISTRATION,
        upload=upload,
        actor=request.user,  # type: ignore[arg-type]
    )


def _entered(registration: Registration) -> str:
    if registration.state == Registration.State.PENDING:
        return _("The number was entered. We ask VIES whether it is valid; that often takes less than a minute.")
    return _("The number was entered. An officer looks at its proof; you get a letter when that is done.")


def _form_page(request: HttpRequest, kind: Kind, form: ClaimForm, *, status: int = 200) -> HttpResponse:
    country, stream = (str(form[name].value() or "") if name in form.fields else "" for name in ("country", "stream"))
    scheme = selectors.scheme_for(country, stream, clock.today()) if kind.name == "epr" else None
    context = _context(request) | {
        "title": registration_title(kind.name, country or kind.only_country, stream if scheme else ""),
        "form": form,
        "way": WAYS[kind.name],
        "scheme": scheme,
        "needs_representative": has_representative(scheme),
        "example": scheme.example if scheme else EXAMPLES.get(kind.name, ""),
        "needs_proof": kind.needs_proof,
    }
    return render(request, f"{_FOLDER}/enter.html", context, status=status)


def has_representative(scheme: EPRScheme | None) -> bool:
    """Whether sellers from abroad need a representative for a register, as far as the row says."""
    return scheme is not None and scheme.needs_representative.lower().startswith(("yes", "from", "probably", "non-eu"))


def _told(request: HttpRequest, sellers: list[Seller]) -> dict[str, str]:
    told = {name: request.GET.get(name, "") for name in ("country", "stream", "seller")}
    return {name: value[:20] for name, value in told.items() if value}


def _kinds(request: HttpRequest) -> list[tuple[Any, Any, str]]:
    key = whole_number(request.GET.get("seller", ""))
    labels = dict(Registration.Kind.choices)
    return [(labels[kind.name], WAYS[kind.name], enter_address(kind.name, seller=key)) for kind in KIND_ORDER]


def _context(request: HttpRequest) -> dict[str, Any]:
    return admin.site.each_context(request) | {"title": _("Enter a number")}

"""The page "Who you are": a seller's member fills in the seller's papers, sends them, and reads how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin_fields import country_name
from accounts.models import Seller
from compliance import selectors
from compliance.admin.papers_form import (
    SECTIONS,
    PapersForm,
    certificate,
    owners_formset,
    section_of,
    shown_value,
)
from compliance.models import EvidenceDocument, SellerVerification
from compliance.services import documents, invitations, papers, seller_decisions
from compliance.services.papers import DOCUMENTS, Told
from compliance.traders.states import TO_BE_FILLED
from compliance.words.traders import MISSING, step_reason
from marketplace.kernel.errors import Refused

State = Seller.Status
COLOURS = {
    State.INVITED: "info",
    State.ONBOARDING: "info",
    State.IN_REVIEW: "warning",
    State.APPROVED: "success",
    State.REFUSED: "danger",
    State.SUSPENDED: "danger",
}
ROWS = "rows"


def papers_page(request: HttpRequest, verification: SellerVerification) -> HttpResponse:
    """Shows the papers, or takes what was filled in. What was typed stays when something is wrong."""
    if request.method == "POST":
        step = request.POST.get("step", "save")
        simple = _STEPS.get(step)
        if simple is not None:
            return _answer(request, verification, lambda: simple(verification, request.user))
        if verification.seller.status in TO_BE_FILLED:
            return _take(request, verification, step)
    return _page(request, verification)


def _accept(verification: SellerVerification, actor: Any) -> str:
    invitations.accept_invitation(seller=verification.seller, actor=actor)
    return _("Welcome. Tell us who you are, and send it for review when it is complete.")


def _take_back(verification: SellerVerification, actor: Any) -> str:
    papers.take_back_papers(seller=verification.seller, actor=actor)
    return _("You can change your papers again. Send them when they are complete.")


_STEPS: Mapping[str, Any] = {"accept": _accept, "take_back": _take_back}


def _answer(request: HttpRequest, verification: SellerVerification, step: Any) -> HttpResponse:
    """Makes a step and comes back to the page, which then says what happened."""
    try:
        messages.success(request, step())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(reverse("admin:compliance_sellerverification_change", args=[verification.pk]))


# Filling in -------------------------------------------------------------------------------------------------


def _take(request: HttpRequest, verification: SellerVerification, step: str) -> HttpResponse:
    form = PapersForm(verification, request.POST, request.FILES)
    owners = owners_formset(verification, request.POST, more=2 if step == ROWS else 0)
    kept = _keep_files(request, verification, form)
    told = Told(documents=kept)
    is_whole = form.is_valid() and (step == ROWS or owners.is_valid())
    if is_whole:
        rows = [] if step == ROWS else [facts for facts in (each.facts() for each in owners) if facts is not None]
        told = form.told(kept, None if step == ROWS else rows)
    try:
        papers.save_papers(seller=verification.seller, actor=request.user, told=told)  # type: ignore[arg-type]
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        is_whole = False
    if not is_whole or step == ROWS:
        fresh = SellerVerification.objects.select_related("seller").get(pk=verification.pk)
        form.say_what_is_kept(fresh)
        return _page(request, fresh, form, owners, status=200 if is_whole else 422)
    return _answer(request, verification, lambda: _after(verification, request.user, step))


def _keep_files(
    request: HttpRequest, verification: SellerVerification, form: PapersForm
) -> dict[str, EvidenceDocument]:
    """The files that are fit to be kept, by their fields; the others get their sentence."""
    kept = {}
    for name, kind in DOCUMENTS.items():
        upload = request.FILES.get(name)
        if upload is None:
            continue
        try:
            kept[name] = documents.keep_document(
                seller=verification.seller,
                kind=kind,
                upload=upload,
                actor=request.user,  # type: ignore[arg-type]
            )
        except Refused as refusal:
            form.add_error(name, str(refusal.message))
    return kept


def _after(verification: SellerVerification, actor: Any, step: str) -> str:
    """Sends the papers when that was asked for. Raises `Refused`."""
    if step == "send":
        papers.submit_papers(seller=verification.seller, actor=actor)
        return _("Your papers were sent. You get a letter as soon as an officer has decided.")
    return _("Your papers were saved.")


# Showing ----------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, verification: SellerVerification, form: PapersForm | None = None, owners: Any = None,
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    seller = verification.seller
    can_fill = seller.status in TO_BE_FILLED
    missing = selectors.missing_papers(verification)
    context = admin.site.each_context(request) | {
        "title": _("Who you are"),
        "verification": verification,
        "seller": seller,
        "colour": COLOURS[State(seller.status)],
        "country": country_name(seller.home_country),
        "reason": step_reason(verification.reason) if verification.reason else "",
        "missing": [(MISSING[name], section_of(name)) for name in missing],
        "is_open": seller.status == State.ONBOARDING,
        "can_fill": can_fill,
        "history": history(verification, is_officer=False),
        "account": selectors.masked_account(verification),
        "certificate": certificate(),
        "has_mistakes": status != 200,
        "decision": seller_decisions.standing(verification).first(),
    }
    if can_fill:
        form = form or PapersForm(verification)
        context |= {"form": form, "sections": list(form.sections()), "owners": owners or owners_formset(verification)}
    elif seller.status != State.INVITED:
        context |= {"facts": facts(verification), "held_owners": verification.owners.all()}
    return render(request, "admin/compliance/sellerverification/papers.html", context, status=status)


def facts(verification: SellerVerification) -> list[tuple[Any, list[tuple[Any, str]]]]:
    """The papers to be read: sections with labels and values; documents and the account are not among them."""
    fields = PapersForm.base_fields
    return [
        (
            section.title,
            [
                (fields[name].label, shown_value(name, verification))
                for name in section.names
                if name not in DOCUMENTS and name != "bank_account"
            ],
        )
        for section in SECTIONS
    ]


def history(verification: SellerVerification, *, is_officer: bool) -> list[dict[str, Any]]:
    """The steps for the page, the last first; sellers read the reason, and not which officer it was."""
    own = verification.seller.members.values_list("user", flat=True) if not is_officer else ()
    members = set(own)
    return [
        {
            "label": State(event.after).label if event.before != event.after else _("No change of state"),
            "colour": COLOURS[State(event.after)],
            "by": event.actor_label
            if is_officer or event.actor_id in members
            else _("Compliance desk") if event.actor_id else _("Automatic check"),
            "at": event.at,
            "reason": step_reason(event.reason),
        }
        for event in reversed(selectors.steps_of(verification))
    ]  # fmt: skip

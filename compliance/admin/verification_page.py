"""The officers' page on one seller: facts, documents, names on lists, what happened, and the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.admin_fields import country_name
from accounts.models import Seller
from compliance import selectors
from compliance.admin.documents import open_link
from compliance.admin.papers_page import COLOURS, facts, history
from compliance.models import Flag, SellerVerification
from compliance.services import verification as services
from compliance.services.papers import DOCUMENTS
from compliance.words.explain import finding_sentence
from compliance.words.traders import certificate_text, missing_words, step_reason
from marketplace.kernel.errors import Refused

State = Seller.Status
CONFIRM, END = "confirm", "end"

# The decisions that each state leaves: name, label, look of the button.
DECISIONS: Final = {
    State.INVITED: (("refuse", _("Take the invitation back"), "danger"),),
    State.ONBOARDING: (("refuse", _("Refuse"), "danger"),),
    State.IN_REVIEW: (
        ("approve", _("Approve"), "primary"),
        ("return", _("Ask to complete"), "default"),
        ("refuse", _("Refuse"), "danger"),
    ),
    State.APPROVED: (("suspend", _("Suspend"), "danger"),),
    State.SUSPENDED: (("reinstate", _("Reinstate"), "primary"), (END, _("The seller has left"), "default")),
    State.REFUSED: (("reopen", _("Let them try again"), "default"),),
}
_DONE: Final = {
    "approve": _("The seller was approved and may sell."),
    "return": _("The seller was asked to complete the papers."),
    "refuse": _("The seller was refused."),
    "suspend": _("The seller was suspended."),
    "reinstate": _("The seller was reinstated and may sell again."),
    "reopen": _("The seller may fill in the papers again."),
    CONFIRM: _("The changes were confirmed."),
    END: _("The relation has ended. The papers are erased when the time for which the law keeps them is over."),
}


class DecisionForm(forms.Form):
    """What the officer decides, why, and which papers were seen."""

    decision = forms.ChoiceField(choices=[(name, name) for name in _DONE])
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("The seller reads it in the letter and on their page."),
        error_messages={"required": _("Give a reason for your decision.")},
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_seen(self) -> datetime | None:
        text = self.cleaned_data["seen"]
        try:
            return parse_datetime(text) if text else None
        except ValueError:
            return None


def decide(request: HttpRequest, verification: SellerVerification, form: DecisionForm) -> bool:
    """Makes the decision and says so; False, with a sentence in the form, when it is refused."""
    data, seller, actor = form.cleaned_data, verification.seller, request.user
    try:
        if data["decision"] == CONFIRM:
            services.confirm_changes(seller=seller, actor=actor, reason=data["reason"])  # type: ignore[arg-type]
        elif data["decision"] == END:
            services.end_relation(seller=seller, actor=actor, reason=data["reason"])  # type: ignore[arg-type]
        else:
            services.decide_seller(
                seller=seller,
                decision=data["decision"],
                actor=actor,
                reason=data["reason"],
                seen=data["seen"],  # type: ignore[arg-type]
            )
    except Refused as refusal:
        form.add_error("reason" if refusal.field == "reason" else None, str(refusal.message))
        messages.error(request, str(refusal.message))  # at the top as well: the form is far down
        return False
    messages.success(request, _DONE[data["decision"]])
    return True


def officer_context(request: HttpRequest, verification: SellerVerification) -> dict[str, Any]:
    """What the page shows to somebody who works here; decisions and files only to those who may have them."""
    seller = verification.seller
    may_verify = selectors.may_verify(request.user)
    refused: DecisionForm | None = getattr(request, "_decision_form", None)
    seen = verification.submitted_at.isoformat() if verification.submitted_at else ""
    return {
        "verification": verification,
        "seller": seller,
        "title": seller.name,
        "colour": COLOURS[State(seller.status)],
        "country": country_name(seller.home_country),
        "missing": missing_words(selectors.missing_papers(verification)),
        "facts": facts(verification),
        "account": selectors.masked_account(verification),
        "certificate": _certificate(verification),
        "held_owners": verification.owners.all(),
        "documents": _documents(request, verification),
        "matches": _matches(seller),
        "flags": _flags(request, seller),
        "history": history(verification, is_officer=True),
        "reason": step_reason(verification.reason) if verification.reason else "",
        "decisions": _decisions(verification) if may_verify else (),
        "decision_form": refused or DecisionForm(initial={"seen": seen}),
        "may_invite_again": may_verify and seller.status == State.INVITED and hasattr(seller, "invitation"),
    }


def _decisions(verification: SellerVerification) -> list[tuple[str, Any, str]]:
    found = list(DECISIONS[State(verification.seller.status)])
    if verification.changed_at is not None:
        found.insert(0, (CONFIRM, _("Confirm the changes"), "primary"))
    return [each for each in found if each[0] != END or verification.ended_on is None]


def _certificate(verification: SellerVerification) -> dict[str, Any] | None:
    if not verification.self_certified_version:
        return None
    return {
        "text": certificate_text(verification.self_certified_version),
        "version": verification.self_certified_version,
        "at": verification.self_certified_at,
        "by": verification.self_certified_by,
    }


def _documents(request: HttpRequest, verification: SellerVerification) -> list[dict[str, Any]]:
    """Every document of the seller; those of the papers of now are marked."""
    may_read = selectors.may_read_documents(request.user)
    used = {getattr(verification, f"{name}_id") for name in DOCUMENTS}
    return [
        {
            "kind": document.get_kind_display(),
            "link": open_link(document) if may_read else document.name,
            "at": document.uploaded_at,
            "by": document.uploaded_by,
            "is_used": document.pk in used,
            "views": document.looks if may_read else None,
            "until": document.keep_until,
        }
        for document in selectors.documents_of(verification.seller)
    ]


def _matches(seller: Seller) -> list[dict[str, Any]]:
    """The entries of lists that are like a name behind the seller, as of this moment."""
    facts_of = selectors.seller_facts([seller])[seller.pk]
    return [
        {"name": party.name, "list": source, "reference": reference, "listed": listed, "percent": f"{float(alike):.0%}"}
        for party in facts_of.parties
        for source, reference, listed, alike in party.matches
    ]


def _flags(request: HttpRequest, seller: Seller) -> list[tuple[str, str, Flag]]:
    """The flags that stand on the seller itself or on the papers: the sentence, the page, the flag."""
    if not selectors.may_review(request.user):  # type: ignore[arg-type]
        return []
    return [
        (finding_sentence(flag.rule, flag.params), reverse("admin:compliance_flag_change", args=[flag.pk]), flag)
        for subject in (seller, seller.verification)
        for flag in selectors.open_flags_on(subject)
    ]

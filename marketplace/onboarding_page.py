"""The page "Your checklist": what a seller still has to do, what it is asked for, and where each step is done."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.admin_fields import country_name, latin
from accounts.admin_scope import is_confined
from accounts.models import Seller
from catalog.selectors.onboarding import checklist_of
from compliance import selectors as compliance
from compliance.admin.registration_pages import enter_address
from compliance.models import SellerStanding, SellerThreshold, SellerVerification
from compliance.onboarding import Checklist, Step
from compliance.onboarding.steps import DONE, ENTER, FLAGS, LISTINGS, NOT_NEEDED, OPEN, PAPERS, SECTIONS, WAITING
from compliance.words import onboarding as words
from compliance.words.laws import law_name
from compliance.words.thresholds import amount_text, consequence_text, limit_text, needed_words
from marketplace.kernel import clock

COLOURS: Final = {DONE: "success", WAITING: "info", OPEN: "warning", NOT_NEEDED: "default"}
_UNDERWAY: Final = (Seller.Status.ONBOARDING, Seller.Status.IN_REVIEW)


def onboarding_page(request: HttpRequest) -> HttpResponse:
    """A member sees the checklist of their seller, an officer that of any, or the list of those who are under way."""
    seller = _seller(request)
    context = admin.site.each_context(request)
    if seller is None:
        return render(request, "admin/onboarding/sellers.html", context | _sellers())
    return render(request, "admin/onboarding/checklist.html", context | page_context(request, seller))


def _seller(request: HttpRequest) -> Seller | None:
    """The seller whose checklist is asked for; None for an officer who names none. Raises Http404."""
    user: Any = request.user
    asked = request.GET.get("seller", "")
    key = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    if is_confined(user):
        own = Seller.objects.filter(pk__in=user.seller_ids).order_by("pk")
        seller = own.filter(pk=key).first() if key else own.first()
        if seller is None or not user.has_perm("compliance.view_registration"):
            raise Http404
        return seller
    if not compliance.may_verify(user):
        raise Http404
    if not asked:
        return None
    seller = Seller.objects.filter(pk=key).first() if key else None
    if seller is None:
        raise Http404
    return seller


def _sellers() -> dict[str, Any]:
    sellers = Seller.objects.filter(status__in=_UNDERWAY).order_by("name")
    rows = [(seller, checklist_of(seller, clock.today()).percent, _own_address(seller)) for seller in sellers]
    return {"title": _("Sellers on their way"), "sellers": sorted(rows, key=lambda row: -row[1])}


def _own_address(seller: Seller) -> str:
    return f"{reverse('admin:onboarding')}?seller={seller.pk}"


def page_context(request: HttpRequest, seller: Seller) -> dict[str, Any]:
    """What the page shows of a seller."""
    found = checklist_of(seller, clock.today())
    papers = papers_address(seller)
    is_own = is_confined(request.user)
    return {
        "title": _("Your checklist") if is_own else seller.name,
        "seller": seller,
        "percent": found.percent,
        "done": sum(step.state == DONE for step in found.counted),
        "count": len(found.counted),
        "next": _row(found.next, seller, papers) if found.next else None,
        "is_waiting": found.next is None and any(step.state == WAITING for step in found.counted),
        "sections": _sections(found, seller, papers),
        "standings": _standings(seller),
        "is_own": is_own,
        "others": [(each.name, _own_address(each)) for each in _other_sellers(request, seller)],
    }


def papers_address(seller: Seller) -> str:
    """Where the papers of a seller are filled in; the list leads on where there are none yet."""
    key = SellerVerification.objects.filter(seller=seller).values_list("pk", flat=True).first()
    table = "admin:compliance_sellerverification"
    return reverse(f"{table}_changelist") if key is None else reverse(f"{table}_change", args=[key])


def _other_sellers(request: HttpRequest, seller: Seller) -> list[Seller]:
    user: Any = request.user
    if not is_confined(user) or len(user.seller_ids) < 2:
        return []
    return list(Seller.objects.filter(pk__in=user.seller_ids).exclude(pk=seller.pk).order_by("name"))


# Steps --------------------------------------------------------------------------------------------------------


def _sections(found: Checklist, seller: Seller, papers: str) -> list[dict[str, Any]]:
    sections = []
    for name in SECTIONS:
        rows = [_row(step, seller, papers) for step in found.of(name)]
        open_rows = [row for row in rows if row["state"] in (OPEN, WAITING)]
        sections.append(
            {
                "id": name,
                "title": words.SECTIONS[name],
                "rows": open_rows,
                "settled": [row for row in rows if row not in open_rows],
            }
        )
    return sections


def _row(step: Step, seller: Seller, papers: str) -> dict[str, Any]:
    return {
        "title": words.step_title(step.kind, step.params),
        "reason": words.step_reason(step.kind, step.params),
        "lacking": words.step_count(step.params),
        "state": step.state,
        "label": words.STATES[step.state],
        "colour": COLOURS[step.state],
        "source": step.source,
        "rule": step.rule,
        "is_advice": not step.is_required and step.state != NOT_NEEDED,
        "is_possible": step.is_possible,
        "address": _address(step, seller, papers) if step.state in (OPEN, WAITING) and step.is_possible else "",
    }


def _address(step: Step, seller: Seller, papers: str) -> str:
    """The page on which a step is done."""
    where, _colon, rest = step.page.partition(":")
    if where == PAPERS:
        return f"{papers}#{rest}" if rest else papers
    if where == ENTER:
        kind, _colon, place = rest.partition(":")
        country, _colon, stream = place.partition(":")
        return enter_address(kind, country, stream, seller=seller.pk)
    if where == LISTINGS:
        return reverse("admin:catalog_product_add" if rest else "admin:catalog_product_changelist")
    if where == FLAGS:
        return f"{reverse('admin:compliance_flag_changelist')}?check={rest}"
    return ""


# Thresholds ---------------------------------------------------------------------------------------------------


def _standings(seller: Seller) -> list[dict[str, Any]]:
    """How much the seller sold by the laws that ask for reports or another verification."""
    rules = {rule.code: rule for rule in compliance.thresholds_on(clock.today())}
    held = compliance.standings_of([seller.pk], clock.today()).get(seller.pk, [])
    return [_standing(row, rules[row.code], seller) for row in held if row.code in rules]


def _standing(row: SellerStanding, rule: SellerThreshold, seller: Seller) -> dict[str, Any]:
    language = get_language() or "en"
    reached = row.reached_on is not None
    return {
        "law": law_name(rule.law),
        "place": country_name(rule.jurisdiction),
        "period": row.period,
        "limit": limit_text(rule, language),
        "sales": row.sales,
        "amount": latin(amount_text(row.amount, row.currency, language)),
        "reached_on": date_format(row.reached_on, "DATE_FORMAT") if row.reached_on else "",
        "due_on": date_format(row.due_on, "DATE_FORMAT") if row.due_on else "",
        "consequence": consequence_text(rule) if reached else "",
        "lacking": needed_words(compliance.lacking_data(seller, rule.needs)) if reached else [],
        "source": rule.source,
        "rule": rule.code,
    }

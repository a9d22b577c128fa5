"""Reads: the thresholds of a day, how sellers stand to them, and which data a law still lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q

from accounts.models import Seller
from compliance.models import SellerStanding, SellerThreshold, SellerVerification, Status
from compliance.selectors.sellers import missing_papers
from compliance.thresholds import is_current
from compliance.traders.papers import NEEDS


def thresholds_on(on: date) -> list[SellerThreshold]:
    """The thresholds that count on a day, by code."""
    holds = Q(effective_from__lte=on) & (Q(effective_to=None) | Q(effective_to__gte=on))
    return list(SellerThreshold.objects.filter(holds).exclude(status=Status.PENDING).order_by("code"))


def standings_of(sellers: Collection[int], on: date) -> dict[int, list[SellerStanding]]:
    """How sellers stand to the thresholds whose period still matters on the day `on`, the nearest period first."""
    found: defaultdict[int, list[SellerStanding]] = defaultdict(list)
    for row in SellerStanding.objects.filter(seller__in=sellers).order_by("code", "-period"):
        if is_current(row.period, on):
            found[row.seller_id].append(row)
    return dict(found)


def lacking_data(seller: Seller, needs: str) -> tuple[str, ...]:
    """The names among `needs` of what is not known of the seller yet, in the order of `needs`."""
    verification = SellerVerification.objects.filter(seller=seller).select_related("seller").first()
    verification = verification or SellerVerification(seller=seller)
    missing = set(missing_papers(verification)) if verification.pk else set(NEEDS)
    missing |= {name for name in ("tax_country", "tax_number") if not getattr(verification, name)}
    return tuple(name for name in needs.split() if name in missing)

"""A seller as the checklist sees them: papers, numbers, warehouses, and what their listings are and lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q

from accounts.models import Seller
from catalog.models import Product
from catalog.selectors.listing_facts import Seen, listings_seen
from compliance import selectors as compliance
from compliance.models import Flag, SellerVerification
from compliance.onboarding import Checklist, Goods, Situation, checklist
from compliance.onboarding.checklist import FACTS
from compliance.rules.book import RuleBook
from compliance.screening import screen_listing
from compliance.screening.facts import BLOCK, CRITICAL
from compliance.traders.papers import Papers, missing
from logistics.models import Warehouse
from marketplace.kernel import clock
from payments.selectors import fx_table

MOST_DRAFTS: Final = 50
_CHECKS: Final = "|".join(FACTS.values())


def checklist_of(seller: Seller, on: date) -> Checklist:
    """What the seller still has to do, by the rules of a day. A dozen queries, however many listings there are."""
    book = compliance.rule_book(on)
    return checklist(situation_of(seller, on, book), book)


def situation_of(seller: Seller, on: date, book: RuleBook) -> Situation:
    """What the checklist looks at. Live listings are known by their flags, of drafts the newest fifty are screened here."""
    verification = SellerVerification.objects.filter(seller=seller).prefetch_related("owners").first()
    verification = verification or SellerVerification(seller=seller)
    verification.seller = seller
    markets = tuple(sorted(verification.wants_to_sell_in))
    counts = Product.objects.filter(seller=seller).aggregate(
        live=Count("pk", filter=Q(status=Product.Status.LIVE)),
        shown=Count("pk", filter=Q(status=Product.Status.LIVE) & ~Q(held_in__contains=[""])),
        drafts=Count("pk", filter=Q(status=Product.Status.DRAFT)),
    )
    drafts = _drafts(seller, on) if counts["drafts"] else []
    faults, whole = _faults(seller, drafts, markets, book)
    return Situation(
        status=seller.status,
        country=seller.home_country,
        is_person=verification.is_person,
        markets=markets,
        stores=frozenset(Warehouse.objects.filter(seller=seller).values_list("country", flat=True)),
        missing=_missing(verification),
        counting=compliance.registrations_that_count([seller.pk], on)[seller.pk],
        waiting=compliance.registrations_that_wait([seller.pk])[seller.pk],
        goods=_goods(seller, drafts),
        listings=counts["live"] + counts["drafts"],
        complete=counts["shown"] + whole,
        on_sale=counts["shown"] if seller.status == Seller.Status.APPROVED else 0,
        faults=faults,
    )


def _missing(verification: SellerVerification) -> frozenset[str]:
    """The papers that lack; where nobody has begun to fill them in, those of a company."""
    if verification.pk:
        return frozenset(compliance.missing_papers(verification))
    return frozenset(missing(Papers(country=verification.seller.home_country)))


def _drafts(seller: Seller, on: date) -> list[Seen]:
    newest = Product.objects.filter(seller=seller, status=Product.Status.DRAFT).order_by("-pk")
    keys = list(newest.values_list("pk", flat=True)[:MOST_DRAFTS])
    return listings_seen(sorted(keys), on=on, moment=clock.now(), fx=fx_table(on))


def _goods(seller: Seller, drafts: Sequence[Seen]) -> tuple[Goods, ...]:
    """Each kind of goods once, in order."""
    live = Product.objects.filter(seller=seller, status=Product.Status.LIVE).order_by().distinct()
    found = {Goods(code, frozenset({*marks, "packaging"})) for code, marks in live.values_list("hs_code", "marks")}
    found |= {Goods(each.facts.hs_code, each.marks) for each in drafts}
    return tuple(sorted(found, key=lambda goods: (goods.hs_code, sorted(goods.marks))))


def _faults(
    seller: Seller, drafts: Sequence[Seen], markets: tuple[str, ...], book: RuleBook
) -> tuple[dict[str, int], int]:
    """How many listings lack something, by check; and how many drafts have nothing grave on them."""
    flags = Flag.objects.filter(
        seller=seller, content_type=ContentType.objects.get_for_model(Product), status__in=Flag.LIVE,
        rule__regex=rf"^({_CHECKS})(:|$)",
    )  # fmt: skip
    lacking = {(rule.partition(":")[0], key) for rule, key in flags.order_by().values_list("rule", "object_id")}
    whole = 0
    for draft in drafts:
        found = screen_listing(draft.facts, markets, book)
        lacking |= {(finding.check, f"draft {draft.id}") for finding in found}
        whole += not any(finding.severity in (CRITICAL, BLOCK) for finding in found)
    return dict(Counter(check for check, _key in lacking if check in FACTS.values())), whole

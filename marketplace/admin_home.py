"""The first page of the admin: what waits for the reader, counted with one query a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin_scope import is_confined
from accounts.models import Seller
from catalog.models import ImportJob, Product
from catalog.selectors.on_sale import chapters_on_sale
from catalog.selectors.onboarding import checklist_of
from compliance import selectors as compliance
from compliance.models import Flag, Notice, Registration, Severity
from compliance.onboarding.steps import OPEN
from compliance.registrations.reminders import SOON
from compliance.rules.review import gaps
from compliance.words.onboarding import step_title
from logistics.models import CustomsDeclaration, Shipment
from logistics.selectors import destinations
from marketplace.kernel import clock
from orders.models import Fulfilment, SellerOrder, Step
from payments.models import CurrencyRisk, Payment, RateFetch, Refund
from payments.selectors import fx_table, known_risks


@dataclass(frozen=True, slots=True)
class Card:
    """A figure that leads to the list behind it. `tone`: "" for information, "warn" where somebody has to act."""

    label: Any
    figure: int
    address: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards of one subject, with a sentence below the title where there is more to say."""

    title: Any
    cards: tuple[Card, ...]
    note: Any = ""


def overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the first page with the shelves that the reader may see."""
    shelves = [
        shelf for right, build in _SHELVES if request.user.has_perm(right) and (shelf := build(request)) is not None
    ]
    context |= {"shelves": shelves, "title": _("Overview"), "is_seller": is_confined(request.user)}
    return context


def _rows(request: HttpRequest, model: Any) -> Any:
    """What the admin's list of the table shows to the reader, unordered."""
    return admin.site._registry[model].get_queryset(request).order_by()


def _list(table: str, query: str = "") -> str:
    address = reverse(f"admin:{table}_changelist")
    return f"{address}?{query}" if query else address


def _listings(request: HttpRequest) -> Shelf:
    is_live = Q(status=Product.Status.LIVE)
    found = _rows(request, Product).aggregate(
        live=Count("pk", filter=is_live),
        drafts=Count("pk", filter=Q(status=Product.Status.DRAFT)),
        empty=Count("pk", filter=is_live & Q(in_stock=False)),
        codeless=Count("pk", filter=is_live & Q(hs_code="")),
        held=Count("pk", filter=is_live & Q(screened_at__isnull=False) & ~Q(held_in=[])),
    )
    table = "catalog_product"
    return Shelf(
        _("Listings"),
        (
            Card(_("On sale"), found["live"], _list(table, "status__exact=live")),
            Card(_("Drafts"), found["drafts"], _list(table, "status__exact=draft")),
            Card(
                _("On sale, but sold out"), found["empty"], _list(table, "status__exact=live&in_stock__exact=0"), "warn"
            ),
            Card(
                _("On sale without an HS code"),
                found["codeless"],
                _list(table, "status__exact=live&customs=none"),
                "warn",
            ),
            Card(_("Held in some country"), found["held"], _list(table, "status__exact=live&held=anywhere"), "warn"),
        ),
    )


def _imports(request: HttpRequest) -> Shelf | None:
    states = ImportJob.State
    found = _rows(request, ImportJob).aggregate(
        ready=Count("pk", filter=Q(state=states.PREVIEWED)),
        moving=Count("pk", filter=Q(state__in=(states.UPLOADED, states.QUEUED, states.RUNNING))),
    )
    if not any(found.values()):
        return None
    table = "catalog_importjob"
    return Shelf(
        _("Imports"),
        (
            Card(
                _("Checked, waiting for you to start"), found["ready"], _list(table, "state__exact=previewed"), "warn"
            ),
            Card(pgettext_lazy("imports", "Under way"), found["moving"], _list(table, "state__exact=running")),
        ),
    )


def _sending(request: HttpRequest) -> Shelf:
    status = Fulfilment.Status
    found = _rows(request, SellerOrder).aggregate(
        **{
            name: Count("pk", filter=Q(fulfilment__status=name))
            for name in (status.PREPARING, status.READY, status.HELD, status.SHIPPED)
        }
    )
    table = "orders_sellerorder"
    return Shelf(
        _("Orders to be sent"),
        tuple(
            Card(status(name).label, found[name], _list(table, f"fulfilment__status__exact={name}"), tone)
            for name, tone in (
                (status.READY, "warn"),
                (status.PREPARING, ""),
                (status.HELD, "warn"),
                (status.SHIPPED, ""),
            )
        ),
    )


def _flags(request: HttpRequest) -> Shelf:
    undecided = Q(status__in=Flag.UNDECIDED)
    found = _rows(request, Flag).aggregate(
        late=Count("pk", filter=undecided & Q(due_at__lt=clock.now())),
        asked=Count("pk", filter=Q(status=Flag.Status.ASKED)),
        upheld=Count("pk", filter=Q(status=Flag.Status.UPHELD)),
        **{name: Count("pk", filter=undecided & Q(severity=name)) for name in Severity.values},
    )
    table = "compliance_flag"
    tones = {Severity.CRITICAL: "warn", Severity.BLOCK: "warn", Severity.REVIEW: "warn", Severity.NOTICE: ""}
    cards = [
        Card(Severity(name).label, found[name], _list(table, f"severity__exact={name}"), tone)
        for name, tone in tones.items()
    ]
    if is_confined(request.user):
        cards.append(Card(_("Waiting for your answer"), found["asked"], _list(table, "standing=asked"), "warn"))
        cards.append(Card(_("Upheld"), found["upheld"], _list(table, "standing=upheld"), "warn"))
    else:
        cards.append(Card(_("Overdue"), found["late"], _list(table, "late=1"), "warn"))
    return Shelf(_("Compliance flags"), tuple(cards))


def _checklist(request: HttpRequest) -> Shelf | None:
    """How far a seller is on the way to selling; nothing when there is nothing left to do."""
    user: Any = request.user
    seller = Seller.objects.filter(pk__in=user.seller_ids).order_by("pk").first() if is_confined(user) else None
    found = checklist_of(seller, clock.today()) if seller is not None else None
    if found is None or found.percent == 100:
        return None
    address = reverse("admin:onboarding")
    left = sum(step.state == OPEN for step in found.counted)
    note = ""
    if found.next is not None:
        note = _("Next: %(step)s.") % {"step": step_title(found.next.kind, found.next.params)}
    cards = (
        Card(_("Percent done"), found.percent, address),
        Card(_("Open steps"), left, address, "warn"),
    )
    return Shelf(_("Your way to selling"), cards, note)


def _registrations(request: HttpRequest) -> Shelf | None:
    """The numbers of sellers that wait for somebody, or end soon."""
    states, today = Registration.State, clock.today()
    if is_confined(request.user):
        return None
    found = _rows(request, Registration).aggregate(
        claimed=Count("pk", filter=Q(state=states.CLAIMED)),
        pending=Count("pk", filter=Q(state=states.PENDING)),
        ending=Count("pk", filter=Q(state=states.VALID, expires_on__range=(today, today + SOON))),
    )
    table = "compliance_registration"
    return Shelf(
        _("Registrations"),
        (
            Card(_("Numbers to be checked"), found["claimed"], _list(table, "state__exact=claimed"), "warn"),
            Card(_("Put to VIES, not answered"), found["pending"], _list(table, "state__exact=pending")),
            Card(_("Ending within 60 days"), found["ending"], _list(table, "ends=soon"), "warn"),
        ),
    )


def _notices(request: HttpRequest) -> Shelf:
    received = Q(state=Notice.State.RECEIVED)
    found = _rows(request, Notice).aggregate(
        received=Count("pk", filter=received),
        trusted=Count("pk", filter=received & Q(is_trusted=True)),
        late=Count("pk", filter=received & Q(due_at__lt=clock.now())),
    )
    table = "compliance_notice"
    return Shelf(
        _("Notices"),
        (
            Card(_("To be decided"), found["received"], _list(table), "warn"),
            Card(
                _("From authorities and trusted flaggers"),
                found["trusted"],
                _list(table, "is_trusted__exact=1"),
                "warn",
            ),
            Card(_("Overdue"), found["late"], _list(table, "late=1"), "warn"),
        ),
    )


def _papers(request: HttpRequest) -> Shelf | None:
    """Which sellers wait for an officer; their members read on their checklist what is missing."""
    if is_confined(request.user):
        return None
    found, table = compliance.review_counts_of_sellers(), "compliance_sellerverification"
    return Shelf(
        _("Who may sell"),
        (
            Card(_("Waiting for a decision"), found["in_review"], _list(table), "warn"),
            Card(_("Changed after the decision"), found["changed"], _list(table, "standing=changed"), "warn"),
        ),
    )


def _rules(request: HttpRequest) -> Shelf | None:
    """What waits in the rule book. The chapters on sale may be those of ten minutes ago: to find them takes a while."""
    if is_confined(request.user):
        return None
    today = clock.today()
    stale, unverified = compliance.review_counts(today)
    missing = gaps(compliance.rule_book(today), destinations(), chapters_on_sale(within=600))
    address = reverse("admin:rules_review")
    return Shelf(
        _("Rules"),
        (
            Card(pgettext_lazy("rules", "Stale"), stale, f"{address}#stale", "warn"),
            Card(pgettext_lazy("rules", "Unverified"), unverified, f"{address}#unverified", "warn"),
            Card(_("Gaps"), len(missing), f"{address}#gaps", "warn"),
        ),
    )


def _steps(request: HttpRequest) -> Shelf:
    states = Step.State
    found = (
        _rows(request, Step)
        .filter(state__in=(states.HELD, states.FAILED, states.PENDING, states.RUNNING))
        .aggregate(
            failed=Count("pk", filter=Q(state=states.FAILED)),
            held=Count("pk", filter=Q(state=states.HELD)),
            late=Count("pk", filter=Q(state=states.PENDING, due_at__lt=clock.now() - timedelta(minutes=10))),
        )
    )
    rejected = _rows(request, CustomsDeclaration).filter(status="rejected").count()
    stuck = _rows(request, Shipment).filter(status=Shipment.Status.EXCEPTION).count()
    return Shelf(
        _("Operations"),
        (
            Card(_("Steps that need a person"), found["failed"], _list("orders_step", "state__exact=failed"), "warn"),
            Card(_("Held for a check"), found["held"], _list("orders_step", "state__exact=held")),
            Card(
                _("Waiting for more than ten minutes"),
                found["late"],
                _list("orders_step", "state__exact=pending"),
                "warn",
            ),
            Card(
                _("Rejected by customs"),
                rejected,
                _list("logistics_customsdeclaration", "status__exact=rejected"),
                "warn",
            ),
            Card(_("Parcels held up"), stuck, _list("logistics_shipment", "status__exact=exception"), "warn"),
        ),
    )


def _money(request: HttpRequest) -> Shelf:
    since = clock.now() - timedelta(days=1)
    found = (
        _rows(request, Payment)
        .filter(created_at__gte=since)
        .aggregate(
            paid=Count("pk", filter=Q(state=Payment.State.PAID)),
            failed=Count("pk", filter=Q(state=Payment.State.FAILED)),
        )
    )
    refunds = _rows(request, Refund).filter(state=Refund.State.REQUESTED).count()
    return Shelf(
        _("Money"),
        (
            Card(_("Paid in the last 24 hours"), found["paid"], _list("payments_payment", "state__exact=paid")),
            Card(_("Failed in the last 24 hours"), found["failed"], _list("payments_payment", "state__exact=failed")),
            Card(_("Refunds without an answer"), refunds, _list("payments_refund", "state__exact=requested"), "warn"),
        ),
    )


def _rates(request: HttpRequest) -> Shelf:
    """How restless the currencies are that concern the reader; to staff, whether rates still come in."""
    today, name = clock.today(), "payments_currencyrisk"
    table = admin.site._registry[CurrencyRisk]
    seen = [risk.level for risk in known_risks(today).values() if table.has_view_permission(request, risk)]
    cards = [
        Card(_("Currencies at level red"), seen.count("red"), _list(name, "level__exact=red"), "warn"),
        Card(_("Currencies at level amber"), seen.count("amber"), _list(name, "level__exact=amber")),
    ]
    if not is_confined(request.user):
        stale = len(fx_table(today).stale.intersection(settings.CURRENCIES))
        cards.append(Card(_("Currencies with an old rate"), stale, _list(name), "warn"))
    if request.user.has_perm("payments.view_ratefetch"):
        last = RateFetch.objects.first()
        failures = last.attempts if last else 0
        cards.append(Card(_("Failed fetches in a row"), failures, _list("payments_ratefetch"), "warn"))
    return Shelf(_("Exchange rates"), tuple(cards))


_SHELVES = (
    ("compliance.view_registration", _checklist),
    ("compliance.view_flag", _flags),
    ("compliance.view_notice", _notices),
    ("compliance.verify_sellers", _papers),
    ("compliance.verify_sellers", _registrations),
    ("compliance.review_flags", _rules),
    ("orders.view_step", _steps),
    ("orders.view_sellerorder", _sending),
    ("catalog.view_product", _listings),
    ("catalog.view_importjob", _imports),
    ("payments.view_refund", _money),
    ("payments.view_currencyrisk", _rates),
)

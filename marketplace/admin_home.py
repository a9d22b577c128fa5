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
from catalog.models import ImportJob, Product
from catalog.selectors.on_sale import chapters_on_sale
from compliance import selectors as compliance
from compliance.models import Flag, Severity
from compliance.rules.review import gaps
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
    """The cards of one subject."""

    title: Any
    cards: tuple[Card, ...]


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
    undecided = Q(status__in=(Flag.Status.OPEN, Flag.Status.TAKEN))
    found = _rows(request, Flag).aggregate(
        late=Count("pk", filter=undecided & Q(opened_at__lt=clock.now() - timedelta(days=3))),
        upheld=Count("pk", filter=Q(status=Flag.Status.UPHELD)),
        **{name: Count("pk", filter=undecided & Q(severity=name)) for name in Severity.values},
    )
    table = "compliance_flag"
    cards = [
        Card(Severity(name).label, found[name], _list(table, f"severity__exact={name}"), tone)
        for name, tone in ((Severity.BLOCK, "warn"), (Severity.REVIEW, "warn"), (Severity.NOTICE, ""))
    ]
    cards.append(Card(_("Open for more than three days"), found["late"], _list(table, "age=3"), "warn"))
    if is_confined(request.user):
        cards[-1] = Card(_("Upheld"), found["upheld"], _list(table, "standing=upheld"), "warn")
    return Shelf(_("Compliance flags"), tuple(cards))


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
    ("compliance.view_flag", _flags),
    ("compliance.review_flags", _rules),
    ("orders.view_step", _steps),
    ("orders.view_sellerorder", _sending),
    ("catalog.view_product", _listings),
    ("catalog.view_importjob", _imports),
    ("payments.view_refund", _money),
    ("payments.view_currencyrisk", _rates),
)

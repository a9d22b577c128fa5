"""What the templates of a purchase show, made from proposals, quotes and orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from moneyed import Money

from accounts.models import Address
from catalog.delivery import breakdown, days_text
from catalog.selectors.prices import Prices
from compliance.landed_cost.assessment import Assessment, AssessmentWarning
from compliance.words.explain import warning_text
from logistics import tracking
from logistics.models import Shipment
from logistics.snapshots import money_from_json
from marketplace.kernel import clock
from marketplace.kernel.money import total
from marketplace.kernel.region import Region
from orders.models import Fulfilment, Order, Quote, Step
from orders.selectors import PartView, StepView, invoice_of, parts_of
from orders.services.items import Item
from orders.services.proposals import Part, Proposal, advice_for, part_key
from payments.models import Payment

__all__ = ["breakdown", "cart_page", "checkout_page", "order_page", "shown", "track_page"]


def shown(money: Money) -> str:
    """An amount as the checkout form sends it back, to prove what the shopper saw."""
    return f"{money.amount.normalize():f} {money.currency.code}"


def cart_page(proposal: Proposal, region: Region, prices: Prices) -> dict[str, Any]:
    """The cart: its lines by seller and warehouse, the goods, and the price at the door."""
    placed: set[int] = set()
    groups = []
    for part in proposal.parts:  # a line that two warehouses share stands with the first
        items = [portion.item for portion in part.portions if portion.item.line_id not in placed]
        placed |= {item.line_id for item in items}
        if items:
            advice = advice_for(part, prices, region.language)
            groups.append(_group(part.seller_name, part.warehouse_country, items, part, advice))
    homeless = [item for item in proposal.items if item.line_id not in placed]
    if homeless:
        groups.append(_group("", "", homeless))
    goods = total((item.value for item in proposal.items if item.on_sale and not item.is_held), region.currency)
    return {
        "groups": groups,
        "goods": goods,
        "totals": proposal.totals,
        "landed": _sum_of(proposal, region),
        "can_order": bool(proposal.items) and not (proposal.short or proposal.held),
        "problems": problems(proposal),
        "empty": not proposal.items,
    }


def _group(
    seller: str, country: str, items: Sequence[Item], part: Part | None = None, advice: AssessmentWarning | None = None
) -> dict[str, Any]:
    waiting = {portion.item.line_id: portion.ready_on for portion in part.portions} if part else {}
    lines = [
        {
            "id": item.line_id,
            "name": item.name,
            "choices": item.choices,
            "url": reverse("product", args=[item.slug]) + f"?variant={item.variant_id}",
            "image": item.image,
            "quantity": item.quantity,
            "max_quantity": max(min(item.available, 99), 1),
            "unit_price": item.unit_price,
            "total": item.value,
            "available": item.available,
            "notices": _notices(item),
            "parts": item.consists_of,
            **_promise(item, waiting.get(item.line_id)),
        }
        for item in items
    ]
    subtotal = total((item.value for item in items), items[0].unit_price.currency.code)
    return {
        "seller": seller,
        "warehouse_country": country,
        "lines": lines,
        "subtotal": subtotal,
        "ready_on": part.ready_on if part and len(part.portions) > 1 else None,
        "breakdown": breakdown(part.delivered.assessment) if part and part.delivered else None,
        "advice": warning_text(advice) if advice else "",
    }


def _promise(item: Item, ready_on: date | None) -> dict[str, Any]:
    """What components/promise.html says of a line: from when it can be sent, and why not at once."""
    kind = "pre_order" if item.stock.is_pre_order else "made_to_order"
    return {"ready_on": ready_on, "promise": kind if ready_on else ""}


def _notices(item: Item) -> list[str]:
    notices = []
    if not item.on_sale:
        return [_("This item is not on sale any more. Please take it out.")]
    if item.is_held:
        return [_("This item is not sold to your country. Please take it out.")]
    if item.available < 1:
        return [_("This item is sold out. Please take it out.")]
    if item.available < item.quantity:
        text = ngettext("Only %(count)d piece is left.", "Only %(count)d pieces are left.", item.available)
        notices.append(text % {"count": item.available})
    if item.seen_price.currency == item.listed_price.currency and item.seen_price != item.listed_price:
        cheaper = item.listed_price < item.seen_price
        notices.append(
            _("The price has gone down since you put this in.")
            if cheaper
            else _("The price has gone up since you put this in.")
        )
    return notices


def problems(proposal: Proposal) -> list[str]:
    """Why a cart can't be ordered as it is, in sentences."""
    sentences = [
        _("“%(name)s” is not sold to this country. Please take it out of the cart or choose another address.")
        % {"name": item.name}
        for item in proposal.held
    ]
    for item in proposal.short:
        sentences.append(
            _("“%(name)s” can't be sent in this quantity. Please change or remove it in the cart.")
            % {"name": item.name}
        )
    for part in proposal.unserved:
        sentences.append(
            _("%(seller)s can't send these goods to this country. Please remove them or choose another address.")
            % {"seller": part.seller_name}
        )
    for part in proposal.blocked:
        sentences.append(_("The goods of %(seller)s may not be sent to this country.") % {"seller": part.seller_name})
    return sentences


def _sum_of(proposal: Proposal, region: Region) -> dict[str, Any] | None:
    if proposal.totals is None:
        return None
    complete = all(part.delivered and part.delivered.assessment.is_complete for part in proposal.parts)
    estimate = any(part.delivered and part.delivered.assessment.status == "estimate" for part in proposal.parts)
    on_delivery = proposal.totals.on_delivery
    return {
        "total": proposal.totals.total + on_delivery if complete else None,
        "at_checkout": proposal.totals.total,
        "status": "unknown" if not complete else "estimate" if estimate else "quoted",
        "on_delivery": on_delivery,
        "open": any(part.delivered and part.delivered.assessment.is_open for part in proposal.parts),
    }


def checkout_page(proposal: Proposal, quote: Quote | None, region: Region) -> dict[str, Any]:
    """The consignments with their options and figures, and the sum to pay: as the quote froze them, if there is one."""
    frozen = quote.body["parts"] if quote is not None else [None] * len(proposal.parts)
    parts = [
        _consignment(index, part, kept, region)
        for index, (part, kept) in enumerate(zip(proposal.parts, frozen, strict=True), start=1)
    ]
    totals = None
    if quote is not None:
        totals = {name: money_from_json(value) for name, value in quote.body["totals"].items()}
    return {
        "consignments": parts,
        "quote": totals
        and totals | {"id": quote.pk if quote else "", "expires_at": quote.expires_at if quote else None},
        "shown_total": shown(quote.total) if quote else "",
        "destination": proposal.destination,
        "problems": problems(proposal),
        "complete": all(part["breakdown"] and part["breakdown"]["complete"] for part in parts),
        "open": any(part["breakdown"] and part["breakdown"]["open"] for part in parts),
        "terms_url": reverse("legal", args=["terms"]),
        "privacy_url": reverse("legal", args=["privacy"]),
        "withdrawal_url": reverse("legal", args=["withdrawal"]),
    }


def _consignment(index: int, part: Part, frozen: Mapping[str, Any] | None, region: Region) -> dict[str, Any]:
    assessment = part.delivered.assessment if part.delivered else None
    unit_prices, advice = [portion.item.unit_price for portion in part.portions], None
    if frozen is not None:
        assessment = Assessment.from_dict(frozen["assessment"])
        advice = frozen.get("advice")  # a quote of an earlier release has none
        unit_prices = [money_from_json(line["unit_price"]) for line in frozen["lines"]]
    chosen = part.delivered.option.service.code if part.delivered else ""
    return {
        "index": index,
        "key": part_key(part.seller_id, part.warehouse_id),
        "seller": part.seller_name,
        "warehouse_country": part.warehouse_country,
        "lines": [
            {"name": portion.item.name, "choices": portion.item.choices, "quantity": portion.quantity,
             "image": portion.item.image, "total": unit_price * portion.quantity, "parts": portion.item.consists_of,
             **_promise(portion.item, portion.ready_on)}
            for portion, unit_price in zip(part.portions, unit_prices, strict=True)
        ],
        "ready_on": part.ready_on,
        "options": [
            {"code": option.service.code, "name": option.service.name_in(region.language),
             "price": assessment.shipping if assessment and option.service.code == chosen else option.price,
             "days_text": days_text(option.service.days_min, option.service.days_max),
             "selected": option.service.code == chosen}
            for option in part.options
        ],
        "breakdown": breakdown(assessment) if assessment else None,
        "advice": warning_text(AssessmentWarning(**advice)) if advice else "",
    }  # fmt: skip


def chosen_address(addresses: Sequence[Address], wanted: str) -> dict[str, str] | None:
    """The kept address that was chosen, or the preferred one when nothing was typed; as initial values."""
    if wanted == "new":
        return None
    for address in addresses:
        if str(address.pk) == wanted:
            return address.postal_address.as_dict()
    return None


def order_page(order: Order, language: str) -> dict[str, Any]:
    """The order with its parts, figures and progress."""
    views = parts_of(order)
    parts = [_part(view, language) for view in views]
    figures = {name: getattr(order, name) for name in ("goods", "shipping", "duty", "tax", "fees", "total")}
    breakdowns = [part["breakdown"] for part in parts]
    figures |= {
        "buffer": buffer_of(breakdowns, order.currency),
        "on_delivery": total((one["due_on_delivery"] for one in breakdowns if one["due_on_delivery"]), order.currency),
    }
    moving = order.status in {Order.Status.PAID, Order.Status.SHIPPED}
    return {
        "order": order,
        "invoice_url": reverse("invoice", args=[order.token]) if invoice_of(order) else "",
        "address": order.postal_address,
        "tax_number": next((view.tax_number for view in views), ""),
        "parts": parts,
        "figures": figures,
        "open": any(part["breakdown"]["open"] for part in parts),
        "can_pay": order.status == Order.Status.AWAITING_PAYMENT and order.pay_until > clock.now(),
        "moving": moving,
        "poll_url": reverse("order", args=[order.token]),
    }


def buffer_of(breakdowns: Iterable[Mapping[str, Any]], currency: str) -> Money:
    """How much of the goods of an order was added for the risk of exchange rates, by what its parts were shown with."""
    return total((one["buffer"] for one in breakdowns if one["buffer"] is not None), currency)


_STEP_ORDER = (Step.Kind.SCREEN, Step.Kind.DECLARE, Step.Kind.LABEL, Step.Kind.TRACK)


def _part(view: PartView, language: str) -> dict[str, Any]:
    known = {step.kind: step for step in view.steps}
    return {
        "reference": view.reference,
        "seller": view.seller,
        "warehouse_country": view.warehouse_country,
        "lines": view.lines,
        "breakdown": breakdown(Assessment.from_dict(view.assessment)),
        "status": Fulfilment.Status(view.status).label if view.status else "",
        "status_code": view.status,
        "ready_on": _waits_until(view),
        "steps": [_step(kind, known.get(kind)) for kind in _STEP_ORDER],
        "tracking": _tracking(*view.tracking, view.events) if view.tracking else None,
    }


def _waits_until(view: PartView) -> date | None:
    """The day of the last of the goods, while the parcel is being prepared."""
    days = [line.ready_on for line in view.lines if line.ready_on]
    return max(days, default=None) if view.status in ("", Fulfilment.Status.PREPARING) else None


def _step(kind: Step.Kind, step: StepView | None) -> dict[str, Any]:
    state = step.state if step else "planned"
    if kind == Step.Kind.TRACK and state == Step.State.PENDING:
        state = Step.State.RUNNING
    return {
        "label": kind.label,
        "state": state,
        "state_label": Step.State(state).label if step else _("Not yet"),
        "at": step.finished_at if step else None,
    }


def _tracking(number: str, token: str, status: str, events: Sequence[Any]) -> dict[str, Any]:
    return {
        "number": number,
        "url": reverse("track", args=[token]),
        "status": Shipment.Status(status).label,
        "events": _events(events),
    }


def _events(events: Sequence[Any]) -> list[dict[str, Any]]:
    rows = [
        {
            "text": tracking.sentence(event.description_code),
            "location": event.location,
            "at": event.occurred_at,
            "code": event.code,
        }
        for event in events
    ]
    return rows[::-1]


def track_page(shipment: Shipment) -> dict[str, Any]:
    """The public page of a parcel: where it is, and nobody's name."""
    events = list(shipment.events.order_by("occurred_at", "pk"))
    path = [status for status in tracking.PATH if status not in {"created"}]
    done = path.index(shipment.status) if shipment.status in path else -1
    return {
        "shipment": shipment,
        "number": shipment.tracking_number,
        "status_label": shipment.get_status_display(),
        "events": _events(events),
        "stages": [
            {"label": Shipment.Status(status).label, "done": index <= done} for index, status in enumerate(path)
        ],
        "moving": shipment.status not in tracking.FINAL,
        "poll_url": reverse("track", args=[shipment.public_token]),
        "language": get_language() or settings.LANGUAGE_CODE,
    }


def payment_failure(order: Order) -> str | None:
    """Why the last attempt to pay came to nothing; None while it is still open."""
    link = order.order_payments.select_related("payment").order_by("-pk").first()
    if link is None or link.payment.state in {Payment.State.STARTED, Payment.State.PENDING}:
        return None
    if link.payment.state == Payment.State.CANCELLED:
        return _("You left the payment page. You can pay as long as we keep the goods for you.")
    return _("The payment was declined. You can try again or use another card.")

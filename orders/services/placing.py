"""Turning a quote into an order with its stock and its payment, and taking it back when it is not paid in time."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import services as accounts
from accounts.models import Consent, User
from catalog.services import stock
from logistics.snapshots import money_from_json
from marketplace.kernel import clock, rows
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused, Unavailable
from orders.models import Cart, CartLine, Order, OrderLine, OrderPayment, Quote, SellerOrder
from orders.services import carts, gates, holds, settling
from orders.services.composition import keep_what_goods_are_made_of
from payments import providers
from payments import services as payments
from payments.models import Payment
from payments.providers.base import Line

log = structlog.get_logger(__name__)
_GRACE = timedelta(minutes=2)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_TOTALS = ("goods", "shipping", "duty", "tax", "fees", "total")


def place(
    *,
    key: UUID,
    quote: Quote,
    cart: Cart,
    email: str,
    user: User | None,
    address: PostalAddress,
    language: str,
    terms_version: str,
    network: str = "",
) -> Order:
    """The order made from a quote, its stock held and its payment started; the same `key` brings the same order.

    An earlier unpaid order of the same buyer for the same goods gives way, for which the provider may be called.
    `network` is the address that the request came from. Raises `Refused`: "quote_expired", "quote_elsewhere" (the
    address is not the quoted one), "cart_changed" (what was quoted is not in the cart any more), "key_used" (for the
    order of another cart), "held" (a listing may not be sold there), "place_closed", "recipient_listed",
    "out_of_stock", "too_many_unpaid", "kept_unpaid". Nothing is written then, but a flag on a recipient who is listed.
    """
    earlier = holds.earlier_orders(quote=quote, cart=cart, user=user) if _is_open(quote, cart) else []
    with gates.hits_kept(), transaction.atomic():
        if rows.one(Cart, "id = %s FOR UPDATE", [cart.pk]) is None:
            raise _cart_changed()
        known = _earlier_order(key, quote, cart)
        if known is not None:
            return known
        _require_open(quote, cart)
        _require_lawful(quote, address)
        holders = holds.names_of(cart=cart, user=user, email=email, network=network)
        order = _write(quote, key=key, email=email, user=user, address=address, language=language, holders=holders)
        _hold(order, quote, earlier)
        order.first_payment = _new_payment(order, 1)
        kinds = (Consent.Kind.TERMS, Consent.Kind.PRIVACY)
        accounts.record_consents(
            email=email, kinds=kinds, version=terms_version, language=language, reference=order.number, user=user
        )
        variants = [line["variant"] for part in quote.body["parts"] for line in part["lines"]]
        carts.empty(cart=cart, variant_ids=variants)
    return order


def ordered_with(*, key: UUID, cart: Cart) -> Order | None:
    """The order that was already made with this key, if any."""
    return rows.one(Order, "key = %s AND quote_id IN (SELECT id FROM orders_quote WHERE cart_id = %s)", [key, cart.pk])


def _earlier_order(key: UUID, quote: Quote, cart: Cart) -> Order | None:
    """The order that this act has made already. Refuses a key or a quote that belongs to another act."""
    found = rows.every(Order, "key = %s OR quote_id = %s", [key, quote.pk])
    own = next((order for order in found if order.key == key), None)
    if own is not None and own.quote.cart_id != cart.pk:
        raise Refused("key_used", _("This page belongs to an earlier order. Please look at the price once more."))
    if own is None and found:
        raise _cart_changed()
    return own


def _require_open(quote: Quote, cart: Cart) -> None:
    if not _is_open(quote, cart):
        raise _cart_changed()
    if quote.expires_at <= clock.now():
        raise Refused("quote_expired", _("The price was held for 30 minutes. Please look at it once more."))


def _is_open(quote: Quote, cart: Cart) -> bool:
    """Whether the cart has what was quoted, neither more nor less."""
    wanted: dict[int, int] = {}
    for part in quote.body["parts"]:
        for line in part["lines"]:
            wanted[line["variant"]] = wanted.get(line["variant"], 0) + line["quantity"]
    lines = rows.every(CartLine, "cart_id = %s", [cart.pk], only=("id", "variant", "quantity"))
    return quote.cart_id == cart.pk and {line.variant_id: line.quantity for line in lines} == wanted


def _require_lawful(quote: Quote, address: PostalAddress) -> None:
    names = {line["variant"]: line["name"] for part in quote.body["parts"] for line in part["lines"]}
    gates.refuse_held(names=names, address=address)
    gates.refuse_recipient(address=address)


def _cart_changed() -> Refused:
    return Refused("cart_changed", _("Your cart has changed. Please look at the price once more."))


def _order_closed() -> Refused:
    return Refused("order_closed", _("This order does not wait for a payment any more."))


def start_payment(*, order: Order) -> Payment:
    """A payment for the whole order: the one that is still open, or a further attempt. Calls nobody outside.

    Raises `Refused`: "order_closed" when the order does not wait for its payment any more; "held", "place_closed" and
    "recipient_listed" when it may not be carried out any more.
    """
    with gates.hits_kept(), transaction.atomic():
        if Order.objects.select_for_update().get(pk=order.pk).status != Order.Status.AWAITING_PAYMENT:
            raise _order_closed()
        lines = OrderLine.objects.filter(seller_order__order=order, variant__isnull=False)
        gates.refuse_held(names=dict(lines.values_list("variant_id", "name")), address=order.postal_address)
        gates.refuse_recipient(address=order.postal_address)
        attempts = list(OrderPayment.objects.filter(order=order).select_related("payment").order_by("pk"))
        if attempts and attempts[-1].payment.state in {Payment.State.STARTED, Payment.State.PENDING}:
            return attempts[-1].payment
        return _new_payment(order, len(attempts) + 1)


def _new_payment(order: Order, number: int) -> Payment:
    payment = payments.start(
        reference=order.number,
        amount=order.total,
        key=f"{order.token}-{number}",
        language=order.language,
        return_url=_absolute("payment_return", order),
        cancel_url=_absolute("order", order),
        webhook_url=settings.SITE_URL + reverse("payment_webhook", args=[providers.available()[0].slug]),
        lines=_payment_lines(order),
        expires_at=order.pay_until,
    )
    rows.add([OrderPayment(order=order, payment=payment)])
    return payment


def put_back(*, order: Order, cart: Cart) -> None:
    """Gives up an unpaid order and puts its goods into its buyer's cart again. Calls the provider.

    Raises `Refused("order_closed")` when it does not wait for its payment any more, and `Unavailable` while the
    provider does not say so.
    """
    if not settling.close_payments(order=order):
        raise Unavailable(f"The payment of {order.number} is not closed.")
    with transaction.atomic():
        if rows.one(Cart, "id = %s FOR UPDATE", [cart.pk]) is None:
            raise _cart_changed()
        if not settling.cancel_unpaid(order=order):
            raise _order_closed()
        lines = OrderLine.objects.filter(seller_order__order=order, variant__isnull=False)
        carts.put_in_again(
            cart=cart, pieces=lines.values_list("variant_id").annotate(Sum("quantity")).order_by("variant_id")
        )


def expire_unpaid(moment: datetime) -> None:
    """Looks once more at each order whose time to pay is over, then settles or cancels it."""
    late = Order.objects.filter(status=Order.Status.AWAITING_PAYMENT, pay_until__lt=moment - _GRACE)
    for order in late.order_by("pay_until")[:100]:
        try:
            _close(order)
        except Unavailable as error:
            log.warning("provider away", order=order.number, error=str(error))
        except Refused as refusal:  # a person has to look at this one; the others go on
            log.error("provider refuses to cancel", order=order.number, code=refusal.code)


def _close(order: Order) -> None:
    for attempt in order.order_payments.select_related("payment"):
        result = payments.ask_to_cancel(attempt.payment)
        settling.apply(order=order, payment=attempt.payment, result=result)
    settling.cancel_unpaid(order=order)


def _absolute(name: str, order: Order) -> str:
    with override(order.language):
        return str(settings.SITE_URL + reverse(name, args=[order.token]))


def _payment_lines(order: Order) -> list[Line]:
    with override(order.language):
        parts = [(_("Goods"), order.goods), (_("Shipping"), order.shipping), (_("Customs duty"), order.duty),
                 (_("Tax"), order.tax), (_("Fees"), order.fees)]  # fmt: skip
    return [Line(name, amount) for name, amount in parts if amount.amount]


def _write(
    quote: Quote, *, key: UUID, email: str, user: User | None, address: PostalAddress, language: str, holders: list[str]
) -> Order:
    body: dict[str, Any] = quote.body
    quoted = body["parts"][0]["consignment"]["ship_to"]
    wanted = {"country": address.country_code, "region": address.country_area, "postal_code": address.postal_code}
    if wanted != quoted:
        raise Refused("quote_elsewhere", _("The price was for another address. Please look at it once more."))
    now = clock.now()
    amounts = {name: money_from_json(body["totals"][name]) for name in _TOTALS}
    order = Order(
        key=key,
        number="SP-" + "".join(secrets.choice(_LETTERS) for _index in range(9)),
        user=user,
        quote=quote,
        email=email.lower(),
        language=language,
        country=address.country_code,
        currency=amounts["total"].currency.code,
        address=address.as_dict(),
        placed_at=now,
        pay_until=now + timedelta(minutes=settings.MINUTES_TO_PAY),
        holders=holders,
        **amounts,
    )
    rows.add([order])
    parts = [_part(order, position, part) for position, part in enumerate(body["parts"], start=1)]
    rows.add(parts)
    pairs = zip(parts, body["parts"], strict=True)
    rows.add([_line(seller_order, line) for seller_order, part in pairs for line in part["lines"]])
    keep_what_goods_are_made_of(parts)
    return order


def _part(order: Order, position: int, part: dict[str, Any]) -> SellerOrder:
    assessment = part["assessment"]
    return SellerOrder(
        order=order,
        position=position,
        seller_id=part["seller"],
        warehouse_id=part["warehouse"],
        service_code=part["service"],
        consignment=part["consignment"],
        assessment=assessment,
        goods=money_from_json({"amount": assessment["goods"], "currency": assessment["currency"]}),
        total=money_from_json({"amount": assessment["due_at_checkout"], "currency": assessment["currency"]}),
    )


def _line(seller_order: SellerOrder, line: dict[str, Any]) -> OrderLine:
    return OrderLine(
        seller_order=seller_order,
        variant_id=line["variant"],
        product_slug=line["slug"],
        unit_price=money_from_json(line["unit_price"]),
        seller_price=money_from_json(line["seller_price"]),
        consists_of=line.get("consists_of"),
        ready_on=date.fromisoformat(line["ready_on"]) if line.get("ready_on") else None,
        **{name: line[name] for name in ("sku", "name", "choices", "image", "customs_description", "hs_code",
                                         "origin", "weight_grams", "quantity")},
    )  # fmt: skip


def _hold(order: Order, quote: Quote, earlier: list[Order]) -> None:
    """Holds the stock of a new order in place of what earlier ones held, for as long as its buyer may keep it unpaid."""
    holds.lock(order.holders)
    numbers = settling.give_way(orders=earlier)
    holds.require_few_open(order)
    _reserve(order, quote, numbers)
    order.pay_until = order.placed_at + holds.time_to_pay(order)
    rows.change(order, "pay_until")


def _reserve(order: Order, quote: Quote, instead_of: list[str]) -> None:
    from_stock: dict[int, int] = {}
    to_order: dict[int, int] = {}
    sold: dict[int, tuple[str, int]] = {}  # by stock level, what was sold of it, and its pieces for one piece sold
    for line in (line for part in quote.body["parts"] for line in part["lines"]):
        demands = to_order if line.get("to_order") else from_stock
        for level, pieces in line.get("takes") or [(line["stock_level"], line["quantity"])]:  # quoted a release ago
            demands[level] = demands.get(level, 0) + pieces
            sold[level] = line["name"], pieces // line["quantity"]
    try:
        stock.reserve(reference=order.number, demands=from_stock, to_order=to_order, instead_of=instead_of)
    except stock.NoSuchStock as gone:
        message = _("“%(name)s” is not available any more.") % {"name": sold[gone.stock_level_id][0]}
        raise Refused("out_of_stock", message) from gone
    except stock.OutOfStock as shortage:
        name, each = sold[shortage.stock_level_id]
        left = stock.OutOfStock(shortage.stock_level_id, shortage.available // each)
        message = _("“%(name)s”: %(shortage)s") % {"name": name, "shortage": left.message}
        if not left.available:
            message = _("“%(name)s” has just been sold out.") % {"name": name}
        raise Refused("out_of_stock", message) from shortage

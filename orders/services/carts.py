"""Putting goods into carts, changing and taking them out, and joining a guest's cart to a member's."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Seller, User
from catalog.models import Product, Variant
from catalog.selectors.product import available_pieces
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from orders.models import Cart, CartLine

MAX_QUANTITY = 99
MAX_LINES = 50


def open_cart(*, user: User | None) -> Cart:
    """The member's cart, or a new one for a guest."""
    if user is None:
        return Cart.objects.create()
    return Cart.objects.get_or_create(user=user)[0]


def add_item(*, cart: Cart | None, variant_id: int, quantity: int, user: User | None = None) -> CartLine:
    """Adds pieces of a variant on sale; at most 99 of one, and at most what is left.

    Without a cart one is opened, for the member or for a guest; a refusal opens none.
    Raises `Refused`: "unknown_item", "quantity", "sold_out", "too_many_lines".
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Refused("quantity", _("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    on_sale = Variant.objects.filter(
        is_active=True, product__status=Product.Status.LIVE, seller__status=Seller.Status.APPROVED
    )
    variant = on_sale.select_related("product").filter(pk=variant_id).first()
    if variant is None:
        raise Refused("unknown_item", _("This item is not on sale any more."))
    left = available_pieces(variant.pk)
    if left < 1:
        raise Refused("sold_out", _("This item is sold out."))
    with transaction.atomic():
        cart, is_new = _to_fill(cart, user)
        line = None if is_new else cart.lines.filter(variant=variant).first()
        if line is None:
            if not is_new and cart.lines.count() >= MAX_LINES:
                raise Refused(
                    "too_many_lines", _("The cart is full: it holds %(most)d kinds of goods.") % {"most": MAX_LINES}
                )
            line = CartLine(cart=cart, variant=variant, quantity=0)
        line.variant = variant
        line.quantity = min(line.quantity + quantity, left, MAX_QUANTITY)
        line.seen_price = variant.price
        line.save()
    return line


def _to_fill(cart: Cart | None, user: User | None) -> tuple[Cart, bool]:
    """The cart, locked, and whether it was made just now; a cart that was merged meanwhile gives way to another."""
    locked = Cart.objects.select_for_update().filter(pk=cart.pk).first() if cart else None
    if locked is not None:
        return locked, False
    if user is None:
        return Cart.objects.create(), True
    return Cart.objects.select_for_update().get_or_create(user=user)


def set_quantity(*, cart: Cart, line_id: int, quantity: int) -> None:
    """Changes how many pieces a line has; 0 takes it out. A line of another cart is left alone.

    Raises `Refused("quantity")`.
    """
    if not 0 <= quantity <= MAX_QUANTITY:
        raise Refused("quantity", _("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    lines = cart.lines.filter(pk=line_id)
    if quantity:
        lines.update(quantity=quantity)
    else:
        lines.delete()


def acknowledge_prices(*, cart: Cart) -> None:
    """Notes that the shopper has seen the present prices."""
    lines = []
    for line in cart.lines.select_related("variant"):
        if line.seen_price != line.variant.price:
            line.seen_price = line.variant.price
            lines.append(line)
    CartLine.objects.bulk_update(lines, ["seen_price", "seen_price_currency"])


def merge(*, guest: Cart, user: User) -> Cart:
    """Moves what a guest gathered into the member's cart; the larger quantity of the same variant stays."""
    with transaction.atomic():
        mine = Cart.objects.select_for_update().get(pk=open_cart(user=user).pk)
        if guest.pk == mine.pk or guest.user_id is not None:
            return mine
        known = {line.variant_id: line for line in mine.lines.all()}
        for line in guest.lines.all():
            other = known.get(line.variant_id)
            if other is None:
                line.cart = mine
                line.save(update_fields=["cart"])
            elif line.quantity > other.quantity:
                mine.lines.filter(pk=other.pk).update(quantity=line.quantity)
        guest.delete()
        Cart.objects.filter(pk=mine.pk).update(updated_at=clock.now())
    return mine


def empty(*, cart: Cart, variant_ids: list[int]) -> None:
    """Takes what was ordered out of the cart."""
    cart.lines.filter(variant_id__in=variant_ids).delete()

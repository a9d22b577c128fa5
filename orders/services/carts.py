"""Putting goods into carts, changing and taking them out, and joining a guest's cart to a member's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.availability import availability
from catalog.models import Product, Variant
from catalog.selectors.availability import AVAILABILITY, HELD_PART
from catalog.selectors.navigation import shown_text, text_column
from compliance.models import BuyerNumber
from marketplace.kernel import clock, rows
from marketplace.kernel.errors import Refused
from orders.models import Cart, CartLine

MAX_QUANTITY = 99
MAX_LINES = 50
_ON_SALE = """
SELECT v.product_id, v.price, v.price_currency, p.card_image, {name},
    p.held_in && %s::varchar[] OR {held_part}, {availability}
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id JOIN accounts_seller s ON s.id = v.seller_id
WHERE v.id = %s AND v.is_active AND p.status = 'live' AND s.status = 'approved'
"""


def open_cart(*, user: User | None) -> Cart:
    """The member's cart, or a new one for a guest."""
    if user is None:
        return Cart.objects.create()
    return Cart.objects.get_or_create(user=user)[0]


def number_of(cart: Cart) -> BuyerNumber | None:
    """The tax number of a business that was given with the cart; no query where there is none."""
    return cart.buyer_number if cart.buyer_number_id else None


def keep_number(*, cart: Cart, number: BuyerNumber | None) -> bool:
    """Keeps the tax number with the cart, for its next page; whether it is another one than before."""
    if cart.buyer_number_id == (number.pk if number else None):
        return False
    cart.buyer_number = number
    rows.change(cart, "buyer_number")
    return True


def add_item(
    *, cart: Cart | None, variant_id: int, quantity: int, country: str = "", user: User | None = None
) -> CartLine:
    """Adds pieces of a variant on sale; at most 99 of one, and at most what is left.

    `country` is the one that the shopper buys for; what is held there, or everywhere, is refused. Without a cart one is
    opened, for the member or for a guest; a refusal opens none.
    Raises `Refused`: "unknown_item", "held", "quantity", "sold_out", "too_many_lines".
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Refused("quantity", _("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    variant, left = _on_sale(variant_id, country)
    if left < 1:
        raise Refused("sold_out", _("This item is sold out."))
    with transaction.atomic():
        cart, is_new = _to_fill(cart, user)
        line = None if is_new else rows.one(CartLine, "cart_id = %s AND variant_id = %s", [cart.pk, variant.pk])
        if line is None:
            if not is_new and cart.lines.count() >= MAX_LINES:
                raise Refused(
                    "too_many_lines", _("The cart is full: it holds %(most)d kinds of goods.") % {"most": MAX_LINES}
                )
            line = CartLine(cart=cart, variant=variant, quantity=0)
        line.variant = variant
        line.quantity = min(line.quantity + quantity, left, MAX_QUANTITY)
        line.seen_price = variant.price
        if line.pk is None:
            rows.add([line])
        else:
            line.save()
    return line


def put_in_again(*, cart: Cart, pieces: Iterable[tuple[int, int]]) -> None:
    """Adds what an order that was given up had, as (variant, pieces), while there is room; the cart must be locked.

    What can't be had any more goes in as well, where the cart says so.
    """
    known = {line.variant_id: line for line in cart.lines.all()}
    wanted = dict(pieces)
    for variant in Variant.objects.filter(pk__in=wanted).order_by("pk"):
        line = known.get(variant.pk)
        if line is not None:
            line.quantity = min(line.quantity + wanted[variant.pk], MAX_QUANTITY)
            line.save(update_fields=["quantity"])
        elif len(known) < MAX_LINES:
            quantity = min(wanted[variant.pk], MAX_QUANTITY)
            known[variant.pk] = cart.lines.create(variant=variant, quantity=quantity, seen_price=variant.price)


def _on_sale(variant_id: int, country: str) -> tuple[Variant, int]:
    """The variant, with what is shown of its product, and the pieces that can be promised. Raises `Refused`."""
    name = shown_text("p.name")
    with connection.cursor() as cursor:
        sql = _ON_SALE.format(name=name, availability=AVAILABILITY, held_part=HELD_PART.format(countries="%s"))
        cursor.execute(sql, [["", country], ["", country], variant_id])
        row = cursor.fetchone()
    if row is None:
        raise Refused("unknown_item", _("This item is not on sale any more."))
    product_id, price, currency, image, text, is_held, *stock = row
    if is_held:
        raise Refused("held", _("This item is not sold to your country."))
    variant = rows.partial(Variant, id=variant_id, product_id=product_id, price=price, price_currency=currency)
    variant.product = rows.partial(Product, id=product_id, card_image=image, **{text_column("name"): text})
    return variant, availability(stock, clock.today()).left


def _to_fill(cart: Cart | None, user: User | None) -> tuple[Cart, bool]:
    """The cart, locked, and whether it was made just now; a cart that was merged meanwhile gives way to another."""
    locked = rows.one(Cart, "id = %s FOR UPDATE", [cart.pk]) if cart else None
    if locked is not None:
        return locked, False
    cart = Cart(user=user)
    if rows.add([cart], unless=("user_id",)):
        return cart, True
    return Cart.objects.select_for_update().get(user=user), False


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


@dataclass(frozen=True, slots=True)
class Merged:
    """A member's cart after a guest's has joined it, and the guest's lines for which there was no room."""

    cart: Cart
    left_out: tuple[CartLine, ...] = ()


def merge(*, guest: Cart, user: User) -> Merged:
    """Moves what a guest gathered into the member's cart; the larger quantity of the same variant stays.

    What was put in first comes in first. What is left out is gone with the guest's cart, so the shopper must be told.
    """
    with transaction.atomic():
        keys = (open_cart(user=user).pk, guest.pk)
        locked = {cart.pk: cart for cart in Cart.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
        mine, theirs = locked[keys[0]], locked.get(guest.pk)
        if theirs is None or theirs.user_id is not None:
            return Merged(mine)
        left_out = _move(theirs, mine)
        theirs.delete()
        Cart.objects.filter(pk=mine.pk).update(updated_at=clock.now())
    return Merged(mine, left_out)


def _move(theirs: Cart, mine: Cart) -> tuple[CartLine, ...]:
    """Moves lines from one cart to another and returns those that the other had no room for."""
    known = {line.variant_id: line for line in mine.lines.all()}
    new = []
    for line in theirs.lines.select_related("variant__product"):
        other = known.get(line.variant_id)
        if other is None:
            new.append(line)
        elif line.quantity > other.quantity:
            mine.lines.filter(pk=other.pk).update(quantity=line.quantity)
    room = max(0, MAX_LINES - len(known))
    theirs.lines.filter(pk__in=[line.pk for line in new[:room]]).update(cart=mine)
    return tuple(new[room:])


def empty(*, cart: Cart, variant_ids: list[int]) -> None:
    """Takes what was ordered out of the cart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM orders_cartline WHERE cart_id = %s AND variant_id = ANY(%s)", [cart.pk, variant_ids]
        )

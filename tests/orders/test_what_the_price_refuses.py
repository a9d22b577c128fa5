"""Shelf and purchase agree: what the price at the door refuses can't be let go, and what is let go can be bought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import SellerMember, User
from catalog.models import Product, ProductFacts
from catalog.services import screening
from compliance import services as compliance
from compliance.models import Flag
from marketplace.kernel.errors import Refused
from orders.models import Order
from tests.orders.buying import cart_with, place
from tests.support import cast as casting
from tests.support.cast import Cast, forbid


def release(flag: Flag, officer: User) -> None:
    compliance.release_flag(flag=flag, actor=officer, reason="It is well.")


def waive(flag: Flag, officer: User) -> None:
    until = datetime.now(UTC).date() + timedelta(days=5)
    compliance.waive_flag(flag=flag, actor=officer, reason="For a time.", until=until)


@pytest.fixture
def forbidden(cast: Cast, law_may_change: Callable[[], None]) -> Cast:
    """T-shirts may not be sent to Germany; the cart was filled before."""
    forbid("6109", "DE")
    law_may_change()
    screening.screen_listings(product_ids=[cast.tshirt.product_id])
    return cast


@pytest.mark.parametrize("decide", [release, waive])
def test_goods_that_the_price_refuses_by_the_same_rule_are_not_let_go(
    forbidden: Cast, client: Client, decide: Callable[[Flag, User], None]
) -> None:
    flag = Flag.objects.get(rule__startswith="restricted_goods:")

    with pytest.raises(Refused) as refusal:
        decide(flag, forbidden.officer)

    flag.refresh_from_db()
    assert refusal.value.code == "refused_at_the_door"
    assert str(refusal.value.message).startswith("The price at the door refuses these goods by the same rule")
    assert flag.status == Flag.Status.OPEN
    screening.screen_waiting()
    assert Product.objects.get(pk=forbidden.tshirt.product_id).held_in == ["DE"]
    client.cookies["region"] = "DE.EUR"
    assert client.get(f"/de/product/{forbidden.tshirt.product.slug}/").status_code == 451
    with pytest.raises(Refused) as refusal:
        place(cart_with((forbidden.tshirt, 1)))
    assert not Order.objects.exists()


def test_the_officer_reads_why_and_has_no_button_for_it(forbidden: Cast, admin_client: Client) -> None:
    flag = Flag.objects.get(rule__startswith="restricted_goods:")

    page = admin_client.get(f"/admin/compliance/flag/{flag.pk}/change/").content.decode()

    assert "The price at the door refuses these goods by the same rule" in page
    assert 'value="uphold"' in page
    assert 'value="release"' not in page and 'value="waive"' not in page


def test_an_appeal_can_not_let_them_go_either(forbidden: Cast) -> None:
    flag = Flag.objects.get(rule__startswith="restricted_goods:")
    member = casting.person("li@example.com", "Li Na")
    SellerMember.objects.create(user=member, seller=forbidden.shenzhen)
    appeal = compliance.lodge_appeal(flag=flag, actor=member, text="They are sold everywhere.")

    with pytest.raises(Refused) as refusal:
        compliance.decide_appeal(appeal=appeal, actor=forbidden.officer, answer="True.", reverse=True)

    flag.refresh_from_db()
    assert (refusal.value.code, flag.status) == ("refused_at_the_door", Flag.Status.OPEN)


def test_goods_that_an_officer_lets_go_can_be_bought(cast: Cast) -> None:
    """A rule that asks for a document is for an officer to apply: the price knows nothing of it."""
    ProductFacts.objects.filter(product=cast.tshirt.product_id).update(cites_species="Gossypium hirsutum")
    screening.screen_listings(product_ids=[cast.tshirt.product_id])
    flag = Flag.objects.get(rule="protected_species:CITES-SPECIES")
    with pytest.raises(Refused):
        place(cart_with((cast.tshirt, 1)))

    release(flag, cast.officer)
    screening.screen_waiting()

    assert Product.objects.get(pk=cast.tshirt.product_id).held_in == []
    assert place(cart_with((cast.tshirt, 1))).status == "awaiting_payment"

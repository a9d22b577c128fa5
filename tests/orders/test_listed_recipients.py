"""A recipient who is like somebody on a list of sanctions: the desk is told, and may let a namesake order."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from compliance import services as compliance
from compliance.models import Flag, SanctionedParty
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused
from orders.models import Fulfilment, Order
from orders.services import gates, placing
from tests.orders import pages
from tests.orders.buying import cart_with, paid_order, place, to_another, work
from tests.orders.counterpart import Counterpart
from tests.orders.test_gates import sanction
from tests.support.cast import GERMAN_ADDRESS, Cast

IGOR = to_another(GERMAN_ADDRESS, name="Igor Petrowitsch Sokolow")


@pytest.fixture
def listed(cast: Cast) -> Cast:
    """Igor Sokolow stands on a list."""
    sanction("Igor Petrowitsch Sokolow")
    return cast


@pytest.fixture
def second_officer(cast: Cast) -> User:
    user = User.objects.create_user("second@example.test", is_staff=True, full_name="Tomás Rey")
    user.user_permissions.add(Permission.objects.get(codename="review_flags"))
    return User.objects.get(pk=user.pk)


def refused(cast: Cast, address: PostalAddress = IGOR) -> str:
    with pytest.raises(Refused) as refusal:
        place(cart_with((cast.tshirt, 1)), address=address)
    return refusal.value.code


def let_go(flag: Flag, cast: Cast, second_officer: User) -> None:
    compliance.release_flag(flag=flag, actor=cast.officer, reason="A namesake, born in 1990.")
    compliance.confirm_decision(approval=flag.approvals.get(), actor=second_officer)


def test_a_refused_order_leaves_one_flag_for_the_desk(listed: Cast, admin_client: Client) -> None:
    assert [refused(listed), refused(listed)] == ["recipient_listed"] * 2

    flag = Flag.objects.get()
    assert not Order.objects.exists()
    assert (flag.severity, flag.status, flag.subject) == ("critical", "open", SanctionedParty.objects.get())
    assert flag.subject_label == "Igor Petrowitsch Sokolow, Köln, DE"
    assert (flag.params["party"], flag.params["reference"]) == ("Igor Petrowitsch Sokolow", "EU.1.1")
    assert flag.evidence["address"]["street_address"] == GERMAN_ADDRESS.street_address
    page = admin_client.get(f"/admin/compliance/flag/{flag.pk}/change/").content.decode()
    assert "Igor Petrowitsch Sokolow" in page and GERMAN_ADDRESS.street_address in page


def test_the_checkout_leaves_it_as_well(listed: Cast, client: Client) -> None:
    pages.from_country(client)
    pages.put_in(client, (listed.tshirt, 1))

    assert pages.place(client, pages.filled(IGOR)).status_code == 409
    assert Flag.objects.get().rule.startswith("party_listed:EU-EU.1.1-")


def test_another_address_is_another_flag(listed: Cast) -> None:
    refused(listed)
    refused(listed, to_another(IGOR, name=" igor  PETROWITSCH sokolow"))  # the same, written otherwise
    assert Flag.objects.count() == 1

    with pytest.raises(Refused), gates.hits_kept():
        gates.refuse_recipient(address=to_another(IGOR, street_address="Andere Straße 2"))
    assert Flag.objects.count() == 2


def test_a_namesake_whom_two_officers_let_go_may_order_and_gets_the_parcel(
    listed: Cast, second_officer: User, outside: Counterpart
) -> None:
    refused(listed)
    flag = Flag.objects.get()
    compliance.release_flag(flag=flag, actor=listed.officer, reason="A namesake.")
    assert refused(listed) == "recipient_listed"  # one officer is not enough

    compliance.confirm_decision(approval=flag.approvals.get(), actor=second_officer)

    order = paid_order(outside, (listed.tshirt, 1), address=IGOR)
    work()
    assert Fulfilment.objects.get(seller_order__order=order).status == "ready"
    assert list(Flag.objects.values_list("status", flat=True)) == ["released"]


@pytest.mark.parametrize(
    "changes",
    [{"street_address": "Andere Straße 2"}, {"company_name": "Igor Sokolow"}, {"name": "Igor Petrowitsch Sokolov"}],
    ids=lambda changes: next(iter(changes)),
)
def test_the_release_holds_for_that_name_at_that_address(
    listed: Cast, second_officer: User, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused), gates.hits_kept():
        gates.refuse_recipient(address=IGOR)
    let_go(Flag.objects.get(), listed, second_officer)
    gates.refuse_recipient(address=IGOR)

    with pytest.raises(Refused) as refusal:
        gates.refuse_recipient(address=to_another(IGOR, **changes))

    assert refusal.value.code == "recipient_listed"


def test_an_order_that_waits_for_its_payment_is_refused_with_a_flag(cast: Cast) -> None:
    order = place(cart_with((cast.tshirt, 1)), address=IGOR)
    sanction("Igor Petrowitsch Sokolow")

    with pytest.raises(Refused) as refusal:
        placing.start_payment(order=order)

    assert refusal.value.code == "recipient_listed"
    assert Flag.objects.get().subject_label.startswith("Igor Petrowitsch Sokolow")

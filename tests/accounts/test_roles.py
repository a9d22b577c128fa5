from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command

from accounts import roles, selectors, services
from accounts.models import Consent, Seller, SellerMember, User
from marketplace.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_the_groups_are_there_from_the_beginning() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(roles.ALL)


def test_roles_get_exactly_the_rights_given() -> None:
    services.sync_roles({roles.SUPPORT: ["accounts.view_user", "accounts.view_address"]})

    assert services.sync_roles({roles.SUPPORT: ["accounts.view_user"]}) == {roles.SUPPORT: 1}

    support = Group.objects.get(name=roles.SUPPORT)
    assert list(support.permissions.values_list("codename", flat=True)) == ["view_user"]


def test_a_right_that_does_not_exist_stops_everything() -> None:
    with pytest.raises(services.UnknownPermission, match=r"accounts\.fly_user"):
        services.sync_roles({roles.SUPPORT: ["accounts.view_user"], roles.FINANCE: ["accounts.fly_user"]})

    assert not Group.objects.get(name=roles.SUPPORT).permissions.exists()


def test_the_rights_of_the_settings_all_exist() -> None:
    call_command("sync_roles", verbosity=0)

    assert all(Group.objects.get(name=role).permissions.exists() for role in roles.ALL)
    assert not Group.objects.get(name=roles.SELLER).permissions.filter(codename="add_user").exists()


def test_a_member_acts_for_their_own_seller_alone(
    seller_owner: User, shenzhen_seller: Seller, rival_seller: Seller
) -> None:
    assert seller_owner.is_staff
    assert list(selectors.sellers_of(seller_owner)) == [shenzhen_seller]
    assert selectors.may_act_for(seller_owner, shenzhen_seller)
    assert selectors.may_act_for(seller_owner, shenzhen_seller.pk)
    assert not selectors.may_act_for(seller_owner, rival_seller)
    assert not selectors.is_platform_staff(seller_owner)


def test_staff_of_the_marketplace_are_known_by_their_role(make_user: Callable[..., User]) -> None:
    officer = make_user("nadia@example.com")
    assert not selectors.is_platform_staff(officer)

    services.give_role(user=officer, role=roles.COMPLIANCE)

    assert officer.is_staff
    assert selectors.is_platform_staff(officer)
    assert selectors.has_role(officer, roles.COMPLIANCE)
    assert not selectors.has_role(officer, roles.FINANCE)
    with pytest.raises(ValueError, match="not a staff role"):
        services.give_role(user=officer, role=roles.SELLER)


def test_an_administrator_may_act_for_everybody_and_strangers_for_nobody(
    make_user: Callable[..., User], shenzhen_seller: Seller
) -> None:
    administrator = make_user("robin@example.com", is_superuser=True, is_staff=True)
    closed = make_user("gone@example.com", is_superuser=True, is_active=False)

    assert selectors.may_act_for(administrator, shenzhen_seller)
    assert selectors.has_role(administrator, roles.TRANSLATOR)
    for nobody in (closed, AnonymousUser()):
        assert not selectors.may_act_for(nobody, shenzhen_seller)
        assert not selectors.has_role(nobody, roles.SELLER)
        assert not selectors.sellers_of(nobody).exists()


def test_the_last_owner_stays_and_others_may_go(
    seller_owner: User, shenzhen_seller: Seller, make_user: Callable[..., User]
) -> None:
    with pytest.raises(Refused) as refusal:
        services.remove_member(user=seller_owner, seller=shenzhen_seller)
    assert refusal.value.code == "last_owner"
    assert SellerMember.objects.count() == 1

    heir = make_user("heir@paper-kite.example")
    services.add_member(user=heir, seller=shenzhen_seller, role=SellerMember.Role.OWNER)
    services.remove_member(user=seller_owner, seller=shenzhen_seller)

    seller_owner.refresh_from_db()
    assert not seller_owner.is_staff
    assert not selectors.may_act_for(seller_owner, shenzhen_seller)
    assert list(shenzhen_seller.members.values_list("user", flat=True)) == [heir.pk]


def test_a_consent_is_recorded_once(german_shopper: User) -> None:
    for _again in range(2):
        services.record_consent(
            email="Greta@Example.com",
            kind="terms",
            version="2026-11",
            language="de",
            reference="S-1",
            user=german_shopper,
        )
    services.record_consent(email="greta@example.com", kind="terms", version="2026-11", language="de", reference="S-2")

    assert sorted(Consent.objects.values_list("email", "reference")) == [
        ("greta@example.com", "S-1"),
        ("greta@example.com", "S-2"),
    ]
    with pytest.raises(ValueError, match="gossip"):
        services.record_consent(email="greta@example.com", kind="gossip", version="1", language="de")

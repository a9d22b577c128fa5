"""Answers about people and sellers: who may act for whom, what is kept about somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string

from accounts import roles
from accounts.demo_cast import (
    ADMIN,
    DOMAIN,
    NEWCOMER_DESCRIPTION,
    SELLER_DESCRIPTION,
    SELLER_ROLE,
    SHOPPERS,
    STAFF,
    Person,
)
from accounts.models import Address, Seller, SellerMember, User

Viewer = User | AnonymousUser


def has_role(user: Viewer, *names: str) -> bool:
    """Whether `user` is in one of the groups `names` of `accounts.roles`; a superuser is in all of them."""
    if not (isinstance(user, User) and user.is_active):
        return False
    return user.is_superuser or not user.role_names.isdisjoint(names)


def is_platform_staff(user: Viewer) -> bool:
    """Whether `user` works for the marketplace itself, and so is not confined to one seller's things."""
    return isinstance(user, User) and user.is_staff and has_role(user, *roles.STAFF)


def sellers_of(user: Viewer) -> QuerySet[Seller]:
    """The sellers that `user` is a member of, by name; none for the staff of the marketplace."""
    if not (isinstance(user, User) and user.is_active):
        return Seller.objects.none()
    return Seller.objects.filter(members__user=user)


def may_act_for(user: Viewer, seller: Seller | int) -> bool:
    """Whether `user` may see and change the things of `seller` (a seller or its key)."""
    if not (isinstance(user, User) and user.is_active):
        return False
    key = seller.pk if isinstance(seller, Seller) else seller
    return user.is_superuser or key in user.seller_ids


def has_second_factor(user: Viewer) -> bool:
    """Whether signing in as `user` takes more than a password: an authenticator app or a passkey."""
    if not isinstance(user, User):
        return False
    second = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=second).exists())


def addresses_of(user: User) -> QuerySet[Address]:
    """The addresses that `user` keeps, the one to use first at the top."""
    return Address.objects.filter(user=user)


def address_of(user: User, key: int) -> Address:
    """One address of `user`; raises Http404 for one that is not theirs."""
    return get_object_or_404(Address, user=user, pk=key)


def personal_data(user: User) -> dict[str, Any]:
    """What is kept about `user`, as plain values fit for JSON; moments are ISO 8601 in UTC."""
    return {
        "account": {
            "email": user.email,
            "full_name": user.full_name,
            "language": user.language,
            "joined_at": user.date_joined.isoformat(),
            "last_login_at": user.last_login.isoformat() if user.last_login else None,
            "roles": sorted(user.role_names),
        },
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "addresses": [
            address.postal_address.as_dict() | {"is_default": address.is_default} for address in addresses_of(user)
        ],
        "consents": [
            {
                "kind": consent.kind,
                "version": consent.version,
                "language": consent.language,
                "reference": consent.reference,
                "given_at": consent.given_at.isoformat(),
            }
            for consent in user.consents.all()
        ],
        "sellers": list(user.memberships.values("seller__slug", "role")),
        "sign_in_methods": [
            {"type": each.type, "created_at": each.created_at.isoformat()}
            for each in Authenticator.objects.filter(user=user).order_by("created_at")
        ],
        **{name: records.data_of(user) for name, records in personal_records().items()},
    }


class PersonalRecords(Protocol):
    """What an app above keeps about a person. The settings name such classes (PERSONAL_RECORDS), as nothing here
    knows those apps."""

    name: str

    def data_of(self, user: User) -> Any:
        """All of it, as plain values fit for JSON."""

    def erase(self, user: User) -> None:
        """None of it is left."""


def personal_records() -> dict[str, PersonalRecords]:
    """The records of the apps above, by the name under which a member's copy has them."""
    made: list[PersonalRecords] = [import_string(path)() for path in settings.PERSONAL_RECORDS]
    return {records.name: records for records in made}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One row of the demo page: who it is, and the URL name of the page to start on."""

    email: str
    role: Any
    description: Any
    start: str


def demo_accounts() -> list[DemoAccount]:
    """The demo accounts that exist, in the order of the page: shoppers, sellers, staff."""
    present = set(User.objects.filter(email__endswith=f"@{DOMAIN}", is_active=True).values_list("email", flat=True))
    members = SellerMember.objects.filter(user__email__in=present).select_related("user", "seller").order_by("pk")
    sellers = [
        DemoAccount(
            email=member.user.email,
            role=SELLER_ROLE,
            description=_description(member.seller) % {"seller": member.seller.name},
            start=ADMIN,
        )
        for member in members
    ]
    return [*_present(SHOPPERS, present), *sellers, *_present(STAFF, present)]


def _description(seller: Seller) -> Any:
    """What an account of the seller is for: some have yet to be let in."""
    under_way = (Seller.Status.INVITED, Seller.Status.ONBOARDING, Seller.Status.IN_REVIEW)
    return NEWCOMER_DESCRIPTION if seller.status in under_way else SELLER_DESCRIPTION


def _present(people: Iterable[Person], emails: set[str]) -> list[DemoAccount]:
    return [
        DemoAccount(person.email, person.role, person.description, person.start)
        for person in people
        if person.email in emails
    ]

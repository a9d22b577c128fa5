"""Writes about people and sellers: addresses, consents, members, roles, erasure, the demo accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import demo_cast, roles, selectors
from accounts.models import Address, Consent, Seller, SellerMember, User
from marketplace.kernel import rows
from marketplace.kernel.address import PostalAddress
from marketplace.kernel.errors import Refused

ADDRESSES_AT_MOST = 50


class UnknownPermission(LookupError):
    """A role was given a right that no installed app knows."""


# Addresses ------------------------------------------------------------------------------------------------


@transaction.atomic
def save_address(*, user: User, postal: PostalAddress, key: int | None = None, is_default: bool = False) -> Address:
    """`user` keeps `postal`, as a new address or in place of their address `key`.

    Their first address becomes the default; `is_default` makes this one so. Raises
    `Refused("too_many_addresses")`, and `Address.DoesNotExist` for a key that is not theirs.
    """
    _lock(user)
    own = Address.objects.filter(user=user)
    address = own.get(pk=key) if key else Address(user=user)
    count = own.count()
    if key is None and count >= ADDRESSES_AT_MOST:
        message = _("You already keep %(count)s addresses. Delete one to add another.") % {"count": ADDRESSES_AT_MOST}
        raise Refused("too_many_addresses", message)
    for name, value in postal.as_dict().items():
        setattr(address, name, value)
    if (is_default or count == 0) and not address.is_default:
        own.update(is_default=False)
        address.is_default = True
    address.save()
    return address


@transaction.atomic
def make_address_default(*, user: User, key: int) -> None:
    """The address `key` of `user` is used first. Raises `Address.DoesNotExist` for one that is not theirs."""
    _lock(user)
    own = Address.objects.filter(user=user)
    address = own.get(pk=key)
    own.exclude(pk=key).update(is_default=False)
    address.is_default = True
    address.save(update_fields=["is_default"])


@transaction.atomic
def delete_address(*, user: User, key: int) -> None:
    """The address `key` of `user` is gone, and the newest of the others is the default if it was. Idempotent."""
    _lock(user)
    own = Address.objects.filter(user=user)
    own.filter(pk=key).delete()
    if not own.filter(is_default=True).exists() and (newest := own.order_by("-created_at").first()):
        newest.is_default = True
        newest.save(update_fields=["is_default"])


def _lock(user: User) -> None:
    """Changes to one user's addresses come one after the other: there is one default among them."""
    User.objects.select_for_update().get(pk=user.pk)


# Consents -------------------------------------------------------------------------------------------------


def record_consent(
    *, email: str, kind: str, version: str, language: str, reference: str = "", user: User | None = None
) -> Consent:
    """It is on record that `email` agreed to `version` of the text `kind` in `language`, once for a `reference`.

    `reference` is what the consent was given for, such as an order number. A repeated call changes nothing.
    """
    consent, _made = Consent.objects.get_or_create(
        email=email.lower(),
        kind=Consent.Kind(kind).value,
        version=version,
        reference=reference,
        defaults={"language": language, "user": user},
    )
    return consent


def record_consents(
    *, email: str, kinds: Sequence[str], version: str, language: str, reference: str, user: User | None = None
) -> None:
    """As `record_consent` for several texts that were agreed to at once."""
    consents = [
        Consent(
            email=email.lower(),
            kind=Consent.Kind(kind).value,
            version=version,
            reference=reference,
            language=language,
            user=user,
        )
        for kind in kinds
    ]
    rows.add(consents, unless=("email", "kind", "version", "reference"))


# Accounts ---------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_account(*, user: User, password: str) -> None:
    """`user`, who came by a link in a letter to their address, has this password and the address as the confirmed one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user).exclude(email=user.email).update(primary=False)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


# Members and roles ----------------------------------------------------------------------------------------


@transaction.atomic
def add_member(*, user: User, seller: Seller, role: str = SellerMember.Role.EDITOR) -> SellerMember:
    """`user` acts for `seller` and may enter the admin as one of its members."""
    member, _made = SellerMember.objects.update_or_create(
        user=user, seller=seller, defaults={"role": SellerMember.Role(role).value}
    )
    user.groups.add(_group(roles.SELLER))
    _let_in(user)
    return member


@transaction.atomic
def remove_member(*, user: User, seller: Seller) -> None:
    """`user` no longer acts for `seller`; without another seller or role they leave the admin.

    Raises `Refused("last_owner")` when the seller would be left without an owner.
    """
    _refuse_to_orphan(user, seller)
    SellerMember.objects.filter(user=user, seller=seller).delete()
    if not user.memberships.exists():
        user.groups.remove(_group(roles.SELLER))
        if not user.is_superuser and not user.groups.exists():
            user.is_staff = False
            user.save(update_fields=["is_staff"])
    _forget(user)


@transaction.atomic
def give_role(*, user: User, role: str) -> None:
    """`user` has the staff role `role` of `accounts.roles` and may enter the admin."""
    if role not in roles.STAFF:
        raise ValueError(f"{role!r} is not a staff role")
    user.groups.add(_group(role))
    _let_in(user)


@transaction.atomic
def sync_roles(rights: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Each role has exactly the rights given: role name to "app.codename". Returns the rights of each role.

    Roles that are missing are made; groups that are not named are left alone. Raises `UnknownPermission`,
    and changes nothing, when a right does not exist.
    """
    wanted = {role: set(names) for role, names in rights.items()}
    known = _permissions(set().union(*wanted.values()))
    for role, names in wanted.items():
        if missing := sorted(names - known.keys()):
            raise UnknownPermission(f"The role {role!r} names unknown permissions: {', '.join(missing)}")
    for role, names in wanted.items():
        _group(role).permissions.set([known[name] for name in names])
    return {role: len(names) for role, names in wanted.items()}


def _permissions(names: set[str]) -> dict[str, Permission]:
    pairs = [name.partition(".")[::2] for name in names]
    asked = Q(pk__in=[])
    for app in {app for app, _codename in pairs}:
        asked |= Q(content_type__app_label=app, codename__in=[code for label, code in pairs if label == app])
    found = Permission.objects.filter(asked).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}": each for each in found}


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _let_in(user: User) -> None:
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    _forget(user)


def _forget(user: User) -> None:
    """Drops what was read once for this loaded user."""
    for name in ("role_names", "seller_ids", "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        user.__dict__.pop(name, None)


# Erasure --------------------------------------------------------------------------------------------------


@transaction.atomic
def erase(*, user: User) -> None:
    """Nothing kept here leads to the person any more, and nobody can sign in as them.

    The row stays, without a name and with an address that cannot exist, because orders point at it. Consents
    that belong to an order stay with the order's papers as proof (GDPR, Article 17(3)(b) and (e)), no longer
    tied to the account; all others go. Every session ends, because the password changes.
    Raises `Refused`: "demo_account", "staff_account", "last_owner".
    """
    _refuse_erasure(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
    Consent.objects.filter(user=user, reference="").delete()
    Consent.objects.filter(user=user).update(user=None)
    SellerMember.objects.filter(user=user).delete()
    for records in selectors.personal_records().values():
        records.erase(user)
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"erased-{user.pk}@erased.invalid"
    user.full_name, user.language, user.last_login = "", settings.LANGUAGE_CODE, None
    user.is_active = user.is_staff = False
    user.set_unusable_password()
    user.save()
    _forget(user)


def _refuse_erasure(user: User) -> None:
    if settings.DEMO and user.email.endswith(f"@{demo_cast.DOMAIN}"):
        message = _("Demo accounts cannot be erased. Sign up with an address of your own to try it.")
        raise Refused("demo_account", message)
    if user.is_superuser or not user.role_names.isdisjoint(roles.STAFF):
        raise Refused("staff_account", _("Accounts of our staff are closed by an administrator."))
    for member in user.memberships.select_related("seller"):
        _refuse_to_orphan(user, member.seller)


def _refuse_to_orphan(user: User, seller: Seller) -> None:
    owners = SellerMember.objects.select_for_update().filter(seller=seller, role=SellerMember.Role.OWNER)
    if [owner.user_id for owner in owners] == [user.pk]:
        message = _("You are the only owner of %(seller)s. Name another owner first.") % {"seller": seller.name}
        raise Refused("last_owner", message)


# The demo -------------------------------------------------------------------------------------------------


@transaction.atomic
def ensure_demo_accounts(sellers: Sequence[Seller]) -> None:
    """The demo has its shoppers and staff, and an owner for each of `sellers`. Idempotent.

    None of the accounts has a password. Raises `Refused("not_a_demo")` outside demo mode.
    """
    if not settings.DEMO:
        raise Refused("not_a_demo", _("There are no demo accounts here."))
    for person in (*demo_cast.SHOPPERS, *demo_cast.STAFF):
        user = _demo_user(person.email, person.full_name, person.language, is_superuser=person.is_superuser)
        if person.group:
            give_role(user=user, role=person.group)
    for seller in sellers:
        user = _demo_user(demo_cast.seller_email(seller.slug), seller.name, settings.LANGUAGE_CODE)
        add_member(user=user, seller=seller, role=SellerMember.Role.OWNER)


def _demo_user(email: str, full_name: str, language: str, *, is_superuser: bool = False) -> User:
    user, made = User.objects.get_or_create(email=email, defaults={"full_name": full_name, "language": language})
    if made or is_superuser != user.is_superuser or user.has_usable_password():
        user.is_superuser = is_superuser
        user.is_staff = is_superuser or user.is_staff
        user.set_unusable_password()
        user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user

"""Officers invite sellers; who is invited accepts with a link that leads in once, for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import services as accounts
from accounts.models import Seller, SellerMember, User
from accounts.selectors import is_platform_staff
from compliance.deadlines import limits
from compliance.models import SellerInvitation
from compliance.selectors import sellers
from compliance.services import letters, sanctions, verification
from compliance.services.verification import State
from compliance.traders.invitations import new_nonce, read_token
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused


def invite_seller(
    *, actor: User, name: str, country: str, currency: str, email: str, language: str
) -> SellerInvitation:
    """There is a seller in state "invited", and a letter goes to `email` in `language`.

    Who has no account gets one without a password, as an owner of the seller; who has one becomes an owner by accepting.
    Raises `Refused`: "not_allowed", "name_missing", "already_invited", "email_of_staff".
    """
    _refuse_others(actor)
    name, email = name.strip(), email.strip().lower()
    if not name:
        raise Refused("name_missing", _("Enter the name of the seller."), field="name")
    with transaction.atomic():
        user = _account_of(email)
        if user is not None and (user.is_superuser or is_platform_staff(user)):
            message = _("This address belongs to somebody who works here and cannot sell as well.")
            raise Refused("email_of_staff", message, field="email")
        if user is not None and SellerInvitation.objects.filter(user=user, seller__name=name).exists():
            message = _("This seller has been invited already. Send the letter again from its page.")
            raise Refused("already_invited", message, field="email")
        seller = Seller.objects.create(
            slug=_free_slug(name), name=name, home_country=country, settlement_currency=currency, email=email,
            status=State.INVITED,
        )  # fmt: skip
        if user is None:
            user = User.objects.create_user(email, language=language)
            accounts.add_member(user=user, seller=seller, role=SellerMember.Role.OWNER)
        invitation = SellerInvitation.objects.create(seller=seller, user=user, invited_by=actor, **_fresh())
        verification.record(verification.verification_of(seller), "", State.INVITED, actor, "invitation_sent")
        _write(invitation, language)
    sanctions.screen_seller(seller=seller, actor=actor)
    return invitation


def invite_again(*, invitation: SellerInvitation, actor: User) -> SellerInvitation:
    """A new letter with a new link; the old link ends. Raises `Refused`: "not_allowed", "already_accepted"."""
    _refuse_others(actor)
    with transaction.atomic():
        invitation = SellerInvitation.objects.select_for_update().select_related("seller", "user").get(pk=invitation.pk)
        if invitation.accepted_at is not None or invitation.seller.status != State.INVITED:
            raise Refused("already_accepted", _("The invitation has been answered already."))
        for field, value in _fresh().items():
            setattr(invitation, field, value)
        invitation.save(update_fields=list(_fresh()))
        _write(invitation, invitation.user.language)
        return invitation


def invitation_by(token: str) -> SellerInvitation | None:
    """The invitation that a link leads to, also when its time is over; None for a link that is none or was replaced."""
    read = read_token(token)
    if read is None:
        return None
    return SellerInvitation.objects.select_related("seller", "user").filter(pk=read[0], nonce=read[1]).first()


def accept_invitation(*, seller: Seller, actor: User) -> None:
    """The seller begins to fill in its papers; who was invited is an owner from then on.

    For somebody who is signed in; the time of the link is the link's affair. Raises `Refused`: "invitation_of_another",
    and what `set_seller_state` refuses.
    """
    with transaction.atomic():
        invitation = SellerInvitation.objects.select_for_update().filter(seller=seller).first()
        if invitation is not None:
            if invitation.user_id != actor.pk:
                raise Refused("invitation_of_another", _("This invitation is for somebody else."))
            accounts.add_member(user=actor, seller=seller, role=SellerMember.Role.OWNER)
        verification.set_seller_state(seller=seller, state=State.ONBOARDING, actor=actor, reason="invitation_accepted")
        if invitation is not None:
            invitation.accepted_at = now()
            invitation.save(update_fields=["accepted_at"])


def open_account(*, invitation: SellerInvitation, password: str) -> User:
    """The account of the invitation has a password and a confirmed address, and the invitation is accepted, once.

    For accounts without a password alone: nobody takes over an account by a letter. Raises `Refused`: "account_exists",
    "invitation_expired", and what `accept_invitation` refuses.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=invitation.user_id)
        if user.has_usable_password() or not user.is_active:
            raise Refused("account_exists", _("Sign in with your password to accept the invitation."))
        if SellerInvitation.objects.get(pk=invitation.pk).expires_at <= now():
            raise Refused("invitation_expired", _("The time of this invitation is over. Please ask for a new one."))
        accept_invitation(seller=invitation.seller, actor=user)
        accounts.confirm_account(user=user, password=password)
        return user


def _refuse_others(actor: User) -> None:
    if not sellers.may_verify(actor):
        raise Refused("not_allowed", _("Only a compliance officer may do this."))


def _account_of(email: str) -> User | None:
    """The account that the address belongs to, locked: as its name, or as a further address that was confirmed."""
    is_theirs = Q(email=email) | Q(
        pk__in=EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    )
    return User.objects.select_for_update().filter(is_theirs).order_by("pk").first()


def _fresh() -> dict[str, Any]:
    moment = now()
    until = moment + timedelta(days=limits()["invitation_valid"])
    return {"nonce": new_nonce(), "invited_at": moment, "expires_at": until}


def _write(invitation: SellerInvitation, language: str) -> None:
    letters.post(
        key=f"invited.{invitation.pk}.{invitation.nonce}", kind="seller_invited", to=invitation.user.email,
        language=language, params={"invitation": invitation.pk, "nonce": invitation.nonce},
    )  # fmt: skip


def _free_slug(name: str) -> str:
    """An address in the shop that nobody has."""
    stem = slugify(name)[:70] or "seller"
    taken = set(Seller.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(f"{stem}-{n}" for n in range(2, 10_000) if f"{stem}-{n}" not in taken)

"""Reads: the flags that a viewer may see, those that stand on a subject, and those that hold it."""

from __future__ import annotations

from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import Seller, SellerMember, User
from compliance.models import Flag, FlagEvent, Severity

HOLDS: Final = Q(status__in=Flag.LIVE) & (
    Q(severity__in=(Severity.CRITICAL, Severity.BLOCK)) | Q(status=Flag.Status.UPHELD)
)
"""The flags that hold their subject: what stands and is grave, or was upheld by an officer."""

SANCTIONS_HITS: Final = frozenset({"party_listed", "seller_party_listed"})
"""The checks that find a name on a list of sanctions."""


def may_review(viewer: User) -> bool:
    """Whether the viewer decides flags of all sellers. Who acts for a seller does not, whatever else they may do."""
    if not (viewer.is_active and viewer.has_perm("compliance.review_flags")):
        return False
    return viewer.is_superuser or not viewer.seller_ids


def officers() -> QuerySet[User]:
    """The people who decide flags, by key; an administrator is not one unless given the right as well."""
    codename = "review_flags"
    holds = Q(user_permissions__codename=codename, user_permissions__content_type__app_label="compliance") | Q(
        groups__permissions__codename=codename, groups__permissions__content_type__app_label="compliance"
    )
    return User.objects.filter(holds, is_active=True, memberships__isnull=True).distinct().order_by("pk")


def members_of(seller: Seller) -> list[User]:
    """Who acts for a seller, the owners first."""
    members = SellerMember.objects.filter(seller=seller, user__is_active=True).select_related("user")
    return [member.user for member in sorted(members, key=lambda each: (each.role != each.Role.OWNER, each.pk))]


def flags_for(viewer: User) -> QuerySet[Flag]:
    """The flags that a viewer may see: all for a compliance officer, a seller's own for its members, else none."""
    flags = Flag.objects.select_related("officer", "seller", "content_type")
    if may_review(viewer):
        return flags
    if not viewer.is_active or viewer.pk is None:
        return flags.none()
    return flags.filter(seller__in=SellerMember.objects.filter(user=viewer).values("seller"))


def events_of(flag: Flag, viewer: User) -> QuerySet[FlagEvent]:
    """The steps of a flag in their order, for a viewer who may see the flag."""
    return FlagEvent.objects.filter(flag__in=flags_for(viewer).filter(pk=flag.pk)).select_related("actor")


def flags_on(subject: models.Model) -> QuerySet[Flag]:
    """Every flag that was ever raised on a subject, the newest first."""
    content_type = ContentType.objects.get_for_model(subject)
    return Flag.objects.filter(content_type=content_type, object_id=str(subject.pk))


def open_flags_on(subject: models.Model) -> QuerySet[Flag]:
    """The flags on a subject that still stand, whether open, taken or upheld."""
    return flags_on(subject).filter(status__in=Flag.LIVE)


def holding_flags(
    *, model: type[models.Model] | None = None, subject: models.Model | None = None, country: str | None = None
) -> QuerySet[Flag]:
    """The flags that hold their subject: all of them, those on subjects of one kind, or those on one subject.

    `country`: None for flags that hold anywhere, "" for those that hold everywhere, else an ISO 3166-1 code for those
    that hold there. This is the one place that says what a hold is.
    """
    flags = flags_on(subject) if subject is not None else Flag.objects.all()
    if model is not None:
        flags = flags.filter(content_type=ContentType.objects.get_for_model(model))
    flags = flags.filter(HOLDS)
    if country is None:
        return flags
    everywhere = Q(countries=[])
    return flags.filter(everywhere | Q(countries__contains=[country]) if country else everywhere)


def is_blocked(subject: models.Model, country: str | None = None) -> bool:
    """Whether a flag that stands forbids to go on with the subject; `country` as in `holding_flags`."""
    return holding_flags(subject=subject, country=country).exists()


def blocked_ids(model: type[models.Model], country: str | None = None) -> QuerySet[Flag, str]:
    """The primary keys, as text, of the subjects of one kind that a flag holds; `country` as in `holding_flags`."""
    return holding_flags(model=model, country=country).values_list("object_id", flat=True)


def holds(flag: Flag) -> bool:
    """Whether a flag in memory holds its subject, as `holding_flags` says of the rows."""
    return flag.is_live and (flag.severity in (Severity.CRITICAL, Severity.BLOCK) or flag.status == Flag.Status.UPHELD)


def ends_by_itself(flag: Flag) -> bool:
    """Whether the flag is over when its cause is gone; a name on a list of sanctions is never cleared by its bearer."""
    return flag.rule.partition(":")[0] not in SANCTIONS_HITS


def needs_second_officer(flag: Flag) -> bool:
    """Whether two officers have to agree before the flag is let go: a critical one, or a name on a list of sanctions."""
    return flag.severity == Severity.CRITICAL or flag.rule.partition(":")[0] in SANCTIONS_HITS

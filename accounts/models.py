"""People, the sellers they act for, their addresses and what they agreed to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.address import PostalAddress


class UserManager(BaseUserManager["User"]):
    """Makes users known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: the e-mail address is the name."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined at"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of the user's groups, read once for each loaded user (see `accounts.roles`)."""
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def seller_ids(self) -> frozenset[int]:
        """The sellers that the user acts for, read once for each loaded user."""
        return frozenset(self.memberships.values_list("seller_id", flat=True))


class Seller(models.Model):
    """A trader with a brand of their own, and the story that shoppers read."""

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ONBOARDING = "onboarding", _("Onboarding")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")

    slug = models.SlugField(_("address in the shop"), max_length=80, unique=True)
    name = models.CharField(_("brand name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    story = models.TextField(_("story"), blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    home_country = models.CharField(_("home country"), max_length=2)
    city = models.CharField(_("city"), max_length=120, blank=True)
    street_address = models.CharField(_("street address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country_area = models.CharField(_("region"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=32, blank=True)
    settlement_currency = models.CharField(_("settlement currency"), max_length=3)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ONBOARDING)
    picture = models.CharField(_("picture"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("brand", args=[self.slug])

    @property
    def postal_address(self) -> PostalAddress:
        """Where the seller's parcels and letters come from."""
        return PostalAddress(
            name=self.legal_name,
            street_address=self.street_address,
            city=self.city,
            postal_code=self.postal_code,
            country_area=self.country_area,
            country_code=self.home_country,
            phone=self.phone,
        )


class SellerMember(models.Model):
    """A user who acts for a seller."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="members", verbose_name=_("seller"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.EDITOR)

    class Meta:
        verbose_name = _("seller's member")
        verbose_name_plural = _("sellers' members")
        constraints = [models.UniqueConstraint(fields=["user", "seller"], name="member_of_a_seller_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.seller}"


class Address(models.Model):
    """A delivery address that a member keeps."""

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=120)
    company_name = models.CharField(_("company"), max_length=120, blank=True)
    street_address = models.CharField(_("street address"), max_length=300)
    city = models.CharField(_("city"), max_length=120, blank=True)
    city_area = models.CharField(_("district"), max_length=120, blank=True)
    country_area = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    sorting_code = models.CharField(_("sorting code"), max_length=40, blank=True)
    country_code = models.CharField(_("country"), max_length=2)
    phone = models.CharField(_("telephone"), max_length=32, blank=True)
    is_default = models.BooleanField(_("use this address first"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ("-is_default", "-created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="one_default_address_for_each_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}, {self.country_code}"

    @property
    def postal_address(self) -> PostalAddress:
        """The address as a value."""
        return PostalAddress(**{key: getattr(self, key) for key in PostalAddress.__slots__})


class Consent(models.Model):
    """That somebody agreed to a text: which version, in which language, when. Kept for the record."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of sale")
        PRIVACY = "privacy", _("Privacy notice")
        MARKETING = "marketing", _("News by e-mail")

    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="consents", verbose_name=_("user")
    )
    email = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("text"), max_length=12, choices=Kind.choices)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    reference = models.CharField(_("given for"), max_length=60, blank=True)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-given_at",)
        constraints = [
            models.UniqueConstraint(fields=["email", "kind", "version", "reference"], name="consent_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.kind} {self.version}"

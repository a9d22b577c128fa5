"""The places that goods are sent from."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.address import PostalAddress

country_code = RegexValidator(r"\A[A-Z]{2}\Z", _("Give the country as two capital letters, such as DE."))


class Warehouse(models.Model):
    """A place of a seller, at home or overseas, from which goods are sent."""

    seller = models.ForeignKey("accounts.Seller", models.PROTECT, related_name="warehouses", verbose_name=_("seller"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    country_area = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120)
    street_address = models.CharField(_("street address"), max_length=300)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    phone = models.CharField(_("telephone"), max_length=32, blank=True)
    is_active = models.BooleanField(_("sends goods"), default=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex="^[A-Z]{2}$"), name="warehouse_country_is_two_capital_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"

    @property
    def postal_address(self) -> PostalAddress:
        """Where parcels of this warehouse come from; the seller's legal name is the sender."""
        return PostalAddress(
            name=self.seller.legal_name,
            company_name=self.name,
            street_address=self.street_address,
            city=self.city,
            postal_code=self.postal_code,
            country_area=self.country_area,
            country_code=self.country,
            phone=self.phone,
        )

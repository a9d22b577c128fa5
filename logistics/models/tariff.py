"""What may be sent how: services, the zones of the world, and the price of a parcel by weight."""

from __future__ import annotations

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from logistics.models.warehouses import country_code

# Every statement that writes to a table of the tariff gives the tariff a new version, whoever sends it.
renew_version = pgtrigger.Trigger(
    name="renew_tariff_version",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        INSERT INTO logistics_tariffversion (id, token) VALUES (1, gen_random_uuid())
            ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token;
        RETURN NULL;
    """,
)


class TariffVersion(models.Model):
    """One row: a word that changes whenever the tariff does, so that processes know when to read it again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()

    class Meta:
        verbose_name = _("version of the tariff")
        verbose_name_plural = _("versions of the tariff")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="tariff_has_one_version")]

    def __str__(self) -> str:
        return str(self.token)


class ShippingService(models.Model):
    """A way of sending that a shopper may choose; `carrier` names the provider that carries it out."""

    class Channel(models.TextChoices):
        POST = "post", _("Post")
        COURIER = "courier", _("Courier")

    class Transport(models.TextChoices):
        AIR = "air", _("Air")
        SEA = "sea", _("Sea")
        ROAD = "road", _("Road")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    carrier = models.SlugField(_("carrier"), max_length=40)
    channel = models.CharField(_("customs channel"), max_length=10, choices=Channel.choices)
    transport = models.CharField(_("transport"), max_length=10, choices=Transport.choices)
    tracked = models.BooleanField(_("tracked"), default=True)
    accepts_lithium = models.BooleanField(_("accepts lithium batteries in equipment"), default=True)
    days_min = models.PositiveSmallIntegerField(_("fewest days under way"))
    days_max = models.PositiveSmallIntegerField(_("most days under way"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("shipping service")
        verbose_name_plural = _("shipping services")
        triggers = [renew_version]
        ordering = ("position", "code")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_min__lte=models.F("days_max")), name="service_days_are_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=("post", "courier")), name="service_channel_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(transport__in=("air", "sea", "road")), name="service_transport_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A group of countries that cost the same to send to."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class ZoneCountry(models.Model):
    """That a country is served, and as part of which zone. A country that has no row is not served.

    Between two countries of one `customs_area` no customs declaration is made: EU, or the country's own code.
    """

    country = models.CharField(_("country"), max_length=2, unique=True, validators=[country_code])
    zone = models.ForeignKey(Zone, models.CASCADE, related_name="countries", verbose_name=_("zone"))
    customs_area = models.CharField(_("customs area"), max_length=2)

    class Meta:
        verbose_name = _("country served")
        verbose_name_plural = _("countries served")
        triggers = [renew_version]
        ordering = ("country",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex="^[A-Z]{2}$"), name="zone_country_is_two_capital_letters"
            ),
            models.CheckConstraint(
                condition=models.Q(customs_area__regex="^[A-Z]{2}$"), name="customs_area_is_two_capital_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} · {self.zone}"


class ShippingRate(models.Model):
    """The price of one parcel of up to `up_to_grams`, from a country to a country or to a zone.

    A band begins where the next lighter one of the same lane ends, so bands can't overlap. A row that names a
    country wins over one that names its zone; a parcel within one country needs a row that names it.
    """

    service = models.ForeignKey(
        ShippingService, models.CASCADE, related_name="rates", verbose_name=_("shipping service")
    )
    origin_country = models.CharField(_("from"), max_length=2, validators=[country_code])
    destination_country = models.CharField(_("to country"), max_length=2, blank=True, validators=[country_code])
    zone = models.ForeignKey(
        Zone, models.CASCADE, null=True, blank=True, related_name="rates", verbose_name=_("to zone")
    )
    up_to_grams = models.PositiveIntegerField(_("up to grams"), validators=[MinValueValidator(1)])
    price = MoneyField(_("price"), max_digits=19, decimal_places=4)

    class Meta:
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        triggers = [renew_version]
        ordering = ("service", "origin_country", "destination_country", "zone", "up_to_grams")
        constraints = [
            models.UniqueConstraint(
                fields=("service", "origin_country", "destination_country", "zone", "up_to_grams"),
                nulls_distinct=False,
                name="rate_bands_do_not_overlap",
            ),
            models.CheckConstraint(
                condition=models.Q(destination_country="", zone__isnull=False)
                | (~models.Q(destination_country="") & models.Q(zone__isnull=True)),
                name="rate_goes_to_a_country_or_a_zone",
            ),
            models.CheckConstraint(
                condition=models.Q(origin_country__regex="^[A-Z]{2}$"),
                name="rate_origin_is_two_capital_letters",
            ),
            models.CheckConstraint(
                condition=models.Q(destination_country__regex="^([A-Z]{2})?$"),
                name="rate_destination_is_two_capital_letters",
            ),
            models.CheckConstraint(condition=models.Q(up_to_grams__gt=0), name="rate_band_has_a_weight"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="rate_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        to = self.destination_country or self.zone_id
        return f"{self.service_id} {self.origin_country}–{to} ≤ {self.up_to_grams} g"


class DefaultWeight(models.Model):
    """What one piece is taken to weigh when nobody has said: by the longest prefix of its HS code.

    The row with the empty prefix holds for everything else.
    """

    hs_prefix = models.CharField(_("beginning of the HS code"), max_length=6, blank=True, unique=True)
    grams = models.PositiveIntegerField(_("grams"), validators=[MinValueValidator(1)])
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("assumed weight")
        verbose_name_plural = _("assumed weights")
        triggers = [renew_version]
        ordering = ("hs_prefix",)
        constraints = [
            models.CheckConstraint(condition=models.Q(hs_prefix__regex="^[0-9]{0,6}$"), name="weight_prefix_is_digits"),
            models.CheckConstraint(condition=models.Q(grams__gt=0), name="assumed_weight_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.hs_prefix or '—'}: {self.grams} g"

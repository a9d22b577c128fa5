"""What has to be known of goods before they may be sold somewhere: beside code and origin, which the listing has."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from catalog.models import recorded, text_triggers, unscreened
from catalog.models.products import Product
from compliance.models import EvidenceDocument, Flag


class EconomicOperator(models.Model):
    """A manufacturer, or the person responsible in a market, as Regulation (EU) 2023/988, article 19 wants it shown."""

    class Role(models.TextChoices):
        MANUFACTURER = "manufacturer", _("Manufacturer")
        RESPONSIBLE = "responsible", _("Responsible person")

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="operators", verbose_name=_("seller"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    name = models.CharField(_("name or trade mark"), max_length=150)
    postal_address = models.CharField(_("postal address"), max_length=300)
    country = models.CharField(_("country"), max_length=2)
    electronic_address = models.CharField(_("e-mail or web address"), max_length=200)

    class Meta:
        verbose_name = _("manufacturer or responsible person")
        verbose_name_plural = _("manufacturers and responsible persons")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(fields=["seller", "role", "name", "country"], name="operator_of_a_seller_once")
        ]
        triggers = unscreened.OF_OPERATORS

    def __str__(self) -> str:
        return self.name


class ProductFacts(models.Model):
    """The facts of one listing that checks look at; None where nobody has said it.

    `materials` are names with their share in percent, `packaging_grams` materials of the packaging of one piece with
    their weight. The three edges are those of one packed piece. Warnings and instructions are translated; an empty
    translation is one that is missing.
    """

    class Battery(models.TextChoices):
        NONE = "none", _("No battery")
        LITHIUM_ION_INSIDE = "li_ion_inside", _("Lithium-ion, inside the device")
        LITHIUM_ION_LOOSE = "li_ion_loose", _("Lithium-ion, loose or a power bank")
        LITHIUM_METAL_INSIDE = "li_metal_inside", _("Lithium metal, inside the device")
        LITHIUM_METAL_LOOSE = "li_metal_loose", _("Lithium metal, loose")
        OTHER = "other", _("Another kind")

    product = models.OneToOneField(Product, models.CASCADE, related_name="facts", verbose_name=_("product"))
    materials = models.JSONField(_("materials"), default=dict, blank=True)
    battery = models.CharField(_("battery"), max_length=16, choices=Battery.choices, blank=True)
    battery_watt_hours = models.DecimalField(
        _("capacity in watt-hours"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    batteries = models.PositiveSmallIntegerField(_("number of batteries"), null=True, blank=True)
    battery_grams = models.PositiveIntegerField(_("weight of the batteries in grams"), null=True, blank=True)
    is_electronic = models.BooleanField(_("electrical or electronic"), null=True, blank=True)
    is_liquid = models.BooleanField(_("contains a liquid"), null=True, blank=True)
    has_blade = models.BooleanField(_("has a blade"), null=True, blank=True)
    touches_food = models.BooleanField(_("touches food"), null=True, blank=True)
    has_animal_material = models.BooleanField(_("contains animal material"), null=True, blank=True)
    has_plant_material = models.BooleanField(_("contains plant material"), null=True, blank=True)
    cites_species = models.CharField(_("protected species"), max_length=120, blank=True)
    age_from = models.PositiveSmallIntegerField(_("suitable from the age of"), null=True, blank=True)
    is_for_children = models.BooleanField(_("made for children"), null=True, blank=True)
    packaging_grams = models.JSONField(_("packaging in grams"), default=dict, blank=True)
    length_mm = models.PositiveIntegerField(_("length in millimetres"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width in millimetres"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height in millimetres"), null=True, blank=True)
    energy_label = models.CharField(_("number in the energy label register"), max_length=40, blank=True)
    model_identifier = models.CharField(_("type or model"), max_length=120, blank=True)
    manufacturer = models.ForeignKey(
        EconomicOperator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manufacturer")
    )
    responsible_person = models.ForeignKey(
        EconomicOperator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible person")
    )
    warnings = models.TextField(_("warnings"), blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    has_no_warnings = models.BooleanField(_("needs no warnings"), default=False)

    class Meta:
        verbose_name = _("facts of a listing")
        verbose_name_plural = _("facts of listings")
        constraints = [
            models.CheckConstraint(
                condition=Q(battery_watt_hours__isnull=True) | Q(battery_watt_hours__gte=0),
                name="capacity_is_not_negative",
            ),
            models.CheckConstraint(condition=Q(age_from__isnull=True) | Q(age_from__lte=21), name="age_is_an_age"),
        ]
        triggers = [*unscreened.OF_FACTS, *recorded.OF_FACTS, *text_triggers.OF_FACTS]

    def __str__(self) -> str:
        return str(self.product_id)


class ProductDocument(models.Model):
    """A document that stands behind a listing, such as its declaration of conformity."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="documents", verbose_name=_("product"))
    document = models.ForeignKey(EvidenceDocument, models.PROTECT, related_name="+", verbose_name=_("document"))

    class Meta:
        verbose_name = _("document of a listing")
        verbose_name_plural = _("documents of listings")
        constraints = [models.UniqueConstraint(fields=["product", "document"], name="document_of_a_listing_once")]
        triggers = unscreened.OF_DOCUMENTS

    def __str__(self) -> str:
        return str(self.document_id)


class MarketHold(models.Model):
    """Countries in which a listing is not shown and not sold, because of a flag that stands; "" stands for all.

    The rows follow the flags, one for each. `Product.held_in` repeats the countries, `Placement.held_in` too, for lists.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="holds", verbose_name=_("product"))
    countries = ArrayField(models.CharField(max_length=2, blank=True), verbose_name=_("countries"))
    flag = models.ForeignKey(Flag, models.PROTECT, related_name="holds", verbose_name=_("flag"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("hold in a market")
        verbose_name_plural = _("holds in markets")
        constraints = [models.UniqueConstraint(fields=["product", "flag"], name="listing_is_held_once_for_a_flag")]

    def __str__(self) -> str:
        return f"{self.product_id} {' '.join(self.countries)}"


class ScreeningRound(models.Model):
    """On which day the dates of all listings were last looked at, for which destinations listings are screened, and under
    which version of the tariff offers of one article were compared.
    """

    dated_on = models.DateField()
    destinations = ArrayField(models.CharField(max_length=2), default=list)
    tariff = models.CharField(max_length=36, default="", db_default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_screening_round")]

    def __str__(self) -> str:
        return str(self.dated_on)

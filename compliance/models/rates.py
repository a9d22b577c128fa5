"""Rates and charges: tax, tariff, what is put on top of it by origin, and fees."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.models.rules import RuleRow, never_twice, percent


class TaxRate(RuleRow):
    """The rate of value added or similar tax in a country, or one of its regions, for a category of goods."""

    country = models.CharField(_("country"), max_length=6)
    region = models.CharField(_("region"), max_length=10, blank=True)
    category = models.CharField(_("category"), max_length=30, default="standard")
    pct = percent(_("percent"))
    warning = models.CharField(_("standing warning"), max_length=40, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("tax_rate_once_a_day", "country", "region", "category"),
            models.CheckConstraint(condition=Q(pct__gte=0) & Q(pct__lt=100), name="tax_rate_is_a_percentage"),
        ]


class DutyRate(RuleRow):
    """The tariff rate of an HS heading. Where six digits don't fix one rate, `pct` is the lowest and `pct_max` the
    highest; where the duty isn't a percentage, both are empty and `rate_text` says what it is. A preference counts
    only for goods whose origin is proved."""

    destination = models.CharField(_("country or union"), max_length=6)
    hs_prefix = models.CharField(_("HS code begins with"), max_length=10)
    origin = models.CharField(_("origin"), max_length=6, blank=True)
    pct = percent(_("percent"), null=True, blank=True)
    pct_max = percent(_("highest percent"), null=True, blank=True)
    is_single_rate = models.BooleanField(_("one rate for the whole heading"), default=True)
    rate_text = models.CharField(_("as printed"), max_length=1000, blank=True)
    needs_proof = models.BooleanField(_("only with proof of origin"), default=False, db_default=False)

    class Meta(RuleRow.Meta):
        verbose_name = _("duty rate")
        verbose_name_plural = _("duty rates")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("duty_rate_once_a_day", "destination", "hs_prefix", "origin", "needs_proof"),
            models.CheckConstraint(
                condition=Q(pct__isnull=True, pct_max__isnull=True)
                | Q(pct__gte=0, pct_max__isnull=True)
                | Q(pct__gte=0, pct_max__gte=F("pct")),
                name="duty_rate_is_a_percentage",
            ),
        ]


class AdditionalDuty(RuleRow):
    """A duty on top of the tariff, by origin of the goods. Of one programme, the row that names the most digits
    of the HS code counts; one without a percentage says that nobody knows whether the goods are listed."""

    class Method(models.TextChoices):
        ADD = "add", _("added to the tariff")
        ALL_IN_CAP = "all_in_cap", _("fills up to a total")
        OF_DUTY = "of_duty", _("percentage of the duty itself")

    destination = models.CharField(_("country or union"), max_length=6)
    program = models.CharField(_("programme"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    origin = models.CharField(_("origin"), max_length=6, blank=True)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=600, blank=True)
    pct = percent(_("percent"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.ADD)
    heading = models.CharField(_("heading"), max_length=40, blank=True)
    replaces = models.CharField(_("takes the place of"), max_length=120, blank=True)
    is_complete = models.BooleanField(_("all goods under these codes are covered"), default=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("additional duty")
        verbose_name_plural = _("additional duties")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("additional_duty_once_a_day", "destination", "program", "origin", "hs_prefixes"),
            models.CheckConstraint(
                condition=Q(pct__isnull=True) | Q(pct__gte=0), name="additional_duty_is_not_negative"
            ),
        ]


class Fee(RuleRow):
    """A charge on a consignment, on each declared item, or as a percentage of the customs value."""

    class Scope(models.TextChoices):
        CONSIGNMENT = "consignment", _("each consignment")
        ITEM = "item", _("each declared item")
        PERCENT = "percent", _("percent of the customs value")
        KILOGRAM = "kilogram", _("each kilogram")

    family = models.CharField(_("family"), max_length=60)
    jurisdiction = models.CharField(_("country or union"), max_length=6)
    name = models.CharField(_("name"), max_length=120)
    scope = models.CharField(_("charged for"), max_length=12, choices=Scope.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    pct = percent(_("percent"), null=True, blank=True)
    minimum = models.DecimalField(_("at least"), max_digits=14, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("at most"), max_digits=14, decimal_places=4, null=True, blank=True)
    value_over = models.DecimalField(_("value more than"), max_digits=14, decimal_places=4, null=True, blank=True)
    value_up_to = models.DecimalField(_("value up to"), max_digits=14, decimal_places=4, null=True, blank=True)
    band_currency = models.CharField(_("currency of the value"), max_length=3, blank=True)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    transport = models.CharField(_("transport"), max_length=4, blank=True)
    regimes = models.CharField(_("only for regimes"), max_length=300, blank=True)
    only_if_due = models.BooleanField(_("only when something is due on delivery"), default=False)

    class Meta(RuleRow.Meta):
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("fee_of_a_family_once_a_day", "family"),
            models.CheckConstraint(
                condition=Q(scope="percent", pct__gte=0) | (~Q(scope="percent") & Q(amount__gte=0)),
                name="fee_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(value_over__isnull=True, value_up_to__isnull=True) | ~Q(band_currency=""),
                name="fee_band_has_a_currency",
            ),
        ]


class Exemption(RuleRow):
    """Goods that a charge leaves out, though a tariff, a programme or a tax covers them; or a charge so small that
    nobody levies it. Empty text means any; lists are separated by spaces."""

    class Charge(models.TextChoices):
        DUTY = "duty", _("customs duty")
        ADDITIONAL_DUTY = "additional_duty", _("additional duty")
        TAX = "tax", _("tax")

    family = models.CharField(_("family"), max_length=60)
    jurisdiction = models.CharField(_("country or union"), max_length=6)
    name = models.CharField(_("name"), max_length=120)
    charge = models.CharField(_("free of"), max_length=16, choices=Charge.choices)
    program = models.CharField(_("programme"), max_length=40, blank=True)
    regimes = models.CharField(_("only for regimes"), max_length=300, blank=True)
    origins = models.CharField(_("origins"), max_length=300, blank=True)
    ship_from = models.CharField(_("sent from"), max_length=120, blank=True)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=600, blank=True)
    categories = models.CharField(_("tax categories"), max_length=120, blank=True)
    needs_proof = models.BooleanField(_("only with proof of origin"), default=False)
    due_up_to = models.DecimalField(
        _("only when no more than this is due"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("exemption_of_a_family_once_a_day", "family"),
            models.CheckConstraint(
                condition=Q(due_up_to__isnull=True) | ~Q(currency=""), name="exemption_limit_has_a_currency"
            ),
            models.CheckConstraint(
                condition=~Q(charge="additional_duty") | ~Q(program=""), name="exemption_names_its_programme"
            ),
        ]

"""The rows of the rule book as tables: what every row carries, and the tables themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.models.history import RULE_TRIGGERS


class Status(models.TextChoices):
    """Whether a row counts on its days. Rows that nobody has verified are shown and never applied."""

    IN_FORCE = "in_force", _("In force")
    SCHEDULED = "scheduled", _("Scheduled")
    PENDING = "pending_unverified", _("Not verified, not applied")
    ENDED = "ended", _("Ended")


class Confidence(models.TextChoices):
    """How well a row is known."""

    OFFICIAL = "official", _("Read in an official source")
    SECONDARY = "secondary", _("Read in a secondary source")
    DATA_FILE = "data_file", _("Taken from a published data file")
    MEMORY = "memory", _("General knowledge, to be reviewed")
    UNVERIFIED = "unverified", _("Unverified")


def never_twice(name: str, *fields: str) -> ExclusionConstraint:
    """No two rows that count rule on the same `fields` on the same day."""
    days = Func(
        F("effective_from"), F("effective_to"), Value("[]"), function="daterange", output_field=DateRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in fields), (days, RangeOperators.OVERLAPS)],
        condition=~Q(status=Status.PENDING),
        deferrable=Deferrable.IMMEDIATE,
        violation_error_message=_("Another row already rules on some of these days."),
    )


def percent(label: Any, **options: Any) -> models.DecimalField[Any, Any]:
    """A column for a percentage: 19 means 19 %."""
    return models.DecimalField(label, max_digits=8, decimal_places=4, **options)


def factor(label: Any) -> models.DecimalField[Any, Any]:
    """A column for a factor that is 1 unless the law says otherwise."""
    return models.DecimalField(label, max_digits=6, decimal_places=4, default=1, db_default=1)


def step(label: Any) -> models.DecimalField[Any, Any]:
    """A column for the step that an amount is rounded to; empty: the minor unit of its currency."""
    return models.DecimalField(label, max_digits=12, decimal_places=4, null=True, blank=True)


class RuleRow(models.Model):
    """A rule that holds from one day to another, with where it is written and who last looked at it.

    `last_reviewed` is what the rule files say, or the day of a change by hand. `reviewed_on` is when an officer read
    the row again and found it right; no load touches it as long as the row says the same.
    """

    code = models.CharField(_("code"), max_length=80, unique=True)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.IN_FORCE)
    source = models.CharField(_("source"), max_length=400)
    confidence = models.CharField(_("confidence"), max_length=12, choices=Confidence.choices)
    last_reviewed = models.DateField(_("last reviewed on"))
    reviewer = models.CharField(_("reviewed by"), max_length=150, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_edited = models.BooleanField(
        _("changed here"), default=False, help_text=_("A load of the rule files leaves this row alone and reports it.")
    )
    reviewed_on = models.DateField(_("reviewed here on"), null=True, blank=True, editable=False)
    reviewed_by = models.CharField(
        _("reviewed here by"), max_length=150, blank=True, editable=False, default="", db_default=""
    )

    class Meta:
        abstract = True
        ordering: ClassVar[tuple[str, ...]] = ("code",)
        triggers = RULE_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="%(class)s_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="%(class)s_has_a_source"),
            models.CheckConstraint(
                condition=~Q(status=Status.ENDED) | Q(effective_to__isnull=False), name="%(class)s_ended_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Checks the row as a whole, unless its status is none: a condition on that can't be asked then."""
        if "status" not in (exclude or ()):
            super().validate_constraints(exclude)

    @property
    def counts(self) -> bool:
        """Whether the row is applied on its days."""
        return self.status != Status.PENDING


class Regime(RuleRow):
    """One way for goods to enter a territory, or to be sold inside it: when it applies, and what it does.

    Text columns that hold several codes separate them by spaces; an empty one means any. Regimes of a
    territory are tried in the order of `priority`, the lowest first.
    """

    class Route(models.TextChoices):
        IMPORT = "import", pgettext_lazy("of goods", "Import")
        DOMESTIC = "domestic", _("Sale within the territory")
        WITHIN_UNION = "within_union", _("Sale from another country of the union")

    class Buyer(models.TextChoices):
        CONSUMER = "consumer", _("Consumer")
        BUSINESS = "business", _("Business")
        REGISTERED = "registered", _("Business with a tax number")

    class Test(models.TextChoices):
        BELOW = "<", _("less than")
        UP_TO = "<=", _("at most")
        ABOVE = ">", _("more than")
        FROM = ">=", _("at least")

    class Basis(models.TextChoices):
        INTRINSIC = "intrinsic", _("price of the goods")
        FOB = "fob", _("price of the goods, free on board")
        CIF = "cif", _("price with freight and insurance")
        PRICE_WITH_FREIGHT = "price_with_freight", _("price with freight")
        TAX_AMOUNT = "tax_amount", _("amount of tax")

    class Scope(models.TextChoices):
        ITEM = "item", _("each item")
        CONSIGNMENT = "consignment", _("the consignment")
        DAY = "day", _("all of the buyer's consignments of the day")
        YEAR = "year", _("all of the buyer's consignments of the year")

    class LawfulRate(models.TextChoices):
        CUSTOMS_MONTH = "customs_month", _("rate of the last Wednesday but one of the month before")
        OCTOBER = "october", _("rate of the first working day of October of the year before")

    class DutyMode(models.TextChoices):
        NONE = "none", _("no duty")
        MFN = "mfn", _("by the tariff")
        RATE = "rate", _("one percentage in place of the tariff")
        FLAT_PER_ITEM = "flat_per_item", _("a fixed amount for each kind of goods")
        FLAT_PER_CONSIGNMENT = "flat_per_consignment", _("a fixed amount for the consignment")
        FLAT_PER_KG = "flat_per_kg", _("a fixed amount for each kilogram")

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("to the nearest, half up")
        DOWN = "down", _("down")
        UP = "up", _("up")

    class Level(models.TextChoices):
        LINE = "line", _("each line")
        TOTAL = "total", _("the total")

    class Valuation(models.TextChoices):
        CIF = "CIF", _("with freight and insurance")
        FOB = "FOB", _("without freight and insurance")

    class TaxMode(models.TextChoices):
        NONE = "none", _("no tax")
        RATE = "rate", _("by the tax rates")

    class Collector(models.TextChoices):
        MARKETPLACE = "marketplace", _("Marketplace")
        CARRIER = "carrier", _("Carrier")

    family = models.CharField(_("family"), max_length=60, help_text=_("Of one family, one row holds on a day."))
    jurisdiction = models.CharField(_("country or union"), max_length=6)
    name = models.CharField(_("name"), max_length=120)
    priority = models.PositiveSmallIntegerField(_("priority"), default=50)
    route = models.CharField(_("route"), max_length=12, choices=Route.choices, default=Route.IMPORT)
    buyer = models.CharField(_("buyer"), max_length=10, choices=Buyer.choices, blank=True)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    carried_by = models.CharField(
        _("carried by"), max_length=20, blank=True, db_default="",
        help_text=_("Words among air, sea, road and post, whichever way the post takes; empty: any."),
    )  # fmt: skip
    ship_from = models.CharField(_("sent from"), max_length=120, blank=True)
    scheme = models.CharField(_("scheme"), max_length=20, blank=True)
    excluded_hs = models.CharField(_("not for HS codes"), max_length=300, blank=True)
    excluded_categories = models.CharField(_("not for tax categories"), max_length=120, blank=True)
    threshold_amount = models.DecimalField(_("limit"), max_digits=14, decimal_places=4, null=True, blank=True)
    threshold_currency = models.CharField(_("currency of the limit"), max_length=3, blank=True)
    threshold_test = models.CharField(_("test"), max_length=2, choices=Test.choices, blank=True)
    threshold_basis = models.CharField(_("what is tested"), max_length=20, choices=Basis.choices, blank=True)
    threshold_scope = models.CharField(_("tested for"), max_length=12, choices=Scope.choices, blank=True)
    threshold_factor = models.DecimalField(_("factor on the value tested"), max_digits=6, decimal_places=4, default=1)
    threshold_rounding = models.DecimalField(
        _("step that the value is rounded to"), max_digits=8, decimal_places=4, null=True, blank=True
    )
    threshold_rate = models.CharField(
        _("exchange rate that the law names"), max_length=13, choices=LawfulRate.choices, blank=True, db_default="",
        help_text=_("Empty: the latest rate of the day."),
    )  # fmt: skip
    consignment_limit = models.DecimalField(
        _("warn when the consignment is worth more than"), max_digits=14, decimal_places=4, null=True, blank=True,
        help_text=_("Beside a limit for a day or a year: no consignment may be worth more than this."),
    )  # fmt: skip
    duty_mode = models.CharField(_("duty"), max_length=20, choices=DutyMode.choices, default=DutyMode.NONE)
    duty_amount = models.DecimalField(_("fixed duty"), max_digits=14, decimal_places=4, null=True, blank=True)
    duty_currency = models.CharField(_("currency of the duty"), max_length=3, blank=True)
    duty_pct = percent(_("percentage in place of the tariff"), null=True, blank=True)
    duty_deduction = models.DecimalField(
        _("amount taken off the duty of a consignment"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    valuation = models.CharField(_("customs value"), max_length=3, choices=Valuation.choices, default=Valuation.CIF)
    value_factor = models.DecimalField(_("factor on the customs value"), max_digits=6, decimal_places=4, default=1)
    tax_mode = models.CharField(_("tax"), max_length=4, choices=TaxMode.choices, default=TaxMode.RATE)
    tax_factor = factor(_("part of the tax that is levied"))
    base_factor = factor(_("factor on the value in the tax base"))
    base_freight = models.BooleanField(_("freight is in the tax base"), default=True)
    base_insurance = models.BooleanField(_("insurance is in the tax base"), default=True)
    base_duty = models.BooleanField(_("duty is in the tax base"), default=True)
    base_fees = models.BooleanField(_("fees are in the tax base"), default=False)
    tax_inside = models.BooleanField(_("the tax is inside its own base"), default=False)
    value_unit = step(_("step of the customs value"))
    duty_unit = step(_("step of the duty"))
    tax_unit = step(_("step of the tax"))
    rounding_currency = models.CharField(_("currency of the steps"), max_length=3, blank=True, db_default="")
    rounding_mode = models.CharField(
        _("rounded"), max_length=7, choices=Rounding.choices, default=Rounding.HALF_UP, db_default=Rounding.HALF_UP
    )
    rounding_level = models.CharField(
        _("rounded for"), max_length=5, choices=Level.choices, default=Level.LINE, db_default=Level.LINE
    )
    collector = models.CharField(_("collector"), max_length=12, choices=Collector.choices)
    prepaid_channels = models.CharField(
        _("carriers that take payment in advance"), max_length=40, blank=True, help_text=_("courier, post")
    )
    deemed_supplier = models.BooleanField(_("the marketplace is the deemed supplier"), default=False)
    is_estimate = models.BooleanField(_("figures are estimates"), default=False)
    warning = models.CharField(_("standing warning"), max_length=40, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("regime")
        verbose_name_plural = _("regimes")
        ordering = ("jurisdiction", "priority", "effective_from")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("regime_of_a_family_once_a_day", "family"),
            models.CheckConstraint(
                condition=Q(threshold_amount__isnull=True)
                | (~Q(threshold_currency="") & ~Q(threshold_test="") & ~Q(threshold_basis="") & ~Q(threshold_scope="")),
                name="regime_limit_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(duty_mode__startswith="flat_") | (Q(duty_amount__isnull=False) & ~Q(duty_currency="")),
                name="regime_fixed_duty_has_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(duty_mode="rate") | Q(duty_pct__gte=0), name="regime_rate_has_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(duty_deduction__isnull=True) | ~Q(duty_currency=""),
                name="regime_deduction_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(value_unit__isnull=True, duty_unit__isnull=True, tax_unit__isnull=True)
                | ~Q(rounding_currency=""),
                name="regime_steps_have_a_currency",
            ),
        ]


class GroupMember(RuleRow):
    """A country's membership of a union whose rules hold in it, such as the European Union."""

    group = models.CharField(_("union"), max_length=6)
    country = models.CharField(_("country"), max_length=2)

    class Meta(RuleRow.Meta):
        verbose_name = _("membership of a union")
        verbose_name_plural = _("memberships of unions")
        constraints = [*RuleRow.Meta.constraints, never_twice("member_of_a_union_once_a_day", "group", "country")]


class Territory(RuleRow):
    """A part of a country, known by the first digits of its postal codes, where other rules hold."""

    country = models.CharField(_("country"), max_length=2)
    postal_prefixes = models.CharField(_("postal codes begin with"), max_length=200)
    name = models.CharField(_("name"), max_length=120)

    class Meta(RuleRow.Meta):
        verbose_name = _("special territory")
        verbose_name_plural = _("special territories")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("territory_once_a_day", "country", "postal_prefixes"),
        ]

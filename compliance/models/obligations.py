"""What law asks of goods and sellers beside tax: producer responsibility, safety, claims, reporting of sellers."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from compliance.models.goods import GoodsRestriction, check_goods
from compliance.models.rules import RuleRow, never_twice
from compliance.rules.marks import REQUIREMENTS
from compliance.traders.papers import NEEDS

Action = GoodsRestriction.Action


class EPRScheme(RuleRow):
    """A register of producers of one stream in a country, and what becomes of goods whose seller is not in it.

    The goods of a stream are those with one of `traits`, or whose HS code begins with one of `hs_prefixes`.
    """

    class CheckDigit(models.TextChoices):
        GLN = "gln", _("of a GLN (13 digits)")

    country = models.CharField(_("country"), max_length=2)
    stream = models.CharField(_("stream"), max_length=20)
    register = models.CharField(_("register"), max_length=120)
    number_name = models.CharField(_("name of the number"), max_length=80)
    number_pattern = models.CharField(_("shape of the number"), max_length=120, blank=True)
    check_digit = models.CharField(
        _("check digit"), max_length=8, choices=CheckDigit.choices, blank=True, default="", db_default=""
    )
    example = models.CharField(_("example"), max_length=60, blank=True)
    action = models.CharField(_("without a number"), max_length=8, choices=Action.choices)
    traits = models.CharField(_("goods with"), max_length=120, blank=True)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=300, blank=True)
    needs_representative = models.CharField(_("representative for foreign sellers"), max_length=120, blank=True)
    reporting = models.CharField(_("reporting"), max_length=120, blank=True)
    duty_of_marketplace = models.CharField(_("duty of the marketplace"), max_length=200, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("producer register")
        verbose_name_plural = _("producer registers")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("register_of_a_stream_once_a_day", "country", "stream"),
        ]

    def clean(self) -> None:
        check_goods(self)
        try:
            re.compile(self.number_pattern)
        except re.error as error:
            raise ValidationError({"number_pattern": _("This is not a regular expression.")}) from error


class ProductRule(RuleRow):
    """Something that a listing must say or have where it is sold; `requirement` is known to the checks by its name."""

    jurisdiction = models.CharField(_("country or union"), max_length=6)
    requirement = models.CharField(_("requirement"), max_length=40)
    name = models.CharField(_("name"), max_length=160)
    action = models.CharField(_("without it"), max_length=8, choices=Action.choices)
    traits = models.CharField(_("goods with"), max_length=120, blank=True)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=300, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("product rule")
        verbose_name_plural = _("product rules")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("requirement_of_goods_once_a_day", "jurisdiction", "requirement", "traits", "hs_prefixes"),
        ]

    def clean(self) -> None:
        check_goods(self)
        if self.requirement not in REQUIREMENTS:
            known = ", ".join(sorted(REQUIREMENTS))
            raise ValidationError(
                {"requirement": _("No check asks for this. Known are: %(words)s.") % {"words": known}}
            )


class ForbiddenClaim(RuleRow):
    """Words that may not be said of goods in a place, in one language."""

    class Family(models.TextChoices):
        ENVIRONMENTAL = "environmental", _("Environmental claim")
        MEDICAL = "medical", _("Medical claim")

    jurisdiction = models.CharField(_("country or union"), max_length=6, blank=True)
    family = models.CharField(_("family"), max_length=14, choices=Family.choices)
    language = models.CharField(_("language"), max_length=10)
    phrases = models.TextField(
        _("phrases"), help_text=_("Separated by semicolons. An asterisk at the end: any word that begins so.")
    )
    action = models.CharField(_("where they are found"), max_length=8, choices=Action.choices)

    class Meta(RuleRow.Meta):
        verbose_name = _("forbidden claim")
        verbose_name_plural = _("forbidden claims")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("claims_of_a_language_once_a_day", "jurisdiction", "family", "language"),
        ]


class SellerThreshold(RuleRow):
    """From how many sales, or how much of them, a seller has to be reported or verified again.

    Reached when `joins` is "any" and one of the limits is, or "all" and both are. A limit counts sales "from" it on or
    an amount "above" it as `sales_test` and `amount_test` say. `needs` are the names of what has to be known of the
    seller then (`compliance.traders.papers`), separated by spaces: within so many days, else by the end of the period.
    """

    class Test(models.TextChoices):
        FROM = ">=", _("at least")
        ABOVE = ">", _("more than")

    class Joins(models.TextChoices):
        ANY = "any", _("one of them")
        ALL = "all", _("both of them")

    class Period(models.TextChoices):
        YEAR = "year", _("calendar year")
        TWELVE_MONTHS = "twelve_months", _("any twelve months")

    class Counts(models.TextChoices):
        SELLERS = "sellers", _("what sellers established there are paid, less refunds")
        SALES = "sales", _("gross sales of any seller that go there")

    jurisdiction = models.CharField(_("country or union"), max_length=6)
    law = models.CharField(_("law"), max_length=20)
    sales = models.PositiveIntegerField(_("sales"))
    sales_test = models.CharField(_("limit of sales"), max_length=2, choices=Test.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    amount_test = models.CharField(_("limit of the amount"), max_length=2, choices=Test.choices)
    joins = models.CharField(_("reached by"), max_length=3, choices=Joins.choices)
    period = models.CharField(_("counted in"), max_length=14, choices=Period.choices)
    counts = models.CharField(
        _("counted are"), max_length=8, choices=Counts.choices, default=Counts.SELLERS, db_default="sellers"
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC", db_default="UTC")
    needs = models.CharField(_("needs of the seller"), max_length=300, blank=True, default="", db_default="")
    within_days = models.PositiveSmallIntegerField(_("within days"), null=True, blank=True)
    consequence = models.CharField(_("consequence"), max_length=200)

    class Meta(RuleRow.Meta):
        verbose_name = _("threshold of sellers")
        verbose_name_plural = _("thresholds of sellers")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("threshold_of_a_law_once_a_day", "jurisdiction", "law", "consequence"),
        ]

    def clean(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError({"time_zone": _("This is not a time zone.")}) from error
        if unknown := set(self.needs.split()) - NEEDS:
            words = {"words": " ".join(sorted(unknown))}
            raise ValidationError({"needs": _("Nothing of this name is asked of sellers: %(words)s.") % words})


class SellerStanding(models.Model):
    """How a seller stands to a threshold, as the sales were counted last. The nightly count writes these rows.

    `code` is that of the threshold, `period` the year, empty for any twelve months. Sales and amount are those of the
    year, or of the twelve months up to now; `reached_on` is the first day on which the threshold was reached in any.
    """

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="standings", verbose_name=_("seller"))
    code = models.CharField(_("threshold"), max_length=80)
    period = models.CharField(_("period"), max_length=4, blank=True)
    sales = models.PositiveIntegerField(_("sales"))
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    due_on = models.DateField(_("data due on"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("standing to a threshold")
        verbose_name_plural = _("standings to thresholds")
        ordering = ("seller", "code", "period")
        constraints = [
            models.UniqueConstraint(fields=["seller", "code", "period"], name="standing_of_a_seller_once_a_period"),
            models.CheckConstraint(
                condition=models.Q(reached_on__isnull=True, due_on__isnull=True)
                | models.Q(reached_on__isnull=False, due_on__isnull=False),
                name="reached_threshold_has_a_day_for_the_data",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.code} {self.period}".rstrip()

"""Goods: their codes, and what may not be sent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.evidence import EvidenceDocument
from compliance.models.rules import RuleRow, never_twice
from compliance.rules.marks import MARKS


def check_goods(rule: Any) -> None:
    """Refuses a rule whose `hs_prefixes` are no digits, or whose `traits` no goods can have. Raises `ValidationError`."""
    if not all(part.isascii() and part.isdigit() for part in rule.hs_prefixes.split()):
        raise ValidationError({"hs_prefixes": _("Digits of customs codes, separated by spaces.")})
    if not MARKS.issuperset(rule.traits.split()):
        known = ", ".join(sorted(MARKS))
        raise ValidationError({"traits": _("Goods have no such trait. Known are: %(words)s.") % {"words": known}})


class HSCode(models.Model):
    """A heading of the Harmonized System, with the shop's own category and a hint on handling."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    description = models.TextField(_("description"))
    shop_category = models.CharField(_("shop category"), max_length=60, blank=True)
    handling = models.CharField(_("handling"), max_length=120, blank=True)
    version = models.CharField(_("version"), max_length=10)
    source = models.CharField(_("source"), max_length=400)

    class Meta:
        verbose_name = _("HS code")
        verbose_name_plural = _("HS codes")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.description[:60]}"


class GoodsRestriction(RuleRow):
    """Goods or destinations that are blocked, need an officer's look, or a word to the seller. Empty means any.

    The goods are those whose HS code begins with one of `hs_prefixes` or that have one of `traits`; the columns from
    `lithium` to `document` narrow them down. One without goods rules on everything that goes to the destination.
    `minimum_age` is asked of the listing, `document` is the paper with which the rule has nothing to say any more.
    """

    class Action(models.TextChoices):
        BLOCK = "block", _("Block")
        REVIEW = "review", _("Review")
        INFORM = "inform", _("Inform the seller")

    class Topic(models.TextChoices):
        GOODS = "goods", _("Goods")
        LITHIUM = "lithium", _("Lithium batteries")
        SPECIES = "species", _("Protected species")
        EXCISE = "excise", _("Excise goods")
        AGE = "age", _("Age of the buyer")
        SANCTIONS = "sanctions", _("Sanctions")

    family = models.CharField(_("family"), max_length=60)
    topic = models.CharField(
        _("topic"), max_length=10, choices=Topic.choices, default=Topic.GOODS, db_default=Topic.GOODS
    )
    name = models.CharField(_("name"), max_length=120)
    action = models.CharField(_("action"), max_length=8, choices=Action.choices)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=600, blank=True)
    traits = models.CharField(_("goods with"), max_length=120, blank=True, default="", db_default="")
    lithium = models.BooleanField(_("only with a lithium battery"), default=False)
    origins = models.CharField(_("only from"), max_length=60, blank=True, default="", db_default="")
    watt_hours_over = models.DecimalField(
        _("only batteries of more watt-hours than"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    batteries_over = models.PositiveSmallIntegerField(_("only more batteries than"), null=True, blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("age that the listing has to name"), null=True, blank=True)
    document = models.CharField(
        _("only without this document"),
        max_length=14,
        choices=EvidenceDocument.Kind.choices,
        blank=True,
        default="",
        db_default="",
    )
    destination = models.CharField(_("country or union"), max_length=6, blank=True)
    regions = models.CharField(
        _("regions"), max_length=300, blank=True, help_text=_("Codes or names, separated by semicolons.")
    )
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    transport = models.CharField(_("transport"), max_length=4, blank=True)
    un_number = models.CharField(_("UN number"), max_length=40, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("restriction_of_a_family_once_a_day", "family"),
            models.CheckConstraint(
                condition=models.Q(watt_hours_over__isnull=True) | models.Q(watt_hours_over__gte=0),
                name="restriction_watt_hours_are_not_negative",
            ),
        ]

    def clean(self) -> None:
        check_goods(self)
        if self.topic == self.Topic.AGE and self.minimum_age is None:
            raise ValidationError({"minimum_age": _("A rule on the age of the buyer names the age.")})

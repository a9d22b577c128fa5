"""Goods: their codes, and what may not be sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.rules import RuleRow, never_twice


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
    """Goods or destinations that are blocked, need an officer's look, or a word to the seller. Empty means any."""

    class Action(models.TextChoices):
        BLOCK = "block", _("Block")
        REVIEW = "review", _("Review")
        INFORM = "inform", _("Inform the seller")

    family = models.CharField(_("family"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    action = models.CharField(_("action"), max_length=8, choices=Action.choices)
    hs_prefixes = models.CharField(_("HS codes begin with"), max_length=600, blank=True)
    lithium = models.BooleanField(_("only with a lithium battery"), default=False)
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
        constraints = [*RuleRow.Meta.constraints, never_twice("restriction_of_a_family_once_a_day", "family")]

"""What a price depends on besides the variant: the market, the moment, the number of pieces, and how it ends."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from accounts.models import Seller
from catalog.models.categories import Category
from catalog.models.products import Product, Variant
from catalog.models.recorded import recorders


class MarketPrice(models.Model):
    """What a variant costs in one country, or wherever prices are shown in one currency: the seller's own figure.

    With a `country` it holds for everybody there, whatever currency they read; without one, for everybody who reads
    the currency of `price`. A country comes before a currency, and both before the converted price. A trigger writes
    each price into `MarketPriceChange`.
    """

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="market_prices", verbose_name=_("variant"))
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    price = MoneyField(_("price"), max_digits=19, decimal_places=4, default_currency=None)
    compare_at = models.DecimalField(_("price before"), max_digits=19, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("price in a market")
        verbose_name_plural = _("prices in markets")
        ordering = ("country", "price_currency", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "country"], condition=~Q(country=""), name="one_price_a_country"
            ),
            models.UniqueConstraint(
                fields=["variant", "price_currency"], condition=Q(country=""), name="one_price_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="market_is_a_country"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="market_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(compare_at=None) | Q(compare_at__gt=F("price")), name="market_price_before_is_higher"
            ),
        ]
        triggers = [
            *recorders("catalog_marketpricechange", "market_price_id"),
        ]

    def __str__(self) -> str:
        return self.country or str(self.price_currency)


class MarketPriceChange(models.Model):
    """A price that a variant had in a market from a moment on. Append-only, as `PriceChange` is."""

    market_price = models.ForeignKey(MarketPrice, models.CASCADE, related_name="changes")
    price = models.DecimalField(_("price"), max_digits=19, decimal_places=4)
    price_currency = models.CharField(_("currency"), max_length=3)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("price change in a market")
        verbose_name_plural = _("price changes in markets")
        ordering = ("-changed_at", "-id")
        indexes = [models.Index(fields=["market_price", "-changed_at"], name="prices_of_a_market")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.price} {self.price_currency}"


class PriceTier(models.Model):
    """What one piece costs from a number of pieces on, in the currency of the variant's price."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="price_tiers", verbose_name=_("variant"))
    from_quantity = models.PositiveSmallIntegerField(_("from this many pieces"))
    price = models.DecimalField(_("price of one piece"), max_digits=19, decimal_places=4)

    class Meta:
        verbose_name = _("price by quantity")
        verbose_name_plural = _("prices by quantity")
        ordering = ("from_quantity",)
        constraints = [
            models.UniqueConstraint(fields=["variant", "from_quantity"], name="one_price_a_quantity"),
            models.CheckConstraint(condition=Q(from_quantity__gte=2), name="a_tier_begins_at_two_pieces"),
            models.CheckConstraint(condition=Q(price__gt=0), name="tier_price_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.from_quantity}+"


class PriceEnding(models.Model):
    """How converted prices of a currency end, from an amount on: at `ending` and at each `step` above it.

    The nearest such amount is taken, unless it lies more than `most_below` under the converted price.
    """

    currency = models.CharField(_("currency"), max_length=3)
    from_amount = models.DecimalField(_("from this amount on"), max_digits=19, decimal_places=4, default=0)
    step = models.DecimalField(_("step"), max_digits=19, decimal_places=4)
    ending = models.DecimalField(_("ending"), max_digits=19, decimal_places=4)
    most_below = models.DecimalField(_("at most this much below"), max_digits=19, decimal_places=4)

    class Meta:
        verbose_name = _("ending of prices")
        verbose_name_plural = _("endings of prices")
        ordering = ("currency", "from_amount")
        constraints = [
            models.UniqueConstraint(fields=["currency", "from_amount"], name="one_ending_from_an_amount_on"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="ending_is_of_a_currency"),
            models.CheckConstraint(
                condition=Q(step__gt=0, ending__gte=0, ending__lt=F("step"), from_amount__gte=0),
                name="ending_lies_within_its_step",
            ),
            models.CheckConstraint(
                condition=Q(most_below__gte=0, most_below__lte=F("step")), name="never_more_than_a_step_below"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.from_amount.normalize():f}"


class PricePolicy(models.Model):
    """How a seller wants prices to look that the shop converts; without a row, as they come."""

    seller = models.OneToOneField(Seller, models.CASCADE, related_name="price_policy", verbose_name=_("seller"))
    has_native_endings = models.BooleanField(
        _("converted prices end as is usual in their currency"), default=False, db_default=False
    )

    class Meta:
        verbose_name = _("rounding of prices")
        verbose_name_plural = _("rounding of prices")

    def __str__(self) -> str:
        return str(self.seller)


def _period() -> Func:
    """From the start on, up to the end but not with it."""
    return Func(F("starts_at"), F("ends_at"), Value("[)"), function="TSTZRANGE", output_field=DateTimeRangeField())


class ScheduledPrice(models.Model):
    """Prices that hold from one moment to another: of one variant, or lowered by a percentage on many listings.

    `catalog.services.scheduled_prices` brings them in and takes them back; `items` say what it has to do, and what
    it did, for each variant.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Called off")

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="scheduled_prices", verbose_name=_("seller"))
    name = models.CharField(_("name"), max_length=120)
    percent = models.DecimalField(_("lower by percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=19, decimal_places=4, null=True, blank=True)
    variant = models.ForeignKey(
        Variant, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("variant")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    products = models.ManyToManyField(Product, blank=True, related_name="+", verbose_name=_("products"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("scheduled price")
        verbose_name_plural = _("scheduled prices")
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="scheduled_price_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, price=None)
                | Q(percent=None, price__isnull=False, variant__isnull=False),
                name="scheduled_is_a_price_or_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gt=0, percent__lt=100), name="scheduled_percentage_lowers"
            ),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="scheduled_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class ScheduledPriceItem(models.Model):
    """One variant of a scheduled price. `is_open` until its price is back; no two open ones overlap.

    `sale_price` is what it was lowered to, `price_before` and `compare_at_before` what comes back; `markets` the
    same for its prices in markets, by their keys.
    """

    schedule = models.ForeignKey(ScheduledPrice, models.CASCADE, related_name="items")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", verbose_name=_("variant"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)
    sale_price = models.DecimalField(_("price"), max_digits=19, decimal_places=4, null=True)
    price_before = models.DecimalField(_("price before"), max_digits=19, decimal_places=4, null=True)
    compare_at_before = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    markets = models.JSONField(default=dict)
    applied_at = models.DateTimeField(_("since"), null=True)
    restored_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("variant with a scheduled price")
        verbose_name_plural = _("variants with a scheduled price")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["schedule", "variant"], name="scheduled_once_for_a_variant"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="scheduled_item_ends_after_its_start"),
            ExclusionConstraint(
                name="scheduled_prices_never_overlap",
                expressions=[("variant", RangeOperators.EQUAL), (_period(), RangeOperators.OVERLAPS)],
                condition=Q(is_open=True),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(is_open=True, applied_at=None), name="prices_to_bring_in"),
            models.Index(fields=["ends_at"], condition=Q(is_open=True), name="prices_to_take_back"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} · {self.variant_id}"

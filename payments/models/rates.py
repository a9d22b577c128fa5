"""Exchange rates, how they were fetched, and how restless each currency is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.fx_risk import larger
from payments.rates import RateFact, Recorded


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    """Keeps published rates."""

    def record(self, facts: Iterable[RateFact]) -> Recorded:
        """Every fact is kept; one for the same source, pair and day is replaced when it differs."""
        given = {(fact.source, fact.base, fact.quote, fact.on): fact for fact in facts}
        if not given:
            return Recorded(created=0, changed=0, unchanged=0)
        first = min(fact.on for fact in given.values())
        rows = self.filter(source__in={fact.source for fact in given.values()}, on__gte=first)
        kept = {row[:4]: row[4:] for row in rows.values_list("source", "base", "quote", "on", "rate", "is_standing")}
        news = [fact for key, fact in given.items() if kept.get(key) != (fact.rate, fact.is_standing)]
        self.bulk_create(
            [self.model(**asdict(fact)) for fact in news],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["source", "base", "quote", "on"],
            update_fields=["rate", "is_standing", "changed_at"],
        )
        created = sum(1 for key in given if key not in kept)
        return Recorded(created=created, changed=len(news) - created, unchanged=len(given) - len(news))


class ExchangeRate(models.Model):
    """What one unit of `base` cost in `quote` on a day, as a source published it."""

    source = models.CharField(_("source"), max_length=120)
    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quoted currency"), max_length=3)
    on = models.DateField(_("published on"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    is_standing = models.BooleanField(
        _("holds until replaced"), default=False, help_text=_("An official fixed rate, which does not grow old.")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-on", "quote")
        constraints = [
            models.UniqueConstraint(fields=["source", "base", "quote", "on"], name="one_rate_a_day_from_each_source"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_positive"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="exchange_rate_joins_two_currencies"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.rate.normalize():f} · {self.on}"


class RateFetch(models.Model):
    """One attempt to fetch the rates that were published, and when to ask the next time."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("fetch of rates", "Under way")
        DONE = "done", _("New rates")
        UNCHANGED = "unchanged", _("Nothing new")
        FAILED = "failed", _("Failed")

    GOOD = (State.DONE, State.UNCHANGED)

    address = models.CharField(_("address"), max_length=500)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    next_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("failures in a row"), default=0)
    newest_on = models.DateField(_("newest rates of"), null=True, blank=True)
    created = models.PositiveIntegerField(_("new rates"), default=0)
    changed = models.PositiveIntegerField(_("corrected rates"), default=0)
    detail = models.CharField(_("reason of the failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("fetch of exchange rates")
        verbose_name_plural = _("fetches of exchange rates")
        ordering = ("-started_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "unchanged", "failed"]), name="rate_fetch_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running") | Q(finished_at__isnull=False, next_at__isnull=False),
                name="rate_fetch_ends_and_names_the_next",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="rates_are_fetched_by_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} · {self.get_state_display()}"


class CurrencyRiskQuerySet(models.QuerySet["CurrencyRisk"]):
    """Finds the newest assessments."""

    def newest(self) -> CurrencyRiskQuerySet:
        """Of each currency the latest row among these."""
        latest = self.order_by("currency", "-on").distinct("currency").values("pk")
        return self.filter(pk__in=latest)

    def with_swing(self) -> CurrencyRiskQuerySet:
        """With `swing`: the larger of the two 14-day values at risk, None where neither is known."""
        return self.annotate(swing=Greatest("var_14", "historical_14"))


class CurrencyRisk(models.Model):
    """How restless a currency was against the euro on a day; see `payments.fx_risk`. All figures in percent."""

    class Level(models.TextChoices):
        GREEN = "green", pgettext_lazy("exchange-rate risk", "Green")
        AMBER = "amber", pgettext_lazy("exchange-rate risk", "Amber")
        RED = "red", pgettext_lazy("exchange-rate risk", "Red")

    currency = models.CharField(_("currency"), max_length=3)
    on = models.DateField(_("assessed for"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    rated_on = models.DateField(_("rate published on"))
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    volatility = models.DecimalField(_("volatility a year"), max_digits=9, decimal_places=4, null=True)
    ewma = models.DecimalField(_("weighted volatility a year"), max_digits=9, decimal_places=4, null=True)
    var_1 = models.DecimalField(_("value at risk, 1 day"), max_digits=9, decimal_places=4, null=True)
    var_14 = models.DecimalField(_("value at risk, 14 days"), max_digits=9, decimal_places=4, null=True)
    historical_1 = models.DecimalField(_("historical value at risk, 1 day"), max_digits=9, decimal_places=4, null=True)
    historical_14 = models.DecimalField(
        _("historical value at risk, 14 days"), max_digits=9, decimal_places=4, null=True
    )
    assessed_at = models.DateTimeField(_("assessed at"))

    objects = CurrencyRiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange-rate risk")
        verbose_name_plural = _("exchange-rate risks")
        ordering = ("-on", "currency")
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="currency_is_assessed_once_a_day"),
            models.CheckConstraint(condition=Q(level__in=["green", "amber", "red"]), name="risk_level_is_known"),
            models.CheckConstraint(condition=Q(rated_on__lte=F("on")), name="risk_stands_on_published_rates"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} · {self.get_level_display()}"

    @property
    def worst_1(self) -> Decimal | None:
        """The larger of the two values at risk for one day, in percent."""
        return larger(self.var_1, self.historical_1)

    @property
    def worst_14(self) -> Decimal | None:
        """The larger of the two values at risk for 14 days, in percent."""
        return larger(self.var_14, self.historical_14)

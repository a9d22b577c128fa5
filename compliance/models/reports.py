"""Periodic reports to authorities: which there are, each period's report with its figures, and the lines behind them.

A closed report is for good: the database refuses to change or delete it or its lines, and to add any.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Seller
from compliance.models.rules import RuleRow, never_twice

_REPORT_CLOSED = "closed"
_STATES = ["requested", "running", "ready", "failed", _REPORT_CLOSED]

# A line goes into no closed report, whoever writes it; the lock makes a writer wait for whoever is closing it.
_ONLY_OPEN = """
    PERFORM FROM compliance_report r WHERE r.id IN (SELECT DISTINCT n.report_id FROM new_lines n) FOR SHARE;
    IF EXISTS (
        SELECT FROM compliance_report r
        WHERE r.id IN (SELECT DISTINCT n.report_id FROM new_lines n) AND r.state = 'closed'
    ) THEN
        RAISE EXCEPTION 'lines of a closed report stay as they are' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
"""
_ALL_FINAL = """
    IF EXISTS (SELECT FROM compliance_reportline l WHERE l.report_id = NEW.id AND NOT l.is_final)
        OR EXISTS (SELECT FROM compliance_volumeline l WHERE l.report_id = NEW.id AND NOT l.is_final)
        OR EXISTS (SELECT FROM compliance_sellerline l WHERE l.report_id = NEW.id AND NOT l.is_final)
    THEN
        RAISE EXCEPTION 'a report is closed with all its lines' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
"""


def _only_open(name: str, operation: Any) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        operation=operation,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="new_lines"),
        func=_ONLY_OPEN,
    )


LINE_TRIGGERS = [
    pgtrigger.Protect(
        name="final_lines_stay",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__is_final=True),
    ),
    _only_open("added_to_open_reports", pgtrigger.Insert),
    _only_open("moved_to_open_reports", pgtrigger.Update),
]


class ReportRule(RuleRow):
    """A report that an authority asks for each month, quarter or year, and which sales belong to it.

    A sale belongs to a return of tax when its line was assessed under one of `schemes`, or under one of `regimes`;
    with `sellers_outside` only where the seller is established outside of that country or union. Lists are separated by
    spaces. `time_zone` is that of the days of the law. It is due at the end of the month that lies `due_months` after
    the period, and `due_days` after that.
    """

    class Figures(models.TextChoices):
        TAX = "tax", _("Tax by country and rate")
        VOLUMES = "volumes", _("Volumes by country, stream and material")
        SELLERS = "sellers", _("What sellers were paid, by quarter")

    class Length(models.TextChoices):
        MONTH = "month", pgettext_lazy("length of a period", "Month")
        QUARTER = "quarter", pgettext_lazy("length of a period", "Quarter")
        YEAR = "year", pgettext_lazy("length of a period", "Year")

    class Rate(models.TextChoices):
        LAST_DAY = "last_day", _("of the last day of the period, or the next publication")
        SALE_DAY = "sale_day", _("of the day of payment, or the last publication before")

    kind = models.SlugField(_("short name"), max_length=20, db_index=False)
    name = models.CharField(_("name"), max_length=160)
    figures = models.CharField(_("figures"), max_length=8, choices=Figures.choices)
    jurisdiction = models.CharField(_("country or union"), max_length=6, blank=True)
    schemes = models.CharField(_("schemes"), max_length=200, blank=True)
    regimes = models.CharField(_("regimes"), max_length=300, blank=True)
    sellers_outside = models.CharField(_("only sellers established outside of"), max_length=6, blank=True)
    length = models.CharField(_("period"), max_length=7, choices=Length.choices)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    rate = models.CharField(_("exchange rate"), max_length=8, choices=Rate.choices)
    time_zone = models.CharField(_("time zone"), max_length=40)
    due_months = models.PositiveSmallIntegerField(_("due after months"))
    due_days = models.PositiveSmallIntegerField(_("and days"))
    law = models.CharField(_("law of the thresholds of sellers"), max_length=20, blank=True)

    class Meta(RuleRow.Meta):
        verbose_name = _("rule of a periodic report")
        verbose_name_plural = _("rules of periodic reports")
        ordering = ("kind", "effective_from")
        constraints = [
            *RuleRow.Meta.constraints,
            never_twice("report_of_a_kind_once_a_day", "kind"),
            models.CheckConstraint(condition=~Q(kind=""), name="report_rule_has_a_kind"),
            models.CheckConstraint(
                condition=~Q(figures="tax") | (~Q(currency="") & (~Q(schemes="") | ~Q(regimes=""))),
                name="return_of_tax_has_currency_and_schemes",
            ),
            models.CheckConstraint(
                condition=~Q(figures="sellers") | (~Q(law="") & ~Q(jurisdiction="") & Q(length="year")),
                name="report_on_sellers_has_a_law_and_is_yearly",
            ),
        ]


class Report(models.Model):
    """The report of one kind for one period. The row is the work too: what a worker has done stands in it.

    A worker holds it until `lease_until`; `turn` counts the holders, so that one who lost it can write nothing.
    `position` is where the sources have been read to. `terms` is the rule as it stood, `digest` covers all lines.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("state of a report", "Requested")
        RUNNING = "running", pgettext_lazy("state of a report", "Being made")
        READY = "ready", pgettext_lazy("state of a report", "Ready")
        FAILED = "failed", pgettext_lazy("state of a report", "Failed")
        CLOSED = _REPORT_CLOSED, pgettext_lazy("state of a report", "Closed")

    kind = models.SlugField(_("report"), max_length=20, db_index=False)
    period = models.CharField(_("period"), max_length=7)
    starts_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"))
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.REQUESTED)
    terms = models.JSONField(_("rule"), default=dict)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    rows_total = models.PositiveIntegerField(_("parts of orders in the period"), default=0)
    rows_done = models.PositiveIntegerField(_("parts of orders read"), default=0)
    position = models.JSONField(default=dict, blank=True, editable=False)
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    turn = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("taken until"), null=True, blank=True, editable=False)
    failure = models.CharField(_("what went wrong"), max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_by_label = models.CharField(_("closed by"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("periodic report")
        verbose_name_plural = _("periodic reports")
        ordering = ("-starts_at", "kind")
        permissions = [("close_report", "Can close reports")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="one_report_for_each_kind_and_period"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="report_state_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="report_ends_after_it_begins"),
            models.CheckConstraint(
                condition=(
                    Q(state="closed", closed_at__isnull=False, made_at__isnull=False)
                    & ~Q(closed_by_label="")
                    & ~Q(digest="")
                )
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_report_was_made_and_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state__in=["requested", "running"]), name="reports_to_be_made"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="closed_reports_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="closed"),
            ),
            pgtrigger.Trigger(
                name="closed_with_all_lines",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="closed") & ~pgtrigger.Q(old__state="closed"),
                func=_ALL_FINAL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.upper().replace('_', ' ')} {self.period}"


class ReportMessage(models.Model):
    """The message on sellers as it was when its report was closed: encrypted, with the digest of what is inside."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="message", verbose_name=_("report"))
    content = models.TextField(editable=False)
    digest = models.CharField(_("digest"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("message of a closed report")
        verbose_name_plural = _("messages of closed reports")
        triggers = [  # `content` alone may change: under a new key it is another one
            pgtrigger.Protect(
                name="digest_stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("report", "digest")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.report)


class CountedLine(models.Model):
    """What all lines have: of which report, from which line of an order, and whether the report is closed.

    `source` names what is counted, so that nothing is counted twice in the closed reports of a kind. The order is below
    no table of ours: its line and its part are kept by their keys, with the printed reference.
    """

    report_kind = models.SlugField(_("report"), max_length=20, db_index=False)
    source = models.CharField(_("source"), max_length=120)
    reference = models.CharField(_("part of an order"), max_length=40)
    part_id = models.BigIntegerField(_("part of an order"))
    line_id = models.BigIntegerField(_("line of an order"), null=True, blank=True)
    happened_at = models.DateTimeField(_("paid or refunded at"))
    is_final = models.BooleanField(_("closed"), default=False)

    class Meta:
        abstract = True
        triggers = LINE_TRIGGERS
        constraints = [
            models.UniqueConstraint(fields=["report", "source"], name="%(class)s_once_in_a_report"),
            models.UniqueConstraint(
                fields=["report_kind", "source"], condition=Q(is_final=True), name="%(class)s_in_one_closed_report"
            ),
        ]

    def __str__(self) -> str:
        return self.source


class ReportLine(CountedLine):
    """Base and tax of one line of an order in a return: its supply, a refund in the same period, or a correction.

    Refunds and corrections have their own sign. `original_base` and `original_tax` are what the shopper was charged, in
    `original_currency`; `exchange_rate` is units of the currency of the return for one of it, as of `rated_on`.
    """

    class Kind(models.TextChoices):
        SUPPLY = "supply", _("Supply")
        REFUND = "refund", _("Refund in the period")
        CORRECTION = "correction", _("Correction of an earlier period")

    report = models.ForeignKey(Report, models.CASCADE, related_name="lines", verbose_name=_("report"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    corrected_period = models.CharField(_("corrected period"), max_length=7, blank=True)
    refund_id = models.BigIntegerField(_("refund"), null=True, blank=True)
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", verbose_name=_("seller"))
    country = models.CharField(_("country of taxation"), max_length=6)
    sent_from = models.CharField(_("sent from"), max_length=2)
    rate_pct = models.DecimalField(_("rate in percent"), max_digits=8, decimal_places=4)
    base = models.DecimalField(_("taxable amount"), max_digits=19, decimal_places=4)
    tax = models.DecimalField(_("tax"), max_digits=19, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    original_base = models.DecimalField(_("taxable amount as charged"), max_digits=19, decimal_places=4)
    original_tax = models.DecimalField(_("tax as charged"), max_digits=19, decimal_places=4)
    original_currency = models.CharField(_("currency as charged"), max_length=3)
    exchange_rate = models.DecimalField(_("exchange rate"), max_digits=20, decimal_places=10)
    rated_on = models.DateField(_("rate of"))

    class Meta(CountedLine.Meta):
        verbose_name = _("line of a return")
        verbose_name_plural = _("lines of returns")
        ordering = ("pk",)
        constraints = [
            *CountedLine.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="correction") & ~Q(corrected_period="")
                | ~Q(kind="correction") & Q(corrected_period=""),
                name="correction_names_the_corrected_period",
            ),
            models.CheckConstraint(
                condition=Q(kind="supply", base__gte=0) | Q(kind="refund", base__lte=0) | Q(kind="correction"),
                name="line_of_a_return_has_the_sign_of_its_kind",
            ),
        ]
        indexes = [models.Index(fields=["report", "country", "rate_pct"], name="lines_by_country_and_rate")]


class VolumeLine(CountedLine):
    """What a line of an order put on a market, in one stream and of one material; `grams` None where nobody knows."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="volumes", verbose_name=_("report"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", verbose_name=_("seller"))
    country = models.CharField(_("country"), max_length=2)
    stream = models.CharField(_("stream"), max_length=20)
    material = models.CharField(_("material"), max_length=60, blank=True)
    pieces = models.PositiveIntegerField(_("pieces"))
    grams = models.DecimalField(_("grams"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta(CountedLine.Meta):
        verbose_name = _("line of a report on volumes")
        verbose_name_plural = _("lines of reports on volumes")
        ordering = ("pk",)
        indexes = [models.Index(fields=["report", "country", "stream"], name="volumes_by_country_and_stream")]


class SellerLine(CountedLine):
    """What a seller was paid for a line of an order, in the seller's currency, and what was withheld of it.

    `activities` is one for the first line of a sale, none for its others. Refunds have their own sign; one of an
    earlier year names it.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="seller_lines", verbose_name=_("report"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", verbose_name=_("seller"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    corrected_period = models.CharField(_("corrected period"), max_length=7, blank=True)
    refund_id = models.BigIntegerField(_("refund"), null=True, blank=True)
    activities = models.PositiveSmallIntegerField(_("sales"))
    consideration = models.DecimalField(_("paid to the seller"), max_digits=19, decimal_places=4)
    fees = models.DecimalField(_("fees withheld"), max_digits=19, decimal_places=4, default=0)
    taxes = models.DecimalField(_("taxes withheld"), max_digits=19, decimal_places=4, default=0)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta(CountedLine.Meta):
        verbose_name = _("line of a report on sellers")
        verbose_name_plural = _("lines of reports on sellers")
        ordering = ("pk",)
        constraints = [
            *CountedLine.Meta.constraints,
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarter_is_one_of_four"),
        ]
        indexes = [models.Index(fields=["report", "seller"], name="lines_of_a_seller")]

"""The lines behind the figures of reports: each leads to the part of the order that it was counted from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from moneyed import Money
from unfold.decorators import display

from accounts.admin_fields import country_name, latin, money_cell
from accounts.admin_scope import STAFF, ReadOnlyAdmin, field_names, register
from compliance.models import ReportLine, SellerLine, VolumeLine
from compliance.reports.figures import percent

_KINDS = {ReportLine.Kind.SUPPLY: "info", ReportLine.Kind.REFUND: "warning", ReportLine.Kind.CORRECTION: "danger"}


class CountedLineAdmin(ReadOnlyAdmin):
    """Lines of reports of one form, as they were counted."""

    scope = STAFF
    search_fields = ("reference", "source")
    ordering = ("-pk",)
    list_select_related = ("report", "seller")
    list_display_links = ("shown_source",)

    def get_fields(self, request: Any, obj: Any = None) -> list[str]:
        return ["shown_part", *field_names(self.model, "id", "part_id", "line_id", "reference", "report_kind")]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return ["shown_part"]

    @display(description=_("source"), ordering="pk")
    def shown_source(self, line: Any) -> SafeString | str:
        return latin(line.source)

    @display(description=_("part of an order"), ordering="reference")
    def shown_part(self, line: Any) -> SafeString | str:
        address = reverse("admin:orders_sellerorder_change", args=[line.part_id])
        return format_html('<a href="{}" class="admin-link"><bdi dir="ltr">{}</bdi></a>', address, line.reference)

    @display(description=_("country"), ordering="country")
    def shown_country(self, line: Any) -> str:
        return country_name(line.country)


@register(ReportLine)
class ReportLineAdmin(CountedLineAdmin):
    """Lines of returns of tax."""

    list_display = ("shown_source", "shown_part", "shown_kind", "shown_country", "shown_rate", "shown_base", "shown_tax",
                    "shown_charged", "shown_exchange", "happened_at")  # fmt: skip
    list_filter = ("report", "kind")

    @display(description=_("kind"), label=_KINDS, ordering="kind")
    def shown_kind(self, line: ReportLine) -> tuple[str, str]:
        name = line.get_kind_display()
        return line.kind, f"{name} · {line.corrected_period}" if line.corrected_period else name

    @display(description=_("rate in percent"), ordering="rate_pct")
    def shown_rate(self, line: ReportLine) -> SafeString | str:
        return latin(percent(line.rate_pct))

    @display(description=_("taxable amount"), ordering="base")
    def shown_base(self, line: ReportLine) -> SafeString | str:
        return money_cell(Money(line.base, line.currency))

    @display(description=_("tax"), ordering="tax")
    def shown_tax(self, line: ReportLine) -> SafeString | str:
        return money_cell(Money(line.tax, line.currency))

    @display(description=_("as charged"))
    def shown_charged(self, line: ReportLine) -> SafeString | str:
        base, tax = (
            money_cell(Money(amount, line.original_currency)) for amount in (line.original_base, line.original_tax)
        )
        return format_html("{}<br>{}", base, tax)

    @display(description=_("exchange rate"))
    def shown_exchange(self, line: ReportLine) -> SafeString | str:
        if line.original_currency == line.currency:
            return "—"
        return format_html("{}<br>{}", latin(f"{line.exchange_rate:.6f}"), latin(line.rated_on.isoformat()))


@register(VolumeLine)
class VolumeLineAdmin(CountedLineAdmin):
    """Lines of reports on volumes."""

    list_display = ("shown_source", "shown_part", "seller", "shown_country", "stream", "material", "pieces", "shown_grams",
                    "happened_at")  # fmt: skip
    list_filter = ("report", "seller")

    @display(description=_("grams"), ordering="grams")
    def shown_grams(self, line: VolumeLine) -> SafeString | str:
        return _("unknown") if line.grams is None else latin(percent(line.grams))


@register(SellerLine)
class SellerLineAdmin(CountedLineAdmin):
    """Lines of reports on sellers."""

    list_display = ("shown_source", "shown_part", "seller", "quarter", "activities", "shown_paid", "happened_at")
    list_filter = ("report", "seller", "quarter")

    @display(description=_("paid to the seller"), ordering="consideration")
    def shown_paid(self, line: SellerLine) -> SafeString | str:
        return money_cell(Money(line.consideration, line.currency))

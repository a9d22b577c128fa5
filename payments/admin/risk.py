"""The admin's pages of the exchange-rate risk: all currencies with their level, and each with its chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import latin
from accounts.admin_scope import ReadOnlyAdmin, Scope, is_confined, register
from accounts.models import User
from marketplace.kernel import clock
from payments import fx_page, fx_words, risk_watch
from payments.models import CurrencyRisk

LEVEL_COLOURS = {
    CurrencyRisk.Level.GREEN: "success",
    CurrencyRisk.Level.AMBER: "warning",
    CurrencyRisk.Level.RED: "danger",
}
_RANK = Case(
    When(level=CurrencyRisk.Level.RED, then=Value(0)),
    When(level=CurrencyRisk.Level.AMBER, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class CurrencyScope(Scope):
    """The staff meet every currency, a seller's members those in which the seller is paid or prices."""

    staff: bool = True

    def admits(self, user: Any) -> bool:
        if isinstance(user, User) and user.is_active and user.is_staff and is_confined(user):
            return bool(user.seller_ids)
        return Scope(staff=True).admits(user)

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        if not self.admits(user):
            return rows.none()
        return rows.filter(currency__in=_currencies(user)) if is_confined(user) else rows

    def covers(self, row: Any, user: Any) -> bool:
        return self.admits(user) and (not is_confined(user) or row.currency in _currencies(user))


def _currencies(user: Any) -> list[str]:
    """The currencies that concern a seller's member, read once for each loaded user."""
    if "_currencies" not in user.__dict__:
        user.__dict__["_currencies"] = sorted(risk_watch.currencies_of(user.seller_ids))
    return user.__dict__["_currencies"]  # type: ignore[no-any-return]


@register(CurrencyRisk)
class CurrencyRiskAdmin(ReadOnlyAdmin):
    """The latest assessment of each currency; its page shows the rates behind it."""

    scope = CurrencyScope()
    list_display = ("shown_currency", "shown_level", "shown_rate", "shown_age", "shown_volatility", "shown_swing")
    list_display_links = ("shown_currency",)
    list_filter = ("level",)
    search_fields = ("currency",)
    ordering = (_RANK.asc(), "currency")
    list_before_template = "admin/payments/currencyrisk/summary.html"
    change_form_template = "admin/payments/currencyrisk/page.html"
    fieldsets = ((None, {"fields": ()}),)  # the page shows everything in its own way

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=CurrencyRisk.objects.newest().values("pk")).with_swing()  # type: ignore[attr-defined,no-any-return]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        risk: CurrencyRisk | None = kwargs.get("obj")
        if risk is not None:
            context |= fx_page.context(risk, is_seller=is_confined(request.user))
            context["level_colour"] = LEVEL_COLOURS[CurrencyRisk.Level(risk.level)]
            context["title"] = f"{risk.currency} · {fx_words.currency_name(risk.currency)}"
        return super().render_change_form(request, context, *args, **kwargs)

    # Cells ------------------------------------------------------------------------------------------------

    @display(description=_("currency"), ordering="currency")
    def shown_currency(self, risk: CurrencyRisk) -> SafeString | str:
        return format_html('<bdi dir="ltr">{}</bdi> {}', risk.currency, fx_words.currency_name(risk.currency))

    @display(description=_("level"), label=LEVEL_COLOURS, ordering=_RANK)
    def shown_level(self, risk: CurrencyRisk) -> tuple[str, str]:
        return risk.level, risk.get_level_display()

    @display(description=_("for one euro"))
    def shown_rate(self, risk: CurrencyRisk) -> SafeString | str:
        return latin(fx_words.number(risk.rate))

    @display(description=_("age of the rate"), ordering="rated_on")
    def shown_age(self, risk: CurrencyRisk) -> str:
        return fx_words.age(risk.rated_on, clock.today())

    @display(description=_("volatility a year"), ordering="volatility")
    def shown_volatility(self, risk: CurrencyRisk) -> SafeString | str:
        return latin(fx_words.percent(risk.volatility))

    @display(description=_("value at risk, 14 days"), ordering="swing")
    def shown_swing(self, risk: CurrencyRisk) -> SafeString | str:
        return latin(fx_words.percent(risk.worst_14))

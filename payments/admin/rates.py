"""The admin's tables of exchange rates: what was published, how it was fetched, who was told of changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_fields import latin, shown_lines
from accounts.admin_scope import STAFF, ReadOnlyAdmin, ReadOnlyPart, ShopAdmin, register
from marketplace.kernel import clock
from payments import fx_words
from payments.models import ExchangeRate, RateAlert, RateFetch, RateLetter

FETCH_COLOURS = {
    RateFetch.State.RUNNING: "info",
    RateFetch.State.DONE: "success",
    RateFetch.State.UNCHANGED: "default",
    RateFetch.State.FAILED: "danger",
}


@register(ExchangeRate)
class ExchangeRateAdmin(ShopAdmin):
    """Rates by day and source. A published rate is not edited; one more may be added by hand."""

    scope = STAFF
    list_display = ("on", "base", "quote", "shown_rate", "source", "shown_age")
    list_filter = ("is_standing", "quote", "source")
    search_fields = ("quote", "source")
    ordering = ("-on", "quote")
    actions = None
    fields = ("source", ("base", "quote"), ("on", "rate"), "is_standing")

    @display(description=_("rate"))
    def shown_rate(self, rate: ExchangeRate) -> SafeString | str:
        return latin(f"{rate.rate.normalize():f}")

    @display(description=_("age"))
    def shown_age(self, rate: ExchangeRate) -> str:
        return capfirst(_("holds until replaced")) if rate.is_standing else fx_words.age(rate.on, clock.today())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@register(RateFetch)
class RateFetchAdmin(ReadOnlyAdmin):
    """Every attempt to fetch rates, the latest first."""

    scope = STAFF
    list_display = ("started_at", "shown_state", "newest_on", "created", "changed", "shown_detail", "next_at")
    list_filter = ("state",)
    fields = ("address", "state", ("started_at", "finished_at"), "newest_on", ("created", "changed"),
              ("detail", "attempts"), "next_at")  # fmt: skip

    @display(description=_("state"), label=FETCH_COLOURS, ordering="state")
    def shown_state(self, fetch: RateFetch) -> tuple[str, str]:
        return fetch.state, fetch.get_state_display()

    @display(description=_("reason of the failure"))
    def shown_detail(self, fetch: RateFetch) -> SafeString | str:
        return latin(fetch.detail)


class LetterPart(ReadOnlyPart):
    """Whom an alert reached."""

    model = RateLetter
    scope = STAFF
    fields = ("user", "audience", "sent_at", "attempts", "last_error")


@register(RateAlert)
class RateAlertAdmin(ReadOnlyAdmin):
    """What people were told, once for each change."""

    scope = STAFF
    list_display = ("opened_at", "kind", "currency", "on")
    list_filter = ("kind", "currency")
    fields = ("kind", ("currency", "on"), "shown_reasons", "opened_at")
    inlines = (LetterPart,)

    @display(description=_("reasons"))
    def shown_reasons(self, alert: RateAlert) -> SafeString | str:
        return shown_lines(fx_words.sentences(alert.reasons))

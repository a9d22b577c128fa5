"""Where a listing stands with the law: the countries in which it is held, the flags on it, and a new look at it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.admin_fields import country_choices, country_name
from catalog import tasks
from catalog.models import Product
from compliance import selectors as compliance
from compliance.models import Flag
from compliance.words.explain import finding_sentence, mending_sentence
from logistics import selectors as logistics

ANYWHERE, EVERYWHERE, UNSCREENED = "anywhere", "everywhere", "unscreened"
MOST_SCREENED: Final = 1000
_MOST_CODES: Final = 4


class HeldFilter(DropdownFilter):  # type: ignore[misc]
    """Listings that shoppers of a country do not meet."""

    title = _("held in")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (ANYWHERE, _("Any country")),
            (EVERYWHERE, _("Every country")),
            (UNSCREENED, _("Waits for its screening")),
            *country_choices(logistics.destinations()),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if not chosen:
            return queryset
        if chosen == UNSCREENED:
            return queryset.filter(is_unscreened=True)
        if chosen == ANYWHERE:
            return queryset.filter(holds__isnull=False).distinct()
        wanted = [""] if chosen == EVERYWHERE else ["", chosen]
        return queryset.filter(holds__countries__overlap=wanted).distinct()


class Standing:
    """For the admin of listings: a column, two fields, a filter and an action."""

    @display(description=_("held in"))
    def shown_held(self, product: Product) -> str:
        """The codes of the countries, the first ones of many."""
        countries = [code for code in product.held_in if code]
        if not product.screened_at and product.status == Product.Status.LIVE:
            return str(_("Waits for its screening"))
        if "" in product.held_in and product.status == Product.Status.LIVE:
            return str(_("Every country"))
        more = len(countries) - _MOST_CODES
        return (" ".join(countries[:_MOST_CODES]) + (f" +{more}" if more > 0 else "")) or "—"

    @display(description=_("Where it is not shown"))
    def shown_holds(self, product: Product) -> SafeString | str:
        """Each country with the flags that hold the listing there."""
        if product.pk is None or product.status != Product.Status.LIVE:
            return str(_("It is not on sale, and is screened when it is put on sale."))
        if product.screened_at is None:
            return str(_("It waits for its first screening and is on sale afterwards, within seconds."))
        holds = product.holds.order_by("flag").values_list("flag", "countries")
        if not holds:
            return str(_("It is shown in every country."))
        rows = ((_flag_link(flag, ", ".join(map(_place, countries))),) for flag, countries in holds)
        return format_html('<ul class="admin-lines">{}</ul>', format_html_join("", "<li>{}</li>", rows))

    @display(description=_("Flags"))
    def shown_flags(self, product: Product) -> SafeString | str:
        """What the checks found, and what mends it; the gravest first."""
        flags = list(compliance.open_flags_on(product)) if product.pk else []
        if not flags:
            return str(_("Nothing stands against it."))
        return format_html('<ul class="admin-lines">{}</ul>', format_html_join("", "<li>{}</li>", _lines(flags)))

    @admin.action(description=_("Screen again"), permissions=["publish"])
    def screen_again(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """The chosen listings are looked at by a worker, before all others that wait."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:MOST_SCREENED])
        Product.objects.filter(pk__in=keys).update(is_unscreened=True)
        tasks.screen_soon(keys)
        text = ngettext(
            "%(count)d listing is being screened.", "%(count)d listings are being screened.", len(keys)
        )  # fmt: skip
        messages.success(request, text % {"count": len(keys)})


def _place(country: str) -> str:
    return str(country_name(country) if country else _("every country"))


def _lines(flags: Iterable[Flag]) -> Iterable[tuple[SafeString]]:
    rank = {severity: place for place, severity in enumerate(("critical", "block", "review", "notice"))}
    for flag in sorted(flags, key=lambda each: (rank.get(each.severity, 9), each.pk)):
        sentence, mending = finding_sentence(flag.rule, flag.params), mending_sentence(flag.rule, flag.params)
        line = format_html("{} · {} {}", flag.get_severity_display(), _flag_link(flag.pk, sentence), mending)
        yield (line,)


def _flag_link(key: int, text: str) -> SafeString:
    return format_html(
        '<a class="admin-link" href="{}">{}</a>', reverse("admin:compliance_flag_change", args=[key]), text
    )

"""The lists of sanctions as they are loaded, and the loads. Written by `manage.py load_sanctions` alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin_scope import STAFF, ReadOnlyAdmin, field_names, register
from compliance.models import SanctionedParty, SanctionsLoad


@register(SanctionedParty)
class SanctionedPartyAdmin(ReadOnlyAdmin):
    """Whom the lists name."""

    scope = STAFF
    list_display = ("name", "kind", "list_name", "reference", "shown_countries", "listed_on")
    list_filter = ("kind",)
    search_fields = ("name", "reference", "names__name")
    ordering = ("name", "pk")
    fields = (
        "list_name",
        "reference",
        "kind",
        "name",
        "shown_aliases",
        "shown_countries",
        "birth_date",
        "listed_on",
        "source",
    )

    @display(description=_("other names"))
    def shown_aliases(self, party: SanctionedParty) -> str:
        return "; ".join(party.aliases) or "—"

    @display(description=_("countries"))
    def shown_countries(self, party: SanctionedParty) -> str:
        return " ".join(party.countries) or "—"


@register(SanctionsLoad)
class SanctionsLoadAdmin(ReadOnlyAdmin):
    """When a list was loaded, and what that changed."""

    scope = STAFF
    list_display = ("at", "list_name", "file_name", "parties", "added", "changed", "removed", "refused")
    search_fields = ("list_name", "file_name")
    ordering = ("-at", "-pk")
    fields = field_names(SanctionsLoad, "id")

"""How stock is shown in lists and forms."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.admin_fields import shown_lines
from catalog.models import Variant


def stock_cell(variant: Variant) -> SafeString | str:
    """The pieces that can be promised, by warehouse; the levels should be read beforehand."""
    if variant.pk is None:
        return "—"
    lines = []
    for level in variant.stock_levels.all():
        text = _("%(pieces)s in %(place)s") % {"pieces": level.available, "place": level.warehouse.name}
        lines.append(format_html("<span>{}</span>", text))
    return shown_lines(lines)

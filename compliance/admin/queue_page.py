"""The page of the queue: what is counted, what is filtered, the list, and beside it the flag that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_fields import country_name
from compliance import selectors
from compliance.admin.flag_forms import BulkForm, ViewForm
from compliance.admin.flag_looks import row_of
from compliance.admin.flag_panel import flag_context
from compliance.models import Flag, SavedView, Severity
from compliance.selectors.queue import Counts
from compliance.selectors.queue_filters import ME, NOBODY, Choices, Filters, choices
from compliance.words.checks import CHECKS
from marketplace.kernel import clock
from marketplace.kernel.typed_numbers import whole_number

PER_PAGE: Final = 50
STANDINGS: Final = {
    "": gettext_lazy("To be decided"),
    "free": gettext_lazy("Not taken"),
    "mine": gettext_lazy("Taken by me"),
    "asked": gettext_lazy("Waiting for the seller"),
    "second": gettext_lazy("Waiting for a second officer"),
    "appeals": gettext_lazy("Appealed"),
    "escalated": gettext_lazy("Escalated"),
    "upheld": gettext_lazy("Upheld"),
    "waived": gettext_lazy("Waived for a time"),
    "closed": gettext_lazy("Released or mended"),
    "all": gettext_lazy("All"),
}


def queue_context(
    request: HttpRequest, *, query: QueryDict | None = None, flag: Flag | None = None,
    bound: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The page for an officer. `query` is the address's, or what a form brings; `flag` the one in the panel.

    `bound` are forms with mistakes, by their names.
    """
    given, viewer, bound = query if query is not None else request.GET, request.user, bound or {}
    filters, moment = Filters.parse(_plain(given)), clock.now()
    mine = selectors.flags_for(viewer)  # type: ignore[arg-type]
    flag = flag or panel_flag(request, given)
    page = Paginator(filters.apply(mine, viewer, moment), PER_PAGE).get_page(given.get("p"))  # type: ignore[arg-type]
    figures = selectors.counts(mine, viewer, moment)  # type: ignore[arg-type]
    panel = flag_context(request, flag, bound=bound) if flag is not None else {}
    here = place(filters, page.number)
    rows = [row_of(each, here, moment, flag.pk if flag is not None else None) for each in page]
    return {
        "filters": filters,
        "query": here,
        "without_page": filters.query(),
        "rows": rows,
        "page": page,
        "pages": page.paginator.num_pages,
        "found": ngettext("%(count)d flag", "%(count)d flags", page.paginator.count) % {"count": page.paginator.count},
        "cards": _cards(figures),
        "ages": _ages(figures),
        "oldest": timesince(figures.oldest, moment, depth=1) if figures.oldest else "",
        "inputs": _inputs(filters, choices(mine)),
        "is_filtered": filters != Filters(),
        "views": _views(viewer, filters),
        "bulk_form": bound.get("bulk") or BulkForm(auto_id="bulk_%s"),
        "view_form": bound.get("view") or ViewForm(auto_id="view_%s"),
        "chosen": bound["bulk"].data.getlist("flag") if "bulk" in bound else [],
        "panel": panel,
    }


def panel_context(request: HttpRequest, flag: Flag) -> dict[str, Any]:
    """The panel alone, for a swap beside the list."""
    here = place(Filters.parse(_plain(request.GET)), whole_number(request.GET.get("p", "")) or 1)
    return {"panel": flag_context(request, flag), "query": here}


def place(filters: Filters, number: int) -> str:
    """The address of a page of the list, behind its question mark."""
    return "&".join(filter(None, [filters.query(), f"p={number}" if number > 1 else ""]))


def panel_flag(request: HttpRequest, given: Mapping[str, str]) -> Flag | None:
    """The flag that the address asks for beside the list, if the reader may see it."""
    key = whole_number(given.get("panel", ""))
    if key is None:
        return None
    return selectors.flags_for(request.user).filter(pk=key).first()  # type: ignore[arg-type]


def _plain(given: Any) -> dict[str, str]:
    return {name: given.get(name, "") for name in given}


# Figures ----------------------------------------------------------------------------------------------------


def _cards(figures: Counts) -> list[tuple[Any, int, str, str]]:
    """Label, figure, filters and tone of each figure above the list."""
    cards = [
        (Severity(name).label, figures.severities[name], f"severity={name}", tone)
        for name, tone in (("critical", "bad"), ("block", "bad"), ("review", "warn"), ("notice", ""))
    ]
    return [
        *cards,
        (_("Overdue"), figures.late, "late=1", "bad"),
        (_("Escalated"), figures.escalated, "standing=escalated", "bad"),
        (_("Waiting for the seller"), figures.asked, "standing=asked", ""),
        (_("Waiting for a second officer"), figures.second, "standing=second", "warn"),
        (_("Appealed"), figures.appeals, "standing=appeals", "warn"),
        (_("Taken by me"), figures.mine, "standing=mine", ""),
    ]


def _ages(figures: Counts) -> list[tuple[Any, int, str, int]]:
    """Label, figure, filters and share in percent of each band of age."""
    whole = sum(figures.ages) or 1
    labels = (
        (_("Under 1 day"), ""), (_("1 to 3 days"), "age=1"), (_("3 to 7 days"), "age=3"),
        (_("Over 7 days"), "age=7"),
    )  # fmt: skip
    return [
        (label, count, query, round(100 * count / whole))
        for (label, query), count in zip(labels, figures.ages, strict=True)
    ]


# Filters ----------------------------------------------------------------------------------------------------


def _inputs(filters: Filters, among: Choices) -> list[tuple[str, Any, list[tuple[str, Any]], str]]:
    """Name, label, choices and value of each filter."""
    anything: list[tuple[str, Any]] = [("", _("All"))]
    kinds = [(str(key), capfirst(_kind(key))) for key in among.kinds]
    officers = [(str(each.pk), str(each)) for each in selectors.officers()]
    countries = sorted(((code, country_name(code)) for code in among.countries), key=lambda pair: pair[1])
    ages = [("1", _("More than a day")), ("3", _("More than three days")), ("7", _("More than a week"))]
    inputs = [
        ("standing", _("Status"), list(STANDINGS.items()), filters.standing),
        ("severity", _("Severity"), anything + list(Severity.choices), filters.severity),
        (
            "check",
            _("Check"),
            anything + sorted(((k, str(v)) for k, v in CHECKS.items()), key=lambda c: c[1]),
            filters.check,
        ),
        ("country", _("Country"), anything + countries, filters.country),
        ("seller", _("Seller"), anything + [(str(key), name) for key, name in among.sellers], filters.seller),
        ("officer", _("Officer"), [*anything, (ME, _("Me")), (NOBODY, _("Nobody")), *officers], filters.officer),
        ("kind", _("Subject"), anything + kinds, filters.kind),
        ("age", _("Open for"), anything + ages, filters.age),
        ("late", _("Deadline"), [*anything, ("1", _("Overdue"))], filters.late),
    ]
    return [(name, label, [(key, str(text)) for key, text in pairs], value) for name, label, pairs, value in inputs]  # fmt: skip


def _kind(key: int) -> str:
    model = ContentType.objects.get_for_id(key).model_class()
    return str(model._meta.verbose_name) if model is not None else "?"


def _views(viewer: Any, filters: Filters) -> list[tuple[int, str, str, bool]]:
    """Key, name and filters of each saved view, and whether it is the one that is shown."""
    saved = SavedView.objects.filter(user=viewer).order_by("name")
    return [(view.pk, view.name, view.query, view.query == filters.query()) for view in saved]

"""Rows and filters of the admin's lists, written straight: a list of hundreds of cells renders no template for each."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, quote
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.forms import BoundField
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import result_headers

from marketplace.kernel.templatetags.ui import options

register = template.Library()
Cell = Callable[[Any], Any]


# Rows ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def shop_rows(cl: Any) -> SafeString:
    """The table of a list: its headers, a card-like row for each result, links where the list has them."""
    headers = list(result_headers(cl))
    names = [_markup(capfirst(header["text"])) for header in headers]
    cells = [_cell(cl, name) for name in cl.list_display]
    linked, address = _linked(cl), _addresses(cl)
    columns = [
        (cell, name in linked, f'<td class="field-{name}" data-label="{shown}">')
        for cell, name, shown in zip(cells, cl.list_display, names, strict=True)
        if name != "action_checkbox"
    ]
    box = _checkbox() if "action_checkbox" in cl.list_display else None
    rows = []
    for result in cl.result_list:
        link = address(result) if linked else ""
        parts = [box(result)] if box else []
        for cell, is_link, opening in columns:
            shown = _markup(cell(result))
            parts.append(f"{opening}<a {link}>{shown}</a></td>" if is_link else f"{opening}{shown}</td>")
        rows.append(f"<tr>{''.join(parts)}</tr>")
    # Every part is markup of ours around escaped values.
    return SafeString(
        f'<div class="shop-list-frame"><table id="result_list" class="result-list shop-list"><thead><tr>{_head(headers)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _head(headers: list[dict[str, Any]]) -> str:
    parts = []
    for header in headers:
        text = _markup(capfirst(header["text"]))
        if "action-toggle" in text:
            words = _("Select all rows")
            box = f'<input type="checkbox" id="action-toggle" class="action-toggle shop-check" aria-label="{words}">'
            parts.append(
                f'<th scope="col" class="action-checkbox-column"><label>{box}<span>{words}</span></label></th>'
            )
        elif not header["sortable"]:
            parts.append(f'<th scope="col">{text}</th>')
        else:
            order = ("ascending" if header["ascending"] else "descending") if header["sorted"] else "none"
            parts.append(
                f'<th scope="col" aria-sort="{order}"><a href="{_markup(header["url_primary"])}">{text}</a></th>'
            )
    return "".join(parts)


def _linked(cl: Any) -> frozenset[str]:
    """The columns whose cells lead to the row's page: the named ones, or the first."""
    if cl.list_display_links is None:
        return frozenset()
    if cl.list_display_links:
        return frozenset(cl.list_display_links)
    return frozenset(next(([name] for name in cl.list_display if name != "action_checkbox"), []))


def _addresses(cl: Any) -> Callable[[Any], str]:
    """The attributes of a link to a row's page; the filters of the list go with it, so that one finds back."""
    base = reverse(f"admin:{cl.opts.app_label}_{cl.opts.model_name}_changelist")
    kept = add_preserved_filters({"preserved_filters": cl.preserved_filters, "opts": cl.opts}, base).removeprefix(base)
    end = _markup(f"/change/{kept}")
    key = str(cl.to_field) if cl.to_field else cl.lookup_opts.pk.attname

    def address(result: Any) -> str:
        link = f'href="{base}{quote(result.pk)}{end}"'
        return format_html('{} data-popup-opener="{}"', SafeString(link), getattr(result, key)) if cl.is_popup else link

    return address


def _checkbox() -> Callable[[Any], str]:
    start = f'<td class="action-checkbox"><label><input type="checkbox" name="{ACTION_CHECKBOX_NAME}" value="'
    end = f'" class="action-select shop-check" aria-label="{_markup(_("Select record"))}"></label></td>'
    return lambda result: f"{start}{result.pk}{end}"


def _markup(value: Any) -> str:
    """A value as markup: safe strings as they are, all else escaped. Quicker than Django's, which looks for laziness."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


# Cells --------------------------------------------------------------------------------------------------------


def _cell(cl: Any, name: str) -> Cell:
    """How the column `name` shows a row."""
    admin, empty = cl.model_admin, cl.model_admin.get_empty_value_display()
    try:
        field: Any = cl.lookup_opts.get_field(name)
    except FieldDoesNotExist:
        field = None
    if name in admin.list_tags:
        colours = admin.list_tags[name]
        tags = {code: _tag(colours.get(code, "default"), str(text)) for code, text in field.flatchoices}
        return lambda row: tags.get(getattr(row, name), getattr(row, name))
    if field is not None and not field.is_relation:
        if field.get_internal_type() == "BooleanField":
            signs = _signs()
            return lambda row: signs[getattr(row, name)]
        if field.get_internal_type() == "DateTimeField":
            language = get_language() or "en"
            return lambda row: _moment(getattr(row, name), empty, language)
        return lambda row: display_for_field(getattr(row, name), field, empty)
    if field is not None:
        return _guarded(lambda row: getattr(row, name), empty)
    made = getattr(admin, name, None) or getattr(cl.model, name)
    call: Cell = made if hasattr(admin, name) or callable(made) else lambda row: getattr(row, name)
    if getattr(made, "boolean", False):
        signs = _signs()
        return lambda row: signs[call(row)]
    if label := getattr(made, "label", None):
        return lambda row: _label(call(row), label)
    if getattr(made, "header", False):
        return lambda row: _two_lines(call(row))
    return _guarded(call, empty)


def _guarded(call: Cell, empty: Any) -> Cell:
    def shown(row: Any) -> Any:
        try:
            value = call(row)
        except ObjectDoesNotExist:
            return empty
        if isinstance(value, datetime.datetime):
            return _moment(value, empty, get_language() or "en")
        if value is None or isinstance(value, datetime.date | datetime.time | bool | int | float):
            return display_for_value(value, empty)
        return value if not isinstance(value, models.Model) else str(value)

    return shown


def _moment(value: datetime.datetime | None, empty: Any, language: str) -> Any:
    if value is None:
        return empty
    local = localtime(value)
    return f"{_day(local.date(), language)}, {local.hour:02}:{local.minute:02}"


@lru_cache(maxsize=4096)
def _day(day: datetime.date, language: str) -> str:
    """A day as the active language writes it; `language` names it for the memory."""
    return date_format(day, "DATE_FORMAT")


def _signs() -> dict[bool | None, SafeString]:
    """Yes, no and unknown as signs."""
    kinds = {True: (_("Yes"), "✓"), False: (_("No"), "✕"), None: (_("Unknown"), "?")}
    return {
        value: format_html('<span class="shop-sign shop-sign-{}" title="{}">{}</span>', str(value).lower(), *words)
        for value, words in kinds.items()
    }


def _label(value: Any, colours: Any) -> str:
    code, text = value if isinstance(value, tuple) else (value, value)
    return _tag(colours.get(code, "default") if isinstance(colours, dict) else "default", str(text))


@lru_cache(maxsize=512)
def _tag(colour: str, text: str) -> str:
    return format_html('<span class="shop-tag shop-tag-{}">{}</span>', colour, text)


def _two_lines(value: list[Any]) -> str:
    first, second = value[:2]
    return SafeString(
        f'<span class="shop-two"><strong>{_markup(first)}</strong><small>{_markup(second)}</small></span>'
    )


# Filters ------------------------------------------------------------------------------------------------------


@register.simple_tag
def shop_filters(cl: Any) -> SafeString:
    """The inputs of a list's filters, one below the other; a choice is a list to pick from, however long it is."""
    parts = []
    for shown in cl.filter_inputs():
        if isinstance(shown, BoundField):
            parts.append(format_html('<div class="shop-filter">{}{}</div>', shown.label_tag(), shown))
        else:
            parts.append(_choice(*shown))
    return SafeString("".join(parts))


def _choice(name: str, title: Any, choices: Iterable[tuple[Any, Any]], value: Any) -> str:
    written = tuple((str(key), str(text)) for key, text in choices)  # a text in the language of the page
    entries = options(written, str(value if value is not None else ""))
    return format_html(
        '<div class="shop-filter"><label for="filter-{0}">{1}</label><select name="{0}" id="filter-{0}">{2}</select></div>',
        name, capfirst(title), entries,
    )  # fmt: skip

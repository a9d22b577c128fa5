"""Lists of links, written straight: they differ on every page, and a loop in a template costs eight times as much."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.template import Library
from django.utils.safestring import SafeString

register = Library()


@register.simple_tag
def facet(heading: str, name: str, values: Sequence[Mapping[str, Any]]) -> SafeString:
    """One group of filters {value, label, count, selected, url, swatch (#rrggbb) or nothing}; nothing without any.

    `name` and the value make the id of a link.
    """
    if not values:
        return SafeString("")
    items = "".join([_choice(f"{name}-{item['value']}", item) for item in values])
    return SafeString(f'<div class="facet">\n<h2>{_written(heading)}</h2>\n<ul>\n{items}</ul>\n</div>\n')


def _choice(name: str, item: Mapping[str, Any]) -> str:
    """A filter; its `count` is None where it is not known."""
    count = "" if item["count"] is None else f'<span class="count">{item["count"]}</span>'
    text = f"{_swatch(item.get('swatch'))}{_written(item['label'])}{count}"
    link = f'href="{_written(item["url"])}" rel="nofollow"{_current(item["selected"])}'
    return f'<li><a id="facet-{_written(name)}" {link}>{text}</a></li>\n'


def _swatch(colour: str | None) -> str:
    if not colour:
        return ""
    return (
        '<svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f'<circle cx="8" cy="8" r="7" fill="{_written(colour)}"/></svg>'
    )


@register.simple_tag
def orders(sorts: Iterable[Mapping[str, Any]]) -> SafeString:
    """The orders {label, selected, url} that a list can have."""
    return _links((o["url"], o["label"], f' rel="nofollow"{_current(o["selected"])}') for o in sorts)


@register.simple_tag
def languages(links: Iterable[Mapping[str, Any]]) -> SafeString:
    """The page in other languages {code, name, url, current}."""
    return _links(
        (o["url"], o["name"], f' lang="{o["code"]}" hreflang="{o["code"]}"{_current(o["current"])}') for o in links
    )


@register.simple_tag
def alternates(links: Iterable[Mapping[str, Any]]) -> SafeString:
    """The same for machines {hreflang, url}."""
    return SafeString(
        "".join([f'<link rel="alternate" hreflang="{o["hreflang"]}" href="{_written(o["url"])}">\n' for o in links])
    )


@register.simple_tag
def aisles(categories: Iterable[Any], path: str) -> SafeString:
    """The top categories {name, url}, the one at `path` marked as the page one is on."""
    return _links((o.url, o.name, ' aria-current="page"' if o.url == path else "") for o in categories)


def _links(links: Iterable[tuple[str, Any, str]]) -> SafeString:
    """Address, text and further attributes of each."""
    return SafeString(
        "".join([f'<li><a href="{_written(url)}"{more}>{_written(text)}</a></li>\n' for url, text, more in links])
    )


def _current(is_current: bool) -> str:
    return ' aria-current="true"' if is_current else ""


def _written(text: Any) -> str:
    """A text, a lazy one too, as markup. Django's own looks for laziness first, which takes longer than the rest."""
    return html.escape(str(text))

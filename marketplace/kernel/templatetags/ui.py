"""What every template may write: amounts, dates, countries, icons, pictures and data for machines.

The library is a builtin of the template engine, so no template loads it. Everything printed is in the active
language; amounts and moments keep their order in right-to-left text.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.template import Context, Engine, Library, Template
from django.template.base import Node, Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode
from django.urls import get_urlconf, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from lucide import _render_icon
from moneyed import Money

from marketplace.kernel.money import format_money, round_amount
from marketplace.kernel.numbers import share
from marketplace.kernel.places import place_name

register = Library()

# What would end a script element or start a tag inside one, as JSON writes it.
_MARKUP = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.filter
def money(value: Money | None) -> SafeString:
    """An amount as the readers of the active language write it; nothing for None."""
    if value is None:
        return SafeString("")
    # The text holds digits, separators and a currency sign of CLDR: nothing that needs escaping.
    return SafeString(f'<bdi dir="ltr" class="money">{format_money(value, get_language() or "en")}</bdi>')


@register.filter
def percent(value: Decimal | int) -> str:
    """A share as the readers of the active language write it, such as "98%" or "98 %"."""
    return share(value)


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """An icon of the Lucide set as an inline picture that screen readers skip. An unknown name raises."""
    return _icon(str(name), size)


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    attributes: dict[str, Any] = {"class": "icon", "aria_hidden": "true", "focusable": "false", "stroke_width": "1.75"}
    return SafeString(_render_icon(name, size, **attributes))


@register.filter
def country(code: str | None) -> str:
    """The name of a country in the active language; an unknown code as it is."""
    return place_name(code) if code else ""


@register.filter
def media(path: str | None, width: str = "") -> str:
    """The address of a media file, or with `width` of its rendition so many pixels wide (`name-400.webp`)."""
    if not path:
        return ""
    if width:
        stem, dot, ending = str(path).rpartition(".")
        path = f"{stem}-{width}{dot}{ending}"
    storage = storages["default"]
    return _local(path) if isinstance(storage, FileSystemStorage) else storage.url(path)


@lru_cache(maxsize=8192)
def _local(path: str) -> str:
    return f"{settings.MEDIA_URL}{quote(path)}"


@register.simple_tag
@lru_cache(maxsize=512)
def static(path: str) -> str:
    """The address of a file of the site, as Django's tag of that name gives it, kept in the process."""
    return escape(StaticNode.handle_simple(path))


class _FixedText(Node):
    """A text that is the same in every context: translated once for each language."""

    def __init__(self, node: TranslateNode) -> None:
        self._node, self._texts = node, dict[tuple[str | None, bool], str]()

    def render(self, context: Context) -> str:
        key = (get_language(), context.autoescape)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._node.render(context)
        return text


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag of that name; where it translates a constant, the answer is kept."""
    node = do_translate(parser, token)
    text = node.filter_expression
    constant = not text.filters and not text.var.lookups and not (node.message_context and node.message_context.is_var)
    return _FixedText(node) if constant and not node.asvar else node


@register.simple_tag
def link(name: str, *args: str) -> str:
    """The address called `name` in the active language: `{% url %}` with an answer kept in the process."""
    return _link(get_language() or "en", get_urlconf() or settings.ROOT_URLCONF, name, args)


@lru_cache(maxsize=2048)
def _link(language: str, urlconf: str, name: str, args: tuple[str, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args)


@register.filter
def absolute(address: str) -> str:
    """`address` with the site in front, for readers outside it; one that is whole already stays as it is."""
    return f"{settings.SITE_URL}{address}" if address.startswith("/") else address


@register.filter
def day(value: date | None) -> SafeString:
    """A date, long, in the active language."""
    if value is None:
        return SafeString("")
    return _day(value.date() if isinstance(value, datetime) else value, get_language())


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A date and a time of day in UTC, in the active language; scripts may show it in the reader's own zone."""
    if value is None:
        return SafeString("")
    when = value.astimezone(UTC)
    text = f"{_written_day(when.date(), get_language())}, {when:%H:%M}\u00a0UTC"
    return SafeString(f'<time datetime="{when:%Y-%m-%dT%H:%M:%SZ}" data-moment>{escape(text)}</time>')


@lru_cache(maxsize=1024)
def _day(when: date, language: str | None) -> SafeString:
    return SafeString(f'<time datetime="{when.isoformat()}">{escape(_written_day(when, language))}</time>')


@lru_cache(maxsize=1024)
def _written_day(when: date, language: str | None) -> str:
    return date_format(when, "DATE_FORMAT")


@register.simple_tag
def kept(name: str, **values: Hashable) -> SafeString:
    """What the template `name` prints for `values` and the active language, remembered in the process.

    The template sees `values` alone, and they must be immutable: equal values print the same.
    """
    return _kept(Engine.get_default().get_template(name), get_language() or "en", tuple(values.items()))


@register.simple_tag
def kept_each(template: str, variable: str, items: Iterable[Hashable], **values: Hashable) -> SafeString:
    """The same for each of `items`, which the template sees as `variable`."""
    found, language, rest = Engine.get_default().get_template(template), get_language() or "en", tuple(values.items())
    return SafeString("".join([_kept(found, language, ((variable, item), *rest)) for item in items]))


@lru_cache(maxsize=4096)
def _kept(found: Template, language: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    # A template changed during development is another object, and so another key.
    return found.render(Context(dict(values)))


@register.filter
def options(choices: Iterable[tuple[str, str]], selected: str) -> SafeString:
    """`<option>` elements for pairs of code and name, the one with the code `selected` chosen."""
    return _options(tuple(choices), str(selected))


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[str, str], ...], selected: str) -> SafeString:
    return SafeString(
        "".join(
            f'<option value="{escape(code)}"{" selected" if code == selected else ""}>{escape(name)}</option>'
            for code, name in choices
        )
    )


@register.filter(name="json")
def as_json(value: Any) -> SafeString:
    """`value` as JSON that is safe inside a script element; Money as its plain decimal amount."""
    return mark_safe(json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP))  # noqa: S308


def _plain(value: Any) -> str:
    if isinstance(value, Money):
        return str(round_amount(value.amount, value.currency.code))
    if isinstance(value, Decimal | date | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")

"""Descriptions as safe HTML: the few tags a listing needs, nothing that acts or loads."""

from __future__ import annotations

import html
import re

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"}
_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>|<!", re.IGNORECASE)
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)
_PART = re.compile(r"<(/?)([a-z][^\s/<>]*)[^>]*>?", re.IGNORECASE)
_DEEPEST, _SHORT = 100, 2_000
# What has no content, or ends by itself where another one begins.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd option td th tr tbody thead tfoot".split()
)
_RENAMED = (("<h1", "<h3"), ("</h1", "</h3"), ("<h2", "<h3"), ("</h2", "</h3"))


def clean_html(markup: str) -> str:
    """`markup` with only the allowed tags and no attribute; script and style go with their content."""
    import nh3  # a megabyte and a half that most processes never need

    for old, new in _RENAMED:
        markup = markup.replace(old, new)
    if len(markup) > _SHORT:
        markup = _shallow(markup)
    return nh3.clean(markup, tags=_TAGS, attributes={}, clean_content_tags={"script", "style"}, link_rel=None).strip()


def _shallow(markup: str) -> str:
    """`markup` with at most so many elements in one another: the time to read it grows by the square of their depth.

    An end counts when it is that of the innermost element alone, as it surely is for whoever reads it.
    """
    within: list[str] = []

    def kept(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _FLAT:
            return tag[0]
        if tag[1]:
            if within and within[-1] == name:
                within.pop()
            return tag[0]
        if len(within) == _DEEPEST:
            return ""
        within.append(name)
        return tag[0]

    return _PART.sub(kept, markup)


def is_markup(text: str) -> bool:
    """Whether a text is HTML: it has a tag or an entity."""
    return has_tags(text) or _ENTITY.search(text) is not None


def has_tags(text: str) -> bool:
    """Whether there is a tag in a text; "5 < 6" has none."""
    return _TAG.search(text) is not None


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    escaped = (html.escape(block, quote=False).replace("\xa0", "&nbsp;") for block in blocks if block)
    return "".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in escaped)  # as `clean_html` leaves it

"""Every catalogue is whole, and no template says anything that can't be translated."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

from marketplace.devtools.messages import gather

ROOT = Path(settings.BASE_DIR)
FOLDERS = {"zh-hans": "zh_Hans"}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "locale" / FOLDERS.get(language, language) / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


@cache
def source() -> Catalog:
    return gather(ROOT)


def key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_none_is_left_over(language: str) -> None:
    wanted = {key(message) for message in source() if message.id}
    there = {key(message) for message in catalogue(language) if message.id}

    assert wanted - there == set()
    assert there - wanted == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_fuzzy(language: str) -> None:
    bad = [key(one) for one in catalogue(language) if one.id and (one.fuzzy or not all(strings(one)))]

    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_are_those_of_the_source(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        if not message.id:
            continue
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in ids(message)]
        plural = len(ids(message)) > 1
        for text in strings(message):
            found = sorted(PLACEHOLDER.findall(text))
            # A form for exactly one or two may say the number in words.
            fewer = plural and set(found) <= set(allowed[-1])
            if found not in allowed and not fewer:
                wrong.append((key(message)[0], text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_messages_have_a_form_for_every_number(language: str) -> None:
    forms = catalogue(language).num_plurals

    assert [key(one) for one in catalogue(language) if len(ids(one)) > 1 and len(strings(one)) != forms] == []


REMOVED = (
    r"{%\s*comment\b.*?{%\s*endcomment\s*%}",
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}",
    r"{#.*?#}",
    r"{%.*?%}",
    r"{{.*?}}",
)
NAMES = {"Sampan", "UTC", "HS", "SKU", "GTIN", "QR", "TOTP"}


class Text(HTMLParser):
    """What a reader reads of a page, without code, drawings and the names of icons."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_icon = "material-symbols-outlined" in (dict(attrs).get("class") or "")
        if self._skipped or is_icon or tag in {"style", "script", "svg", "code"}:
            self._skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipped:
            while self._skipped.pop() != tag:
                continue

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words += [word for word in re.findall(r"[^\W\d_]{2,}", data) if word not in NAMES]


def literal_words(template: str) -> list[str]:
    """Words of a template that stand outside of every translation."""
    for pattern in REMOVED:
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    text = Text()
    text.feed(template)
    return text.words


def test_a_literal_word_would_be_found() -> None:
    assert literal_words('<p title="{% translate "Hi" %}">Hello {{ name }}</p>{% translate "x" %}') == ["Hello"]


@pytest.mark.parametrize("path", [path for path in TEMPLATES if not path.endswith("500.html")])
def test_templates_say_nothing_that_is_not_translated(path: str) -> None:
    assert literal_words((ROOT / path).read_text("utf-8")) == []

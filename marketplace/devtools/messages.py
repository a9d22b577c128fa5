"""The messages of the project, gathered from Python and templates without the gettext programs.

`python -m marketplace.devtools.messages` brings every catalogue below `locale/` in step: new messages are added
without a translation, those that nothing says any more are dropped, the translations of the rest stay.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from marketplace.devtools.environment import ROOT

KEYWORDS: dict[str, Any] = {
    "_": None,
    "sentence": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCES = (
    "accounts",
    "catalog",
    "compliance",
    "insights",
    "logistics",
    "marketplace",
    "orders",
    "payments",
    "templates",
)


def gather(root: Path = ROOT) -> Catalog:
    """A catalogue without translations: every message of the project with the places that say it."""
    catalogue = Catalog(project="Sampan", charset="utf-8")
    for path in _files(root):
        text = path.read_text("utf-8")
        if path.suffix != ".py":
            text = "\n".join(line.strip() for line in templatize(text).splitlines())
        place = str(path.relative_to(root))
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=("Translators",))
        for _line, message, comments, context in found:  # a catalogue without lines has one order, whoever writes it
            catalogue.add(message, locations=[(place, None)], auto_comments=comments, context=context)
    return catalogue


def _files(root: Path) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts and path.is_file():
                yield path


def update(root: Path = ROOT) -> dict[str, int]:
    """Brings the catalogues in step; the number of messages that wait for a translation, by language."""
    template, waiting = gather(root), {}
    for path in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, sort_by_file=True, include_lineno=False)
        untranslated = [one for one in catalogue if one.id and not all(_strings(one.string))]
        waiting[path.parts[-3]] = len(untranslated)
    return waiting


def _strings(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (string,)


if __name__ == "__main__":
    for language, count in update().items():
        print(f"{language}: {count} messages wait for a translation")
    sys.exit(0)

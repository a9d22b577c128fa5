"""What staff teach the search, and what it could not answer."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from catalog.models import SearchSynonym
from catalog.selectors import synonyms
from marketplace.kernel import clock

DATA: Final = settings.BASE_DIR / "catalog" / "data" / "synonyms.csv"
_MOST_A_DAY = 5000
_LONGEST = 80


def load_synonyms(path: Path = DATA) -> int:
    """Adds the groups of a file (language, words parted by semicolons) of whose words the shop has none; how many it added.

    What staff have changed since stays as it is.
    """
    known = {(row.language, word) for row in SearchSynonym.objects.all() for word in row.words}
    languages = {code for code, _name in settings.LANGUAGES}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["language"], tuple(row["words"].split(";"))) for row in csv.DictReader(file)]
    new = [
        (language, words)
        for language, words in dict.fromkeys(rows)
        if language in languages and not any((language, word) in known for word in words)
    ]
    SearchSynonym.objects.bulk_create(SearchSynonym(language=language, words=list(words)) for language, words in new)
    synonyms.forget()
    return len(new)


def note_miss(*, query: str, language: str) -> None:
    """Counts a search that found nothing. Not more than five thousand different ones a day are kept. One statement."""
    words = " ".join(query.replace("\x00", "").lower().split())
    if words and len(words) <= _LONGEST:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"language": language, "words": words, "today": clock.today(), "most": _MOST_A_DAY})


_COUNT = """
WITH known AS (
    UPDATE catalog_searchmiss SET times = times + 1
    WHERE language = %(language)s AND query = %(words)s AND "on" = %(today)s RETURNING 1
)
INSERT INTO catalog_searchmiss (language, query, "on", times)
SELECT %(language)s, %(words)s, %(today)s, 1
WHERE NOT EXISTS (SELECT 1 FROM known) AND (SELECT count(*) FROM catalog_searchmiss WHERE "on" = %(today)s) < %(most)s
ON CONFLICT (language, query, "on") DO UPDATE SET times = catalog_searchmiss.times + 1
"""

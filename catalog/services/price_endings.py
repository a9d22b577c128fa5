"""Brings the table of endings of prices up from a file; what finance has changed since stays."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.conf import settings

from catalog.models import PriceEnding

DATA: Final = settings.BASE_DIR / "catalog" / "data" / "price_endings.csv"


def load_endings(path: Path = DATA) -> int:
    """The currencies of the file that had no endings have those of the file; how many rows were added."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = set(PriceEnding.objects.values_list("currency", flat=True))
    new = [
        PriceEnding(
            currency=row["currency"],
            **{name: Decimal(row[name]) for name in ("from_amount", "step", "ending", "most_below")},
        )
        for row in rows
        if row["currency"] not in known
    ]
    return len(PriceEnding.objects.bulk_create(new, ignore_conflicts=True))

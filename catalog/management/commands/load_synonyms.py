"""Brings the usual words that mean the same into the shop; may be repeated at any time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.services.search_words import DATA, load_synonyms


class Command(BaseCommand):
    help = "Loads groups of words that mean the same to shoppers, of which the shop has no word yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=DATA, help="a CSV file; that of the release if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_synonyms(options['file'])} groups of words were added.")

"""Brings the usual endings of prices into the shop, for the currencies that have none; may be repeated at any time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from catalog.services.price_endings import DATA, load_endings


class Command(BaseCommand):
    help = "Loads how converted prices end, for the currencies of which the table of endings says nothing yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=DATA, help="a CSV file; that of the release if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_endings(options['file'])} endings of prices were added.")

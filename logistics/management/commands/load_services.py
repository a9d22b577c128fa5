"""Brings the shipping services, zones and rates of `logistics/data` into the tables; repeating it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from logistics import tariff_files


class Command(BaseCommand):
    help = "Loads shipping services, zones, rates and assumed weights from CSV files and says what changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=tariff_files.DATA, help="where the CSV files are")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            changes = tariff_files.load(folder)
        except (tariff_files.BadFile, OSError) as error:
            raise CommandError(str(error)) from error
        for what, counts in changes.items():
            told = ", ".join(f"{counts[name]} {name}" for name in ("created", "updated", "deleted", "unchanged"))
            self.stdout.write(f"{what}: {told}")

"""Loads the rule files into the database and says what became of every row."""

from __future__ import annotations

import argparse
from collections.abc import Sized
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from compliance.rules.files import DATA
from compliance.rules.loading import LoadReport, load_rules


class Command(BaseCommand):
    help = "Loads the rule book from compliance/data. Running it twice changes nothing the second time."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and take it back")
        parser.add_argument("--folder", type=Path, default=DATA, help="where the files are")

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_rules(folder=options["folder"], dry_run=options["dry_run"])
        self._print(report, verbosity=options["verbosity"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")

    def _print(self, report: LoadReport, verbosity: int) -> None:
        groups = {
            "added": report.added,
            "ended": report.ended,
            "changed": report.changed,
            "kept (changed by hand)": report.kept,
            "in no file": report.unlisted,
        }
        for name, labels in groups.items():
            if labels and (verbosity > 1 or (name != "added" and len(labels) <= 40)):
                self.stdout.write(f"{name}:")
                self.stdout.write("\n".join(f"  {label}" for label in labels))
        if report.refused:
            self.stderr.write("refused:")
            self.stderr.write("\n".join(f"  {row}" for row in report.refused))
        counts: dict[str, Sized] = {
            "added": report.added,
            "ended": report.ended,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "kept": report.kept,
            "refused": report.refused,
        }
        self.stdout.write(", ".join(f"{len(found)} {name}" for name, found in counts.items()))

"""Reckons the chains of traces again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors.tracing import chains, is_known
from catalog.trace import check_document

_REASONS = {
    "changed": "its content is not what was sealed",
    "unlinked": "it does not follow the event before it",
    "missing": "events before it are gone",
}


class Command(BaseCommand):
    help = "Reckons the chains of traces again and names each event that does not hold; fails when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", default="", help="the product's address in the shop (slug); all without it")
        parser.add_argument(
            "--file", default="", help="a chain as the shop hands it out (JSON), instead of the shop's own"
        )
        parser.add_argument("--batch", default="", help="one batch alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            self._verify_file(Path(options["file"]))
            return
        checked = broken = 0
        for product, batch, verdict in chains(options["product"], options["batch"]):
            name = f"{product.slug} {batch}".rstrip()
            checked += 1
            if verdict.holds:
                self.stdout.write(f"{name}: holds, {verdict.code}")
                continue
            broken += 1
            for one in verdict.breaks:
                self.stdout.write(f"{name}: event {one.number} is broken: {_REASONS[one.reason]}")
        if broken:
            raise CommandError(f"{broken} of {checked} chains do not hold.")
        if not checked:
            raise CommandError("There is no such chain.")
        self.stdout.write(f"{checked} chains hold.")

    def _verify_file(self, path: Path) -> None:
        try:
            told = json.loads(path.read_bytes())
            verdict = check_document(told)
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"{path} can't be read as the file of a trace.") from error
        for one in verdict.breaks:
            self.stdout.write(f"event {one.number} is broken: {_REASONS[one.reason]}")
        if not verdict.holds:
            raise CommandError("The chain of the file does not hold.")
        if not is_known(told["product"], told["batch"], verdict.head):
            raise CommandError("The chain holds, but the shop has none with its last event.")
        self.stdout.write(f"The chain holds, and the shop has it: {verdict.code}")

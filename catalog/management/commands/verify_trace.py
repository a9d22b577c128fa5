"""Reckons the chains of traces again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors.tracing import chains

_REASONS = {
    "changed": "its content is not what was sealed",
    "unlinked": "it does not follow the event before it",
    "missing": "events before it are gone",
}


class Command(BaseCommand):
    help = "Reckons the chains of traces again and names each event that does not hold; fails when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", default="", help="the product's address in the shop (slug); all without it")
        parser.add_argument("--batch", default="", help="one batch alone")

    def handle(self, *args: Any, **options: Any) -> None:
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

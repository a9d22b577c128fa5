"""Loads exchange rates: the history of the European Central Bank, and reference rates for what it does not publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.errors import Refused
from payments import rates, selectors
from payments.models import ExchangeRate


class Command(BaseCommand):
    help = "Loads exchange rates; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=800, help="how many days of history (default: %(default)s)")
        parser.add_argument(
            "--ecb-file",
            type=Path,
            help="a newer history (eurofxref-hist.zip or .csv of the European Central Bank) than the one shipped",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["ecb_file"].read_bytes() if options["ecb_file"] else rates.shipped_ecb_file()
            published = list(rates.read_ecb(content, options["days"]))
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from error
        recorded = ExchangeRate.objects.record([*published, *rates.read_reference()])
        selectors.forget_rates()
        newest = max((fact.on for fact in published), default=None)
        self.stdout.write(
            f"Exchange rates: {recorded.created} new, {recorded.changed} changed, {recorded.unchanged} unchanged;"
            f" the newest are of {newest}."
        )

"""Reads a seller's file of listings into the shop."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from moneyed import CurrencyDoesNotExist, get_currency

from accounts.models import Seller
from catalog.feeds.formats import AUTO, FORMATS, open_feed
from catalog.services import import_columns
from catalog.services.imports import import_feed
from catalog.tasks import gather_search_terms
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from payments.selectors import fx_table


class Command(BaseCommand):
    help = "Imports the listings of a seller from a file; run again with the same file, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file")
        parser.add_argument("--seller", required=True, help="the seller's address in the shop (slug)")
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *FORMATS], help="what wrote the file")
        parser.add_argument("--mapping", type=Path, help='for plain tables, a JSON file: {"title": "Bezeichnung", …}')
        parser.add_argument("--currency", help="the currency of the prices; the seller's own when left out")
        parser.add_argument("--dry-run", action="store_true", help="count, but write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        seller = Seller.objects.filter(slug=options["seller"]).first()
        if seller is None:
            raise CommandError(f"There is no seller {options['seller']!r}.")
        currency = (options["currency"] or seller.settlement_currency).upper()
        try:
            get_currency(currency)
        except CurrencyDoesNotExist:
            raise CommandError(f"{currency!r} is not an ISO 4217 currency.") from None
        fx = fx_table(clock.today())
        if currency not in {fx.base, *fx.rates}:
            raise CommandError(f"There is no exchange rate for {currency}.")
        try:
            mapping = _mapping(options["mapping"])
            import_columns.check_attributes(mapping or {})
            with options["file"].open("rb") as stream:
                _format, feed = open_feed(
                    stream, format=options["format"], currency=currency, on=clock.today(), mapping=mapping
                )
                result = import_feed(seller=seller, feed=feed, fx=fx, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{error.filename or options['file']} can't be read: {error.strerror}.") from error
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if not options["dry_run"] and (result.created or result.updated):
            gather_search_terms()
        counts = asdict(result)
        if options["json"]:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
            return
        for error in (*result.errors, *result.remarks):
            self.stdout.write(f"line {error.line} ({error.handle or '-'}): {error.reason}")
        names = ("products", "variants", "images", "created", "updated", "unchanged", "rejected")
        self.stdout.write(
            ", ".join(f"{counts[name]} {name}" for name in names)
            + ("; nothing was written" if options["dry_run"] else "")
        )


def _mapping(path: Path | None) -> dict[str, str] | None:
    """The columns of a plain table by our fields. Raises `CommandError` for a file that says anything else."""
    if path is None:
        return None
    try:
        mapping = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise CommandError(f"{path} is not a JSON file.") from error
    if not isinstance(mapping, dict) or not all(isinstance(name, str) for name in mapping.values()):
        raise CommandError(f"{path} has to be an object of texts: our field, and the column of the file.")
    return mapping

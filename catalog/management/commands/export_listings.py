"""Writes listings for elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from accounts.models import Seller
from catalog.exports import files
from catalog.exports.markets import Market
from catalog.models import Product
from catalog.selectors.prices import Prices
from marketplace.kernel.errors import Refused


class Command(BaseCommand):
    help = "Writes the listings of a seller as a table, or those on sale in a country as a feed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="the file to write; - for standard output")
        parser.add_argument("--format", default="csv", choices=sorted(files.FORMATS))
        parser.add_argument("--seller", default="", help="the seller's address in the shop (slug); all without it")
        parser.add_argument("--country", default="DE", help="for feeds: where the goods go")
        parser.add_argument("--language", default="en", help="for feeds: the language of their texts")
        parser.add_argument("--currency", default="", help="for feeds: the currency; that of the country when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        products = Product.objects.all()
        if options["seller"]:
            seller = Seller.objects.filter(slug=options["seller"]).first()
            if seller is None:
                raise CommandError(f"There is no seller {options['seller']!r}.")
            products = products.filter(seller=seller)
        try:
            market = Market.of(options["country"].upper(), options["language"], options["currency"].upper())
            count = _write(options["file"], files.FORMATS[options["format"]].write, products, market)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        left_out = f"; {count.without_picture} left out that have no picture" if count.without_picture else ""
        self.stderr.write(f"{count.written} listings{left_out}")


def _write(file: str, write: files.Write, products: QuerySet[Product], market: Market) -> files.Count:
    """Writes to a path, or for - to standard output. A file that is refused is not left behind half."""
    if file == "-":
        return write(sys.stdout.buffer, products, market, Prices.today())
    with _opened(Path(file)) as stream:
        try:
            return write(stream, products, market, Prices.today())
        except Refused:
            Path(file).unlink()
            raise


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error

"""Reads a seller's file of listings into the shop.

Exit 1 when the file is refused, or every listing in it; with `--json` standard output is JSON then too, and a refused
file has its sentence under `error`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from moneyed import CurrencyDoesNotExist, get_currency

from accounts.models import Seller
from catalog.feeds.encodings import ENCODINGS
from catalog.feeds.formats import AUTO, FORMATS, open_feed
from catalog.feeds.languages import NAMES
from catalog.feeds.listing import FeedResult, Remark
from catalog.services import import_columns
from catalog.services.imports import import_feed
from catalog.tasks import gather_search_terms
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable
from payments.selectors import fx_table

_MOST_NAMED: Final = 20


class Command(BaseCommand):
    help = "Imports the listings of a seller from a file; run again with the same file, it changes nothing."
    # They read every page and form, which takes as long as thousands of rows.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file")
        parser.add_argument(
            "--seller", default="", metavar="SLUG",
            help="the seller's address in the shop; left out, that of IMPORT_SELLER, or the only one who is approved",
        )  # fmt: skip
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *FORMATS], help="what wrote the file")
        parser.add_argument("--mapping", type=Path, help='for plain tables, a JSON file: {"title": "Bezeichnung", …}')
        parser.add_argument(
            "--encoding", default="", choices=["", *ENCODINGS], help="of text; told by itself when left out"
        )
        parser.add_argument(
            "--language", default="", choices=["", *NAMES],
            help="of the texts; what the file says or tells, else that of the seller's account, when left out",
        )  # fmt: skip
        parser.add_argument("--currency", help="the currency of the prices; the seller's own when left out")
        parser.add_argument("--dry-run", action="store_true", help="count, but write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = _import(**options)
        except CommandError as error:
            if options["json"]:
                self._print(FeedResult(), error=str(error))
            raise
        if options["json"]:
            self._print(result)
        else:
            for said in chain[Remark](result.errors, result.remarks):
                self.stdout.write(f"line {said.line} ({said.handle or '-'}): {said.reason}")
            ending = "; nothing was written" if options["dry_run"] else ""
            self.stdout.write(", ".join(f"{count} {name}" for name, count in result.counts.items()) + ending)
            if result.language:
                self.stdout.write(f"texts whose language the file does not say count as {result.language}")
        if result.rejected and not result.products:
            raise CommandError("Every listing of the file was left out.")

    def _print(self, result: FeedResult, **more: str) -> None:
        """Writes JSON piece by piece, for there may be a million sentences."""
        self.stdout.write(_json(result.counts | {"language": result.language})[:-1], ending="")
        for name, rows in (("errors", result.errors), ("remarks", result.remarks)):
            self.stdout.write(f', "{name}": [', ending="")
            for place, row in enumerate[Remark](rows):
                self.stdout.write((", " if place else "") + _json(asdict(row)), ending="")
            self.stdout.write("]", ending="")
        self.stdout.write("".join(f", {_json(name)}: {_json(text)}" for name, text in more.items()) + "}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _import(
    *, file: Path, seller: str, format: str, mapping: Path | None, encoding: str, language: str, currency: str | None,
    dry_run: bool,
    **_options: Any,
) -> FeedResult:  # fmt: skip
    """Raises `CommandError` for whatever is wrong with the wish or with the file as a whole."""
    of = _seller(seller)
    chosen = (currency or of.settlement_currency).upper()
    fx = _fx(chosen)
    columns = _mapping(mapping)
    try:
        import_columns.check_attributes(columns or {})
        with file.open("rb") as stream:
            _format, feed = open_feed(
                stream, format=format, currency=chosen, on=clock.today(), mapping=columns, encoding=encoding
            )
            result = import_feed(seller=of, feed=feed, fx=fx, language=language, dry_run=dry_run)
    except OSError as error:
        raise CommandError(f"{error.filename or file} can't be read: {error.strerror}.") from error
    except Refused as refusal:
        raise CommandError(str(refusal.message)) from refusal
    if not (result.products or result.rejected):
        raise CommandError("There are no listings in the file.")
    if not dry_run and (result.created or result.updated):
        gather_search_terms()
    return result


def _seller(slug: str) -> Seller:
    """The seller of that name, else that of `IMPORT_SELLER`, else the only one who may sell. Raises `CommandError`."""
    wanted = slug or settings.IMPORT_SELLER
    if wanted:
        seller = Seller.objects.filter(slug=wanted).first()
        if seller is None:
            raise CommandError(f"There is no seller {wanted!r}.")
        return seller
    approved = list(Seller.objects.filter(status=Seller.Status.APPROVED).order_by("slug"))
    if len(approved) == 1:
        return approved[0]
    names = ", ".join(one.slug for one in approved[:_MOST_NAMED]) + (", …" if len(approved) > _MOST_NAMED else "")
    who = f"Sellers who are approved: {names}." if approved else "No seller is approved yet."
    raise CommandError(f"Say whose listings these are: --seller SLUG, or IMPORT_SELLER in the environment. {who}")


def _fx(currency: str) -> FxTable:
    """Today's exchange rates. Raises `CommandError` for a currency that is none, or has no rate."""
    try:
        get_currency(currency)
    except CurrencyDoesNotExist:
        raise CommandError(f"{currency!r} is not an ISO 4217 currency.") from None
    fx = fx_table(clock.today())
    if currency not in {fx.base, *fx.rates}:
        raise CommandError(f"There is no exchange rate for {currency}.")
    return fx


def _mapping(path: Path | None) -> dict[str, str] | None:
    """The columns of a plain table by our fields. Raises `CommandError` for a file that says anything else."""
    if path is None:
        return None
    try:
        mapping = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not a JSON file.") from error
    if not isinstance(mapping, dict) or not all(isinstance(name, str) for name in mapping.values()):
        raise CommandError(f"{path} has to be an object of texts: our field, and the column of the file.")
    return mapping

"""Loads a list of sanctions from a file, says what changed, and looks up everybody who sells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.services import sanctions
from compliance.traders.sanction_files import LAYOUTS
from marketplace.kernel.errors import Refused

_SHOWN = 20


class Command(BaseCommand):
    help = "Loads a list of sanctions: the list then holds what the file says, and sellers are looked up in it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="the file as published, or a table of our own (docs/reference)")
        parser.add_argument("--list", required=True, help="the name under which the list is kept, such as EU or OFAC")
        parser.add_argument("--layout", choices=sorted(LAYOUTS), default="own", help="how the file is written")
        parser.add_argument("--aliases", type=Path, help="ALT.CSV of OFAC, which holds the other names")
        parser.add_argument("--may-shrink", action="store_true", help="let more than a fifth of the list go")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = sanctions.load_list(
                name=options["list"], layout=options["layout"], text=_text(options["file"]),
                others=_text(options["aliases"]) if options["aliases"] else "", file_name=options["file"].name,
                may_shrink=options["may_shrink"],
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(
            f"{options['list']}: {done.parties} entries, {done.added} added, {done.changed} changed, "
            f"{done.removed} removed, {done.unchanged} unchanged, {len(done.refused)} not taken."
        )
        for line, reference, reason in done.refused[:_SHOWN]:
            self.stdout.write(f"  line {line} {reference}: {reason}")
        if len(done.refused) > _SHOWN:
            self.stdout.write(f"  and {len(done.refused) - _SHOWN} more.")
        if done.added or done.changed or done.removed:
            self.stdout.write(f"The flags of {sanctions.screen_sellers()} sellers changed.")


def _text(path: Path) -> str:
    """The file as text: UTF-8 with or without a mark, else the Western code page of older files."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")

"""Encrypts everything anew under the first key of DOCUMENT_KEYS, so that an old key can be taken away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.services import documents


class Command(BaseCommand):
    help = (
        "Encrypts documents, bank accounts and messages of closed reports anew under the first key of DOCUMENT_KEYS; "
        "run again, it changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = documents.reseal_all()
        self.stdout.write(
            f"{done.documents} documents, {done.accounts} bank accounts and {done.messages} messages are under the first"
            " key now; "
            f"{done.unchanged} were already."
        )
        if done.unreadable:
            for what in done.unreadable:
                self.stderr.write(f"No key opens {what}.")
            raise CommandError(f"{len(done.unreadable)} could not be opened. Keep the old keys.")

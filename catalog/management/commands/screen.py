"""Screens listings now: those that wait, all of them, or those of one seller."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Seller
from catalog.models import Product
from catalog.services import following, screening


class Command(BaseCommand):
    help = "Screens the listings that wait for it; with --all every listing on sale, with --seller those of one seller."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every listing on sale, changed or not")
        parser.add_argument("--seller", help="the listings of the seller with this address in the shop (slug)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        if options["seller"]:
            seller = Seller.objects.filter(slug=options["seller"]).first()
            if seller is None:
                raise CommandError(f"There is no seller {options['seller']!r}.")
            keys = Product.objects.filter(seller=seller).order_by("pk").values_list("pk", flat=True)
            done = screening.screen_listings(product_ids=list(keys))
        else:
            if options["all"]:
                following.mark_everything()
            done = screening.screen_waiting(seconds=float("inf"), is_patient=True)
        counts = asdict(done) | {"waiting": screening.waiting_listings(), "seconds": round(time.monotonic() - begun, 1)}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write(
            f"{done.listings} listings screened in {counts['seconds']} s: {done.opened} flags opened, {done.changed} changed,"
            f" {done.mended} mended; {done.moved} listings held elsewhere than before; {counts['waiting']} wait."
        )

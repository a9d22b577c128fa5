"""Brings the categories of Shopify's taxonomy into the shop, with attributes for the most usual ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import taxonomy
from catalog.selectors import attribute_filters, navigation
from catalog.services.taxonomy import bring_attributes, bring_categories
from marketplace.kernel.errors import Refused


class Command(BaseCommand):
    help = "Brings the categories of Shopify's taxonomy into the tree, in our languages; run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder of categories.en.txt and its like")
        parser.add_argument(
            "--only", action="append", default=[], metavar="VERTICAL", help="such as aa; may be repeated"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        parser.add_argument("--without-attributes", action="store_true", help="leave out attributes and their values")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        try:
            nodes = taxonomy.categories(options["folder"], options["only"])
            asked = (
                []
                if options["without_attributes"]
                else taxonomy.questions(options["folder"], [node.id for node in nodes])
            )
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from None
        done = bring_categories(nodes=nodes, is_dry=is_dry)
        if asked and not is_dry:
            made = bring_attributes(questions=asked, swatches=taxonomy.swatches())
            done = replace(done, attributes=made[0], choices=made[1])
        navigation.forget()
        attribute_filters.forget()
        would = "would be " if is_dry else ""
        self.stdout.write(
            f"{done.made} categories {would}made, {done.renamed} {would}renamed, {done.unchanged} unchanged; "
            f"{done.gone} are no longer in the taxonomy. {done.attributes} attributes and {done.choices} choices made."
        )

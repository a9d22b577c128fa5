"""Says how well the search answers the judged queries over the demo catalogue."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from catalog.selectors.listing import Filters
from catalog.selectors.prices import Prices
from catalog.selectors.search import search
from marketplace.kernel.region import Region
from marketplace.search_quality import judge, read_judged

JUDGED = settings.BASE_DIR / "demo" / "data" / "judged_searches.csv"


def hits(query: str, language: str) -> list[str]:
    """The products that a shopper in Germany meets first, by their slugs."""
    with translation.override(language):
        found = search(query, Filters(), Region(language, "DE", "EUR"), Prices.today())
    return [card.slug for card in (*found.cards, *found.related)]


class Command(BaseCommand):
    help = "Prints NDCG@10 of the judged queries by language; the demo catalogue has to be in the shop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=JUDGED, help="the judged queries")

    def handle(self, *args: Any, **options: Any) -> None:
        qualities = judge(read_judged(options["file"]), hits)
        for each in qualities:
            missed = f"; found nothing: {', '.join(each.empty)}" if each.empty else ""
            self.stdout.write(f"{each.language:8} {each.queries:3} queries, NDCG@10 {each.ndcg:.3f}{missed}")
        queries = sum(each.queries for each in qualities)
        mean = sum(each.ndcg * each.queries for each in qualities) / queries
        self.stdout.write(f"{'all':8} {queries:3} queries, NDCG@10 {mean:.3f}")

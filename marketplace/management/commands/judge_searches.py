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

EVERYDAY = settings.BASE_DIR / "demo" / "data" / "judged_everyday.csv"  # written before anybody looked at the answers
JUDGED = settings.BASE_DIR / "demo" / "data" / "judged_searches.csv"


def hits(query: str, language: str) -> tuple[list[str], list[str]]:
    """The products that a shopper in Germany finds, and those that come near, by their slugs."""
    with translation.override(language):
        found = search(query, Filters(), Region(language, "DE", "EUR"), Prices.today())
    return [card.slug for card in found.cards], [card.slug for card in found.related]


class Command(BaseCommand):
    help = "Prints NDCG@10 of the judged queries by language; the demo catalogue has to be in the shop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=JUDGED, help="the judged queries, such as judged_everyday.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        qualities = judge(read_judged(options["file"]), hits)
        for each in qualities:
            missed = f"; found nothing: {', '.join(each.empty)}" if each.empty else ""
            self.stdout.write(
                f"{each.language:8} {each.queries:3} queries, NDCG@10 {each.ndcg:.3f}, of hits alone {each.hits:.3f}{missed}"
            )
        queries = sum(each.queries for each in qualities)
        mean, alone = (
            sum(score * each.queries for each, score in zip(qualities, scores, strict=True)) / queries
            for scores in ([each.ndcg for each in qualities], [each.hits for each in qualities])
        )
        self.stdout.write(f"{'all':8} {queries:3} queries, NDCG@10 {mean:.3f}, of hits alone {alone:.3f}")

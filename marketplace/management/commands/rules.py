"""What the rule book holds, or what of it waits for a review: as a table for people or JSON for programs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from catalog.selectors.on_sale import chapters_on_sale
from compliance import selectors
from compliance.landed_cost.doubts import REVIEWED_WITHIN
from compliance.rules.review import Gap, Review, RuleState, review, tally
from logistics.selectors import destinations
from marketplace.kernel import clock


class Command(BaseCommand):
    help = "Counts the rows of the rule book; with --stale, lists what waits for a review. It changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--stale", action="store_true", help="rows reviewed too long ago, unverified ones, and gaps"
        )
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="on this day, as 2027-01-31 (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        on: date | None = options["on"]
        states = selectors.rule_states()
        if options["stale"]:
            book = selectors.rule_book(on or clock.today())
            found = review(states, book, destinations(), chapters_on_sale())
            self._answer(_review_data(found), _review_lines(found), options["json"])
            return
        if on is not None:
            states = [state for state in states if state.effective_from <= on and not state.is_over(on)]
        rows = [dict(zip(("table", "jurisdiction", "status", "rows"), row, strict=True)) for row in tally(states)]
        lines = [
            f"{row['rows']:>5}  {row['table']:<18} {row['jurisdiction'] or '*':<6} {row['status']}" for row in rows
        ]
        self._answer({"rules": len(states), "counts": rows}, [*lines, f"{len(states):>5}  rows"], options["json"])

    def _answer(self, data: dict[str, Any], lines: Iterable[str], as_json: bool) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def _review_data(found: Review) -> dict[str, Any]:
    return {
        "on": found.on.isoformat(),
        "counts": {"stale": len(found.stale), "unverified": len(found.unverified), "gaps": len(found.gaps)},
        "stale": [_state_data(state, found.on) for state in found.stale],
        "unverified": [_state_data(state, found.on) for state in found.unverified],
        "gaps": [{"destination": gap.destination, "chapter": gap.chapter, "gap": gap.kind} for gap in found.gaps],
    }


def _state_data(state: RuleState, on: date) -> dict[str, Any]:
    return {
        "table": state.table,
        "code": state.code,
        "jurisdiction": state.place,
        "status": state.status,
        "confidence": state.confidence,
        "last_reviewed": state.last_reviewed.isoformat(),
        "days": (on - state.last_reviewed).days,
        "effective_from": state.effective_from.isoformat(),
        "effective_to": state.effective_to.isoformat() if state.effective_to else None,
    }


def _review_lines(found: Review) -> list[str]:
    return [
        f"Not reviewed for more than {REVIEWED_WITHIN.days} days on {found.on.isoformat()}: {len(found.stale)}",
        *(f"  {s.last_reviewed.isoformat()}  {s.table} {s.code} ({s.place or '*'})" for s in found.stale),
        f"Not verified: {len(found.unverified)}",
        *(f"  {s.status}, {s.confidence}  {s.table} {s.code} ({s.place or '*'})" for s in found.unverified),
        f"Gaps: {len(found.gaps)}",
        *(f"  {_gap_line(gap)}" for gap in found.gaps),
    ]


def _gap_line(gap: Gap) -> str:
    return f"{gap.destination}  {f'no duty rate for chapter {gap.chapter}' if gap.chapter else 'no rules for imports'}"

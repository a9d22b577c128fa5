"""What a consignment costs at the door: JSON in, JSON out."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance import selectors
from compliance.landed_cost import answers, assess, questions
from compliance.landed_cost.assessment import Assessment
from compliance.landed_cost.splitting import with_advice
from marketplace.kernel import clock
from marketplace.kernel.errors import Unavailable
from payments.selectors import fx_table, swings


class Command(BaseCommand):
    help = "Prints duty, tax and fees of a consignment with the rules behind them; see docs/reference/landed-cost.md."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", metavar="FILE|-", help="a JSON file (standard input)")
        parser.add_argument("--pretty", action="store_true", help="one field on a line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = answers.written(_assessed(_text(options["file"])))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"consignment: can't be read ({error})", returncode=2) from error
        except (questions.Malformed, Unavailable) as error:
            raise CommandError(" ".join(str(error).split()), returncode=2) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2 if options["pretty"] else None))


def _text(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")


def _assessed(text: str) -> Assessment:
    """The assessment of the question in `text`. Raises `Malformed`, and `Unavailable` for a rate that is missing."""
    question = questions.read(text)
    on = question.on or clock.today()
    fx = question.fx or fx_table(on).only_fresh()
    fx = replace(fx, swing=fx.swing or swings(on))
    rule_book = selectors.rule_book(on)
    consignment, unknown = questions.understood(question.consignment(fx), rule_book)
    assessment = assess(consignment, rule_book, fx, on)
    assessment = replace(assessment, warnings=(*assessment.warnings, *unknown))
    return with_advice(assessment, consignment, rule_book, fx, on, "en")

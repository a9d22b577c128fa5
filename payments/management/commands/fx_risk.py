"""Prints how restless each currency of the shop is, as the admin's pages show it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel import clock
from payments import fx_risk, fx_words, rates, selectors


class Command(BaseCommand):
    help = "Prints the exchange-rate risk of every currency of the shop. Figures are in percent; nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", help="the day, such as 2026-10-30 (default: today)")
        parser.add_argument("--json", action="store_true", help="as JSON, with all figures and reasons")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else clock.today()
        except ValueError as error:
            raise CommandError(f"--on: {error}") from error
        series = selectors.rate_series(on)
        wanted = [currency for currency in settings.CURRENCIES if currency != rates.BASE]
        risks = [fx_risk.assess(currency, series[currency], on) for currency in wanted if currency in series]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(risk) for risk in risks], default=str, indent=1))
            return
        self.stdout.write(f"{'':4}{'level':6} {'volatility':>10} {'VaR 1d':>7} {'VaR 14d':>8} {'rate of':>11}  why")
        for risk in sorted(risks, key=lambda risk: (-fx_risk.LEVELS.index(risk.level), risk.currency)):
            self.stdout.write(self._line(risk))
        for currency in wanted:
            if currency not in series:
                self.stdout.write(f"{currency} has no exchange rate on {on}.")

    @staticmethod
    def _line(risk: fx_risk.Risk) -> str:
        normal = (risk.volatility, risk.worst_1, risk.worst_14)
        figures = ["—" if value is None else f"{value:.2f}" for value in normal]
        why = " ".join(fx_words.sentences(asdict(reason) for reason in risk.reasons))
        return f"{risk.currency} {risk.level:6} {figures[0]:>10} {figures[1]:>7} {figures[2]:>8} {risk.rated_on}  {why}"
